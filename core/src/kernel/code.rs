//! The numbers by which the file of a model names its kernel: see [`crate::regression::bytes`].

use super::{Architecture, Kernel, Nngp, Ntk, SameLayers};
use crate::Scalar;
use crate::activation::{DerivativeDual, Dual};

mod activations;

/// A kernel by its numbers.
///
/// | code | activation | code | activation | code | activation | code | activation |
/// |---|---|---|---|---|---|---|---|
/// | 1 | relu | 5 | erf | 9 | exp | 13 | tanh |
/// | 2 | leaky relu, parameter: its slope | 6 | GELU | 10 | Gaussian | 14 | sigmoid |
/// | 3 | absolute value | 7 | sin | 11 | identity | 15 | softplus |
/// | 4 | step | 8 | cos | 12 | square | 16 | SiLU |
/// | 17 | sign | 18 | rectified power, parameter: 2 or 3 | 19 | Hermite, its degree | 20 | RBF, its gamma |
///
/// Codes from 128 on are for activations of a user's own. A code never changes its meaning.
/// [`crate::Sine`] has two parameters and so no code.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct KernelCode<T> {
    /// The kernel is an NTK, all layers being trained; else an NNGP.
    pub is_ntk: bool,
    /// The activation's code.
    pub activation: u8,
    /// The activation's parameter; 0 if it has none.
    pub parameter: T,
    /// Depth and variances.
    pub architecture: Architecture<T>,
}

/// A kernel that a file can name.
pub trait StorableKernel<T: Scalar>: Kernel<T> + Sized {
    /// Returns the numbers that describe this kernel in a file.
    #[must_use]
    fn code(&self) -> KernelCode<T>;

    /// Returns the kernel of these numbers, or `None` if this type has no such kernel: the activation or the
    /// kind is another one, or a setting is out of range.
    #[must_use]
    fn from_code(code: &KernelCode<T>) -> Option<Self>;
}

/// An activation that a file can name. Implemented for an activation of one's own, it makes the kernels of
/// that one storable.
///
/// ```
/// use ntk_core::activation::{Activation, Dual, GaussianPair, Quadrature, DerivativeDual};
/// use ntk_core::kernel::{ActivationCode, StorableKernel};
/// use ntk_core::Ntk;
/// /// phi(z) = z / (1 + z^2).
/// #[derive(Clone, Copy, Debug)]
/// struct Lorentz;
/// impl Activation<f64> for Lorentz {
///     fn value(self, z: f64) -> f64 { z / (1.0 + z * z) }
///     fn derivative(self, z: f64) -> f64 { (1.0 - z * z) / ((1.0 + z * z) * (1.0 + z * z)) }
///     fn second_derivative(self, z: f64) -> f64 { 2.0 * z * (z * z - 3.0) / (1.0 + z * z).powi(3) }
/// }
/// impl Dual<f64> for Lorentz {
///     fn dual(self, uv: &GaussianPair<f64>) -> f64 { Quadrature(self).dual(uv) }
/// }
/// impl DerivativeDual<f64> for Lorentz {
///     fn derivative_dual(self, uv: &GaussianPair<f64>) -> f64 { Quadrature(self).derivative_dual(uv) }
/// }
/// impl ActivationCode<f64> for Lorentz {
///     const CODE: u8 = 128;
///     fn from_parameter(parameter: f64) -> Option<Self> { (parameter == 0.0).then_some(Self) }
/// }
/// let code = Ntk::new(Lorentz).code();
/// assert!(Ntk::<Lorentz>::from_code(&code).is_some());
/// ```
pub trait ActivationCode<T: Scalar>: Dual<T> {
    /// The code of this activation.
    const CODE: u8;

    /// Returns the parameter of this activation.
    #[must_use]
    fn parameter(self) -> T {
        T::ZERO
    }

    /// Returns the activation with this parameter, which is 0 if it has none, or `None` if there is no such
    /// activation.
    #[must_use]
    fn from_parameter(parameter: T) -> Option<Self>;
}

fn code_of<A: ActivationCode<T>, L: SameLayers<T>, T: Scalar>(
    is_ntk: bool,
    phi: A,
    layers: &L,
) -> KernelCode<T> {
    let (activation, parameter) = (A::CODE, phi.parameter());
    KernelCode { is_ntk, activation, parameter, architecture: layers.architecture() }
}

/// Returns activation and architecture of a code, if they are of these types.
fn parts<A: ActivationCode<T>, L: SameLayers<T>, T: Scalar>(
    is_ntk: bool,
    code: &KernelCode<T>,
) -> Option<(A, L)> {
    if code.activation != A::CODE || code.is_ntk != is_ntk {
        return None;
    }
    Some((A::from_parameter(code.parameter)?, L::from_architecture(&code.architecture)?))
}

impl<A: ActivationCode<T> + DerivativeDual<T>, L: SameLayers<T>, T: Scalar> StorableKernel<T> for Ntk<A, L> {
    fn code(&self) -> KernelCode<T> {
        code_of(true, *self.activation(), self.layers())
    }

    fn from_code(code: &KernelCode<T>) -> Option<Self> {
        parts(true, code).map(|(phi, layers)| Self::with(phi, layers))
    }
}

impl<A: ActivationCode<T>, L: SameLayers<T>, T: Scalar> StorableKernel<T> for Nngp<A, L> {
    fn code(&self) -> KernelCode<T> {
        code_of(false, *self.activation(), self.layers())
    }

