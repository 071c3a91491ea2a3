//! The exact engine against the plain one on Example 3: circle lift, 15 samples, f64, to the lecture's stop
//! rules.
//!
//! `cargo bench -p host --bench exact`; absolute times drift, compare within one run. First, one draw width
//! by width: least time per step of three runs of up to 16,000 steps, the start included. Then the 18 widths
//! of Example 3 to their ends for each of eight draws, on one core. Last, a network of 2^20 units. A narrow
//! network is chaotic, so the two engines may take different numbers of steps.
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::Instant;

use host::experiment::example3::{Draw, Settings, Trained};
use host::experiment::interrupt::Interrupt;
use host::experiment::{Engine, LiftName};

const WIDTHS: [usize; 18] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 32, 64, 128, 256, 512, 1024];

/// Seconds, and steps taken.
fn run(engine: Engine, seed: u64, width: usize, max_steps: u32) -> (f64, u32) {
    let settings = Settings {
        lift: LiftName::Circle,
        engine,
        samples: 15,
        learning_rate: 0.01,
        target_mse: 2e-3,
        patience: 50,
        max_steps,
    };
    let draw = Draw::new(seed, &settings).unwrap();
    let begin = Instant::now();
    let outcome = Trained::new(&draw, &settings, width, &Interrupt::default()).unwrap().outcome;
    (begin.elapsed().as_secs_f64(), outcome.steps)
}

/// Microseconds per step.
fn per_step(engine: Engine, width: usize, max_steps: u32) -> f64 {
    let times =
        (0..3).map(|_| run(engine, 0, width, max_steps)).map(|(time, steps)| 1e6 * time / f64::from(steps));
    times.fold(f64::INFINITY, f64::min)
}

fn main() {
    println!("{:>8} {:>12} {:>12} {:>7}", "width", "plain us", "exact us", "ratio");
    for width in [15, 64, 256, 1024, 4096, 16384, 65536] {
        // The plain engine's steps all cost the same; a few hundred of a wide network will do.
        let sample = if width > 1024 { 200 } else { 16_000 };
        let (plain, exact) = (per_step(Engine::Plain, width, sample), per_step(Engine::Exact, width, 16_000));
        println!("{width:>8} {plain:>12.3} {exact:>12.3} {:>7.1}", plain / exact);
    }
    println!("\nExample 3, 18 widths\n{:>8} {:>20} {:>20}", "draw", "plain s (steps)", "exact s (steps)");
    for seed in 0..8 {
        let whole = |engine| {
            let runs = WIDTHS.into_iter().map(|width| run(engine, seed, width, 1_000_000));
            let (time, steps) = runs.fold((0.0, 0), |(time, steps), (t, s)| (time + t, steps + s));
            format!("{time:.3} ({steps})")
        };
        println!("{seed:>8} {:>20} {:>20}", whole(Engine::Plain), whole(Engine::Exact));
    }
    let (time, steps) = run(Engine::Exact, 0, 1 << 20, 1_000_000);
    println!(
        "\nwidth 2^20: {steps} steps to an MSE of 2e-3 in {time:.1} s, the draw of the weights included"
    );
}
