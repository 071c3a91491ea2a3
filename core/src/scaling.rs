//! Scaling of inputs and labels, the same on the device, on the host and in exported models.
//!
//! The scaled value is (value - shift) / scale, where shift and scale have the precision of the device. So
//! samples are scaled with exactly the same numbers as later readings. A shift that was rounded only after
//! the samples were scaled would move every prediction.

use crate::error::{Quantity, Setting, check_len};
use crate::regression::Row;
use crate::{Error, Rows, Scalar};

/// How a constant column is scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constants {
    /// To 1 or -1 by its sign, or to 0 if it is 0. This is for inputs: a column of ones acts as a bias, and a
    /// column of 1013.25 would act as a huge one.
    ToOne,
    /// To 0. This is for labels: the predicted mean is then the constant.
    ToZero,
}

/// The shift and scale of each column; the scaled value is (value - shift) / scale. `V` is `T` for one column
/// and `[T; D]` for D columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling<V> {
    /// The shift of each column.
    pub shift: V,
    /// The scale of each column, above 0.
    pub scale: V,
}

impl<V: Row> Scaling<V> {
    /// Returns the scaling that leaves numbers as they are.
    #[must_use]
    pub const fn none() -> Self {
        Self { shift: V::ZEROS, scale: V::ONES }
    }

    /// Returns the scaling of these columns to mean 0 and standard deviation 1; see [`standardize`].
    ///
    /// # Errors
    /// Those of [`standardize`].
    pub fn standard(rows: Rows<'_, V::Scalar>, constants: Constants) -> Result<Self, Error> {
        let mut scaling = Self::none();
        standardize(rows, constants, scaling.shift.as_mut_slice(), scaling.scale.as_mut_slice())?;
        Ok(scaling)
    }

    /// Returns the scaling that gives mean 0 and standard deviation 1 to readings distributed uniformly
    /// between the two ends of each column. It is for a sensor whose range is known and whose samples do not
    /// cover it.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a range that has width 0 or is not finite.
    pub fn of_range(low: &V, high: &V) -> Result<Self, Error> {
        let (mut scaling, half) = (Self::none(), V::Scalar::HALF);
        let root_3 = V::Scalar::from_f64(1.732_050_807_568_877_2);
        let ends = low.as_slice().iter().zip(high.as_slice());
        let columns = scaling.shift.as_mut_slice().iter_mut().zip(scaling.scale.as_mut_slice());
        for ((&low, &high), (shift, scale)) in ends.zip(columns) {
            (*shift, *scale) = (half * low + half * high, (half * high - half * low) / root_3);
            if !(*scale > V::Scalar::ZERO && scale.is_finite() && shift.is_finite()) {
                return Err(Setting::Scale.out_of_range());
            }
        }
        Ok(scaling)
    }

    /// Scales a row.
    #[must_use]
    pub fn apply(&self, row: &V) -> V {
        let mut scaled = *row;
        apply(self.shift.as_slice(), self.scale.as_slice(), scaled.as_mut_slice());
        scaled
    }

    /// Returns a scaled row in its original units.
    #[must_use]
    pub fn undo(&self, row: &V) -> V {
        let mut own = *row;
        for ((v, &shift), &scale) in
            own.as_mut_slice().iter_mut().zip(self.shift.as_slice()).zip(self.scale.as_slice())
        {
            *v = *v * scale + shift;
        }
        own
    }

    /// Returns standard deviations of scaled numbers in the original units.
    #[must_use]
    pub fn undo_deviation(&self, row: &V) -> V {
        let mut own = *row;
        for (v, &scale) in own.as_mut_slice().iter_mut().zip(self.scale.as_slice()) {
            *v *= scale;
        }
        own
    }
}

/// Scales a row in place: v <- (v - shift) / scale.
pub fn apply<T: Scalar>(shift: &[T], scale: &[T], row: &mut [T]) {
    for ((v, &shift), &scale) in row.iter_mut().zip(shift).zip(scale) {
        *v = (*v - shift) / scale;
    }
}

