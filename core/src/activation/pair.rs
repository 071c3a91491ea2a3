//! Two preactivations u = <b, x> and v = <b, y> of an infinitely wide layer: jointly normal, mean 0.

use crate::vector::dot;
use crate::{Prepared, Scalar};

/// An angle t in [0, pi] by the half angle, so that angles near 0 and near pi keep their digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HalfAngle<T> {
    /// sin^2(t'/2) in [0, 1/2], where t' in [0, pi/2] is t reflected so that cos t' = |cos t|.
    pub square: T,
    /// cos t < 0, so that t = pi - t'.
    pub obtuse: bool,
}

impl<T: Scalar> HalfAngle<T> {
    /// Returns the angle whose cosine is xy / sqrt(xx yy); a right angle if xx or yy is 0.
    ///
    /// From sin^2 = 1 - cos^2: exactly 0 where xx yy = xy^2, else near 0 good to a rounding of 1, not of the
    /// angle.
    #[must_use]
    pub(crate) fn of_moments(xx: T, xy: T, yy: T) -> Self {
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

    /// Returns 1 - cos t and 1 + cos t, in halves: sin^2(t/2) and cos^2(t/2).
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
pub struct GaussianPair<T> {
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
    pub(crate) abs_covariance: (T, T),
}

/// Returns <x, y>. Short inputs, which are usual, are summed without the lanes of [`dot`].
#[inline(always)]
fn inner<T: Scalar>(x: &[T], y: &[T]) -> T {
    if let (&[x_0, x_1], &[y_0, y_1]) = (x, y) {
        return x_0 * y_0 + x_1 * y_1;
    }
    dot(x, y)
}

impl<T: Scalar> GaussianPair<T> {
    /// Creates the pair of two inputs: E[u v] = w <x, y> + b, and so on.
    #[inline(always)]
    pub(crate) fn of_inputs(x: &Prepared<'_, T>, y: &Prepared<'_, T>, w: T, b: T) -> Self {
        let product = x.norm * y.norm;
        let inner = Self::affine(inner(x.x, y.x), T::ONE, w, b);
        let (obtuse, size) = (inner < T::ZERO, inner.abs());
        if size <= T::from_f64(0.75) * product {
            let (square, abs_covariance) = Self::wide(product, size);
            return Self::new(x.norm, y.norm, product, HalfAngle { square, obtuse }, abs_covariance, T::root);
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
        let ((xs, x_norm_low), (ys, y_norm_low)) = (x.x.as_chunks::<2>(), y.x.as_chunks::<2>());
        for (&[x_0, x_1], &[y_0, y_1]) in xs.iter().zip(ys) {
            add(x_0, y_0);
            add(x_1, y_1);
        }
        for (&x, &y) in x_norm_low.iter().zip(y_norm_low) {
            add(x, y);
        }
        let difference = x_inverse - y_inverse;
        let gap = Self::affine(gap, difference * difference, w, b);
        let (square, abs_covariance) = Self::narrow(x, y, product, gap);
        Self::new(x.norm, y.norm, product, HalfAngle { square, obtuse }, abs_covariance, T::root)
    }

    /// Creates the pair of an input with itself, with the bits of [`GaussianPair::of_inputs`].
    #[inline(always)]
    pub(crate) fn of_equal_inputs(x: &Prepared<'_, T>) -> Self {
        let product = x.norm * x.norm;
        let (square, abs_covariance) = if product == T::ZERO {
            Self::wide(product, product)
        } else {
            Self::narrow(x, x, product, T::ZERO)
        };
        Self::new(x.norm, x.norm, product, HalfAngle { square, obtuse: false }, abs_covariance, T::root)
    }

    /// Returns sin^2(t'/2) and |E[u v]| where |cos t| <= 3/4.
    #[inline(always)]
    fn wide(product: T, size: T) -> (T, (T, T)) {
        // The smallest number changes no other, and spares two zero vectors a comparison.
        (T::HALF - T::HALF * (size / (product + T::SMALLEST)), (size, T::ZERO))
    }

    /// Returns the same as `wide` where |cos t| > 3/4.
    #[inline(always)]
    fn narrow(x: &Prepared<'_, T>, y: &Prepared<'_, T>, product: T, gap: T) -> (T, (T, T)) {
        let gap = T::HALF * gap;
        let low = (x.norm * y.norm_low + x.norm_low * y.norm) - gap * product;
        (T::HALF * gap, (product, low))
    }

    /// Returns w times a sum over the inputs plus b times the term of the bias, which acts as one more input.
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn affine(sum: T, term: T, w: T, b: T) -> T {
        if b > T::ZERO || w != T::ONE { w * sum + b * term } else { sum }
    }

    /// Returns whether |cos t| > 3/4 for deviations x and y and E[u v] = `inner`: then
    /// [`GaussianPair::of_sums`] needs the gap.
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn is_narrow(x: T, y: T, inner: T) -> bool {
        !(inner.abs() <= T::from_f64(0.75) * (x * y))
    }

    /// Creates the pair from E[u v] = w <x, y> + b and, where that is narrow, gap = w |x/p -+ y/r|^2 + b (1/p
    /// -+ 1/r)^2, with p = x.norm, r = y.norm and a plus for E[u v] < 0.
    ///
    /// Where |cos t| <= 3/4 the angle comes from the inner product. Nearer to 0 and pi that would lose its
    /// digits; there 4 sin^2(t'/2) is the gap, and |E[u v]| = |x||y| (1 - 2 sin^2(t'/2)), of which the
    /// leading part owes nothing to the angle. The threshold is where the two errors are equal. Only the
    /// lengths of the points are read. `root` is the square root of 0 or a normal number; for `f64` correctly
    /// rounded, for `f32` the crate's own.
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn of_sums(
        x: &Prepared<'_, T>,
        y: &Prepared<'_, T>,
        inner: T,
        gap: T,
        root: impl Fn(T) -> T,
    ) -> Self {
        let product = x.norm * y.norm;
        let (obtuse, size) = (inner < T::ZERO, inner.abs());
        let (square, abs_covariance) = if Self::is_narrow(x.norm, y.norm, inner) {
            Self::narrow(x, y, product, gap)
        } else {
            Self::wide(product, size)
        };
        Self::new(x.norm, y.norm, product, HalfAngle { square, obtuse }, abs_covariance, root)
    }

    /// Creates the pair from standard deviations x and y and the angle between.
    #[must_use]
    pub fn at_angle(x: T, y: T, angle: HalfAngle<T>) -> Self {
        Self::at_angle_by(x, y, angle, T::root)
    }

    #[inline(always)]
    fn at_angle_by(x: T, y: T, angle: HalfAngle<T>, root: impl Fn(T) -> T) -> Self {
        let product = x * y;
        let low = -(T::TWO * (angle.square * product));
        Self::new(x, y, product, angle, (product, low), root)
    }

    /// Creates the pair of a variable with itself, u = v.
    #[must_use]
    pub fn equal(x: T) -> Self {
        Self::at_angle(x, x, HalfAngle { square: T::ZERO, obtuse: false })
    }

    #[inline(always)]
    fn new(
        x: T,
        y: T,
        product: T,
        angle: HalfAngle<T>,
        abs_covariance: (T, T),
        root: impl Fn(T) -> T,
    ) -> Self {
        Self { x, y, product, angle, sine: root(angle.square), abs_covariance }
    }

    /// Returns E[u v].
    #[inline(always)]
    #[must_use]
    pub fn covariance(&self) -> T {
        let abs_covariance = self.abs_covariance.0 + self.abs_covariance.1;
        if self.angle.obtuse { -abs_covariance } else { abs_covariance }
    }

    /// Returns E[u^2] + E[v^2].
    #[inline(always)]
    #[must_use]
    pub fn variances(&self) -> T {
        self.x * self.x + self.y * self.y
    }

    /// Returns sin(t/2) and cos(t/2).
    #[inline(always)]
    #[must_use]
    pub fn half_sine_and_cosine(&self) -> (T, T) {
        let other = (T::ONE - self.angle.square).sqrt();
        if self.angle.obtuse { (other, self.sine) } else { (self.sine, other) }
    }

    /// Returns E[(u - v)^2] and E[(u + v)^2], without cancellation.
    #[inline(always)]
    #[must_use]
    pub fn difference_and_sum_variance(&self) -> (T, T) {
        let four = T::TWO * T::TWO;
        let lengths = (self.x - self.y) * (self.x - self.y);
        let (minus, plus) = self.angle.squares();
        (lengths + four * (self.product * minus), lengths + four * (self.product * plus))
    }

    /// Returns det(I + c S), S the covariance of u and v, c >= 0: a sum of positive terms.
    #[inline(always)]
    #[must_use]
    pub fn determinant(&self, c: T) -> T {
        T::ONE + c * self.variances() + self.minor(c)
    }

    /// Returns half the derivative of the determinant in ln x at the same angle, also a sum of positive
    /// terms.
    #[inline(always)]
    #[must_use]
    pub fn determinant_by_length(&self, c: T) -> T {
        c * (self.x * self.x) + self.minor(c)
    }

    /// Returns det(c S).
    #[inline(always)]
    fn minor(&self, c: T) -> T {
        let n = c * self.product;
        n * n * (T::TWO * T::TWO * (self.angle.square * (T::ONE - self.angle.square)))
    }

    /// Returns the pair one layer further, (w f + b) instead of f: f has deviations x and y and this angle.
    ///
    /// With p = sqrt(w x^2 + b), r = sqrt(w y^2 + b) and n = w x y, p r - n - b = w b (x - y)^2 / (p r + n +
    /// b), so that
    ///
    /// ```text
    /// 1 - cos' = (n (1 - cos) + p r - n - b) / p r,      1 + cos' = (n (1 + cos) + 2 b + p r - n - b) / p r
    /// ```
    ///
    /// are sums of positive terms, and near-parallel inputs keep their digits however deep the network.
    #[inline]
    pub(crate) fn next_layer(x: T, y: T, angle: HalfAngle<T>, w: T, b: T) -> Self {
        let (p, r) = ((w * (x * x) + b).sqrt(), (w * (y * y) + b).sqrt());
        Self::next_layer_by([x, p], [y, r], angle, w, b, T::root)
    }

    /// Returns the same as `next_layer`, with p and r given.
    #[inline(always)]
    pub(crate) fn next_layer_by(
        [x, p]: [T; 2],
        [y, r]: [T; 2],
        angle: HalfAngle<T>,
        w: T,
        b: T,
        root: impl Fn(T) -> T,
    ) -> Self {
        let (product, n) = (p * r, w * (x * y));
        if b == T::ZERO || product == T::ZERO {
            return Self::at_angle_by(p, r, angle, root);
        }
        let apart = T::HALF * ((x - y) * (x - y) * (w * b / (product + n + b)));
        let (minus, plus) = angle.squares();
        let minus = (n * minus + apart) / product;
        let plus = (n * plus + b + apart) / product;
        let obtuse = plus < minus;
        let smaller = if obtuse { plus } else { minus };
        let square = if smaller > T::HALF { T::HALF } else { smaller };
        Self::at_angle_by(p, r, HalfAngle { square, obtuse }, root)
    }
}
