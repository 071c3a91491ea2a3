//! `sign_changes.json`: the NTK of piecewise-linear activations, around the angle where it changes its sign.

use host::kernels::relu_ntk;
use ntk_core::{Architecture, Kernel, LeakyRelu, Ntk, Relu, Scalar};
use serde::Deserialize;

use crate::data::{self, exactly, symmetric};
use crate::tolerances::{Worst, check, ulps};

#[derive(Deserialize)]
struct File {
    f64: Vec<Row>,
    f32: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    /// Of the negative side; none for the lecture's ReLU, which has its gain.
    slope: Option<f64>,
    x: Vec<f64>,
    y: Vec<f64>,
    ntk: f64,
}

fn near_the_change<T: Scalar>(rows: &[Row]) {
    let [mut relu, mut leaky] = [const { Worst::new() }; 2];
    for (i, row) in rows.iter().enumerate() {
        let (x, y) = (exactly::<T>(&row.x), exactly::<T>(&row.y));
        let place = format!("row {i}, slope {:?}, NTK {:e}", row.slope, row.ntk);
        match row.slope {
            None => relu.see(ulps(symmetric(&relu_ntk(), &x, &y), row.ntk), &place),
            Some(slope) => {
                let phi = LeakyRelu { slope: T::from_f64(slope) };
                let kernel = Ntk::with(phi, Architecture::ONE_LAYER);
                leaky.see(ulps(symmetric(&kernel, &x, &y), row.ntk), &place);
            }
        }
    }
    check::<T>("relu ntk, sign change", &relu);
    check::<T>("leaky ntk, sign change", &leaky);
}

#[test]
fn in_f64() {
    near_the_change::<f64>(&data::read::<File>("sign_changes.json").f64);
}

#[test]
fn in_f32() {
    near_the_change::<f32>(&data::read::<File>("sign_changes.json").f32);
}

/// Two layers pass through the same first one; a bias and a weight variance enter it.
#[test]
fn with_variances() {
    for row in data::read::<File>("sign_changes.json").f64.iter().filter(|row| row.slope.is_none()) {
        let [x, y] = [&row.x, &row.y].map(|v| v.iter().map(|v| 2.0 * v).collect::<Vec<_>>());
        let quarter = Ntk::with(Relu, Architecture::ONE_LAYER.weights(0.25));
        assert_eq!(quarter.value(&x, &y), 0.25 * relu_ntk().value(&row.x, &row.y), "{x:?}");
        let mut lifted = [row.x.clone(), row.y.clone()];
        lifted.iter_mut().for_each(|v| v.push(0.5));
        let bias = Ntk::with(Relu, Architecture::ONE_LAYER.bias(0.25)).value(&row.x, &row.y) - 0.25;
        let own = relu_ntk().value(&lifted[0], &lifted[1]);
        assert!((bias - own).abs() <= 1e-15 * own.abs().max(1.0), "{bias} {own}");
    }
}
