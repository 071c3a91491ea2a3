//! A step of a network of one output and D inputs, whose inner loops have fixed lengths and work in
//! registers.

use super::Workspace;
use crate::vector::{LANES, across_lanes, load_group, store, sum_lanes};
use crate::{Activation, Dataset, Network, ParametersMut, Scalar};

/// The number of units that are moved together.
///
/// Without vector registers it is 1, so that the numbers of a unit fit in registers. The order of every sum
/// is the same.
const GROUP: usize = if cfg!(target_os = "none") { 1 } else { LANES };

/// Moves the weights and computes the residuals of the moved network.
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
    let (phi, width, scale) = (network.activation, network.shape().width, network.scale());
    let factors = [rate * scale, scale];
    let samples = (data.x().values().as_chunks::<D>().0, data.y().values());
    let (a_row, b_rows) = network.weights.parts_mut();
    let mut rows = b_rows.chunks_exact_mut(width.max(1));
    let mut weights = Rows { a: a_row, b: core::array::from_fn(|_| rows.next().unwrap_or(&mut [])) };
    if GROUP < LANES || width == 1 {
        work.sums.fill([T::ZERO; LANES]);
    }
    // One unit by itself is less work than a group of one unit and seven empty lanes.
    let alone = usize::from(width % GROUP == 1);
    for start in (0..width - alone).step_by(GROUP) {
        group::<T, A, D, GROUP>(phi, factors, samples, &mut weights, start, (work.residuals, work.sums));
    }
    if alone > 0 {
        group::<T, A, D, 1>(phi, factors, samples, &mut weights, width - 1, (work.residuals, work.sums));
    }
    if GROUP < LANES || alone > 0 {
        work.residuals_of_sums(data, scale);
    }
}

/// A and the rows of B.
struct Rows<'w, T, const D: usize> {
    a: &'w mut [T],
    b: [&'w mut [T]; D],
}

/// Computes the gradient of L neighbouring units from `start`, moves them, and adds them to the outputs'
/// partial sums.
///
/// If they are the last units and fill the lanes, it computes the residuals, too.
#[inline(always)]
fn group<T: Scalar, A: Activation<T>, const D: usize, const L: usize>(
    phi: A,
    [factor, scale]: [T; 2],
    (xs, ys): (&[[T; D]], &[T]),
    weights: &mut Rows<'_, T, D>,
    start: usize,
    (residuals, sums): (&mut [T], &mut [[T; LANES]]),
) {
    let width = weights.a.len();
    let mut a: [T; L] = load_group(weights.a, start);
    let mut b: [[T; L]; D] = core::array::from_fn(|d| load_group(weights.b[d], start));
    let (mut ga, mut gb) = ([T::ZERO; L], [[T::ZERO; L]; D]);
    for (x, &r) in xs.iter().zip(&*residuals) {
        across_lanes();
        let h = preactivations(&b, x);
        let mut rs = [T::ZERO; L];
        if A::HOMOGENEOUS {
            for l in 0..L {
                rs[l] = phi.derivative(h[l]) * r;
            }
        } else {
            for l in 0..L {
                let (value, slope) = phi.value_and_derivative(h[l]);
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
    for l in 0..L {
        if L > 1 && start + l >= width {
            a[l] = T::ZERO; // phi(0) may differ from 0, so lanes past the last unit need a = 0
        }
    }
    if L < LANES {
        for (x, sums) in xs.iter().zip(sums) {
            across_lanes();
            let h = preactivations(&b, x);
            let Some(sums) = sums.get_mut(start % LANES..).and_then(|rest| rest.first_chunk_mut::<L>())
            else {
                return;
            };
            for l in 0..L {
                sums[l] += a[l] * phi.value(h[l]);
            }
        }
        return;
    }
    let (first, last) = (start == 0, start + L >= width);
    let samples = xs.iter().zip(ys).zip(sums).zip(residuals);
    for (((x, &y), sums), residual) in samples {
        across_lanes();
        let h = preactivations(&b, x);
        let Some(sums) = sums.first_chunk_mut() else { return };
        let mut all = if first { [T::ZERO; L] } else { *sums };
        for l in 0..L {
            all[l] += a[l] * phi.value(h[l]);
        }
        match all.first_chunk() {
            Some(all) if last => *residual = scale * sum_lanes(all) - y, // from registers
            _ => *sums = all,
        }
    }
}

/// Returns B_i . x of L units.
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
