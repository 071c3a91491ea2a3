//! Lifts of a scalar input to two coordinates, which let a network without biases represent more than two
//! straight lines.
//!
//! A ReLU network without biases of a scalar x is c+ x for x > 0 and c- x for x < 0, whatever its width. So
//! Example 3 of the lecture, taken literally, cannot be fitted. A second coordinate solves this. The lecture
//! names no lift. Theorem 1 requires inputs on the unit sphere; two of these lifts give such inputs.

use crate::error::check_len;
use crate::{Error, Scalar};

/// The map from a scalar x to the input z(x) of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lift {
    /// z = x, as in Example 3 taken literally. No width can fit its labels.
    Raw,
    /// z = (x, 1), which gives the hidden units a bias. Not on the unit circle.
    Bias,
    /// z = (x, 1) / sqrt(x^2 + 1), on the unit circle.
    Sphere,
    /// z = (cos(pi x / 2), sin(pi x / 2)), on the unit circle at constant speed.
    Circle,
}

impl Lift {
    /// Returns the number of coordinates: 1 for [`Lift::Raw`], else 2.
    #[must_use]
    pub const fn dimension(self) -> usize {
        match self {
            Self::Raw => 1,
            Self::Bias | Self::Sphere | Self::Circle => 2,
        }
    }

    /// Writes z(x). Cost: at most a sine and a cosine. Error: two roundings.
    ///
    /// # Errors
    /// [`Error::Shape`] if z does not have [`Lift::dimension`] numbers.
    pub fn apply<T: Scalar>(self, x: T, z: &mut [T]) -> Result<(), Error> {
        check_len("lifted input", self.dimension(), z.len())?;
        let pair = match self {
            Self::Raw => [x, T::ZERO],
            Self::Bias => [x, T::ONE],
            Self::Sphere => {
                let larger = if x.abs() > T::ONE { x.abs() } else { T::ONE }; // x^2 may overflow
                let (x, one) = (x / larger, T::ONE / larger);
                let norm = (x * x + one * one).sqrt();
                [x / norm, one / norm]
            }
            Self::Circle => {
                let angle = T::from_f64(core::f64::consts::FRAC_PI_2) * x;
                [angle.cos(), angle.sin()]
            }
        };
        for (z, value) in z.iter_mut().zip(pair) {
            *z = value;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lifts_lie_on_the_circle() {
        for lift in [Lift::Sphere, Lift::Circle] {
            for x in [-1.0, -0.3, 0.0, 1e-9, 0.7, 1.0] {
                let mut z = [0.0; 2];
                lift.apply(x, &mut z).unwrap();
                assert!((z[0] * z[0] + z[1] * z[1] - 1.0f64).abs() < 4e-16);
            }
        }
        let mut z = [0.0; 2];
        Lift::Bias.apply(-2.5, &mut z).unwrap();
        assert_eq!(z, [-2.5, 1.0]);
        Lift::Raw.apply(-2.5, &mut z[..1]).unwrap();
        assert_eq!(z[0], -2.5);
    }

    #[test]
    fn a_wrong_dimension_is_refused() {
        let mut z = [7.0f32; 2];
        assert!(Lift::Raw.apply(1.0, &mut z).is_err());
        assert!(Lift::Circle.apply(1.0, &mut z[..1]).is_err());
        assert_eq!(z, [7.0; 2]);
    }
}
