//! Two preactivations u = <b, x> and v = <b, y> of an infinitely wide layer: jointly normal, mean 0.

use crate::vector::dot;
use crate::{Point, Scalar};

/// An angle t in [0, pi] by the half angle, so that angles near 0 and near pi keep their digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HalfAngle<T> {
    /// sin^2(t'/2) in [0, 1/2], where t' in [0, pi/2] is t folded so that cos t' = |cos t|.
    pub square: T,
    /// cos t < 0, so that t = pi - t'.
    pub obtuse: bool,
}

impl<T: Scalar> HalfAngle<T> {
    /// The angle whose cosine is xy / sqrt(xx yy); a right angle if xx or yy is 0.
    ///
    /// From sin^2 = 1 - cos^2: exactly 0 where xx yy = xy^2, else near 0 good to a rounding of 1, not of the angle.
    #[must_use]
    pub fn of_moments(xx: T, xy: T, yy: T) -> Self {
        let product = xx * yy;
        if product == T::ZERO {
            return Self { square: T::HALF, obtuse: false };
        }
        let left = product - xy * xy;
        let sine_square = if left < T::ZERO { T::ZERO } else { left / product };
        let cosine = xy.abs() / product.sqrt();
        let square = T::HALF * sine_square / (T::ONE + cosine);
        Self { square: if square > T::HALF { T::HALF } else { square }, obtuse: xy < T::ZERO }
    }

    /// 1 - cos t and 1 + cos t, in halves: sin^2(t/2) and cos^2(t/2).
    #[inline(always)]
    fn squares(&self) -> (T, T) {
        let other = T::ONE - self.square;
        if self.obtuse { (other, self.square) } else { (self.square, other) }
    }
}

/// Two jointly normal numbers (u, v) of mean 0, by their standard deviations and the angle between them.
///
/// The angle is that of the inputs: E[u v] = cos t sqrt(E[u^2] E[v^2]).
#[derive(Clone, Copy, Debug)]
pub struct Pair<T> {
    /// sqrt E[u^2].
    pub x: T,
    /// sqrt E[v^2].
    pub y: T,
    /// Their product.
    pub product: T,
    /// The angle.
    pub angle: HalfAngle<T>,
    /// sin(t'/2).
    pub(crate) sine: T,
    /// |E[u v]| as the sum of a leading part and a small one.
    pub(crate) folded: (T, T),
}

/// <x, y>; short inputs, which are the usual ones, without the lanes of [`dot`].
#[inline(always)]
fn inner<T: Scalar>(x: &[T], y: &[T]) -> T {
    if let (&[x_0, x_1], &[y_0, y_1]) = (x, y) {
        return x_0 * y_0 + x_1 * y_1;
    }
    dot(x, y)
}

impl<T: Scalar> Pair<T> {
    /// Of two inputs: E[u v] = w <x, y> + b, and so on.
    ///
    /// Where |cos t| <= 3/4 the angle comes from the inner product. Nearer to 0 and pi that would lose its digits; there
    /// 4 sin^2(t/2) = |x/|x| - y/|y||^2, with a plus for obtuse angles, and |E[u v]| = |x||y| (1 - 2 sin^2(t'/2)), of which
    /// the leading part owes nothing to the angle. The threshold is where the two errors are equal.
    #[inline(always)]
    pub(crate) fn of_inputs(x: &Point<'_, T>, y: &Point<'_, T>, w: T, b: T) -> Self {
        let product = x.norm * y.norm;
        let mut inner = inner(x.x, y.x);
        if b > T::ZERO || w != T::ONE {
            inner = w * inner + b;
        }
        let (obtuse, folded) = (inner < T::ZERO, inner.abs());
        if folded <= T::from_f64(0.75) * product {
            // The smallest number changes no other, and spares two zero vectors a comparison.
            let square = T::HALF - T::HALF * (folded / (product + T::SMALLEST));
            return Self::new(x.norm, y.norm, product, HalfAngle { square, obtuse }, (folded, T::ZERO));
        }
        let (x_inverse, mut y_inverse) = (T::ONE / x.norm, T::ONE / y.norm);
        if obtuse {
            y_inverse = -y_inverse;
        }
        let mut gap = T::ZERO;
        let mut add = |x: T, y: T| {
            let difference = x * x_inverse - y * y_inverse;
            gap += difference * difference;
        };
        let ((xs, x_rest), (ys, y_rest)) = (x.x.as_chunks::<2>(), y.x.as_chunks::<2>());
        for (&[x_0, x_1], &[y_0, y_1]) in xs.iter().zip(ys) {
            add(x_0, y_0);
            add(x_1, y_1);
        }
        for (&x, &y) in x_rest.iter().zip(y_rest) {
            add(x, y);
        }
        if b > T::ZERO || w != T::ONE {
            let difference = x_inverse - y_inverse;
            gap = w * gap + b * (difference * difference);
        }
        let gap = T::HALF * gap;
        let low = (x.norm * y.rest + x.rest * y.norm) - gap * product;
        let angle = HalfAngle { square: T::HALF * gap, obtuse };
        Self::new(x.norm, y.norm, product, angle, (product, low))
    }

