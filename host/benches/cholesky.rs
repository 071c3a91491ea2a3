//! Factor and solve against nalgebra's static Cholesky, both compiled for the same processor, and one sample
//! more against a fit.
//!
//! `cargo bench -p host --bench cholesky`. Absolute times drift on a shared machine: compare within a group.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use nalgebra::{RealField, SMatrix, SVector};
use ntk_core::cholesky::factor_and_solve;
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::{Ntk, Regression, Relu, Scalar};

/// A positive definite matrix: a Gaussian kernel on a grid, and 1/2 on the diagonal.
fn entry<T: Scalar>(i: usize, j: usize, n: usize) -> T {
    let distance = (i as f64 - j as f64) / n as f64;
    T::from_f64((-4.0 * distance * distance).exp() + if i == j { 0.5 } else { 0.0 })
}

fn systems<T: Scalar + RealField, const N: usize>(criterion: &mut Criterion, precision: &str) {
    let (zero, one) = (<T as Scalar>::ZERO, <T as Scalar>::ONE);
    let mut group = criterion.benchmark_group(format!("factor and solve, {precision}"));
    let mut ours = Box::new([[zero; N]; N]);
    for (i, row) in ours.iter_mut().enumerate() {
        for (j, value) in row.iter_mut().enumerate() {
            *value = entry(i, j, N);
        }
    }
    group.bench_function(BenchmarkId::new("ntk-core", N), |bencher| {
        bencher.iter(|| {
            let (matrix, mut inverse, mut b) = (black_box(&mut *ours), [zero; N], [one; N]);
            factor_and_solve(matrix.as_flattened_mut(), N, zero, &mut inverse, &mut b).unwrap();
            b
        });
    });
    let theirs = Box::new(SMatrix::<T, N, N>::from_fn(|i, j| entry(i, j, N)));
    group.bench_function(BenchmarkId::new("nalgebra", N), |bencher| {
        bencher.iter(|| {
            let mut b = SVector::<T, N>::from_element(one);
            nalgebra::Cholesky::new(*black_box(&*theirs)).unwrap().solve_mut(&mut b);
            b
        });
    });
    group.finish();
}

/// A model of 63 samples gets another one, and the sliding window of 64.
fn push<T: Scalar>(criterion: &mut Criterion, precision: &str) {
    const N: usize = 64;
    let x: [[T; 2]; N] = std::array::from_fn(|i| [T::from_f64(i as f64 / 32.0 - 1.0), T::ONE]);
    let (y, ridge) = (x.map(|[x, _]| x * x), T::from_f64(1e-2));
    let mut full = Box::new(Regression::new(Ntk::new(Relu), Fixed::<T, 2, N>::new()));
    full.fit(&x[..N - 1], &y[..N - 1], ridge).unwrap();
    let short = full.clone();
    let mut group = criterion.benchmark_group(format!("64 samples, {precision}"));
    group.bench_function("fit", |bencher| {
        bencher.iter(|| {
            full.clear();
            full.fit_empty(black_box(&x), &y, ridge)
        });
    });
    group.bench_function("push", |bencher| {
        let add = |model: &mut Box<Regression<Ntk<Relu>, Fixed<T, 2, N>>>| {
            model.push(black_box(&x[N - 1]), y[N - 1], WhenFull::Refuse)
        };
        bencher.iter_batched_ref(|| short.clone(), add, BatchSize::LargeInput);
    });
    group.bench_function("drop the oldest and push", |bencher| {
        let mut next = 0;
        bencher.iter(|| {
            next = (next + 1) % N;
            full.push(black_box(&x[(next + N - 1) % N]), y[next], WhenFull::DropOldest)
        });
    });
    group.finish();
}

fn all(criterion: &mut Criterion) {
    systems::<f32, 8>(criterion, "f32");
    systems::<f32, 15>(criterion, "f32");
    systems::<f32, 32>(criterion, "f32");
    systems::<f32, 64>(criterion, "f32");
    systems::<f32, 128>(criterion, "f32");
    systems::<f64, 8>(criterion, "f64");
    systems::<f64, 15>(criterion, "f64");
    systems::<f64, 32>(criterion, "f64");
    systems::<f64, 64>(criterion, "f64");
    systems::<f64, 128>(criterion, "f64");
    push::<f32>(criterion, "f32");
    push::<f64>(criterion, "f64");
}

criterion_group!(benches, all);
criterion_main!(benches);
