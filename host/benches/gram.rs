//! The Gram matrix of the ReLU's kernels against the matrix product X X^T alone, on all processors.
//!
//! `cargo bench -p host --bench gram`; absolute times drift, compare within one run.
//! `peers/gram_neural_tangents.py` measures neural-tangents on the same machine. The product is that of
//! matrixmultiply, by way of nalgebra, with fused multiply-adds where the processor has them: all n^2
//! entries, a block of rows for each thread, written, as ours, into memory that is there. `pairwise` is the
//! core's own Gram matrix, entry by entry on one processor, the bits of `ntk kernel --accurate`: to an ulp of
//! the value where its terms cancel. The NTKs before it are what `ntk kernel` computes without.
//!
//! Least and median time of a run, and, on Linux, its processor time on all threads: on a busy machine the
//! one that says something.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::time::Instant;

use host::kernels::gram::{Real, TiledNngp, TiledNtk, gram};
use host::kernels::relu_ntk;
use nalgebra::{DMatrix, RealField};
use ntk_core::{Architecture, Nngp, Ntk, Relu, Rows, Scalar, kernel, random};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

const RUNS: usize = 40;

/// Processor time of this process so far, in milliseconds; 0 where it is not known.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    10.0 * fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>()
}

fn measure(name: &str, mut run: impl FnMut()) {
    run();
    let begin = processor_time();
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            run();
            1e3 * begin.elapsed().as_secs_f64()
        })
        .collect();
    let processor = (processor_time() - begin) / RUNS as f64;
    times.sort_by(f64::total_cmp);
    println!("{name:>16} {:>9.2} {:>9.2} {processor:>12.2}", times[0], times[RUNS / 2]);
}

fn size<T: Real + RealField>(precision: &str, n: usize, d: usize) {
    let (zero, one) = (<T as Scalar>::ZERO, <T as Scalar>::ONE);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let x: Vec<T> = (0..n * d).map(|_| random::standard_normal(&mut rng)).collect();
    let rows = Rows::new(&x, d).unwrap();
    let mut matrix = vec![zero; n * n];
    println!("\n{precision}, n = {n}, d = {d}: milliseconds");
    println!("{:>16} {:>9} {:>9} {:>12}", "", "least", "median", "of processor");
    for depth in [1, 3] {
        let ntk = TiledNtk { kernel: Ntk::with(Relu, Architecture::ONE_LAYER.depth(depth)), accurate: false };
        measure(&format!("NTK, depth {depth}"), || gram(&ntk, black_box(rows), &mut matrix).unwrap());
    }
    let nngp = TiledNngp(Nngp::with(Relu, Architecture::ONE_LAYER));
    measure("NNGP, depth 1", || gram(&nngp, black_box(rows), &mut matrix).unwrap());
    measure("NTK, pairwise", || kernel::gram(&relu_ntk(), black_box(rows), &mut matrix).unwrap());
    let columns = DMatrix::from_column_slice(d, n, &x); // an input each
    let threads = rayon::current_num_threads();
    let blocks = (0..threads).map(|i| columns.columns_range(i * n / threads..(i + 1) * n / threads));
    let mut blocks: Vec<_> = blocks.map(|y| (DMatrix::from_element(n, y.ncols(), zero), y)).collect();
    let left = columns.transpose();
    measure("product alone", || {
        blocks.par_iter_mut().for_each(|(product, y)| product.gemm(one, black_box(&left), y, zero));
    });
}

fn main() {
    for (n, d) in [(256, 8), (2048, 64)] {
        size::<f32>("f32", n, d);
        size::<f64>("f64", n, d);
    }
}
