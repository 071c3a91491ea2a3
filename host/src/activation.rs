//! Activations by name.

use std::fmt;
use std::str::FromStr;

use ntk_core::kernel::Coded;
use ntk_core::{
    Abs, Activation, Cos, DualGradient, Erf, Exp, Gaussian, Gelu, Identity, LeakyRelu, Quadratic, Relu,
    Scalar, Sigmoid, Silu, Sin, SlopeDual, Softplus, Step, Tanh,
};
use serde::{Deserialize, Serialize};

/// An activation chosen at run time. Fast enough to evaluate; training picks the type itself (see `commands::train`).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Named {
    /// sqrt(2) max(0, z)
    Relu,
    /// z for z > 0, else this slope times z
    LeakyRelu(f64),
    /// |z|
    Abs,
    /// sqrt(2) for z > 0, else 0
    Step,
    /// the error function
    Erf,
    /// z Phi(z)
    Gelu,
    /// sin z
    Sin,
    /// cos z
    Cos,
    /// e^z
    Exp,
    /// exp(-z^2)
    Gaussian,
    /// z
    Identity,
    /// z^2
    Quadratic,
    /// the hyperbolic tangent
    Tanh,
    /// 1 / (1 + e^-z)
    Sigmoid,
    /// ln(1 + e^z)
    Softplus,
    /// z / (1 + e^-z)
    Silu,
}

/// What is known of an activation, for `ntk activations` and for messages.
#[derive(Debug)]
pub struct Entry {
    /// As the command line spells it; a leaky ReLU's slope follows its colon.
    pub name: &'static str,
    /// phi(z).
    pub formula: &'static str,
    /// How its infinite-width kernels are computed.
    pub kernels: &'static str,
    /// Lengths of inputs for which they are, at depth 1, weight variance 1 and no bias.
    pub lengths: &'static str,
    /// The activation itself.
    pub named: Named,
}

const fn entry(name: &'static str, named: Named, [formula, kernels, lengths]: [&'static str; 3]) -> Entry {
    Entry { name, formula, kernels, lengths, named }
}

/// All activations, in the order in which they are listed.
#[rustfmt::skip]
pub const ALL: [Entry; 16] = [
    entry("relu", Named::Relu, ["sqrt(2) max(0, z)", "closed (arc-cosine)", "any"]),
    entry("leaky-relu:SLOPE", Named::LeakyRelu(0.01), ["z for z > 0, else SLOPE z", "closed (arc-cosine)", "any"]),
    entry("abs", Named::Abs, ["|z|", "closed (arc-cosine)", "any"]),
    entry("step", Named::Step, ["sqrt(2) for z > 0, else 0", "closed (arc-cosine), NNGP only", "any"]),
    entry("erf", Named::Erf, ["erf z", "closed (arcsine)", "any (f32: below 1e9)"]),
    entry("gelu", Named::Gelu, ["z Phi(z), Phi the normal distribution", "closed (arcsine)", "any (f32: below 1e9)"]),
    entry("sin", Named::Sin, ["sin z", "closed", "error grows as the length squared"]),
    entry("cos", Named::Cos, ["cos z", "closed", "error grows as the length squared"]),
    entry("exp", Named::Exp, ["e^z", "closed", "below 18 (f32: below 6)"]),
    entry("gaussian", Named::Gaussian, ["exp(-z^2)", "closed", "any (f32: below 1e9)"]),
    entry("identity", Named::Identity, ["z", "closed", "any"]),
    entry("quadratic", Named::Quadratic, ["z^2", "closed", "1e-70 to 1e70 (f32: 1e-9 to 1e9)"]),
    entry("tanh", Named::Tanh, ["tanh z", "quadrature", "up to 6 to the last digits, 12 to 1e-7"]),
    entry("sigmoid", Named::Sigmoid, ["1 / (1 + e^-z)", "quadrature", "up to 6 to the last digits"]),
    entry("softplus", Named::Softplus, ["ln(1 + e^z)", "quadrature", "up to 6 to the last digits"]),
    entry("silu", Named::Silu, ["z / (1 + e^-z)", "quadrature", "up to 6 to the last digits"]),
];

