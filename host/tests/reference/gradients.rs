//! `gradients.json`: gradients of NNGP and NTK of every activation that has both, differences at 120 digits.

use std::collections::BTreeMap;

use host::kernels::activations::{ActivationName, Visitor};
use ntk_core::kernel::{ActivationCode, KernelGradient};
use ntk_core::{Architecture, Dual, DualGradient, Nngp, Ntk, Scalar};
use serde::Deserialize;

use crate::data::{self, exactly, length};
use crate::tolerances::{Worst, check, roundings};

#[derive(Deserialize)]
struct File {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    phi: ActivationName,
    x: Vec<f64>,
    y: Vec<f64>,
    depth: u16,
    w: f64,
    b: f64,
    nngp: Expected,
    ntk: Expected,
}

#[derive(Deserialize)]
struct Expected {
    gradient: Vec<f64>,
    /// sqrt(w K(x, x) K(y, y) / (w |x|^2 + b)).
    scale: f64,
}

impl Row {
    /// Which row of the table of tolerances speaks of it.
    fn group(&self, kind: &str) -> &'static str {
        match self.phi {
            ActivationName::Tanh
            | ActivationName::Sigmoid
            | ActivationName::Softplus
            | ActivationName::Silu => "kernel gradient, by quadrature",
            ActivationName::Relu
            | ActivationName::LeakyRelu(_)
            | ActivationName::Abs
            | ActivationName::Identity
                if kind == "NTK" =>
            {
                "kernel gradient, kinked"
            }
            ActivationName::Relu
            | ActivationName::LeakyRelu(_)
            | ActivationName::Abs
            | ActivationName::Identity => "kernel gradient, family",
            ActivationName::RectifiedPower(_) | ActivationName::Hermite(_) | ActivationName::Rbf(_) => {
                "kernel gradient, rectified power, hermite, rbf"
            }
            _ => "kernel gradient, others",
        }
    }

    /// Of the angle between x and y.
    fn sine(&self) -> f64 {
        let cosine =
            self.x.iter().zip(&self.y).map(|(x, y)| x * y).sum::<f64>() / (length(&self.x) * length(&self.y));
        (1.0 - cosine * cosine).sqrt()
    }

    /// What one unit of error is worth: u times this. A kink is where x and y are parallel, and its direction
    /// as uncertain as the difference of theirs.
    fn unit(&self, kind: &str, scale: f64) -> f64 {
        if self.group(kind) == "kernel gradient, kinked" { scale / self.sine() } else { scale }
    }
}

/// The gradient in x of K(x, y).
fn gradient<T: Scalar>(kernel: &impl KernelGradient<T>, x: &[T], y: &[T]) -> Vec<T> {
    let mut gradient = vec![T::ZERO; x.len()];
    kernel.add_gradient(&kernel.prepare(x), &kernel.prepare(y), T::ONE, &mut gradient);
    gradient
}

/// The gradients of NNGP and NTK.
struct Gradients<'r>(&'r Row);

impl<T: Scalar> Visitor<T> for Gradients<'_> {
    type Output = [Vec<T>; 2];

    fn smooth<A: DualGradient<T> + ActivationCode<T> + Send + Sync + 'static>(self, phi: A) -> Self::Output {
        let Row { x, y, depth, w, b, .. } = self.0;
        let (x, y) = (exactly::<T>(x), exactly::<T>(y));
        let (weight_variance, bias_variance) = (T::from_f64(*w), T::from_f64(*b));
        let architecture = Architecture { depth: *depth, weight_variance, bias_variance };
        let ntk = Ntk::with(phi, architecture);
        [gradient(&Nngp::with(phi, architecture), &x, &y), gradient(&ntk, &x, &y)]
    }

    fn jump<A: Dual<T>>(self, _: A) -> Self::Output {
        panic!("what jumps has no gradient")
    }
}

fn compare<T: Scalar>() {
    let mut groups: BTreeMap<&str, Worst> = BTreeMap::new();
    for (i, row) in data::read::<File>("gradients.json").rows.iter().enumerate() {
        let found: [Vec<T>; 2] = row.phi.visit(Gradients(row));
        for (kind, (found, expected)) in
            ["NNGP", "NTK"].into_iter().zip(found.iter().zip([&row.nngp, &row.ntk]))
        {
            let worst = groups.entry(row.group(kind)).or_insert(Worst::new());
            assert_eq!(found.len(), expected.gradient.len());
            for (&found, &value) in found.iter().zip(&expected.gradient) {
                let place = format!("row {i}, {kind} of {}, depth {}", row.phi, row.depth);
                worst.see(roundings(found, value, row.unit(kind, expected.scale)), &place);
            }
        }
    }
    for (group, worst) in &groups {
        check::<T>(group, worst);
    }
}

#[test]
fn in_f64() {
    compare::<f64>();
}

#[test]
fn in_f32() {
    compare::<f32>();
}
