//! `gram.json` and what other files say of the NTK of ReLU and leaky ReLU: Gram matrices as `ntk kernel`
//! computes them, in vectors.
//!
//! The unit is u sqrt(K(x, x) K(y, y)), as a product and an epilogue owe it, whatever the value. The core's
//! entries are compared in `kernels`, `sign_changes` and `duals`.

use host::kernels::AnyKernel;
use host::kernels::activations::ActivationName;
use host::kernels::gram::Real;
use host::kernels::{KernelSpec, Kind};
use ntk_core::Rows;
use serde::Deserialize;

use crate::data::{self, exactly, length};
use crate::duals;
use crate::tolerances::{Worst, check, roundings};

#[derive(Deserialize)]
struct File {
    f64: Vec<Case>,
    f32: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    x: Vec<Vec<f64>>,
    /// On and below the diagonal, row by row.
    relu: Vec<f64>,
    /// Slope 1/8.
    leaky: Vec<f64>,
}

/// Of `kernels.json`, without a slope, and of `sign_changes.json`.
#[derive(Deserialize)]
struct Pair {
    x: Vec<f64>,
    y: Vec<f64>,
    #[serde(default)]
    slope: Option<f64>,
    ntk: f64,
}

#[derive(Deserialize)]
struct Pairs {
    f64: Vec<Pair>,
    f32: Vec<Pair>,
}

fn ntk<T: Real>(activation: ActivationName, depth: u16, w: f64, b: f64) -> AnyKernel<T> {
    let choice = KernelSpec { kind: Kind::Ntk, activation, depth, weight_variance: w, bias_variance: b };
    choice.build_as(false).unwrap()
}

fn gram<T: Real>(kernel: &AnyKernel<T>, x: &[Vec<f64>]) -> Vec<T> {
    let mut matrix = vec![T::ZERO; x.len() * x.len()];
    kernel.gram(Rows::new(&exactly::<T>(&x.concat()), x[0].len()).unwrap(), &mut matrix).unwrap();
    matrix
}

/// K(x, y) of the Gram matrix of two inputs.
fn between<T: Real>(kernel: &AnyKernel<T>, x: &[f64], y: &[f64]) -> T {
    let [_, above, below, _] = gram(kernel, &[x.to_vec(), y.to_vec()])[..] else { panic!("not 2 x 2") };
    assert_eq!(above.to_f64().to_bits(), below.to_f64().to_bits(), "{x:?} {y:?}");
    below
}

fn pairs<T: Real>(of: fn(Pairs) -> Vec<Pair>) -> Worst {
    let mut worst = Worst::new();
    for file in ["kernels.json", "sign_changes.json"] {
        for (i, Pair { x, y, slope, ntk: expected }) in of(data::read(file)).into_iter().enumerate() {
            // K(x, x) is 2 |x|^2 for the ReLU, which has its gain, and (1 + slope^2) |x|^2 for the others.
            let (activation, own) =
                slope.map_or((ActivationName::Relu, 2.0), |s| (ActivationName::LeakyRelu(s), 1.0 + s * s));
            let found = between(&ntk::<T>(activation, 1, 1.0, 0.0), &x, &y);
            let error = roundings(found, expected, own * length(&x) * length(&y));
            worst.see(error, format_args!("{file}, row {i}, {activation}"));
        }
    }
    worst
}

fn whole_matrices<T: Real>(cases: &[Case], pairs: Worst) {
    let mut pairs = Some(pairs);
    let dimensions: Vec<usize> = cases.iter().map(|case| case.x[0].len()).collect();
    assert_eq!(dimensions, [2, 64]);
    for (case, name) in cases.iter().zip(["ntk in vectors", "ntk in vectors, 64 inputs"]) {
        let mut worst = pairs.take().unwrap_or(const { Worst::new() });
        for (activation, expected) in
            [(ActivationName::Relu, &case.relu), (ActivationName::LeakyRelu(0.125), &case.leaky)]
        {
            let (n, found) = (case.x.len(), gram(&ntk::<T>(activation, 1, 1.0, 0.0), &case.x));
            let at = |i: usize, j: usize| expected[i.max(j) * (i.max(j) + 1) / 2 + i.min(j)];
            for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
                let error = roundings(found[i * n + j], at(i, j), (at(i, i) * at(j, j)).sqrt());
                worst.see(error, format_args!("{activation}, ({i}, {j})"));
            }
        }
        check::<T>(name, &worst);
    }
}

#[test]
fn one_hidden_layer_in_f64() {
    whole_matrices::<f64>(&data::read::<File>("gram.json").f64, pairs::<f64>(|pairs| pairs.f64));
}

#[test]
fn one_hidden_layer_in_f32() {
    whole_matrices::<f32>(&data::read::<File>("gram.json").f32, pairs::<f32>(|pairs| pairs.f32));
}

fn several_hidden_layers<T: Real>(rows: &[duals::Row]) {
    let mut worst = Worst::new();
    for (i, row) in rows.iter().enumerate().filter(|(_, row)| row.depth > 1) {
        let (ActivationName::Relu | ActivationName::LeakyRelu(_), Some([expected, scale])) =
            (row.phi, row.ntk)
        else {
            continue;
        };
        let found = between(&ntk::<T>(row.phi, row.depth, row.w, row.b), &row.x, &row.y);
        let error = roundings(found, expected, (f64::from(row.depth) + 1.0) * scale);
        worst.see(error, format_args!("row {i}, {}, depth {}", row.phi, row.depth));
    }
    check::<T>("ntk in vectors, 2 to 20 layers", &worst);
}

#[test]
fn several_hidden_layers_in_both() {
    let file: duals::File = data::read("duals.json");
    several_hidden_layers::<f64>(&file.f64);
    several_hidden_layers::<f32>(&file.f32);
}
