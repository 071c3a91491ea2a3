//! The codes of this crate's activations: see [`super::KernelCode`].

use super::ActivationCode;
use crate::Scalar;
use crate::activation::{
    Abs, Cos, Erf, Exp, Gaussian, Gelu, Hermite, Identity, LeakyRelu, Quadratic, Rbf, RectifiedPower, Relu,
    Sigmoid, Sign, Silu, Sin, Softplus, Step, Tanh,
};

/// Implements `ActivationCode` for activations without parameters. A function cannot implement a trait for a
/// list of types.
macro_rules! coded {
    ($($phi:ident = $code:literal),*) => {
        $(impl<T: Scalar> ActivationCode<T> for $phi {
            const CODE: u8 = $code;

            fn from_parameter(parameter: T) -> Option<Self> {
                (parameter == T::ZERO).then_some($phi)
            }
        })*
    };
}

coded!(
    Relu = 1,
    Abs = 3,
    Step = 4,
    Erf = 5,
    Gelu = 6,
    Sin = 7,
    Cos = 8,
    Exp = 9,
    Gaussian = 10,
    Identity = 11,
    Quadratic = 12,
    Tanh = 13,
    Sigmoid = 14,
    Softplus = 15,
    Silu = 16,
    Sign = 17
);

impl<T: Scalar> ActivationCode<T> for LeakyRelu<T> {
    const CODE: u8 = 2;

    fn parameter(self) -> T {
        self.slope
    }

    fn from_parameter(slope: T) -> Option<Self> {
        slope.is_finite().then_some(Self { slope })
    }
}

impl<T: Scalar> ActivationCode<T> for RectifiedPower {
    const CODE: u8 = 18;

    fn parameter(self) -> T {
        T::from_usize(usize::from(self.order()))
    }

    fn from_parameter(order: T) -> Option<Self> {
        [Self::Square, Self::Cube].into_iter().find(|phi| ActivationCode::<T>::parameter(*phi) == order)
    }
}

impl<T: Scalar> ActivationCode<T> for Hermite {
    const CODE: u8 = 19;

    fn parameter(self) -> T {
        T::from_usize(usize::from(self.degree()))
    }

    fn from_parameter(degree: T) -> Option<Self> {
        (1..=Self::MOST_DEGREE)
            .filter_map(Self::new)
            .find(|phi| ActivationCode::<T>::parameter(*phi) == degree)
    }
}

impl<T: Scalar> ActivationCode<T> for Rbf<T> {
    const CODE: u8 = 20;

    fn parameter(self) -> T {
        self.gamma
    }

    fn from_parameter(gamma: T) -> Option<Self> {
        (gamma > T::ZERO && gamma.is_finite()).then_some(Self { gamma })
    }
}