/// The names, for help and messages.
pub const NAMES: &str = "relu, leaky-relu:SLOPE, abs, step, erf, gelu, sin, cos, exp, gaussian, identity, quadratic, \
                         tanh, sigmoid, softplus, silu";

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(slope) = text.strip_prefix("leaky-relu:") {
            return match slope.parse::<f64>() {
                Ok(slope) if slope.is_finite() => Ok(Self::LeakyRelu(slope)),
                _ => Err("leaky-relu needs a slope, as in leaky-relu:0.01".to_owned()),
            };
        }
        let found = ALL.iter().find(|entry| entry.name == text && !text.contains(':'));
        found.map(|entry| entry.named).ok_or_else(|| match text {
            "leaky-relu" => "leaky-relu needs a slope, as in leaky-relu:0.01".to_owned(),
            _ => format!("must be one of {NAMES}"),
        })
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::LeakyRelu(slope) = self {
            return write!(f, "leaky-relu:{slope:?}");
        }
        let entry = ALL.iter().find(|entry| entry.named == *self);
        f.write_str(entry.map_or("", |entry| entry.name))
    }
}

impl TryFrom<String> for Named {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|why| format!("activation '{}': {why}", crate::error::shown(&text)))
    }
}

impl From<Named> for String {
    fn from(named: Named) -> Self {
        named.to_string()
    }
}

/// Something to be done with an activation whose type the compiler knows.
pub trait Visitor<T: Scalar> {
    /// What comes of it.
    type Output;
    /// With an activation that has an NTK, and gradients of its kernels.
    fn smooth<A: DualGradient<T> + Coded<T> + Send + Sync + 'static>(self, phi: A) -> Self::Output;
    /// With the one that has none.
    fn step(self, phi: Step) -> Self::Output;
}

impl Named {
    /// From a name to a type.
    pub fn visit<T: Scalar, V: Visitor<T>>(self, visitor: V) -> V::Output {
        match self {
            Self::Relu => visitor.smooth(Relu),
            Self::LeakyRelu(slope) => visitor.smooth(LeakyRelu { slope: T::from_f64(slope) }),
            Self::Abs => visitor.smooth(Abs),
            Self::Step => visitor.step(Step),
            Self::Erf => visitor.smooth(Erf),
            Self::Gelu => visitor.smooth(Gelu),
            Self::Sin => visitor.smooth(Sin),
            Self::Cos => visitor.smooth(Cos),
            Self::Exp => visitor.smooth(Exp),
            Self::Gaussian => visitor.smooth(Gaussian),
            Self::Identity => visitor.smooth(Identity),
            Self::Quadratic => visitor.smooth(Quadratic),
            Self::Tanh => visitor.smooth(Tanh),
            Self::Sigmoid => visitor.smooth(Sigmoid),
            Self::Softplus => visitor.smooth(Softplus),
            Self::Silu => visitor.smooth(Silu),
        }
    }
}

/// One of phi, phi' and phi'' at a point.
struct At {
    z: f64,
    order: u8,
}

impl At {
    fn of<A: Activation<f64>>(self, phi: A) -> f64 {
        match self.order {
            0 => phi.value(self.z),
            1 => phi.slope(self.z),
            _ => phi.curvature(self.z),
        }
    }
}

impl Visitor<f64> for At {
    type Output = f64;

    #[inline(always)]
    fn smooth<A: SlopeDual<f64> + Coded<f64> + Send + Sync + 'static>(self, phi: A) -> f64 {
        self.of(phi)
    }
    fn step(self, phi: Step) -> f64 {
        self.of(phi)
    }
}

impl Activation<f64> for Named {
    fn value(self, z: f64) -> f64 {
        self.visit(At { z, order: 0 })
    }
    fn slope(self, z: f64) -> f64 {
        self.visit(At { z, order: 1 })
    }
    fn curvature(self, z: f64) -> f64 {
        self.visit(At { z, order: 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for entry in &ALL {
            assert_eq!(entry.named.to_string().parse(), Ok(entry.named));
            assert!(NAMES.split(", ").any(|name| name == entry.name));
        }
        assert_eq!(NAMES.split(", ").count(), ALL.len());
        assert_eq!("leaky-relu:-0.25".parse(), Ok(Named::LeakyRelu(-0.25)));
        for bad in
            ["", "Relu", "leaky-relu", "leaky-relu:", "leaky-relu:x", "leaky-relu:inf", "leaky-relu:SLOPE"]
        {
            assert!(bad.parse::<Named>().is_err(), "{bad}");
        }
    }
}
