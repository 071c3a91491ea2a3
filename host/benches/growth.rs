//! How the time of a step and the memory grow with the width k, the samples n and the inputs d, for either
//! engine, f64.
//!
//! `cargo bench -p host --bench growth > growth.csv`, then `benches/growth.py growth.csv` draws it and fits
//! exponents. From one line to the next a single one of k = 1,024, n = 15 and d = 2 changes; last, the width
//! with d = 3. Samples are uniform on the unit sphere, labels on (-1, 1). Times are the least of three
//! batches of steps after the first 64. The exact engine has arcs up to two inputs and 256 groups beyond.
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::Instant;

use host::experiment::vectorized::Vectorized;
use ntk_core::train::{Exact, Trainable, Workspace, workspace_len};
use ntk_core::{Dataset, FlatParams, Network, Relu, Rows, Shape, random, vector};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const RATE: f64 = 0.01;
const GROUPS: usize = 256;
/// Unit steps that a batch of the plain engine makes, about 20 ms.
const WORK: usize = 30_000_000;

struct Problem {
    x: Vec<f64>,
    y: Vec<f64>,
    shape: Shape,
    network: Network<Relu, FlatParams<Vec<f64>>>,
}

impl Problem {
    fn new(width: usize, samples: usize, inputs: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut x: Vec<f64> = (0..samples * inputs).map(|_| random::standard_normal(&mut rng)).collect();
        for z in x.chunks_exact_mut(inputs) {
            let length = vector::length(z);
            z.iter_mut().for_each(|z| *z /= length);
        }
        let y = (0..samples).map(|_| random::uniform(&mut rng)).collect();
        let shape = Shape { inputs, width, outputs: 1 };
        let mut network = Network::new(Relu, FlatParams::new(shape, vec![0.0; shape.parameters()]).unwrap());
        network.initialize(&mut rng);
        Self { x, y, shape, network }
    }

    /// Microseconds per step.
    fn time(&self, model: &mut impl Trainable<f64>, steps: usize) -> f64 {
        let rows = (Rows::new(&self.x, self.shape.inputs).unwrap(), Rows::new(&self.y, 1).unwrap());
        let data = Dataset::new(rows.0, rows.1).unwrap();
        let mut memory = vec![0.0; workspace_len(data.len(), self.shape.inputs, 1)];
        let mut work = Workspace::new(&mut memory, &data).unwrap();
        let mut model = Vectorized::new(model);
        model.start(&data, &mut work);
        for _ in 0..64.min(steps) {
            model.step(&data, RATE, &mut work);
        }
        let batches = (0..3).map(|_| {
            let begin = Instant::now();
            for _ in 0..steps {
                model.step(&data, RATE, &mut work);
            }
            1e6 * begin.elapsed().as_secs_f64() / steps as f64
        });
        batches.fold(f64::INFINITY, f64::min)
    }

    /// Times and bytes of one engine.
    fn line(&self, vary: &str, engine: &str) {
        let (Shape { inputs, width, .. }, n) = (self.shape, self.y.len());
        let mut network = self.network.clone();
        let own = 8 * (self.shape.parameters() + workspace_len(n, inputs, 1));
        let (time, lent) = match engine {
            "plain" => (self.time(&mut network, (WORK / (n * width * inputs)).clamp(3, 20_000)), 0),
            _ => {
                let mut floats = vec![0.0; Exact::floats_len(n, self.shape, GROUPS)];
                let mut indices = vec![0; Exact::indices_len(n, self.shape, GROUPS)];
                let lent = 8 * floats.len() + 4 * indices.len();
                let mut model = Exact::new(&mut network, n, GROUPS, &mut floats, &mut indices).unwrap();
                (self.time(&mut model, if inputs > 2 { 512 } else { 2_048 }), lent)
            }
        };
        println!("{vary},{engine},{width},{n},{inputs},{time:.4},{}", own + lent);
    }
}

fn main() {
    println!("vary,engine,k,n,d,microseconds,bytes");
    for engine in ["plain", "exact"] {
        for power in (4..=20).step_by(2) {
            Problem::new(1 << power, 15, 2).line("k", engine);
        }
        for n in [3, 4, 6, 8, 12, 16, 24, 32, 48, 64] {
            Problem::new(1024, n, 2).line("n", engine);
        }
        for d in 1..=8 {
            Problem::new(1024, 15, d).line("d", engine);
        }
    }
    for power in (4..=16).step_by(2) {
        Problem::new(1 << power, 15, 3).line("width", "general");
        Problem::new(1 << power, 15, 3).line("width", "plain");
    }
}
