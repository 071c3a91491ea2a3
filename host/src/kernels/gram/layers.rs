//! From the sums of an entry to its kernel, layer by layer, for a row of a panel at once.
//!
//! Every number comes from the core's own functions, one partner after the other. Those of the piecewise
//! linear activations are arithmetic alone, and the compiler turns the loops over partners into vectors.

use ntk_core::activation::{GaussianPair, HalfAngle};
use ntk_core::kernel::recursion::Recursion;
use ntk_core::{Activation, Architecture, DerivativeDual, Dual, Kernel, Nngp, Ntk, Prepared, Scalar};
use pulp::{Arch, Simd, WithSimd};

use super::sums::{PANEL, Real};

/// A kernel of an infinitely wide network, entry by entry and layer by layer.
pub trait Layers<T: Scalar>: Sync {
    /// The activation.
    type Phi: Dual<T> + Sync;

    /// The kernel, one entry at a time.
    fn kernel(&self) -> &dyn Kernel<T>;

    /// The recursion from layer to layer.
    fn recursion(&self) -> Recursion<Self::Phi, T>;

    /// The kernel, if this pair enters the last hidden layer; `before` is that of the layers before.
    fn last(recursion: &Recursion<Self::Phi, T>, pair: &GaussianPair<T>, before: Option<T>) -> T;

    /// Whether rows may be computed in vectors.
    fn in_vectors(&self) -> bool {
        Self::Phi::HOMOGENEOUS
    }
}

/// A kernel as tiles need it, whatever its activation.
pub trait Tiled<T: Real>: Sync {
    /// The kernel, one entry at a time.
    fn pairwise(&self) -> &dyn Kernel<T>;

    /// The variances of weights and biases, if rows are computed in vectors. Kernels that ask libm are not:
    /// they cost more than an inner product, and gain nothing.
    fn variances(&self) -> Option<[T; 2]>;

    /// For each layer after the first [`Recursion::next_deviation`] of the one before, given the deviation
    /// that enters the first.
    fn further(&self, norm: T) -> Vec<[T; 2]>;

    /// Writes a row in vectors.
    fn row(&self, arch: Arch, row: Row<'_, T>);
}

impl<T: Real, K: Layers<T>> Tiled<T> for K {
    fn pairwise(&self) -> &dyn Kernel<T> {
        self.kernel()
    }

    fn variances(&self) -> Option<[T; 2]> {
        let Architecture { weight_variance, bias_variance, .. } = self.recursion().architecture;
        self.in_vectors().then_some([weight_variance, bias_variance])
    }

    fn further(&self, norm: T) -> Vec<[T; 2]> {
        let recursion = self.recursion();
        let (mut entering, mut further) = (norm, Vec::new());
        for _ in 1..recursion.architecture.depth {
            let deviations = recursion.next_deviation(entering);
            further.push(deviations);
            entering = deviations[1];
        }
        further
    }

    fn row(&self, arch: Arch, row: Row<'_, T>) {
        if K::Phi::HOMOGENEOUS {
            arch.dispatch(RowOf { kernel: self, row });
        }
    }
}

/// An NTK by tiles.
#[derive(Clone, Copy, Debug)]
pub struct TiledNtk<A, T> {
    /// The kernel.
    pub kernel: Ntk<A, Architecture<T>>,
    /// Entry by entry, with the core's bits. Else those of piecewise linear activations are computed in
    /// vectors, by [`DerivativeDual::ntk`]: to 2.5 u sqrt(K(x, x) K(y, y)) for one hidden layer, whatever
    /// the value. The core's entries are, for ReLU and leaky ReLU, good to an ulp of a value that cancels, at
    /// 30 to 60 times the cost; others have the same bits.
    pub accurate: bool,
}

/// An NNGP by tiles.
#[derive(Clone, Copy, Debug)]
pub struct TiledNngp<A, T>(pub Nngp<A, Architecture<T>>);

impl<A: DerivativeDual<T> + Sync, T: Scalar> Layers<T> for TiledNtk<A, T> {
    type Phi = A;
    fn kernel(&self) -> &dyn Kernel<T> {
        &self.kernel
    }
    #[inline(always)]
    fn recursion(&self) -> Recursion<A, T> {
        Recursion { activation: *self.kernel.activation(), architecture: *self.kernel.layers() }
    }
    #[inline(always)]
    fn last(recursion: &Recursion<A, T>, pair: &GaussianPair<T>, before: Option<T>) -> T {
        recursion.ntk(pair, before)
    }
    fn in_vectors(&self) -> bool {
        A::HOMOGENEOUS && !self.accurate
    }
}

impl<A: Dual<T> + Sync, T: Scalar> Layers<T> for TiledNngp<A, T> {
    type Phi = A;
    fn kernel(&self) -> &dyn Kernel<T> {
        &self.0
    }
    #[inline(always)]
    fn recursion(&self) -> Recursion<A, T> {
        Recursion { activation: *self.0.activation(), architecture: *self.0.layers() }
    }
    #[inline(always)]
    fn last(recursion: &Recursion<A, T>, pair: &GaussianPair<T>, _: Option<T>) -> T {
        recursion.nngp(pair)
    }
}

/// An input, the reciprocal of its length, and the lengths of further layers.
#[derive(Clone, Debug)]
pub(super) struct Input<'x, T> {
    pub(super) point: Prepared<'x, T>,
    pub(super) inverse: T,
    further: Vec<[T; 2]>,
}

