//! A million samples in `f32` beside `f64`; and how often intervals and alarms are right.

use ntk_core::random::uniform;
use ntk_core::stream::Forgetting;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::models::{Model, Streaming};
use crate::tasks::{Change, Fault, Task};

/// Error against the truth over the last tenth, and the smallest variance of any answer.
fn error<T: ntk_core::Scalar>(task: &Task, forgetting: Forgetting<T>) -> (f64, f64) {
    let mut model = Streaming::<T>::new(task.inputs, 15, None, forgetting);
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let (mut squares, mut count, mut least) = (0.0, 0.0, f64::INFINITY);
    for (i, sample) in task.stream().iter().enumerate() {
        if i % 500 == 0 && i > 0 {
            for _ in 0..20 {
                let x: Vec<f64> = (0..task.inputs).map(|_| uniform(&mut rng)).collect();
                let [mean, deviation, ..] = model.answer(&x, 0.9).unwrap();
                least = least.min(deviation * deviation);
                if i >= task.samples / 10 * 9 {
                    squares += (mean - task.truth(&x, i)).powi(2);
                    count += 1.0;
                }
            }
        }
        model.hear(&sample.x, sample.y);
    }
    (f64::sqrt(squares / count), least)
}

pub fn print() {
    println!("| stream, 1,000,000 samples, room for 15 | RMSE f64 | RMSE f32 | smallest variance f32 |");
    println!("|---|---|---|---|");
    for (inputs, change) in
        [(1, Change::Still), (1, Change::Drift), (2, Change::Still), (2, Change::Drift), (4, Change::Still)]
    {
        let task = Task { inputs, change, fault: Fault::None, samples: 1_000_000, seed: 3 };
        for name in ["never", "0.999", "auto"] {
            if name == "never" && change == Change::Drift {
                continue;
            }
            let (double, single) = match name {
                "never" => (error::<f64>(&task, Forgetting::Never), error::<f32>(&task, Forgetting::Never)),
                "auto" => (error::<f64>(&task, Forgetting::Auto), error::<f32>(&task, Forgetting::Auto)),
                _ => (
                    error::<f64>(&task, Forgetting::Factor(0.999)),
                    error::<f32>(&task, Forgetting::Factor(0.999)),
                ),
            };
            println!("| {}, {name} | {:.5} | {:.5} | {:.1e} |", task.name(), double.0, single.0, single.1);
        }
    }
    println!();
    println!(
        "| stream, 20,000 samples, room for 15 | in 0.5 | in 0.8 | in 0.9 | in 0.95 | in 0.99 | alarms at 0.01 | alarms at 0.05 |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for inputs in [1, 2, 4] {
        for (change, fault) in [
            (Change::Still, Fault::None),
            (Change::Drift, Fault::None),
            (Change::Jump, Fault::None),
            (Change::Wander, Fault::None),
            (Change::Still, Fault::Outliers),
        ] {
            let task = Task { inputs, change, fault, samples: 20_000, seed: 4 };
            let mut model = Streaming::<f32>::new(inputs, 15, None, Forgetting::Auto);
            let levels = [0.5, 0.8, 0.9, 0.95, 0.99];
            let (mut inside, mut count) = ([0.0; 5], 0.0);
            for (i, sample) in task.stream().iter().enumerate() {
                if i >= 100 {
                    for (level, inside) in levels.iter().zip(&mut inside) {
                        let [_, _, low, high] = model.answer(&sample.x, *level).unwrap();
                        *inside += f64::from(u8::from(low <= sample.y && sample.y <= high));
                    }
                    count += 1.0;
                }
                model.hear(&sample.x, sample.y);
            }
            let cells: Vec<String> = inside.iter().map(|i| format!("{:.3}", i / count)).collect();
            println!(
                "| {} | {} | {:.4} | {:.4} |",
                task.name(),
                cells.join(" | "),
                1.0 - inside[4] / count,
                1.0 - inside[3] / count
            );
        }
    }
}
