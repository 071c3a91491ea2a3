//! Blocks against the core, bit by bit.

use ntk_core::cholesky::{Factor, factor};
use ntk_core::vector::dot;
use ntk_core::{Error, Scalar};
use pulp::Arch;

use super::*;
use crate::kernels::gram::Real;

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

/// K below the diagonal and on it, rows `stride` apart; elsewhere what may neither be read nor matter.
fn given<T: Scalar>(n: usize, stride: usize) -> Vec<T> {
    let entry = |i: usize, j: usize| {
        let apart = (i as f64 - j as f64) / 16.0;
        let size = |i: usize| 1.0 + 0.25 * (i as f64).sin();
        (-apart * apart).exp() * size(i) * size(j) + if i == j { 0.5 } else { 0.0 }
    };
    let of = |at: usize| {
        let (i, j) = (at / stride, at % stride);
        T::from_f64(if j <= i { entry(i, j) } else { f64::NAN })
    };
    (0..n * stride).map(of).collect()
}

fn bits<T: Scalar>(values: &[T]) -> Vec<u64> {
    values.iter().map(|v| v.to_f64().to_bits()).collect()
}

/// Sizes on both sides of every block, strip and width.
const SIZES: [usize; 14] = [1, 47, 64, 65, 71, 72, 96, 97, 239, 240, 241, 255, 487, 733];

fn factored<T: Real>(n: usize, stride: usize, ridge: f64) -> (Vec<T>, Vec<T>) {
    let (mut matrix, mut reciprocals) = (given::<T>(n, stride), vec![T::NAN; n]);
    factor(&mut matrix, stride, T::from_f64(ridge), &mut reciprocals).unwrap();
    (matrix, reciprocals)
}

fn same_factor<T: Real>(n: usize, stride: usize, ridge: f64) {
    let (expected, its_reciprocals) = factored::<T>(n, stride, ridge);
    for arch in machines() {
        let (mut matrix, mut reciprocals) = (given::<T>(n, stride), vec![T::NAN; n]);
        let mut room = Factoring::on(arch, n).unwrap();
        for _ in 0..2 {
            // A second time in the same memory, from the K that is left.
            room.factor(&mut matrix, stride, T::from_f64(ridge), &mut reciprocals).unwrap();
            assert_eq!(bits(&reciprocals), bits(&its_reciprocals), "{n} rows {stride} apart, {arch:?}");
            assert!(bits(&matrix) == bits(&expected), "{n} rows {stride} apart, {ridge}, {arch:?}");
        }
    }
}

#[test]
fn a_factor_has_the_bits_of_the_core() {
    for n in SIZES {
        for (stride, ridge) in [(n, 0.0), (n + 3, 1e-3), (n, 7.0)] {
            same_factor::<f64>(n, stride, ridge);
            same_factor::<f32>(n, stride, ridge);
        }
    }
}

#[test]
fn threads_change_nothing() {
    let (expected, _) = factored::<f64>(733, 733, 0.1);
    for threads in [1, 2, 3, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (mut matrix, mut reciprocals) = (given::<f64>(733, 733), vec![0.0; 733]);
        let mut room = Factoring::new(733).unwrap();
        pool.install(|| room.factor(&mut matrix, 733, 0.1, &mut reciprocals)).unwrap();
        assert!(bits(&matrix) == bits(&expected), "{threads} threads");
    }
}