impl<'x, T: Real> Input<'x, T> {
    pub(super) fn new(kernel: &dyn Tiled<T>, x: &'x [T]) -> Self {
        let point = kernel.pairwise().prepare(x);
        let further = if kernel.variances().is_some() { kernel.further(point.norm) } else { Vec::new() };
        Self { point, inverse: T::ONE / point.norm, further }
    }
}

/// The lengths of the partners of a panel.
#[derive(Clone, Debug)]
pub(super) struct PanelLengths<T> {
    pub(super) norm: [T; PANEL],
    norm_low: [T; PANEL],
    pub(super) inverse: [T; PANEL],
    further: Vec<[[T; PANEL]; 2]>,
}

impl<T: Real> PanelLengths<T> {
    /// The lengths of up to [`PANEL`] partners; the last one is repeated.
    pub(super) fn new(partners: &[Input<'_, T>]) -> Self {
        let depth = partners.first().map_or(0, |first| first.further.len());
        let further = vec![[[T::ZERO; PANEL]; 2]; depth];
        let mut panel =
            Self { norm: [T::ZERO; PANEL], norm_low: [T::ZERO; PANEL], inverse: [T::ZERO; PANEL], further };
        let all = partners.iter().chain(partners.last().into_iter().cycle()).take(PANEL);
        for (i, Input { point, inverse, further }) in all.enumerate() {
            (panel.norm[i], panel.norm_low[i], panel.inverse[i]) = (point.norm, point.norm_low, *inverse);
            for (layer, further) in panel.further.iter_mut().zip(further) {
                [layer[0][i], layer[1][i]] = *further;
            }
        }
        panel
    }
}

/// The kernels of x and each partner of a panel, w <x, y> + b and the gaps being given.
#[derive(Debug)]
pub struct Row<'t, T> {
    pub(super) x: &'t Input<'t, T>,
    pub(super) y: &'t PanelLengths<T>,
    pub(super) inner: &'t [T; PANEL],
    pub(super) gaps: &'t [T; PANEL],
    pub(super) row: &'t mut [T; PANEL],
}

struct RowOf<'t, T, K> {
    kernel: &'t K,
    row: Row<'t, T>,
}

impl<T: Real, K: Layers<T>> WithSimd for RowOf<'_, T, K> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { kernel, row: Row { x, y, inner, gaps, row } } = self;
        let recursion = kernel.recursion();
        let first = |i: usize| {
            let y_point = Prepared { x: &[], norm: y.norm[i], norm_low: y.norm_low[i] };
            GaussianPair::of_sums(&x.point, &y_point, inner[i], gaps[i], T::wide_root)
        };
        let (Some((x_last, x_between)), Some((y_last, y_between))) =
            (x.further.split_last(), y.further.split_last())
        else {
            for i in 0..PANEL {
                row[i] = K::last(&recursion, &first(i), None);
            }
            return;
        };
        let mut angles = Angles { square: [T::ZERO; PANEL], sign: [T::ONE; PANEL] };
        for i in 0..PANEL {
            let pair = first(i);
            row[i] = K::last(&recursion, &pair, None);
            angles.set(i, recursion.angle(&pair));
        }
        for (x, y) in x_between.iter().zip(y_between) {
            for i in 0..PANEL {
                let pair = recursion.next(*x, [y[0][i], y[1][i]], angles.get(i), T::wide_root);
                row[i] = K::last(&recursion, &pair, Some(row[i]));
                angles.set(i, recursion.angle(&pair));
            }
        }
        for i in 0..PANEL {
            let pair = recursion.next(*x_last, [y_last[0][i], y_last[1][i]], angles.get(i), T::wide_root);
            row[i] = K::last(&recursion, &pair, Some(row[i]));
        }
    }
}

/// The angles between x and each partner, as a compiler can keep them in vectors.
struct Angles<T> {
    square: [T; PANEL],
    /// -1 for obtuse ones.
    sign: [T; PANEL],
}

impl<T: Scalar> Angles<T> {
    #[inline(always)]
    fn get(&self, i: usize) -> HalfAngle<T> {
        HalfAngle { square: self.square[i], obtuse: self.sign[i] < T::ZERO }
    }
    #[inline(always)]
    fn set(&mut self, i: usize, angle: HalfAngle<T>) {
        self.square[i] = angle.square;
        self.sign[i] = if angle.obtuse { -T::ONE } else { T::ONE };
    }
}
