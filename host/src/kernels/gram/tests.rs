//! Tiles against the core, entry by entry.

use ntk_core::{Abs, Architecture, DerivativeDual, LeakyRelu, Nngp, Ntk, Relu, Rows, kernel, random};
use pulp::Arch;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::kernels::activations::{QUADRATURE, Smoothness, TABLE};
use crate::kernels::{KernelSpec, Kind};

/// Returns n inputs of d numbers and lengths from 1e-3 to 1e3: the zero vector, equal and opposite ones among
/// them, and angles of 1e-9 to 1e-1 and as far from pi.
fn inputs<T: Real>(n: usize, d: usize) -> Vec<T> {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut x: Vec<f64> = (0..n * d).map(|_| random::standard_normal::<f64, _>(&mut rng)).collect();
    for i in 1..n {
        let (before, row) = x.split_at_mut(i * d);
        let near = 10f64.powi(-(i as i32 % 9) - 1);
        let scale = 10f64.powi(i as i32 % 7 - 3);
        for (k, value) in row[..d].iter_mut().enumerate() {
            match i % 8 {
                1 => *value = 0.0,
                2 => *value = scale * (before[k] + near * *value),
                3 => *value = -scale * (before[k] + near * *value),
                4 => *value = before[(i - 1) * d + k],
                5 => *value = -before[k],
                _ => *value *= scale,
            }
        }
    }
    x.into_iter().map(T::from_f64).collect()
}

fn assert_same_bits<T: Real>(found: &[T], expected: &[T], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let (found, expected) = (found.to_f64(), expected.to_f64());
        assert_eq!(found.to_bits(), expected.to_bits(), "{what}, entry {i}: {found:?}, not {expected:?}");
    }
}

/// Returns every kind of machine that this one can stand for.
fn machines() -> Vec<Arch> {
    #[cfg(target_arch = "x86_64")]
    {
        let mut machines = vec![Arch::Scalar, Arch::new()];
        machines.extend(pulp::x86::V3::try_new().map(Arch::V3));
        machines
    }
    #[cfg(not(target_arch = "x86_64"))]
    vec![Arch::new()]
}

/// The NNGP and the NTK of the core, and of every machine; the latter in vectors. With its own bits only from
/// `exact` activations.
fn compare<T: Real, A: DerivativeDual<T> + Sync>(
    (phi, exact): (A, bool),
    n: usize,
    d: usize,
    depth: u16,
    [w, b]: [f64; 2],
) {
    let x = inputs::<T>(n, d);
    let rows = Rows::new(&x, d).unwrap();
    let (w, b) = (T::from_f64(w), T::from_f64(b));
    let architecture = Architecture { depth, weight_variance: w, bias_variance: b };
    let ntk = Ntk::with(phi, architecture);
    let nngp = TiledNngp(Nngp::with(phi, architecture));
    let of = |kernel: &dyn Tiled<T>, machine| {
        let mut matrix = vec![T::ONE; n * n];
        gram_on(machine, kernel, rows, &mut matrix).unwrap();
        matrix
    };
    let mut expected = [vec![T::ZERO; n * n], vec![T::ZERO; n * n]];
    kernel::gram(&ntk, rows, &mut expected[0]).unwrap();
    kernel::gram(&nngp.0, rows, &mut expected[1]).unwrap();
    let first = of(&TiledNtk { kernel: ntk, accurate: false }, Arch::new());
    for machine in machines() {
        let what = format!("n = {n}, d = {d}, {depth} layers, w = {w:?}, b = {b:?}, {machine:?}");
        assert_same_bits(&of(&nngp, machine), &expected[1], &what);
        assert_same_bits(&of(&TiledNtk { kernel: ntk, accurate: true }, machine), &expected[0], &what);
        assert_same_bits(&of(&TiledNtk { kernel: ntk, accurate: false }, machine), &first, &what);
    }
    if exact {
        return assert_same_bits(&first, &expected[0], "one road");
    }
    for (i, (found, expected_value)) in first.iter().zip(&expected[0]).enumerate() {
        let own = |i: usize| expected[0][i * n + i].to_f64();
        let unit = 0.5 * T::EPSILON.to_f64() * (own(i / n) * own(i % n)).sqrt();
        let error = (found.to_f64() - expected_value.to_f64()).abs();
        let allowed = 2.0 * (f64::from(depth) + 1.0) * unit; // at depth 1 four roundings of 2 |x||y|
        assert!(error <= allowed, "entry {i}: {error}, {} units", error / unit);
    }
}

