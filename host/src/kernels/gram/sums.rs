//! The two sums over coordinates that an entry needs, for a panel of partners at once.
//!
//! Each lane of a vector belongs to another partner, so that each sum keeps the order that `ntk_core` gives
//! it: the inner product in eight partial sums and a fixed tree ([`ntk_core::vector::dot`]), the gap from the
//! first coordinate to the last. No product is fused with an addition. The bits are therefore those of the
//! core on every machine, whatever the width of its vectors.

use ntk_core::Scalar;
use ntk_core::activation::GaussianPair;
use pulp::{Simd, WithSimd};

use crate::kernels::vectors::{Vectors, Work};

/// Partners in a panel: two of the widest vectors of `f32`, four of `f64`.
pub(super) const PANEL: usize = 32;

/// For each coordinate, its value in each partner.
pub(super) type Panel<T> = [[T; PANEL]];

/// `f32` and `f64`, with vectors of them and the square root that a compiler can vectorise.
pub trait Real: Scalar {
    /// Returns the square root of 0 or a normal number, with the bits of the core's root. For `f64` IEEE 754
    /// allows only one result.
    #[must_use]
    fn wide_root(self) -> Self;

    /// Computes the inner products with the vectors of a machine S.
    fn inner_products<S: Simd>(simd: S, sums: InnerProducts<'_, Self>);

    /// Computes the gaps with the vectors of a machine S.
    fn gaps<S: Simd>(simd: S, sums: Gaps<'_, Self>);

    /// Runs a [`Work`] with the vectors of a machine S.
    fn in_vectors<S: Simd, W: Work<Self>>(simd: S, work: W) -> W::Output;
}

/// Writes <x, y> for each row x, all of the same length, and each partner y of a panel.
#[derive(Debug)]
pub struct InnerProducts<'t, T> {
    pub(super) x: &'t [&'t [T]],
    pub(super) panel: &'t Panel<T>,
    pub(super) inner: &'t mut [[T; PANEL]],
}

impl<T: Scalar> InnerProducts<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S)
    where
        T: Vectors<S>,
    {
        // As many sums are computed at once as the registers hold: those of two rows if there are 32
        // registers.
        let rows = if S::REGISTER_COUNT >= 32 { 2 } else { 1 };
        for (x, inner) in self.x.chunks(rows).zip(self.inner.chunks_mut(rows)) {
            match (x, inner) {
                (&[x], [inner]) => products(simd, [x], self.panel, [inner]),
                (&[x_0, x_1], [inner_0, inner_1]) => {
                    products(simd, [x_0, x_1], self.panel, [inner_0, inner_1]);
                }
                _ => (),
            }
        }
    }
}

#[inline(always)]
fn products<S: Simd, T: Vectors<S>, const R: usize>(
    simd: S,
    x: [&[T]; R],
    panel: &Panel<T>,
    inner: [&mut [T; PANEL]; R],
) {
    let eights = x.map(|x| x.as_chunks::<8>());
    let (panels, panel_rest) = panel.as_chunks::<8>();
    let inner = inner.map(|row| T::of_mut(row));
    for v in 0..T::of(&[T::ZERO; PANEL]).len() {
        let mut lanes = [[T::splat(simd, T::ZERO); 8]; R];
        for (k, panel) in panels.iter().enumerate() {
            for l in 0..8 {
                let partners = T::of(&panel[l])[v];
                for r in 0..R {
                    let term = T::times(simd, T::splat(simd, eights[r].0[k][l]), partners);
                    lanes[r][l] = T::plus(simd, lanes[r][l], term);
                }
            }
        }
        for r in 0..R {
            let pair = |i: usize| T::plus(simd, lanes[r][i], lanes[r][i + 4]);
            let (even, odd) = (T::plus(simd, pair(0), pair(2)), T::plus(simd, pair(1), pair(3)));
            let mut sum = T::plus(simd, even, odd);
            for (&x, partners) in eights[r].1.iter().zip(panel_rest) {
                sum = T::plus(simd, sum, T::times(simd, T::splat(simd, x), T::of(partners)[v]));
            }
            inner[r][v] = sum;
        }
    }
}