    /// Of standard deviations x and y and the angle between.
    #[must_use]
    pub fn at_angle(x: T, y: T, angle: HalfAngle<T>) -> Self {
        let product = x * y;
        let low = -(T::TWO * (angle.square * product));
        Self::new(x, y, product, angle, (product, low))
    }

    /// u = v.
    #[must_use]
    pub fn twice(x: T) -> Self {
        Self::at_angle(x, x, HalfAngle { square: T::ZERO, obtuse: false })
    }

    #[inline(always)]
    fn new(x: T, y: T, product: T, angle: HalfAngle<T>, folded: (T, T)) -> Self {
        Self { x, y, product, angle, sine: T::root(angle.square), folded }
    }

    /// E[u v].
    #[inline(always)]
    #[must_use]
    pub fn covariance(&self) -> T {
        let folded = self.folded.0 + self.folded.1;
        if self.angle.obtuse { -folded } else { folded }
    }

    /// E[u^2] + E[v^2].
    #[inline(always)]
    #[must_use]
    pub fn variances(&self) -> T {
        self.x * self.x + self.y * self.y
    }

    /// sin(t/2) and cos(t/2).
    #[inline(always)]
    #[must_use]
    pub fn half_sine_and_cosine(&self) -> (T, T) {
        let other = (T::ONE - self.angle.square).sqrt();
        if self.angle.obtuse { (other, self.sine) } else { (self.sine, other) }
    }

    /// E[(u - v)^2] and E[(u + v)^2], without cancellation.
    #[inline(always)]
    #[must_use]
    pub fn apart_and_together(&self) -> (T, T) {
        let four = T::TWO * T::TWO;
        let lengths = (self.x - self.y) * (self.x - self.y);
        let (minus, plus) = self.angle.squares();
        (lengths + four * (self.product * minus), lengths + four * (self.product * plus))
    }

    /// det(I + c S), S the covariance of u and v, c >= 0: a sum of positive terms.
    #[inline(always)]
    #[must_use]
    pub fn determinant(&self, c: T) -> T {
        let n = c * self.product;
        let sine_square = T::TWO * T::TWO * (self.angle.square * (T::ONE - self.angle.square));
        T::ONE + c * self.variances() + n * n * sine_square
    }

    /// The pair one layer further, (w f + b) instead of f: f has deviations x and y and this angle.
    ///
    /// With P = sqrt(w x^2 + b), R = sqrt(w y^2 + b) and n = w x y, P R - n - b = w b (x - y)^2 / (P R + n + b), so that
    ///
    /// ```text
    /// 1 - cos' = (n (1 - cos) + P R - n - b) / P R,      1 + cos' = (n (1 + cos) + 2 b + P R - n - b) / P R
    /// ```
    ///
    /// are sums of positive terms, and near-parallel inputs keep their digits however deep the network.
    #[inline]
    pub(crate) fn after(x: T, y: T, angle: HalfAngle<T>, w: T, b: T) -> Self {
        let (p, r) = ((w * (x * x) + b).sqrt(), (w * (y * y) + b).sqrt());
        let (product, n) = (p * r, w * (x * y));
        if b == T::ZERO || product == T::ZERO {
            return Self::at_angle(p, r, angle);
        }
        let apart = T::HALF * ((x - y) * (x - y) * (w * b / (product + n + b)));
        let (minus, plus) = angle.squares();
        let minus = (n * minus + apart) / product;
        let plus = (n * plus + b + apart) / product;
        let obtuse = plus < minus;
        let smaller = if obtuse { plus } else { minus };
        let square = if smaller > T::HALF { T::HALF } else { smaller };
        Self::at_angle(p, r, HalfAngle { square, obtuse })
    }
}
