//! `duals.json`: NNGP and NTK of every activation at 120 digits, those without closed form at 32.

use std::collections::BTreeMap;

use host::kernels::activations::ActivationName;
use host::kernels::gram::Real;
use host::kernels::{KernelSpec, Kind};
use serde::Deserialize;

use crate::data::{self, exactly, length, symmetric};
use crate::tolerances::{Worst, check, roundings};

#[derive(Deserialize)]
pub(crate) struct File {
    pub(crate) f64: Vec<Row>,
    pub(crate) f32: Vec<Row>,
    integrated: Vec<Row>,
}

#[derive(Deserialize)]
pub(crate) struct Row {
    pub(crate) phi: ActivationName,
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    #[serde(default = "one_layer")]
    pub(crate) depth: u16,
    #[serde(default = "one")]
    pub(crate) w: f64,
    #[serde(default)]
    pub(crate) b: f64,
    /// The value and sqrt(K(x, x) K(y, y)).
    nngp: [f64; 2],
    pub(crate) ntk: Option<[f64; 2]>,
}

fn one_layer() -> u16 {
    1
}

fn one() -> f64 {
    1.0
}

impl Row {
    /// Which row of the table of tolerances speaks of it.
    fn group(&self) -> &'static str {
        let family = matches!(
            self.phi,
            ActivationName::Relu
                | ActivationName::LeakyRelu(_)
                | ActivationName::Abs
                | ActivationName::Step
                | ActivationName::Sign
                | ActivationName::Identity
        );
        match self.phi {
            ActivationName::Tanh
            | ActivationName::Sigmoid
            | ActivationName::Softplus
            | ActivationName::Silu => "tanh, sigmoid, softplus, silu",
            ActivationName::Step | ActivationName::Sign if self.depth > 5 => "step, 20 layers",
            ActivationName::Step | ActivationName::Sign if self.depth > 1 => "step, 2 to 5 layers",
            _ if family && self.depth > 5 => "arc-cosine family, 20 layers",
            _ if family && self.depth > 1 => "arc-cosine family, 2 to 5 layers",
            ActivationName::RectifiedPower(_) | ActivationName::Hermite(_) | ActivationName::Rbf(_)
                if self.depth > 1 =>
            {
                "rectified power, hermite, rbf, 2 to 5 layers"
            }
            _ if self.depth > 1 => "other activations, 2 to 5 layers",
            ActivationName::Relu
            | ActivationName::LeakyRelu(_)
            | ActivationName::Abs
            | ActivationName::Identity => "arc-cosine family",
            ActivationName::Step | ActivationName::Sign => "step",
            ActivationName::Erf => "erf",
            ActivationName::Gelu => "gelu",
            ActivationName::Sin | ActivationName::Cos => "sin, cos",
            ActivationName::Exp => "exp",
            ActivationName::Gaussian => "gaussian",
            ActivationName::Quadratic => "quadratic",
            ActivationName::RectifiedPower(_) => "rectified power",
            ActivationName::Hermite(_) => "hermite",
            ActivationName::Rbf(_) => "rbf",
        }
    }

    /// What one unit of error is worth: u times this.
    fn unit(&self, [value, scale]: [f64; 2]) -> f64 {
        let apart: Vec<f64> = self.x.iter().zip(&self.y).map(|(x, y)| x + y).collect();
        match self.group() {
            "arc-cosine family" | "gelu" => scale.max(length(&self.x) * length(&self.y)),
            "exp" => value * (1.0 + 0.5 * length(&apart).powi(2)),
            _ => scale,
        }
    }
}

fn compare<T: Real>(rows: &[Row]) {
    let mut groups: BTreeMap<&str, Worst> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        let (x, y) = (exactly::<T>(&row.x), exactly::<T>(&row.y));
        let kernel = |kind| {
            let choice = KernelSpec {
                kind,
                activation: row.phi,
                depth: row.depth,
                weight_variance: row.w,
                bias_variance: row.b,
            };
            choice.build::<T>()
        };
        let worst = groups.entry(row.group()).or_insert(Worst::new());
        for (kind, expected) in [(Kind::Nngp, Some(row.nngp)), (Kind::Ntk, row.ntk)] {
            let Some(expected) = expected else {
                assert!(kernel(kind).is_err(), "{} has no NTK", row.phi);
                continue;
            };
            let found = symmetric(&kernel(kind).unwrap(), &x, &y);
            let place = format!("row {i}, {kind:?} of {}, depth {}", row.phi, row.depth);
            worst.see(roundings(found, expected[0], row.unit(expected)), &place);
        }
    }
    for (group, worst) in &groups {
        check::<T>(group, worst);
    }
}

#[test]
fn every_activation_in_f64() {
    compare::<f64>(&data::read::<File>("duals.json").f64);
}

#[test]
fn every_activation_in_f32() {
    compare::<f32>(&data::read::<File>("duals.json").f32);
}

/// The inputs of these rows are `f32` values, so that both precisions meet the same ones.
#[test]
fn activations_without_closed_form() {
    let rows = data::read::<File>("duals.json").integrated;
    compare::<f64>(&rows);
    compare::<f32>(&rows);
}
