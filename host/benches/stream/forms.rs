//! The covariance form beside the square-root information form: a million samples, one basis that stays.

use std::time::Instant;

use ntk_core::random::standard_normal;
use ntk_core::{Cholesky, Kernel, Scalar, vector};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::models::{kernel, scaled};
use crate::tasks::{Change, Fault, Task};

const N: usize = 15;

/// Mean m and covariance S of the weights, as the core has them.
struct Covariance<T> {
    m: [T; N],
    s: [[T; N]; N],
}

/// A upper triangular with A^T A = S^-1, and b = A m.
struct Information<T> {
    a: [[T; N]; N],
    b: [T; N],
}

trait Form<T> {
    fn hear(&mut self, phi: &[T; N], y: T, noise: T);
    /// Mean and variance of phi . w.
    fn at(&self, phi: &[T; N]) -> (T, T);
}

impl<T: Scalar> Form<T> for Covariance<T> {
    fn hear(&mut self, phi: &[T; N], y: T, noise: T) {
        let mut g = [T::ZERO; N];
        for i in 0..N {
            g[i] = vector::dot(&self.s[i][..i], &phi[..i]) + self.s[i][i] * phi[i];
            vector::axpy(&mut g[..i], phi[i], &self.s[i][..i]);
        }
        let t = noise + vector::dot(phi, &g);
        let error = y - vector::dot(phi, &self.m);
        vector::axpy(&mut self.m, error / t, &g);
        for i in 0..N {
            vector::axpy(&mut self.s[i][..=i], -(g[i] / t), &g[..=i]);
        }
    }
    fn at(&self, phi: &[T; N]) -> (T, T) {
        let mut sum = T::ZERO;
        for i in 0..N {
            sum += phi[i] * (self.s[i][i] * phi[i] + T::TWO * vector::dot(&self.s[i][..i], &phi[..i]));
        }
        (vector::dot(phi, &self.m), sum)
    }
}

impl<T: Scalar> Form<T> for Information<T> {
    fn hear(&mut self, phi: &[T; N], y: T, noise: T) {
        let root = T::ONE / noise.sqrt();
        let (mut row, mut y) = (phi.map(|phi| phi * root), y * root);
        for i in 0..N {
            let diagonal = self.a[i][i];
            let length = (diagonal * diagonal + row[i] * row[i]).sqrt();
            let (c, s) = (diagonal / length, row[i] / length);
            for j in i..N {
                (self.a[i][j], row[j]) = (c * self.a[i][j] + s * row[j], c * row[j] - s * self.a[i][j]);
            }
            (self.b[i], y) = (c * self.b[i] + s * y, c * y - s * self.b[i]);
        }
    }
    fn at(&self, phi: &[T; N]) -> (T, T) {
        let mut u = *phi;
        for i in 0..N {
            u[i] = u[i] / self.a[i][i];
            for j in i + 1..N {
                let own = u[i];
                u[j] += -own * self.a[i][j];
            }
        }
        (vector::dot(&u, &self.b), vector::dot(&u, &u))
    }
}

/// Samples as features, label and noise; and features of queries.
type Data<T> = (Vec<([T; N], T, T)>, Vec<[T; N]>);

/// Features of points of a task on N basis inputs, labels, and the noise with what the basis misses.
fn features<T: Scalar>(count: usize) -> Data<T> {
    let task = Task { inputs: 2, change: Change::Still, fault: Fault::None, samples: count, seed: 5 };
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let kernel = kernel::<T>();
    let basis: Vec<Vec<T>> = (0..N).map(|i| scaled(&task.input(&mut rng, i))).collect();
    let mut factor = Cholesky::<T, N>::new();
    factor.factor(N, T::ZERO, |i, j| kernel.value(&basis[i], &basis[j])).unwrap();
    let at = |x: &[f64]| {
        let x: Vec<T> = scaled(x);
        let mut phi: [T; N] = std::array::from_fn(|i| kernel.value(&basis[i], &x));
        factor.view().forward(&mut phi).unwrap();
        let rest = kernel.value(&x, &x) - vector::dot(&phi, &phi);
        (phi, if rest > T::ZERO { rest } else { T::ZERO })
    };
    let samples = (0..count)
        .map(|i| {
            let x = task.input(&mut rng, i);
            let noise: f64 = standard_normal(&mut rng);
            let (phi, rest) = at(&x);
            (phi, T::from_f64(task.truth(&x, i) + crate::tasks::NOISE * noise), T::from_f64(0.2) + rest)
        })
        .collect();
    (samples, (0..200).map(|i| at(&task.input(&mut rng, i)).0).collect())
}

/// Means and variances at the queries after all samples, and nanoseconds a sample.
fn run<T: Scalar>(form: &mut dyn Form<T>, (samples, queries): &Data<T>) -> (Vec<[f64; 2]>, f64) {
    let start = Instant::now();
    for (phi, y, noise) in samples {
        form.hear(phi, *y, *noise);
    }
    let time = start.elapsed().as_secs_f64() * 1e9 / samples.len() as f64;
    let at = |phi| {
        let (mean, variance) = form.at(phi);
        [mean.to_f64(), variance.to_f64()]
    };
    (queries.iter().map(at).collect(), time)
}

fn both<T: Scalar>(count: usize) -> [(Vec<[f64; 2]>, f64); 2] {
    let data = features::<T>(count);
    let unit = |i: usize| std::array::from_fn(|j| if i == j { T::ONE } else { T::ZERO });
    let mut covariance = Covariance { m: [T::ZERO; N], s: std::array::from_fn(unit) };
    let mut information = Information { a: std::array::from_fn(unit), b: [T::ZERO; N] };
    [run(&mut covariance, &data), run(&mut information, &data)]
}

pub fn print() {
    println!(
        "| samples | form | largest error of a mean | of a variance, relative | smallest variance | ns a sample |"
    );
    println!("|---|---|---|---|---|---|");
    for count in [10_000, 100_000, 1_000_000] {
        let [covariance, information] = both::<f64>(count);
        let single = both::<f32>(count);
        let rows = [
            ("covariance, f64", &covariance),
            ("information, f64", &information),
            ("covariance, f32", &single[0]),
            ("information, f32", &single[1]),
        ];
        for (name, (at, time)) in rows {
            let pairs = || at.iter().zip(&information.0);
            let mean = pairs().map(|(a, b)| (a[0] - b[0]).abs()).fold(0.0, f64::max);
            let variance = pairs().map(|(a, b)| (a[1] / b[1] - 1.0).abs()).fold(0.0, f64::max);
            let least = at.iter().map(|a| a[1]).fold(f64::INFINITY, f64::min);
            println!("| {count} | {name} | {mean:.1e} | {variance:.1e} | {least:.1e} | {time:.0} |");
        }
    }
}
