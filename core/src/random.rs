//! Standard normal and uniform numbers from any `rand_core` generator, by rules that can be written in any
//! language.
//!
//! Each number is computed from one 64-bit word u. Its top bit s is the sign. The M bits below it are an
//! integer m, with M = 52 for `f64` and 23 for `f32`. The number h = (m + 1/2) / 2^M lies strictly between 0
//! and 1 and is exactly representable.
//!
//! - A uniform number on (-1, 1) is h, or -h if s is set.
//! - A standard normal number is |z|, or -|z| if s is set. A normal variable exceeds |z| with probability
//!   h/2. This quantile is computed by algorithm AS 241 of Wichura (Applied Statistics 37, 1988), PPND16 for
//!   `f64` and PPND7 for `f32`.
//!
//! So the n-th number depends on the n-th word only, and an `f32` is close to the `f64` of the same word.
//! Where h > 0.15, AS 241 uses only addition, subtraction, multiplication and division, and the bits follow
//! from IEEE 754 alone. Elsewhere it uses a logarithm and a square root, too. Error: 1e-15 relative in `f64`,
//! 1e-6 in `f32`. The largest |z| is 8.3 in `f64` and 5.4 in `f32`.

use rand_core::Rng;

use crate::Scalar;

mod quantile;

pub(crate) use quantile::NormalQuantile;

/// Draws a number from N(0, 1), by the rule of this module.
///
/// ```
/// use ntk_core::random::standard_normal;
/// use rand_chacha::rand_core::SeedableRng;
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(0);
/// let z: [f64; 2] = core::array::from_fn(|_| standard_normal(&mut rng));
/// assert_eq!(z, [-0.809_633_530_537_009_8, 0.085_525_725_279_620_78]);
/// ```
pub fn standard_normal<T: Scalar, R: Rng>(rng: &mut R) -> T {
    normal_from_bits(rng.next_u64())
}

/// Draws a number from the uniform distribution on (-1, 1), by the rule of this module. It is never 0.
pub fn uniform<T: Scalar, R: Rng>(rng: &mut R) -> T {
    let bits = rng.next_u64();
    with_sign(bits, T::open_unit(bits))
}

/// Returns the normal number of a 64-bit word.
#[must_use]
#[doc(hidden)]
pub fn normal_from_bits<T: Scalar>(bits: u64) -> T {
    with_sign(bits, upper_quantile(T::HALF * T::open_unit(bits)))
}

/// Returns the number that a standard normal variable exceeds with this probability, above 0 and at most 1/2.
pub(crate) fn upper_quantile<T: Scalar>(tail: T) -> T {
    let q = T::HALF - tail;
    if q <= T::from_f64(0.425) {
        q * T::CENTRE.at(T::from_f64(0.180_625) - q * q)
    } else {
        let r = (-tail.ln()).sqrt();
        if r <= T::from_f64(5.0) {
            T::MIDDLE.at(r - T::from_f64(1.6))
        } else {
            T::FAR.at(r - T::from_f64(5.0))
        }
    }
}

/// Gives a magnitude the sign of a word.
fn with_sign<T: Scalar>(bits: u64, magnitude: T) -> T {
    if bits >> 63 == 1 { -magnitude } else { magnitude }
}
