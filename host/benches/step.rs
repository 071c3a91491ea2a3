//! One full-batch gradient-descent step of the plain engine, n = 15, d = 2, f64 (and f32), against a naive
//! loop.
//!
//! `cargo bench -p host --bench step`; absolute times drift, compare within one run. `peers/jax_step.py`
//! measures JAX's compiled loop on the same machine. The row `arithmetic` times as many operations as a step
//! needs, in registers and independent of each other: for each unit and sample 16, namely B_i . x twice (6),
//! the slope times the residual (2), its products with x summed (4), the value (2), and its product with A_i
//! summed (2).
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use host::experiment::vectorized::Vectorized;
use ntk_core::train::{StopRule, Trainable, Workspace, descend, workspace_len};
use ntk_core::{Dataset, FlatParams, Network, Relu, Rows, Scalar, Shape, random};
use pulp::{Arch, Simd, WithSimd};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const SAMPLES: usize = 15;
const RATE: f64 = 1e-4; // small, so that the numbers stay ordinary however long the bench runs
const WIDTHS: [usize; 5] = [1, 15, 64, 1024, 16384];

struct Problem<T> {
    x: Vec<T>,
    y: Vec<T>,
    network: Network<Relu, FlatParams<Vec<T>>>,
}

impl<T: Scalar> Problem<T> {
    fn new(width: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let x = (0..2 * SAMPLES).map(|_| random::uniform(&mut rng)).collect();
        let y = (0..SAMPLES).map(|_| random::uniform(&mut rng)).collect();
        let shape = Shape { inputs: 2, width, outputs: 1 };
        let zeros = vec![T::ZERO; shape.parameters()];
        let mut network = Network::new(Relu, FlatParams::new(shape, zeros).unwrap());
        network.initialize(&mut rng);
        Self { x, y, network }
    }

    fn data(&self) -> Dataset<'_, T> {
        Dataset::new(Rows::new(&self.x, 2).unwrap(), Rows::new(&self.y, 1).unwrap()).unwrap()
    }
}

fn engine<T: Scalar>(c: &mut Criterion, name: &str) {
    let mut group = c.benchmark_group(name);
    for width in WIDTHS {
        let problem = Problem::<T>::new(width);
        let data = problem.data();
        let mut memory = vec![T::ZERO; workspace_len(SAMPLES, 2, 1)];
        let rule = StopRule { target_mse: None, patience: None, max_steps: 0 };
        group.bench_function(BenchmarkId::new("plain engine", width), |b| {
            let mut network = problem.network.clone();
            descend(&mut network, &data, T::from_f64(RATE), &rule, &mut memory, |_, _| true).unwrap();
            let mut work = Workspace::new(&mut memory, &data).unwrap();
            let mut model = Vectorized::new(&mut network);
            b.iter(|| model.step(&data, T::from_f64(RATE), &mut work));
        });
        let weights = problem.network.weights.values();
        group.bench_function(BenchmarkId::new("naive loop", width), |b| {
            let mut naive = Naive::new(weights, width);
            b.iter(|| naive.step(&problem.x, &problem.y, T::from_f64(RATE)));
        });
    }
    group.finish();
}

fn arithmetic(c: &mut Criterion) {
    let mut group = c.benchmark_group("step f64, n = 15, d = 2");
    for width in WIDTHS {
        let count = 8 * SAMPLES * width; // a multiplication and an addition each
        group.bench_function(BenchmarkId::new("arithmetic", width), |b| {
            b.iter(|| Arch::new().dispatch(MultiplyAdds { count: black_box(count), start: black_box(1.0) }));
        });
    }
    group.finish();
}

/// What one writes first: one array per unit and sample, two passes.
struct Naive<T> {
    a: Vec<T>,
    b: Vec<[T; 2]>,
}

impl<T: Scalar> Naive<T> {
    fn new(weights: &[T], width: usize) -> Self {
        let b = (0..width).map(|i| [weights[width + i], weights[2 * width + i]]).collect();
        Self { a: weights[..width].to_vec(), b }
    }

    fn step(&mut self, x: &[T], y: &[T], rate: T) {
        let scale = T::SQRT_2 / T::from_usize(self.a.len()).sqrt();
        let mut residuals = [T::ZERO; SAMPLES];
        for (i, r) in residuals.iter_mut().enumerate() {
            let mut f = T::ZERO;
            for (a, b) in self.a.iter().zip(&self.b) {
                let h = b[0] * x[2 * i] + b[1] * x[2 * i + 1];
                if h > T::ZERO {
                    f += *a * h;
                }
            }
            *r = scale * f - y[i];
        }
        for (a, b) in self.a.iter_mut().zip(&mut self.b) {
            let (mut da, mut db) = (T::ZERO, [T::ZERO; 2]);
            for (i, &r) in residuals.iter().enumerate() {
                let h = b[0] * x[2 * i] + b[1] * x[2 * i + 1];
                if h > T::ZERO {
                    da += r * h;
                    db[0] += r * *a * x[2 * i];
                    db[1] += r * *a * x[2 * i + 1];
                }
            }
            *a -= rate * scale * da;
            b[0] -= rate * scale * db[0];
            b[1] -= rate * scale * db[1];
        }
    }
}

/// `count` multiplications and additions (not fused, as in the engine) in independent registers: the
/// arithmetic alone.
struct MultiplyAdds {
    count: usize,
    start: f64,
}

impl WithSimd for MultiplyAdds {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        const REGISTERS: usize = 12;
        let factor = simd.splat_f64s(self.start);
        let mut sums = [factor; REGISTERS];
        for _ in 0..self.count.div_ceil(REGISTERS * S::F64_LANES) {
            black_box(());
            for sum in &mut sums {
                *sum = simd.add_f64s(simd.mul_f64s(*sum, factor), factor);
            }
        }
        simd.reduce_sum_f64s(sums.into_iter().fold(factor, |all, sum| simd.add_f64s(all, sum)))
    }
}

fn benches(c: &mut Criterion) {
    engine::<f64>(c, "step f64, n = 15, d = 2");
    engine::<f32>(c, "step f32, n = 15, d = 2");
    arithmetic(c);
}

criterion_group! {
    name = step;
    config = Criterion::default().sample_size(30).warm_up_time(std::time::Duration::from_millis(300))
        .measurement_time(std::time::Duration::from_secs(1));
    targets = benches
}
criterion_main!(step);
