//! Which kernel a file of a model means, in numbers: see [`crate::regression::bytes`].

use super::{Deep, Kernel, ReluNngp, ReluNtk};
use crate::activation::{
    Abs, Cos, Dual, Erf, Exp, Gaussian, Gelu, Identity as Linear, LeakyRelu, Quadratic, Relu, Sigmoid, Silu,
    Sin, SlopeDual, Softplus, Step, Tanh,
};
use crate::{Error, Scalar};

/// A kernel by its numbers.
///
/// | code | activation | code | activation | code | activation | code | activation |
/// |---|---|---|---|---|---|---|---|
/// | 1 | relu | 5 | erf | 9 | exp | 13 | tanh |
/// | 2 | leaky relu, parameter: its slope | 6 | GELU | 10 | Gaussian | 14 | sigmoid |
/// | 3 | absolute value | 7 | sin | 11 | identity | 15 | softplus |
/// | 4 | step | 8 | cos | 12 | square | 16 | SiLU |
///
/// Codes from 128 on are for kernels of a user's own. A code never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Identity<T> {
    /// NTK, all layers trained; else NNGP.
    pub tangent: bool,
    /// The activation's code.
    pub activation: u8,
    /// The activation's parameter; 0 if it has none.
    pub parameter: T,
    /// Hidden layers.
    pub depth: u16,
    /// w.
    pub weight_variance: T,
    /// b.
    pub bias_variance: T,
}

/// A kernel that a file can name.
pub trait Portable<T: Scalar>: Kernel<T> + Sized {
    /// Its numbers.
    #[must_use]
    fn identity(&self) -> Identity<T>;

    /// The kernel of these numbers.
    ///
    /// # Errors
    /// `None` if this type has no such kernel: another activation, kind, or a setting out of range.
    #[must_use]
    fn of_identity(identity: &Identity<T>) -> Option<Self>;
}

/// An activation that a file can name.
pub trait Coded<T: Scalar>: Dual<T> {
    /// Its code.
    const CODE: u8;

    /// Its parameter.
    #[must_use]
    fn parameter(self) -> T {
        T::ZERO
    }

    /// The kernel of an identity with this code.
    ///
    /// # Errors
    /// As [`Deep::ntk`], and [`Error::OutOfRange`] for a parameter or a kind that this activation does not have.
    fn kernel(identity: &Identity<T>) -> Result<Deep<Self, T>, Error>;
}

/// Of an activation that has both kernels.
fn either<A: SlopeDual<T>, T: Scalar>(phi: A, identity: &Identity<T>) -> Result<Deep<A, T>, Error> {
    let &Identity { tangent, depth, weight_variance: w, bias_variance: b, .. } = identity;
    if tangent { Deep::ntk_with(phi, depth, w, b) } else { Deep::nngp_with(phi, depth, w, b) }
}

/// Of an activation without a slope.
fn nngp_only<A: Dual<T>, T: Scalar>(phi: A, identity: &Identity<T>) -> Result<Deep<A, T>, Error> {
    let &Identity { tangent, depth, weight_variance: w, bias_variance: b, .. } = identity;
    if tangent {
        return Err(Error::OutOfRange { what: "kind", must: "NNGP for a step" });
    }
    Deep::nngp_with(phi, depth, w, b)
}

/// The code of an activation without parameters. A function cannot implement a trait for a list of types.
macro_rules! coded {
    ($($phi:ident = $code:literal: $make:ident),*) => {
        $(impl<T: Scalar> Coded<T> for $phi {
            const CODE: u8 = $code;

            fn kernel(identity: &Identity<T>) -> Result<Deep<Self, T>, Error> {
                if identity.parameter != T::ZERO {
                    return Err(Error::OutOfRange { what: "activation's parameter", must: "0" });
                }
                $make($phi, identity)
            }
        })*
    };
}

coded!(
    Relu = 1: either, Abs = 3: either, Step = 4: nngp_only, Erf = 5: either, Gelu = 6: either, Sin = 7: either,
    Cos = 8: either, Exp = 9: either, Gaussian = 10: either, Linear = 11: either, Quadratic = 12: either,
    Tanh = 13: either, Sigmoid = 14: either, Softplus = 15: either, Silu = 16: either
);

impl<T: Scalar> Coded<T> for LeakyRelu<T> {
    const CODE: u8 = 2;

    fn parameter(self) -> T {
        self.slope
    }

    fn kernel(identity: &Identity<T>) -> Result<Deep<Self, T>, Error> {
        if !identity.parameter.is_finite() {
            return Err(Error::OutOfRange { what: "activation's parameter", must: "finite" });
        }
        either(Self { slope: identity.parameter }, identity)
    }
}