#[test]
fn every_machine_has_the_same_bits() {
    // Whole and broken tiles and panels; sums with and without whole groups of eight and four.
    for (n, d) in [(1, 1), (2, 3), (31, 2), (33, 64), (65, 8), (130, 13), (97, 31)] {
        for variances in [[1.0, 0.0], [1.0, 0.3], [1.7, 0.0], [0.6, 0.2]] {
            compare::<f64, _>((Relu, false), n, d, 1, variances);
            compare::<f32, _>((Relu, false), n, d, 1, variances);
        }
        for depth in [1, 2, 3, 7] {
            compare::<f64, _>((Relu, false), n, d, depth, [1.0, 0.0]);
            compare::<f32, _>((Abs, true), n, d, depth, [1.2, 0.3]);
            compare::<f64, _>((LeakyRelu { slope: -0.3 }, false), n, d, depth, [0.9, 0.1]);
        }
    }
}

#[test]
fn every_activation_has_the_bits_of_the_core() {
    fn one<T: Real>(choice: &KernelSpec, n: usize) {
        let kernel = choice.build::<T>().unwrap();
        let (x, y) = (inputs::<T>(n, 3), inputs::<T>(3, 3));
        let (x, y) = (Rows::new(&x, 3).unwrap(), Rows::new(&y, 3).unwrap());
        let (mut found, mut expected) = (vec![T::ONE; n * n], vec![T::ZERO; n * n]);
        kernel.gram(x, &mut found).unwrap();
        kernel::gram(&kernel, x, &mut expected).unwrap();
        assert_same_bits(&found, &expected, &format!("{choice:?}"));
        let (mut found, mut expected) = (vec![T::ONE; n * 3], vec![T::ZERO; n * 3]);
        kernel.cross_gram(x, y, &mut found).unwrap();
        kernel::cross_gram(&kernel, x, y, &mut expected).unwrap();
        assert_same_bits(&found, &expected, &format!("{choice:?}, two sets"));
    }
    for entry in TABLE {
        let n = if entry.kernels == QUADRATURE { 5 } else { 37 }; // those take their time
        for depth in [1, 3] {
            for kind in [Kind::Nngp, Kind::Ntk] {
                if entry.smoothness == Smoothness::Jump && kind == Kind::Ntk {
                    continue;
                }
                let choice = KernelSpec {
                    kind,
                    activation: entry.activation,
                    depth,
                    weight_variance: 1e-3, // lengths are up to a few thousand, too long for exp
                    bias_variance: 0.1,
                };
                one::<f64>(&choice, n);
                one::<f32>(&choice, n);
            }
        }
    }
}

#[test]
fn threads_change_nothing() {
    let x = inputs::<f64>(200, 5);
    let rows = Rows::new(&x, 5).unwrap();
    let kernel =
        TiledNtk { kernel: Ntk::with(Relu, Architecture::ONE_LAYER.depth(2).bias(0.1)), accurate: false };
    let of = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut matrix = vec![0.0; 200 * 200];
        pool.install(|| gram(&kernel, rows, &mut matrix)).unwrap();
        matrix
    };
    let one = of(1);
    for threads in [2, 3, 8] {
        assert_same_bits(&of(threads), &one, &format!("{threads} threads"));
    }
}

#[test]
fn what_is_not_finite_stays_so_and_spreads_no_further() {
    let mut x = inputs::<f64>(70, 3);
    (x[3 * 10], x[3 * 66 + 2]) = (f64::NAN, f64::INFINITY);
    let mut matrix = vec![0.0; 70 * 70];
    let kernel = TiledNtk { kernel: Ntk::with(Relu, Architecture::ONE_LAYER), accurate: false };
    gram(&kernel, Rows::new(&x, 3).unwrap(), &mut matrix).unwrap();
    for (i, value) in matrix.iter().enumerate() {
        let touched = [i / 70, i % 70].iter().any(|i| [10, 66].contains(i));
        assert_eq!(value.is_finite(), !touched, "entry {i}: {value}");
    }
}

#[test]
fn shapes_are_checked_and_nothing_may_be_empty() {
    let kernel = TiledNtk { kernel: Ntk::with(Relu, Architecture::ONE_LAYER), accurate: false };
    let (two, three) = (Rows::new(&[1.0, 2.0], 2).unwrap(), Rows::new(&[1.0, 2.0, 3.0], 3).unwrap());
    let mut matrix = [7.0];
    assert!(cross_gram(&kernel, two, three, &mut matrix).is_err());
    assert!(gram(&kernel, Rows::new(&[1.0, 2.0], 1).unwrap(), &mut matrix).is_err());
    assert_eq!(matrix, [7.0]);
    let none = Rows::new(&[], 2).unwrap();
    assert!(gram(&kernel, none, &mut []).is_ok());
    assert!(
        cross_gram(&kernel, none, two, &mut []).is_ok() && cross_gram(&kernel, two, none, &mut []).is_ok()
    );
}
