//! A year of hourly samples from a sensor that drifts, with noise: the data of `host/stream-year.png`, which
//! `year.py` draws. A line `series,x,value,low,high` for each point: errors against the day, then functions
//! at the end of the year against the input.

use ntk_core::random::uniform;
use ntk_core::regression::WhenFull;
use ntk_core::stream::Forgetting;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::RIDGES;
use crate::models::{Model, Streaming, Window};
use crate::tasks::{Change, Fault, Task};

const HOURS: usize = 365 * 24;
const ROOM: usize = 15;
/// A window with a hundred times the memory.
const LARGE: usize = 10 * ROOM;
const TASK: Task = Task { inputs: 1, change: Change::Drift, fault: Fault::None, samples: HOURS, seed: 5 };

/// The root mean square error against the truth on each day.
fn errors(model: &mut dyn Model, learns: impl Fn(usize) -> bool) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let mut days = vec![0.0; HOURS / 24];
    for (hour, sample) in TASK.stream().iter().enumerate() {
        let asked = [uniform(&mut rng)];
        let mean = model.predict(&asked).map_or(0.0, |(mean, _)| mean);
        days[hour / 24] += (mean - TASK.truth(&asked, hour)).powi(2) / 24.0;
        if learns(hour) {
            model.hear(&sample.x, sample.y);
        }
    }
    days.into_iter().map(f64::sqrt).collect()
}

/// The square mean over all days but the first two weeks.
fn over_the_year(days: &[f64]) -> f64 {
    let rest = &days[14..];
    (rest.iter().map(|e| e * e).sum::<f64>() / rest.len() as f64).sqrt()
}

/// The window of the ridge that is best in hindsight, with its errors.
fn window(room: usize, learns: fn(usize) -> bool) -> (Window<f32>, Vec<f64>) {
    let of = |ridge: f64| {
        let mut model = Window::new(1, room, ridge, WhenFull::DropOldest);
        let days = errors(&mut model, learns);
        (model, days)
    };
    RIDGES.iter().map(|&r| of(r)).min_by(|a, b| over_the_year(&a.1).total_cmp(&over_the_year(&b.1))).unwrap()
}

fn print_errors(name: &str, days: &[f64]) {
    for (day, error) in days.iter().enumerate() {
        println!("{name},{day},{error:.5},,");
    }
    eprintln!("{name}: {:.4} over the year, days 14 and later", over_the_year(days));
}

pub fn print() {
    println!("series,x,value,low,high");
    let (_, once) = window(ROOM, |hour| hour < ROOM);
    let (short, of_short) = window(ROOM, |_| true);
    let (_, of_large) = window(LARGE, |_| true);
    let mut stream = Streaming::<f32>::new(1, ROOM, None, Forgetting::Auto);
    let of_stream = errors(&mut stream, |_| true);
    print_errors("once", &once);
    print_errors("window", &of_short);
    print_errors("large window", &of_large);
    print_errors("stream", &of_stream);
    for i in 0..=200 {
        let x = f64::from(i) / 100.0 - 1.0;
        let (of_window, deviation) = short.predict(&[x]).unwrap();
        let half = 1.645 * deviation;
        println!("truth at the end,{x},{:.5},,", TASK.truth(&[x], HOURS));
        println!("window at the end,{x},{of_window:.5},{:.5},{:.5}", of_window - half, of_window + half);
        let [mean, _, low, high] = stream.answer(&[x], 0.9).unwrap();
        println!("stream at the end,{x},{mean:.5},{low:.5},{high:.5}");
    }
    for sample in &TASK.stream()[HOURS - 7 * 24..] {
        println!("last week,{:.5},{:.5},,", sample.x[0], sample.y);
    }
}
