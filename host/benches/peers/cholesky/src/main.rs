//! Factor and solve beside nalgebra's static Cholesky and faer's, all three built alike, nanoseconds.
//!
//! `cargo run --release`, with `RUSTFLAGS=-Ctarget-cpu=native` for the machine's vector width (faer finds it
//! by itself). The three take turns for a thousand short rounds, and the median of each counts, so that a
//! busy machine troubles all alike.

use std::hint::black_box;
use std::time::Instant;

use faer::linalg::solvers::Solve;
use faer::{Mat, Side};
use ntk_core::Scalar;
use ntk_core::cholesky::factor_and_solve;

/// As in `../../cholesky.rs`: a Gaussian kernel on a grid, and 1/2 on the diagonal.
fn entry<T: Scalar>(i: usize, j: usize, n: usize) -> T {
    let distance = (i as f64 - j as f64) / n as f64;
    T::from_f64((-4.0 * distance * distance).exp() + if i == j { 0.5 } else { 0.0 })
}

/// Nanoseconds of one of `repeats` calls.
fn timed(repeats: usize, mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..repeats {
        call();
    }
    start.elapsed().as_nanos() as f64 / repeats as f64
}

fn row<T: Scalar + nalgebra::RealField + faer::traits::RealField, const N: usize>(precision: &str) {
    let (zero, one) = (<T as Scalar>::ZERO, <T as Scalar>::ONE);
    let mut ours: Box<[[T; N]; N]> =
        Box::new(std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j, N))));
    let fixed = Box::new(nalgebra::SMatrix::<T, N, N>::from_fn(|i, j| entry(i, j, N)));
    let faer_matrix = Mat::<T>::from_fn(N, N, |i, j| entry(i, j, N));
    let repeats = 20_000 / (N * N) + 1;
    let mut rounds = vec![[0.0; 3]; 1_000];
    for round in &mut rounds {
        let core = timed(repeats, || {
            let (matrix, mut inverse, mut b) = (black_box(&mut *ours), [zero; N], [one; N]);
            factor_and_solve(matrix.as_flattened_mut(), N, zero, &mut inverse, &mut b).unwrap();
            black_box(b);
        });
        let nalgebra = timed(repeats, || {
            let mut b = nalgebra::SVector::<T, N>::from_element(one);
            nalgebra::Cholesky::new(*black_box(&*fixed)).unwrap().solve_mut(&mut b);
            black_box(b);
        });
        let faer = timed(repeats, || {
            let mut b = Mat::<T>::from_fn(N, 1, |_, _| one);
            black_box(&faer_matrix).llt(Side::Lower).unwrap().solve_in_place(&mut b);
            black_box(b);
        });
        *round = [core, nalgebra, faer];
    }
    let [core, nalgebra, faer] = [0, 1, 2].map(|column| {
        rounds.sort_by(|a, b| a[column].total_cmp(&b[column]));
        rounds[rounds.len() / 2][column]
    });
    let (to_nalgebra, to_faer) = (nalgebra / core, faer / core);
    println!(
        "| {precision} | {N} | {core:.0} | {nalgebra:.0} | {faer:.0} | {to_nalgebra:.2} | {to_faer:.2} |"
    );
}

fn main() {
    println!(
        "| | N | ntk-core | nalgebra | faer | nalgebra / ntk-core | faer / ntk-core |\n|---|---|---|---|---|---|---|"
    );
    row::<f32, 8>("f32");
    row::<f32, 15>("f32");
    row::<f32, 32>("f32");
    row::<f32, 64>("f32");
    row::<f64, 8>("f64");
    row::<f64, 15>("f64");
    row::<f64, 32>("f64");
    row::<f64, 64>("f64");
}