impl<A: Coded<T>, T: Scalar> Portable<T> for Deep<A, T> {
    fn identity(&self) -> Identity<T> {
        self.numbers()
    }

    fn of_identity(identity: &Identity<T>) -> Option<Self> {
        if identity.activation == A::CODE { A::kernel(identity).ok() } else { None }
    }
}

/// A relu network of one hidden layer, w = 1 and b = 0.
fn theorem_1<T: Scalar>(tangent: bool) -> Identity<T> {
    let (activation, parameter) = (<Relu as Coded<T>>::CODE, T::ZERO);
    Identity { tangent, activation, parameter, depth: 1, weight_variance: T::ONE, bias_variance: T::ZERO }
}

impl<T: Scalar> Portable<T> for ReluNtk {
    fn identity(&self) -> Identity<T> {
        theorem_1(true)
    }

    fn of_identity(identity: &Identity<T>) -> Option<Self> {
        (*identity == theorem_1(true)).then_some(Self)
    }
}

impl<T: Scalar> Portable<T> for ReluNngp {
    fn identity(&self) -> Identity<T> {
        theorem_1(false)
    }

    fn of_identity(identity: &Identity<T>) -> Option<Self> {
        (*identity == theorem_1(false)).then_some(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeepRelu;

    fn there_and_back<K: Portable<f64> + core::fmt::Debug>(kernel: &K) {
        let (x, y) = ([0.3, -0.2], [0.1, 0.7]);
        let again = K::of_identity(&kernel.identity()).unwrap();
        assert_eq!(again.identity(), kernel.identity());
        assert_eq!(again.value(&x, &y).to_bits(), kernel.value(&x, &y).to_bits(), "{kernel:?}");
    }

    fn both<A: SlopeDual<f64> + Coded<f64> + core::fmt::Debug>(phi: A, codes: &mut [u8; 17]) {
        there_and_back(&Deep::ntk_with(phi, 2, 0.9, 0.3).unwrap());
        there_and_back(&Deep::nngp_with(phi, 1, 1.0, 0.0).unwrap());
        codes[usize::from(A::CODE)] += 1;
    }

    #[test]
    fn each_kernel_is_found_again_and_has_a_code_of_its_own() {
        let mut codes = [0; 17];
        both(Relu, &mut codes);
        both(LeakyRelu { slope: -0.2 }, &mut codes);
        both(Abs, &mut codes);
        both(Erf, &mut codes);
        both(Gelu, &mut codes);
        both(Sin, &mut codes);
        both(Cos, &mut codes);
        both(Exp, &mut codes);
        both(Gaussian, &mut codes);
        both(Linear, &mut codes);
        both(Quadratic, &mut codes);
        both(Tanh, &mut codes);
        both(Sigmoid, &mut codes);
        both(Softplus, &mut codes);
        both(Silu, &mut codes);
        there_and_back(&Deep::<Step, f64>::nngp(2, 1.0, 0.1).unwrap());
        codes[usize::from(<Step as Coded<f64>>::CODE)] += 1;
        assert_eq!(codes[1..], [1; 16]);
        there_and_back(&ReluNtk);
        there_and_back(&ReluNngp);
    }

    #[test]
    fn another_kernel_is_refused() {
        let ntk = DeepRelu::ntk(1, 1.0, 0.0).unwrap().identity();
        assert_eq!(ntk, Portable::<f64>::identity(&ReluNtk));
        assert!(ReluNngp::of_identity(&ntk).is_none() && Deep::<Erf, f64>::of_identity(&ntk).is_none());
        for other in [
            Identity { depth: 0, ..ntk },
            Identity { weight_variance: 0.0, ..ntk },
            Identity { weight_variance: f64::NAN, ..ntk },
            Identity { bias_variance: -1.0, ..ntk },
            Identity { parameter: 0.5, ..ntk },
            Identity { parameter: f64::NAN, ..ntk },
        ] {
            assert!(DeepRelu::of_identity(&other).is_none(), "{other:?}");
            assert!(ReluNtk::of_identity(&other).is_none(), "{other:?}");
        }
        let step = Deep::<Step, f64>::nngp(1, 1.0, 0.0).unwrap().identity();
        assert!(Deep::<Step, f64>::of_identity(&Identity { tangent: true, ..step }).is_none());
        let leaky = Deep::nngp_with(LeakyRelu { slope: 0.1 }, 1, 1.0, 0.0).unwrap().identity();
        assert!(
            Deep::<LeakyRelu<f64>, f64>::of_identity(&Identity { parameter: f64::INFINITY, ..leaky })
                .is_none()
        );
    }
}