/// A matrix that stops being positive definite in some row, in the first strip, on its edges and later.
#[test]
fn the_pivot_that_fails_is_the_core_s() {
    for (n, row) in [(70, 0), (300, 69), (300, 239), (300, 240), (600, 241), (600, 599)] {
        for value in [-3.0, 0.0, f64::NAN, f64::INFINITY] {
            let mut matrix = given::<f64>(n, n);
            matrix[row * n + row] = value;
            let (mut again, mut reciprocals) = (matrix.clone(), vec![0.0; n]);
            let expected = factor(&mut matrix, n, 1e-3, &mut reciprocals).unwrap_err();
            let found = Factoring::new(n).unwrap().factor(&mut again, n, 1e-3, &mut reciprocals).unwrap_err();
            let Error::NotPositiveDefinite { pivot, value: left } = expected else { panic!("{expected}") };
            let Error::NotPositiveDefinite { pivot: own, value: own_left } = found else { panic!("{found}") };
            assert!(pivot == own && pivot >= row, "{pivot}, not {own}");
            assert!(left.to_bits() == own_left.to_bits() || (left.is_nan() && own_left.is_nan()));
            let below =
                |m: &[f64]| bits(&(0..n).flat_map(|i| m[i * n..=i * n + i].to_vec()).collect::<Vec<_>>());
            assert_eq!(below(&matrix), below(&again)); // K stays
        }
    }
}

#[test]
fn shapes_are_checked() {
    let mut room = Factoring::<f64>::new(80).unwrap();
    let mut matrix = vec![1.0; 80 * 80];
    let short = 80 * 80 - 1;
    assert!(matches!(room.factor(&mut matrix[..short], 80, 0.0, &mut [0.0; 80]), Err(Error::Shape { .. })));
    assert!(matches!(room.factor(&mut matrix, 79, 0.0, &mut [0.0; 80]), Err(Error::Shape { .. })));
    assert!(matrix.iter().all(|&v| v == 1.0));
}

fn same_columns<T: Real>(n: usize, count: usize) {
    let (matrix, reciprocals) = factored::<T>(n, n + 1, 0.01);
    let factor = Factor::new(&matrix, n + 1, &reciprocals).unwrap();
    let b: Vec<T> = (0..n * count).map(|i| T::from_f64((i as f64 * 0.7).sin())).collect();
    for arch in machines() {
        let mut columns = Columns::new(n, count).unwrap();
        columns.set(&b);
        let mut expected = b.clone();
        for turned in [false, true] {
            columns.substitute(arch, Triangle { factor, turned });
            for b in expected.chunks_mut(n) {
                if turned { factor.backward(b).unwrap() } else { factor.forward(b).unwrap() }
            }
            let found = columns.map(|column, values| (column, bits(values)));
            assert_eq!(found.len(), count);
            for ((column, found), expected) in found.into_iter().zip(expected.chunks(n)) {
                assert_eq!(found, bits(expected), "column {column} of {n} rows, {turned}, {arch:?}");
            }
        }
    }
}

#[test]
fn right_hand_sides_have_the_bits_of_the_core() {
    for (n, count) in [(1, 1), (7, 50), (8, 48), (121, 3), (240, 49), (241, 96), (500, 97)] {
        same_columns::<f64>(n, count);
        same_columns::<f32>(n, count);
    }
}

fn same_units<T: Real>(n: usize) {
    let (matrix, reciprocals) = factored::<T>(n, n, 0.01);
    let factor = Factor::new(&matrix, n, &reciprocals).unwrap();
    let found = precisions(factor).unwrap();
    let columns = units(factor, |i, column| (i, column.to_vec())).unwrap();
    assert_eq!((found.len(), columns.len()), (n, n));
    for (i, (own, column)) in columns.into_iter().enumerate() {
        let mut expected = vec![T::ZERO; n];
        expected[i] = T::ONE;
        factor.forward(&mut expected).unwrap();
        assert_eq!((own, bits(&column)), (i, bits(&expected)), "column {i} of {n}");
        assert_eq!(bits(&[found[i]]), bits(&[dot(&expected, &expected)]));
    }
}

/// Fewer than are solved together, and more.
#[test]
fn unit_vectors_have_the_bits_of_the_core() {
    for n in [1, 47, 48, 49, 130, 250, 500, Columns::<f64>::MANY + 50] {
        same_units::<f64>(n);
    }
    same_units::<f32>(250);
}

#[test]
fn memory_that_there_is_not_is_named() {
    let refused = Factoring::<f64>::new(usize::MAX / 4096).unwrap_err().to_string();
    assert!(refused.contains("GB of memory, more than there is"), "{refused}");
}