/// Turns <x, y> into w <x, y> + b for each partner y of a panel, and writes the gaps of
/// [`GaussianPair::of_sums`] if any of the angles is narrow.
#[derive(Debug)]
pub struct Gaps<'t, T> {
    pub(super) x: &'t [T],
    pub(super) panel: &'t Panel<T>,
    /// The lengths of x and of the partners, and their reciprocals.
    pub(super) x_length: [T; 2],
    pub(super) y_lengths: [&'t [T; PANEL]; 2],
    /// w and b.
    pub(super) variances: [T; 2],
    pub(super) inner: &'t mut [T; PANEL],
    pub(super) gaps: &'t mut [T; PANEL],
}

impl<T: Scalar> Gaps<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S)
    where
        T: Vectors<S>,
    {
        let Self { x_length: [x_norm, x_inverse], y_lengths: [y_norm, y_inverse], inner, gaps, .. } = self;
        let [w, b] = self.variances;
        let mut narrow = false;
        for i in 0..PANEL {
            inner[i] = GaussianPair::affine(inner[i], T::ONE, w, b);
            narrow |= GaussianPair::is_narrow(x_norm, y_norm[i], inner[i]);
        }
        if !narrow {
            return;
        }
        let mut factors = [T::ZERO; PANEL];
        for i in 0..PANEL {
            factors[i] = if inner[i] < T::ZERO { -y_inverse[i] } else { y_inverse[i] };
        }
        gap_sums(simd, self.x, x_inverse, self.panel, &factors, gaps);
        for i in 0..PANEL {
            let difference = x_inverse - factors[i];
            gaps[i] = GaussianPair::affine(gaps[i], difference * difference, w, b);
        }
    }
}

/// Writes |x / |x| - c y|^2 for each partner y and its factor c.
#[inline(always)]
fn gap_sums<S: Simd, T: Vectors<S>>(
    simd: S,
    x: &[T],
    x_inverse: T,
    panel: &Panel<T>,
    factors: &[T; PANEL],
    gaps: &mut [T; PANEL],
) {
    let (factors, gaps) = (T::of(factors), T::of_mut(gaps));
    // Two vectors are summed at a time, because each addition waits for the one before it in the same sum.
    for v in (0..factors.len()).step_by(2) {
        let mut sums = [T::splat(simd, T::ZERO); 2];
        for (&x, partners) in x.iter().zip(panel) {
            let unit = T::splat(simd, x * x_inverse);
            for (i, sum) in sums.iter_mut().enumerate() {
                let difference = T::minus(simd, unit, T::times(simd, T::of(partners)[v + i], factors[v + i]));
                *sum = T::plus(simd, *sum, T::times(simd, difference, difference));
            }
        }
        [gaps[v], gaps[v + 1]] = sums;
    }
}

impl<T: Real> WithSimd for InnerProducts<'_, T> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        T::inner_products(simd, self);
    }
}

impl<T: Real> WithSimd for Gaps<'_, T> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        T::gaps(simd, self);
    }
}

impl Real for f64 {
    #[inline(always)]
    fn wide_root(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn inner_products<S: Simd>(simd: S, sums: InnerProducts<'_, Self>) {
        sums.run(simd);
    }
    #[inline(always)]
    fn gaps<S: Simd>(simd: S, sums: Gaps<'_, Self>) {
        sums.run(simd);
    }
    #[inline(always)]
    fn in_vectors<S: Simd, W: Work<Self>>(simd: S, work: W) -> W::Output {
        work.run(simd)
    }
}

impl Real for f32 {
    #[inline(always)]
    fn wide_root(self) -> Self {
        core_root(self)
    }
    #[inline(always)]
    fn inner_products<S: Simd>(simd: S, sums: InnerProducts<'_, Self>) {
        sums.run(simd);
    }
    #[inline(always)]
    fn gaps<S: Simd>(simd: S, sums: Gaps<'_, Self>) {
        sums.run(simd);
    }
    #[inline(always)]
    fn in_vectors<S: Simd, W: Work<Self>>(simd: S, work: W) -> W::Output {
        work.run(simd)
    }
}

/// Returns the core's own square root, which is computed by multiplications.
#[inline(always)]
fn core_root<T: Scalar>(square: T) -> T {
    T::root(square)
}
