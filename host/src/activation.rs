//! Activations by name.

use clap::ValueEnum;
use ntk_core::{Activation, Erf, Identity, Relu, Sin, Tanh};

/// An activation chosen at run time. Fast enough to evaluate; training picks the type itself (see `commands::train`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Named {
    /// sqrt(2) max(0, z)
    Relu,
    /// the error function
    Erf,
    /// the hyperbolic tangent
    Tanh,
    /// sin z
    Sin,
    /// z
    Identity,
}

impl Activation<f64> for Named {
    fn value(self, z: f64) -> f64 {
        match self {
            Self::Relu => Relu.value(z),
            Self::Erf => Erf.value(z),
            Self::Tanh => Tanh.value(z),
            Self::Sin => Sin.value(z),
            Self::Identity => Identity.value(z),
        }
    }

    fn slope(self, z: f64) -> f64 {
        match self {
            Self::Relu => Relu.slope(z),
            Self::Erf => Erf.slope(z),
            Self::Tanh => Tanh.slope(z),
            Self::Sin => Sin.slope(z),
            Self::Identity => Identity.slope(z),
        }
    }

    fn curvature(self, z: f64) -> f64 {
        match self {
            Self::Relu => Relu.curvature(z),
            Self::Erf => Erf.curvature(z),
            Self::Tanh => Tanh.curvature(z),
            Self::Sin => Sin.curvature(z),
            Self::Identity => Identity.curvature(z),
        }
    }
}
