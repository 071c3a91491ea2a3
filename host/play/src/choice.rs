//! The activations of the page.

use ntk_core::activation::GaussianPair;
use ntk_core::{Activation, DerivativeDual, Dual, Erf, Relu, Sin};

/// An activation by number, as a kernel takes it. Networks take the activation itself (`Choice::visit`):
/// their inner loops then have no branch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// sqrt 2 max(0, z), the lecture's.
    #[default]
    Relu,
    /// The error function.
    Erf,
    /// The sine.
    Sin,
}

/// What is done with an activation, whichever it is.
pub(crate) trait Visitor {
    /// What comes of it.
    type Output;
    /// Does it.
    fn with<A: Activation<f64>>(self, phi: A) -> Self::Output;
}

impl Choice {
    /// Returns the activation with this number, in the order above; the ReLU for any other.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        match number {
            1 => Self::Erf,
            2 => Self::Sin,
            _ => Self::Relu,
        }
    }

    /// Returns by how much the input's two coordinates are multiplied. A homogeneous activation learns the
    /// same whatever the factor; a smooth one sees finer detail the larger it is.
    #[must_use]
    pub const fn gain(self) -> f64 {
        match self {
            Self::Relu => 1.0,
            Self::Erf | Self::Sin => 5.0,
        }
    }

    /// Calls the visitor with the activation.
    pub(crate) fn visit<V: Visitor>(self, visitor: V) -> V::Output {
        match self {
            Self::Relu => visitor.with(Relu),
            Self::Erf => visitor.with(Erf),
            Self::Sin => visitor.with(Sin),
        }
    }
}

impl Activation<f64> for Choice {
    fn value(self, z: f64) -> f64 {
        match self {
            Self::Relu => Relu.value(z),
            Self::Erf => Erf.value(z),
            Self::Sin => Sin.value(z),
        }
    }

    fn derivative(self, z: f64) -> f64 {
        match self {
            Self::Relu => Relu.derivative(z),
            Self::Erf => Erf.derivative(z),
            Self::Sin => Sin.derivative(z),
        }
    }

    fn second_derivative(self, z: f64) -> f64 {
        match self {
            Self::Relu => Relu.second_derivative(z),
            Self::Erf => Erf.second_derivative(z),
            Self::Sin => Sin.second_derivative(z),
        }
    }
}

impl Dual<f64> for Choice {
    fn dual(self, uv: &GaussianPair<f64>) -> f64 {
        match self {
            Self::Relu => Relu.dual(uv),
            Self::Erf => Erf.dual(uv),
            Self::Sin => Sin.dual(uv),
        }
    }
}

impl DerivativeDual<f64> for Choice {
    fn derivative_dual(self, uv: &GaussianPair<f64>) -> f64 {
        match self {
            Self::Relu => Relu.derivative_dual(uv),
            Self::Erf => Erf.derivative_dual(uv),
            Self::Sin => Sin.derivative_dual(uv),
        }
    }

    fn ntk(self, uv: &GaussianPair<f64>) -> f64 {
        match self {
            Self::Relu => Relu.ntk(uv),
            Self::Erf => Erf.ntk(uv),
            Self::Sin => Sin.ntk(uv),
        }
    }
}
