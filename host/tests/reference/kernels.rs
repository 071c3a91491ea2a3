//! `kernels.json`: the NTK and the NNGP of infinitely wide ReLU networks at 120 digits.

use host::kernels::{relu_nngp, relu_ntk};
use ntk_core::{Architecture, Kernel, Nngp, Ntk, Relu, Scalar};
use serde::Deserialize;

use crate::data::{self, exactly, length, symmetric};
use crate::tolerances::{Worst, check, roundings, ulps};

#[derive(Deserialize)]
struct File {
    f64: Vec<Pair>,
    f32: Vec<Pair>,
    deep: Vec<Deep>,
}

#[derive(Deserialize)]
struct Pair {
    x: Vec<f64>,
    y: Vec<f64>,
    angle: f64,
    nngp: f64,
    ntk: f64,
}

#[derive(Deserialize)]
struct Deep {
    x: Vec<f64>,
    y: Vec<f64>,
    depth: u16,
    weight_variance: f64,
    bias_variance: f64,
    nngp: f64,
    ntk: f64,
}

fn file() -> File {
    data::read("kernels.json")
}

fn one_hidden_layer<T: Scalar>(pairs: &[Pair]) {
    let [mut ntk, mut ntk_large, mut ntk_small] = [const { Worst::new() }; 3];
    let [mut nngp, mut nngp_small] = [const { Worst::new() }; 2];
    for (i, pair) in pairs.iter().enumerate() {
        let (x, y) = (exactly::<T>(&pair.x), exactly::<T>(&pair.y));
        let scale = length(&pair.x) * length(&pair.y);
        let place = format!("row {i}, angle {:.3e}", pair.angle);
        let found = symmetric(&relu_ntk(), &x, &y);
        ntk.see(roundings(found, pair.ntk, scale), &place);
        // The NTK changes its sign near 2.0 radians and is 0 at pi: there it has no relative accuracy.
        if pair.ntk.abs() > 0.5 * scale {
            ntk_large.see(ulps(found, pair.ntk), &place);
        }
        if pair.ntk.abs() > 1e-3 * scale {
            ntk_small.see(ulps(found, pair.ntk), &place);
        }
        let found = symmetric(&relu_nngp(), &x, &y);
        nngp.see(roundings(found, pair.nngp, scale), &place);
        if pair.nngp > 1e-3 * scale {
            nngp_small.see(ulps(found, pair.nngp), &place);
        }
    }
    check::<T>("relu ntk", &ntk);
    check::<T>("relu ntk, large", &ntk_large);
    check::<T>("relu ntk, small", &ntk_small);
    check::<T>("relu nngp", &nngp);
    check::<T>("relu nngp, small", &nngp_small);
}

#[test]
fn one_hidden_layer_in_f64() {
    one_hidden_layer::<f64>(&file().f64);
}

#[test]
fn one_hidden_layer_in_f32() {
    one_hidden_layer::<f32>(&file().f32);
}

/// A zero vector, and opposite vectors, whose hidden units never fire together: no rounding at all.
fn zeros<T: Scalar>(pairs: &[Pair]) {
    let none: Vec<&Pair> = pairs.iter().filter(|pair| pair.nngp == 0.0).collect();
    assert!(none.len() >= 12, "zero and opposite vectors are in the table");
    for pair in none {
        let (x, y) = (exactly::<T>(&pair.x), exactly::<T>(&pair.y));
        assert_eq!((relu_ntk().value(&x, &y), relu_nngp().value(&x, &y)), (T::ZERO, T::ZERO), "{x:?} {y:?}");
    }
}

#[test]
fn zero_and_opposite_vectors_give_exactly_zero() {
    let file = file();
    zeros::<f64>(&file.f64);
    zeros::<f32>(&file.f32);
}

fn diagonal<T: Scalar>(pairs: &[Pair]) {
    let mut worst = Worst::new();
    for pair in pairs.iter().filter(|pair| pair.x == pair.y && pair.nngp > 0.0) {
        let x = exactly::<T>(&pair.x);
        let (ntk, nngp) = (relu_ntk().value(&x, &x), relu_nngp().value(&x, &x));
        assert_eq!(ntk, T::TWO * nngp, "{x:?}");
        worst.see(ulps(ntk, pair.ntk), format_args!("NTK of {x:?}"));
        worst.see(ulps(nngp, pair.nngp), format_args!("NNGP of {x:?}"));
    }
    check::<T>("relu diagonal", &worst);
}

#[test]
fn a_vector_with_itself() {
    let file = file();
    diagonal::<f64>(&file.f64);
    diagonal::<f32>(&file.f32);
}

/// NNGP and NTK of x with itself: each layer maps S to w S + b and T to S' + w T.
fn own_scale(row: &Deep, x: &[f64]) -> (f64, f64) {
    let (w, b) = (row.weight_variance, row.bias_variance);
    let first = w * length(x).powi(2) + b;
    (0..row.depth).fold((first, first), |(nngp, ntk), _| {
        let nngp = w * nngp + b;
        (nngp, nngp + w * ntk)
    })
}

/// The inputs and variances of these rows are not `f32` values, so there is no `f32` here.
#[test]
fn several_hidden_layers() {
    let [mut ntk, mut nngp] = [const { Worst::new() }; 2];
    for (i, row) in file().deep.iter().enumerate() {
        let (w, b, depth) = (row.weight_variance, row.bias_variance, row.depth);
        let ((x_nngp, x_ntk), (y_nngp, y_ntk)) = (own_scale(row, &row.x), own_scale(row, &row.y));
        let architecture = Architecture { depth, weight_variance: w, bias_variance: b };
        let place = format!("row {i}, depth {depth}");
        let layers = f64::from(depth) + 1.0;
        let found = symmetric(&Ntk::with(Relu, architecture), &row.x, &row.y);
        ntk.see(roundings(found, row.ntk, layers * (x_ntk * y_ntk).sqrt()), &place);
        let found = symmetric(&Nngp::with(Relu, architecture), &row.x, &row.y);
        nngp.see(roundings(found, row.nngp, layers * (x_nngp * y_nngp).sqrt()), &place);
    }
    check::<f64>("deep ntk", &ntk);
    check::<f64>("deep nngp", &nngp);
}
