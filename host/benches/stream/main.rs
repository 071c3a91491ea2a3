//! A stream beside the windows of a regression, the tracker KRLS-T and a fit to all samples: error and log
//! density of `docs/streaming.md`.
//!
//! `cargo bench -p host --bench stream` prints the comparison, with `-- exact` the fits to all samples too,
//! with `-- forms` the forms of the update, with `-- long` a million samples in either precision and how
//! often intervals hold, with `-- year` the data of a figure. All is by seed.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

use ntk_core::regression::{Flat, WhenFull};
use ntk_core::stream::Forgetting;
use ntk_core::{Regression, Rows};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

mod forms;
mod long;
mod models;
mod tasks;
mod year;

use models::{Model, Streaming, Tracker, Window, kernel, scaled};
use tasks::{Change, Fault, Task};

/// Root mean square error against the truth, and mean log density of what comes next.
#[derive(Clone, Copy, Debug)]
struct Score {
    rmse: f64,
    density: f64,
}

fn run(task: &Task, model: &mut dyn Model) -> Score {
    let mut rng = ChaCha8Rng::seed_from_u64(task.seed + 1000);
    let (mut squares, mut density, mut counts) = (0.0, 0.0, [0.0; 2]);
    let every = if task.fault == Fault::Stuck { 1 } else { 20 };
    for (i, sample) in task.stream().iter().enumerate() {
        if task.counts(i) {
            if let Some((mean, deviation)) = model.predict(&sample.x) {
                let z = (sample.y - mean) / deviation;
                density -= 0.5 * z * z + deviation.ln() + 0.5 * std::f64::consts::TAU.ln();
                counts[1] += 1.0;
            }
            if i % every == 0 {
                for _ in 0..20 {
                    let x = task.input(&mut rng, i);
                    let mean = model.predict(&x).map_or(0.0, |(mean, _)| mean);
                    squares += (mean - task.truth(&x, i)).powi(2);
                    counts[0] += 1.0;
                }
            }
        }
        model.hear(&sample.x, sample.y);
    }
    Score { rmse: (squares / counts[0]).sqrt(), density: density / counts[1] }
}

/// The best of each over settings, in hindsight.
fn best(scores: impl IntoIterator<Item = Score>) -> Score {
    scores.into_iter().fold(Score { rmse: f64::INFINITY, density: f64::NEG_INFINITY }, |best, score| Score {
        rmse: best.rmse.min(score.rmse),
        density: best.density.max(score.density),
    })
}

const RIDGES: [f64; 7] = [1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0, 3.0];

fn all(task: &Task, room: usize) -> Vec<Score> {
    let d = task.inputs;
    let window =
        |when| best(RIDGES.iter().map(|&ridge| run(task, &mut Window::<f32>::new(d, room, ridge, when))));
    let factors = [1.0, 0.999, 0.99];
    let trackers = RIDGES.iter().flat_map(|&r| factors.iter().map(move |&f| (r, f)));
    vec![
        window(WhenFull::DropOldest),
        window(WhenFull::DropRedundant),
        best(trackers.map(|(r, f)| run(task, &mut Tracker::new(room, r, f)))),
        run(task, &mut Streaming::<f32>::new(d, room, None, Forgetting::Never)),
        run(task, &mut Streaming::<f32>::new(d, room, None, Forgetting::Factor(0.999))),
        run(task, &mut Streaming::<f32>::new(d, room, None, Forgetting::Auto)),
    ]
}

fn main() {
    let asked = |what: &str| std::env::args().any(|a| a == what);
    if asked("forms") {
        forms::print();
        return;
    }
    if asked("long") {
        long::print();
        return;
    }
    if asked("year") {
        year::print();
        return;
    }
    let mut tasks = Vec::new();
    for inputs in [1, 2, 4] {
        for change in [Change::Still, Change::Drift, Change::Jump, Change::Wander] {
            tasks.push(Task { inputs, change, fault: Fault::None, samples: 4000, seed: 1 });
        }
        for fault in [Fault::Outliers, Fault::Stuck] {
            tasks.push(Task { inputs, change: Change::Still, fault, samples: 4000, seed: 1 });
        }
    }
    let rows: Vec<(usize, &Task)> =
        [15, 32].iter().flat_map(|&room| tasks.iter().map(move |t| (room, t))).collect();
    println!("| room | stream | oldest | redundant | krls-t | never | 0.999 | auto | all samples |");
    let lines = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|first| {
                let rows = &rows;
                scope.spawn(move || {
                    rows.iter()
                        .skip(first)
                        .step_by(2)
                        .map(|(room, task)| line(*room, task))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    for i in 0..rows.len() {
        println!("{}", lines[i % 2][i / 2]);
    }
}

/// The error at the end of a stream of one fit, in `f64`, to all of its samples.
fn exact(task: &Task) -> f64 {
    let (d, stream) = (task.inputs, task.stream());
    let x: Vec<f64> = stream.iter().flat_map(|sample| scaled::<f64>(&sample.x)).collect();
    let y: Vec<f64> = stream.iter().map(|sample| sample.y).collect();
    let block = vec![0.0; Flat::<f64>::len(d, y.len(), 1)];
    let mut model = Regression::new(kernel::<f64>(), Flat::new(d, y.len(), 1, block).unwrap());
    model.fit(Rows::new(&x, d).unwrap(), Rows::new(&y, 1).unwrap(), 0.2).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(task.seed + 1000);
    let (mut squares, mut work, mut mean, last) = (0.0, vec![0.0; y.len()], [0.0], y.len() - 1);
    for _ in 0..2000 {
        let x = task.input(&mut rng, last);
        model.mean_into(&scaled::<f64>(&x), &mut work, &mut mean).unwrap();
        squares += (mean[0] - task.truth(&x, last)).powi(2);
    }
    (squares / 2000.0).sqrt()
}

fn line(room: usize, task: &Task) -> String {
    let mut cells: Vec<String> =
        all(task, room).iter().map(|s| format!("{:.3} {:+.2}", s.rmse, s.density)).collect();
    let stands_still = task.change == Change::Still && task.fault == Fault::None;
    let is_asked = std::env::args().any(|a| a == "exact");
    cells.push(if stands_still && is_asked { format!("{:.3}", exact(task)) } else { String::new() });
    format!("| {room} | {} | {} |", task.name(), cells.join(" | "))
}
