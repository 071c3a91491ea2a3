//! The description of a kernel: one for the command line, the model file and the checks.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ActivationName;
use super::activations::QUADRATURE;

/// Which layers are trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The neural tangent kernel: all layers.
    Ntk,
    /// The kernel of the neural network Gaussian process: the last layer only.
    Nngp,
}

impl Kind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Ntk, Self::Nngp];

    /// Returns the name on the command line and in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ntk => "ntk",
            Self::Nngp => "nngp",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A kernel of an infinitely wide network; the model file has these fields.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KernelSpec {
    /// NTK or NNGP.
    pub kind: Kind,
    /// The activation.
    pub activation: ActivationName,
    /// Number of hidden layers.
    pub depth: u16,
    /// Variance of the weights.
    pub weight_variance: f64,
    /// Variance of the biases.
    pub bias_variance: f64,
}

impl KernelSpec {
    /// Returns the kernel of Theorem 1: one hidden layer, weights of variance 1, no biases.
    #[must_use]
    pub const fn one_layer(kind: Kind, activation: ActivationName) -> Self {
        Self { kind, activation, depth: 1, weight_variance: 1.0, bias_variance: 0.0 }
    }

    /// Returns about how many multiply-adds of a factorisation take the time of one kernel value, as
    /// measured: 500 for each layer of a piecewise linear activation, 2e3 for another closed form, 1e6 for an
    /// integral.
    #[must_use]
    pub fn cost(&self) -> f64 {
        let of_a_layer = match self.activation.entry() {
            Some(entry) if entry.kernels == QUADRATURE => {
                1e6 * if self.kind == Kind::Ntk { 2.0 } else { 1.0 }
            }
            Some(entry) if entry.is_piecewise_linear() => 500.0,
            _ => 2e3,
        };
        of_a_layer * f64::from(self.depth)
    }
}