    fn from_code(code: &KernelCode<T>) -> Option<Self> {
        parts(false, code).map(|(phi, layers)| Self::with(phi, layers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Abs, Cos, Erf, Exp, Gaussian, Gelu, Hermite, Identity, LeakyRelu, Quadratic, Rbf, RectifiedPower,
        Relu, Sigmoid, Sign, Silu, Sin, Softplus, Step, Tanh,
    };

    const GENERAL: Architecture<f64> = Architecture { depth: 2, weight_variance: 0.9, bias_variance: 0.3 };

    fn there_and_back<K: StorableKernel<f64> + core::fmt::Debug>(kernel: &K) {
        let (x, y) = ([0.3, -0.2], [0.1, 0.7]);
        let again = K::from_code(&kernel.code()).unwrap();
        assert_eq!(again.code(), kernel.code());
        assert_eq!(again.value(&x, &y).to_bits(), kernel.value(&x, &y).to_bits(), "{kernel:?}");
    }

    fn both<A: DerivativeDual<f64> + ActivationCode<f64> + core::fmt::Debug>(phi: A, codes: &mut [u8; 21]) {
        there_and_back(&Ntk::with(phi, GENERAL));
        there_and_back(&Nngp::with(phi, Architecture::ONE_LAYER));
        there_and_back(&Ntk::new(phi));
        there_and_back(&Nngp::new(phi));
        codes[usize::from(A::CODE)] += 1;
    }

    #[test]
    fn each_kernel_is_found_again_and_has_a_code_of_its_own() {
        let mut codes = [0; 21];
        both(Relu, &mut codes);
        both(LeakyRelu { slope: -0.2 }, &mut codes);
        both(Abs, &mut codes);
        both(Erf, &mut codes);
        both(Gelu, &mut codes);
        both(Sin, &mut codes);
        both(Cos, &mut codes);
        both(Exp, &mut codes);
        both(Gaussian, &mut codes);
        both(Identity, &mut codes);
        both(Quadratic, &mut codes);
        both(Tanh, &mut codes);
        both(Sigmoid, &mut codes);
        both(Softplus, &mut codes);
        both(Silu, &mut codes);
        both(Rbf { gamma: 0.7 }, &mut codes);
        for phi in [RectifiedPower::Square, RectifiedPower::Cube] {
            there_and_back(&Ntk::with(phi, GENERAL));
        }
        both(RectifiedPower::Cube, &mut codes);
        for degree in 1..=Hermite::MOST_DEGREE {
            there_and_back(&Ntk::with(Hermite::new(degree).unwrap(), GENERAL));
        }
        both(Hermite::new(3).unwrap(), &mut codes);
        there_and_back(&Nngp::with(Step, GENERAL));
        codes[usize::from(<Step as ActivationCode<f64>>::CODE)] += 1;
        there_and_back(&Nngp::with(Sign, GENERAL));
        codes[usize::from(<Sign as ActivationCode<f64>>::CODE)] += 1;
        assert_eq!(codes[1..], [1; 20]);
    }

    type General<A> = Ntk<A, Architecture<f64>>;

    #[test]
    fn another_kernel_is_refused() {
        let ntk = Ntk::with(Relu, Architecture::<f64>::ONE_LAYER).code();
        assert_eq!(ntk, StorableKernel::<f64>::code(&Ntk::new(Relu)));
        assert!(Nngp::<Relu>::from_code(&ntk).is_none() && General::<Erf>::from_code(&ntk).is_none());
        let with = |architecture| KernelCode { architecture, ..ntk };
        let usual = ntk.architecture;
        for other in [
            with(usual.depth(0)),
            with(usual.weights(0.0)),
            with(usual.weights(f64::NAN)),
            with(usual.bias(-1.0)),
            KernelCode { parameter: 0.5, ..ntk },
            KernelCode { parameter: f64::NAN, ..ntk },
            KernelCode { is_ntk: false, ..ntk },
        ] {
            assert!(General::<Relu>::from_code(&other).is_none(), "{other:?}");
            assert!(Ntk::<Relu>::from_code(&other).is_none(), "{other:?}");
        }
        let deep = with(usual.depth(2));
        assert!(General::<Relu>::from_code(&deep).is_some() && Ntk::<Relu>::from_code(&deep).is_none());
        let leaky = Nngp::new(LeakyRelu { slope: 0.1 }).code();
        let infinite = KernelCode { parameter: f64::INFINITY, ..leaky };
        assert!(Nngp::<LeakyRelu<f64>>::from_code(&infinite).is_none());
        for parameter in [0.0, 1.0, 2.5, 4.0, 9.0, -2.0, f64::NAN] {
            let power = KernelCode { parameter, ..Nngp::new(RectifiedPower::Square).code() };
            assert!(Nngp::<RectifiedPower>::from_code(&power).is_none(), "{parameter}");
        }
        for parameter in [0.0, 2.5, 9.0, -1.0, f64::NAN] {
            let hermite = KernelCode { parameter, ..Nngp::new(Hermite::new(2).unwrap()).code() };
            assert!(Nngp::<Hermite>::from_code(&hermite).is_none(), "{parameter}");
        }
        for parameter in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let rbf = KernelCode { parameter, ..Nngp::new(Rbf { gamma: 1.0 }).code() };
            assert!(Nngp::<Rbf<f64>>::from_code(&rbf).is_none(), "{parameter}");
        }
    }
}
