//! Activations by name: the table of their properties, and the conversion from a name to a type.
//!
//! A new activation takes a variant, a row of [`TABLE`] and a line in [`ActivationName::visit`]; help,
//! messages, listing and exported source follow from the row.

use std::fmt;
use std::mem::discriminant;
use std::str::FromStr;

use ntk_core::kernel::ActivationCode;
use ntk_core::{
    Abs, Activation, Cos, DerivativeDual, Dual, DualGradient, Erf, Exp, Gaussian, Gelu, Hermite, Identity,
    LeakyRelu, Quadratic, Rbf, RectifiedPower, Relu, Scalar, Sigmoid, Sign, Silu, Sin, Softplus, Step, Tanh,
};
use serde::{Deserialize, Serialize};

mod table;

pub use table::{
    Entry, QUADRATURE, Smoothness, Source, TABLE, exactly_trained, exported_as_source, list, names,
};

/// An activation chosen at run time. Each evaluation matches on the variant, which is fast enough for
/// evaluating a network; training selects the concrete type itself (see `commands::train`).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ActivationName {
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
    /// -1, 0 or 1
    Sign,
    /// max(0, z)^2 or max(0, z)^3
    RectifiedPower(RectifiedPower),
    /// the normalised Hermite polynomial of a degree
    Hermite(Hermite),
    /// sqrt(2) sin(sqrt(2 gamma) z + pi/4), of the kernel exp(-gamma |x - y|^2)
    Rbf(f64),
}

/// Names of parts of a template, and names and values of constants.
pub type SourceParts = (&'static [&'static str], Vec<(&'static str, f64)>);

impl FromStr for ActivationName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, parameter) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let found = TABLE.iter().find(|entry| entry.short_name() == name);
        let entry =
            found.ok_or_else(|| format!("must be one of {}", names().collect::<Vec<_>>().join(", ")))?;
        let with = match (entry.name.contains(':'), parameter) {
            (false, None) => return Ok(entry.activation),
            (false, Some(_)) => return Err(format!("{name} has no parameter")),
            (true, _) => {
                parameter.and_then(|number| number.parse().ok()).filter(|number: &f64| number.is_finite())
            }
        };
        with.and_then(|number| entry.activation.with_parameter(number))
            .ok_or_else(|| entry.activation.needs())
    }
}

impl fmt::Display for ActivationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.entry().map_or("", Entry::short_name);
        match self {
            Self::LeakyRelu(parameter) | Self::Rbf(parameter) => write!(f, "{name}:{parameter:?}"),
            Self::RectifiedPower(phi) => write!(f, "{name}:{}", phi.order()),
            Self::Hermite(phi) => write!(f, "{name}:{}", phi.degree()),
            _ => f.write_str(name),
        }
    }
}

impl TryFrom<String> for ActivationName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|why| format!("activation '{}': {why}", crate::error::shown(&text)))
    }
}

impl From<ActivationName> for String {
    fn from(named: ActivationName) -> Self {
        named.to_string()
    }
}

/// An operation on an activation whose type the compiler knows.
pub trait Visitor<T: Scalar> {
    /// The result of the operation.
    type Output;
    /// Takes an activation that has an NTK, and gradients of its kernels.
    fn smooth<A: DualGradient<T> + ActivationCode<T> + Send + Sync + 'static>(self, phi: A) -> Self::Output;
    /// Takes an activation that jumps, which therefore has neither an NTK nor gradients of its kernels.
    fn jump<A: Dual<T> + ActivationCode<T> + Send + Sync + 'static>(self, phi: A) -> Self::Output;
}

