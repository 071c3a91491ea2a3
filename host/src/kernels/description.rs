//! The description of a kernel: one for the command line, the model file and the checks.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ActivationName;

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

    /// The name on the command line and in files.
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
    /// The kernel of Theorem 1: one hidden layer, weights of variance 1, no biases.
    #[must_use]
    pub const fn one_layer(kind: Kind, activation: ActivationName) -> Self {
        Self { kind, activation, depth: 1, weight_variance: 1.0, bias_variance: 0.0 }
    }
}
