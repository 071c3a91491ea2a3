//! A step of a network of one output and D inputs: inner loops of fixed length, in registers.

use super::Workspace;
use crate::vector::{LANES, across_lanes, load_group, store};
use crate::{Activation, Dataset, Network, ParametersMut, Scalar};

/// Units that go together. Without vector registers one unit at a time needs no memory for what belongs to it; the order
/// of every sum is the same.
const GROUP: usize = if cfg!(target_os = "none") { 1 } else { LANES };

/// Up to this many units at the end of the row go one by one: less work than a group that is mostly empty.
const FEW: usize = 2;

/// Moves the weights and leaves the new outputs' partial sums in the workspace.
#[inline(always)]
pub(super) fn pass<T, A, W, const D: usize>(
    network: &mut Network<A, W>,
    data: &Dataset<'_, T>,
    rate: T,
    work: &mut Workspace<'_, T>,
) where
    T: Scalar,
    A: Activation<T>,
    W: ParametersMut<Scalar = T>,
{
    let (phi, width) = (network.activation, network.shape().width);
    let factor = rate * network.scale();
    let samples = (data.x().values().as_chunks::<D>().0, &*work.residuals);
    let (a_row, b_rows) = network.weights.parts_mut();
    let mut rows = b_rows.chunks_exact_mut(width.max(1));
    let mut weights = Rows { a: a_row, b: core::array::from_fn(|_| rows.next().unwrap_or(&mut [])) };
    let few = if width % GROUP <= FEW { width % GROUP } else { 0 };
    for start in (0..width - few).step_by(GROUP) {
        group::<T, A, D, GROUP>(phi, factor, samples, &mut weights, start, work.sums);
    }
    for start in width - few..width {
        group::<T, A, D, 1>(phi, factor, samples, &mut weights, start, work.sums);
    }
}

/// A and the rows of B.
struct Rows<'w, T, const D: usize> {
    a: &'w mut [T],
    b: [&'w mut [T]; D],
}

/// L neighbouring units from `start`: gradient, new weights, new outputs.
#[inline(always)]
fn group<T: Scalar, A: Activation<T>, const D: usize, const L: usize>(
    phi: A,
    factor: T,
    (xs, residuals): (&[[T; D]], &[T]),
    weights: &mut Rows<'_, T, D>,
    start: usize,
    sums: &mut [[T; LANES]],
) {
    let mut a: [T; L] = load_group(weights.a, start);
    let mut b: [[T; L]; D] = core::array::from_fn(|d| load_group(weights.b[d], start));
    let (mut ga, mut gb) = ([T::ZERO; L], [[T::ZERO; L]; D]);
    for (x, &r) in xs.iter().zip(residuals) {
        across_lanes();
        let h = preactivations(&b, x);
        let mut rs = [T::ZERO; L];
        if A::HOMOGENEOUS {
            for l in 0..L {
                rs[l] = phi.slope(h[l]) * r;
            }
        } else {
            for l in 0..L {
                let (value, slope) = phi.value_and_slope(h[l]);
                ga[l] += value * r;
                rs[l] = slope * r;
            }
        }
        for d in 0..D {
            for l in 0..L {
                gb[d][l] += rs[l] * x[d];
            }
        }
    }
    if A::HOMOGENEOUS {
        for d in 0..D {
            for l in 0..L {
                ga[l] += b[d][l] * gb[d][l];
            }
        }
    }
    for d in 0..D {
        for l in 0..L {
            b[d][l] -= factor * (a[l] * gb[d][l]);
        }
        store(weights.b[d], start, &b[d]);
    }
    for l in 0..L {
        a[l] -= factor * ga[l];
    }
    store(weights.a, start, &a);
    if start + L > weights.a.len() {
        a = load_group(weights.a, start); // lanes past the last unit must not reach the outputs
    }
    for (x, sums) in xs.iter().zip(sums) {
        across_lanes();
        let h = preactivations(&b, x);
        let Some(sums) = sums.get_mut(start % LANES..).and_then(|rest| rest.first_chunk_mut::<L>()) else {
            return;
        };
        for l in 0..L {
            sums[l] += a[l] * phi.value(h[l]);
        }
    }
}

#[inline(always)]
fn preactivations<T: Scalar, const D: usize, const L: usize>(b: &[[T; L]; D], x: &[T; D]) -> [T; L] {
    let mut h: [T; L] = core::array::from_fn(|l| b[0][l] * x[0]);
    for d in 1..D {
        for l in 0..L {
            h[l] += b[d][l] * x[d];
        }
    }
    h
}