/// Writes the shift and scale that take each column to mean 0 and standard deviation 1.
///
/// Both are computed from the differences to the first value, so columns far from 0 keep their digits, for
/// example 101325 +- 1.2 in `f32`. A column counts as constant if these differences are at most 8 roundings
/// of its largest value; see [`Constants`].
///
/// # Errors
/// [`Error::Shape`] if rows, `shift` and `scale` do not have as many columns or there are no rows,
/// [`Error::NotFinite`] with the column if its mean or deviation is not finite.
pub fn standardize<T: Scalar>(
    rows: Rows<'_, T>,
    constants: Constants,
    shift: &mut [T],
    scale: &mut [T],
) -> Result<(), Error> {
    check_len("columns to scale", shift.len(), rows.columns())?;
    check_len("columns to scale", shift.len(), scale.len())?;
    let n = T::from_usize(rows.len());
    for (column, (shift, scale)) in shift.iter_mut().zip(scale).enumerate() {
        let values = || rows.iter().filter_map(|row| row.get(column).copied());
        let Some(first) = values().next() else {
            return Err(Error::Shape { what: "number of samples", expected: 1, found: 0 });
        };
        let larger = |most: T, v: T| if v.abs() > most { v.abs() } else { most };
        let largest = values().fold(T::ZERO, larger);
        let spread = values().fold(T::ZERO, |most, v| larger(most, v - first));
        if !(spread > T::from_f64(8.0) * T::EPSILON * largest) && spread.is_finite() {
            (*shift, *scale) = match constants {
                Constants::ToOne if largest > T::ZERO => (T::ZERO, first.abs()),
                Constants::ToOne => (T::ZERO, T::ONE),
                Constants::ToZero => (first, T::ONE),
            };
            continue;
        }
        let mean = values().fold(T::ZERO, |sum, v| sum + (v - first)) / n;
        *shift = first + mean;
        // In units of the spread, so that no square overflows or underflows.
        let square = |v: T| {
            let part = ((v - first) - mean) / spread;
            part * part
        };
        *scale = spread * (values().fold(T::ZERO, |sum, v| sum + square(v)) / n).sqrt();
        if !shift.is_finite() {
            return Err(Error::NotFinite { what: Quantity::Shift, row: 0, column });
        }
        if !(scale.is_finite() && *scale > T::ZERO) {
            return Err(Error::NotFinite { what: Quantity::Scale, row: 0, column });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<const N: usize>(values: &[f64; N], constants: Constants) -> Scaling<f64> {
        Scaling::standard(Rows::from(values), constants).unwrap()
    }

    #[test]
    fn a_column_comes_to_mean_0_and_deviation_1() {
        let values = [3.0, 5.0, 10.0, 6.0];
        let scaling = of(&values, Constants::ToOne);
        assert_eq!(scaling.shift, 6.0);
        assert!((scaling.scale - 6.5f64.sqrt()).abs() < 1e-15);
        assert_eq!(scaling.undo(&scaling.apply(&5.0)), 5.0);
        assert_eq!(scaling.undo_deviation(&2.0), 2.0 * scaling.scale);
    }

    #[test]
    fn a_constant_becomes_one_of_its_sign_or_is_shifted_away() {
        for c in [1013.25, 1e-10, -7.0, 1.0, f64::MIN_POSITIVE] {
            let one = of(&[c; 5], Constants::ToOne);
            assert_eq!(one.apply(&c), c.signum(), "{c}");
            let zero = of(&[c; 5], Constants::ToZero);
            assert_eq!((zero.apply(&c), zero.undo(&0.0)), (0.0, c));
        }
        assert_eq!(of(&[0.0; 3], Constants::ToOne), Scaling::none());
        // To rounding, as 0.1 + 0.2 is 0.3.
        assert_eq!(of(&[0.1 + 0.2, 0.3], Constants::ToOne).shift, 0.0);
    }

    #[test]
    fn constancy_is_judged_after_the_first_value_is_taken_away() {
        let pressures = [101_325.0f32, 101_326.2, 101_323.9, 101_324.6];
        let scaling = Scaling::<f32>::standard(Rows::from(&pressures), Constants::ToOne).unwrap();
        assert!((scaling.scale - 0.85).abs() < 0.05, "{scaling:?}");
        let scaled = pressures.map(|p| scaling.apply(&p));
        assert!(scaled.iter().sum::<f32>().abs() < 0.05 && scaled[1] > 1.0, "{scaled:?}");
        // 8 roundings of 1 apart are constant, 9 are not.
        let apart = |roundings: f64| of(&[1.0 - roundings * f64::EPSILON, 1.0], Constants::ToOne);
        assert!(apart(8.0).shift == 0.0 && apart(9.0).shift > 0.0);
    }

    #[test]
    fn what_overflows_names_its_column() {
        let rows = [[1.0, 1e308], [2.0, -1.7e308]];
        let refused = Scaling::<[f64; 2]>::standard(Rows::from(&rows), Constants::ToOne);
        assert!(matches!(refused, Err(Error::NotFinite { column: 1, .. })), "{refused:?}");
        let small = [[1e-308], [2e-308], [4e-308]];
        assert!(Scaling::<[f64; 1]>::standard(Rows::from(&small), Constants::ToOne).is_ok());
        assert!(Scaling::<[f64; 2]>::standard(Rows::from(&small), Constants::ToOne).is_err());
        let none = Rows::<f64>::new(&[], 1).unwrap();
        assert!(Scaling::<f64>::standard(none, Constants::ToOne).is_err());
    }

    #[test]
    fn a_range_is_as_if_readings_were_spread_over_it() {
        let scaling = Scaling::of_range(&0.0, &4095.0).unwrap();
        assert!((scaling.apply(&4095.0) - 3f64.sqrt()).abs() < 1e-15 && scaling.apply(&2047.5) == 0.0);
        for (low, high) in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert!(Scaling::of_range(&low, &high).is_err());
        }
    }
}
