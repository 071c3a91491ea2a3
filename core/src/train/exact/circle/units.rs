//! The weights of single units as triples (a, b_0, b_1), in the network's own memory.

use crate::{ParametersMut, Scalar};

/// The weights of a network of one output and one or two inputs.
///
/// For a unit in a group they are its stored coordinates u.
pub(super) struct PlaneUnits<'w, T> {
    a: &'w mut [T],
    b0: &'w mut [T],
    /// Empty for one input; then every b_1 reads as 0 and is not written.
    b1: &'w mut [T],
}

impl<'w, T: Scalar> PlaneUnits<'w, T> {
    #[inline(always)]
    pub(super) fn of<W: ParametersMut<Scalar = T>>(weights: &'w mut W) -> Self {
        let width = weights.shape().width;
        let (a, b) = weights.parts_mut();
        let (b0, b1) = b.split_at_mut_checked(width).unwrap_or((&mut [], &mut []));
        Self { a, b0, b1 }
    }

    pub(super) fn len(&self) -> usize {
        self.a.len()
    }

    pub(super) fn get(&self, unit: u32) -> [T; 3] {
        let at = |row: &[T]| row.get(unit as usize).copied().unwrap_or(T::ZERO);
        [at(self.a), at(self.b0), at(self.b1)]
    }

    pub(super) fn put(&mut self, unit: u32, w: [T; 3]) {
        let rows = [&mut *self.a, &mut *self.b0, &mut *self.b1];
        for (row, w) in rows.into_iter().zip(w) {
            if let Some(slot) = row.get_mut(unit as usize) {
                *slot = w;
            }
        }
    }
}

/// Returns x . y.
#[inline(always)]
pub(super) fn dot2<T: Scalar>(x: &[T; 2], y: &[T; 2]) -> T {
    x[0] * y[0] + x[1] * y[1]
}

/// Returns an upper bound of |h|, at most 9 % above it: the larger coordinate plus (sqrt 2 - 1) times the
/// smaller one.
#[inline(always)]
pub(super) fn length_bound<T: Scalar>(h: [T; 2]) -> T {
    let (x, y) = (h[0].abs(), h[1].abs());
    let (large, small) = if x > y { (x, y) } else { (y, x) };
    large + (T::SQRT_2 - T::ONE + T::EPSILON) * small
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_at_least_the_length() {
        for i in 0..1_000 {
            let (x, y) = (Scalar::cos(f64::from(i)), Scalar::sin(f64::from(i)));
            let bound = length_bound([x, y]);
            assert!((1.0..1.09).contains(&bound), "{x} {y}: {bound}");
        }
    }
}
