//! Computes kernel values from the sums over coordinates, layer by layer, for a row of a panel at once.
//!
//! Every number is computed by the core's own functions, one partner after the other. For piecewise linear
//! activations these functions consist of arithmetic alone, and the compiler vectorises the loops over
//! partners.

use ntk_core::activation::{GaussianPair, HalfAngle};
use ntk_core::kernel::recursion::Recursion;
use ntk_core::{Activation, Architecture, DerivativeDual, Dual, Kernel, Nngp, Ntk, Prepared, Scalar};
use pulp::{Arch, Simd, WithSimd};

use super::sums::{PANEL, Real};

/// A kernel of an infinitely wide network, entry by entry and layer by layer.
pub trait Layers<T: Scalar>: Sync {
    /// The activation.
    type Phi: Dual<T> + Sync;

    /// Returns the kernel, which computes one entry at a time.
    fn kernel(&self) -> &dyn Kernel<T>;

    /// Returns the recursion from layer to layer.
    fn recursion(&self) -> Recursion<Self::Phi, T>;

    /// Returns the kernel of a network whose last hidden layer this pair enters. `before` is the kernel of
    /// the layers before it.
    fn last(recursion: &Recursion<Self::Phi, T>, pair: &GaussianPair<T>, before: Option<T>) -> T;

    /// Returns whether rows may be computed in vectors.
    fn in_vectors(&self) -> bool {
        Self::Phi::HOMOGENEOUS
    }
}

/// A kernel as the tiles use it, whatever the type of its activation.
pub trait Tiled<T: Real>: Sync {
    /// Returns the kernel, which computes one entry at a time.
    fn pairwise(&self) -> &dyn Kernel<T>;

    /// Returns the variances of weights and biases, or `None` if rows are not computed in vectors. Kernels
    /// that call libm are not computed in vectors: they cost more than an inner product, so nothing would be
    /// gained.
    fn variances(&self) -> Option<[T; 2]>;

    /// Returns, for each hidden layer after the first, [`Recursion::next_deviation`] of the layer before it.
    /// `norm` is the deviation that enters the first layer.
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

/// An NTK whose Gram matrices are computed by tiles.
#[derive(Clone, Copy, Debug)]
pub struct TiledNtk<A, T> {
    /// The kernel.
    pub kernel: Ntk<A, Architecture<T>>,
    /// Whether all entries are computed one at a time, with the core's bits. If not, the entries of piecewise
    /// linear activations are computed in vectors by [`DerivativeDual::ntk`]. For one hidden layer their
    /// error is at most 2.5 u sqrt(K(x, x) K(y, y)), whatever the value. For ReLU and leaky ReLU the core's
    /// entries are accurate to an ulp even of a value that cancels, at 30 to 60 times the cost. For other
    /// activations both settings give the same bits.
    pub accurate: bool,
}

/// An NNGP whose Gram matrices are computed by tiles.
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
    /// Collects the lengths of up to [`PANEL`] partners; the last one is repeated.
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

/// The computation of the kernels of x and each partner of a panel, from w <x, y> + b and the gaps.
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

/// The angles between x and each partner, in a form that the compiler can keep in vectors.
struct Angles<T> {
    square: [T; PANEL],
    /// The sign is -1 for obtuse angles and 1 for others.
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