impl ActivationName {
    /// Returns the row of [`TABLE`] for this activation.
    #[must_use]
    pub fn entry(self) -> Option<&'static Entry> {
        TABLE.iter().find(|entry| discriminant(&entry.activation) == discriminant(&self))
    }

    /// Returns the activation that a code and a parameter stand for in the file of a model; see
    /// [`ntk_core::kernel::KernelCode`].
    #[must_use]
    pub fn of_code(code: u8, parameter: f64) -> Option<Self> {
        let named = TABLE.iter().map(|entry| entry.activation).find(|named| named.visit(Code) == code)?;
        named.with_parameter(parameter)
    }

    /// Returns this activation with the given parameter, or unchanged if it takes none. Returns `None` if the
    /// parameter is not valid for it.
    fn with_parameter(self, parameter: f64) -> Option<Self> {
        Some(match self {
            Self::LeakyRelu(_) => Self::LeakyRelu(parameter),
            Self::RectifiedPower(_) => Self::RectifiedPower(ActivationCode::from_parameter(parameter)?),
            Self::Hermite(_) => Self::Hermite(ActivationCode::from_parameter(parameter)?),
            // Checked in `f32`: a gamma that is valid there is valid in both precisions.
            Self::Rbf(_) => Self::Rbf(Rbf::<f32>::from_parameter(parameter as f32).map(|_| parameter)?),
            _ => self,
        })
    }

    /// Returns the message for a name that lacks its parameter.
    fn needs(self) -> String {
        let (what, example) = match self {
            Self::RectifiedPower(_) => ("an order of 2 or 3", "rectified-power:2"),
            Self::Hermite(_) => ("a degree of 1 to 8", "hermite:3"),
            Self::Rbf(_) => ("a gamma above 0", "rbf:0.5"),
            _ => ("a slope", "leaky-relu:0.01"),
        };
        let name = self.entry().map_or("", Entry::short_name);
        format!("{name} needs {what}, as in {example}")
    }

    /// Returns the parts of a template that the kernels of this activation need, and the constants of these
    /// parts. Returns `None` if the templates do not have this activation.
    #[must_use]
    pub fn source(self) -> Option<SourceParts> {
        let slope = if let Self::LeakyRelu(slope) = self { slope } else { 0.0 };
        let Source { parts, constants } = self.entry()?.source?;
        Some((parts, constants(slope)))
    }

    /// Calls the visitor with the activation as a value of its own type.
    pub fn visit<T: Scalar, V: Visitor<T>>(self, visitor: V) -> V::Output {
        match self {
            Self::Relu => visitor.smooth(Relu),
            Self::LeakyRelu(slope) => visitor.smooth(LeakyRelu { slope: T::from_f64(slope) }),
            Self::Abs => visitor.smooth(Abs),
            Self::Step => visitor.jump(Step),
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
            Self::Sign => visitor.jump(Sign),
            Self::RectifiedPower(phi) => visitor.smooth(phi),
            Self::Hermite(phi) => visitor.smooth(phi),
            Self::Rbf(gamma) => visitor.smooth(Rbf { gamma: T::from_f64(gamma) }),
        }
    }
}

/// The code of an activation in the file of a model.
struct Code;

impl Visitor<f64> for Code {
    type Output = u8;

    fn smooth<A: DerivativeDual<f64> + ActivationCode<f64> + Send + Sync + 'static>(self, _: A) -> u8 {
        A::CODE
    }
    fn jump<A: Dual<f64> + ActivationCode<f64> + Send + Sync + 'static>(self, _: A) -> u8 {
        A::CODE
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
            1 => phi.derivative(self.z),
            _ => phi.second_derivative(self.z),
        }
    }
}

impl Visitor<f64> for At {
    type Output = f64;

    #[inline(always)]
    fn smooth<A: DerivativeDual<f64> + ActivationCode<f64> + Send + Sync + 'static>(self, phi: A) -> f64 {
        self.of(phi)
    }
    fn jump<A: Dual<f64> + ActivationCode<f64> + Send + Sync + 'static>(self, phi: A) -> f64 {
        self.of(phi)
    }
}

impl Activation<f64> for ActivationName {
    fn value(self, z: f64) -> f64 {
        self.visit(At { z, order: 0 })
    }
    fn derivative(self, z: f64) -> f64 {
        self.visit(At { z, order: 1 })
    }
    fn second_derivative(self, z: f64) -> f64 {
        self.visit(At { z, order: 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for entry in TABLE {
            assert_eq!(entry.activation.to_string().parse(), Ok(entry.activation));
            assert_eq!(entry.activation.entry().map(|found| found.name), Some(entry.name));
        }
        assert_eq!("leaky-relu:-0.25".parse(), Ok(ActivationName::LeakyRelu(-0.25)));
        assert_eq!("hermite:8".parse::<ActivationName>().unwrap().to_string(), "hermite:8");
        let bad = [
            "",
            ":",
            "Relu",
            "relu:",
            "relu:1",
            "leaky-relu",
            "leaky-relu:",
            "leaky-relu:x",
            "leaky-relu:inf",
        ];
        let more = [
            "leaky-relu:SLOPE",
            "rectified-power:1",
            "rectified-power:4",
            "hermite",
            "hermite:0",
            "hermite:2.5",
        ];
        let most = ["hermite:9", "rbf:0", "rbf:-1", "rbf:nan", "rbf:1e-300", "rbf:1e300", "rbf"];
        for bad in bad.into_iter().chain(more).chain(most) {
            assert!(bad.parse::<ActivationName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_of_names() {
        assert_eq!(list(["relu", "abs", "erf"], "or"), "relu, abs or erf");
        assert_eq!((list(["relu"], "and"), list([], "and")), ("relu".to_owned(), String::new()));
        assert_eq!(list(exactly_trained(), "and"), "relu, leaky-relu, abs and identity");
    }
}
