//! Updates the basis, the means and S by one sample.

use super::basis;
use super::features::{Features, multiply, not_negative};
use super::hear::Learned;
use crate::cholesky::Factor;
use crate::regression::{Common, Memory};
use crate::slices::{first, first_mut, row_mut, set};
use crate::vector::{axpy, dot};
use crate::{Error, Prepared, Scalar};

/// An input is new to the basis if r exceeds this share of K(x, x) or [`NEW_BESIDE_NOISE`], whichever is
/// less.
const NEW: f64 = 1e-3;
/// The other threshold of [`NEW`], as a share of the noise: a part far below the noise is not needed. The
/// threshold is at least sqrt([`Scalar::EPSILON`]) K(x, x), below which the new coordinate would be mostly
/// rounding.
const NEW_BESIDE_NOISE: f64 = 0.02;
/// The factors with which a sample is weighted.
#[derive(Clone, Copy)]
pub(super) struct Weights<T> {
    /// lambda.
    pub(super) factor: T,
    pub(super) noise: T,
    /// The noise of the stream.
    pub(super) usual_noise: T,
    /// Whether dm / d ln(1 - lambda) is updated.
    pub(super) derives: bool,
}

/// Updates basis, means and S, and returns the new number of basis inputs. The only error is an index out of
/// bounds.
pub(super) fn learn<T: Scalar>(
    memory: &mut Memory<'_, T, Common>,
    mut features: Features<'_, T>,
    capacity: usize,
    x: &Prepared<'_, T>,
    y: &[T],
    weights: Weights<T>,
    [work, other, coefficients]: [&mut [T]; 3],
) -> Result<(Learned, usize), Error> {
    let n = features.n;
    let usual = T::from_f64(NEW) * features.prior;
    let (least, beside_noise) =
        (T::EPSILON.sqrt() * features.prior, T::from_f64(NEW_BESIDE_NOISE) * weights.usual_noise);
    let below = if beside_noise < usual { beside_noise } else { usual };
    let is_new = features.rest > if below > least { below } else { least };
    let mut learned = Learned::Absorbed;
    if n < capacity && is_new {
        learned = Learned::Joined;
    } else if n == capacity && is_new {
        let newcomer = basis::Newcomer {
            phi: features.phi(),
            gain: first(features.gain, n),
            rest: features.rest,
            variance: features.variance(weights.noise),
        };
        let error = |output| features.error(memory, output, y.get(output).copied().unwrap_or(T::ZERO));
        if let Some(least) = basis::least(memory, &newcomer, error, coefficients, [&mut *work, &mut *other])?
        {
            basis::leave(memory, n, least, features.phi, [work, other])?;
            features.n = n - 1;
            let dropped = features.phi.get(n - 1).copied().unwrap_or(T::ZERO);
            features.rest += dropped * dropped;
            let factor = Factor::of_parts(memory.matrix, memory.stride, first(memory.reciprocals, n - 1));
            multiply(&factor, first(features.phi, n - 1), features.gain);
            features.known = not_negative(dot(features.phi(), features.gain));
            learned = Learned::Replaced(least);
        }
    }
    if learned != Learned::Absorbed {
        let (n, root) = (features.n, features.rest.sqrt());
        basis::join(memory, n, x, features.phi(), T::ONE / root, first_mut(work, n));
        set(features.phi, n, root);
        set(features.gain, n, root);
        (features.n, features.known, features.rest) = (n + 1, features.known + features.rest, T::ZERO);
    }
    update(memory, &mut features, y, weights);
    Ok((learned, features.n))
}

/// Applies forgetting and the rank-one update, without changing the basis.
fn update<T: Scalar>(
    memory: &mut Memory<'_, T, Common>,
    features: &mut Features<'_, T>,
    y: &[T],
    weights: Weights<T>,
) {
    let (n, stride, Weights { factor, noise, derives, .. }) = (features.n, memory.stride, weights);
    let (rate, root) = (T::ONE - factor, factor.sqrt());
    let (phi, gain) = (first(features.phi, n), first_mut(features.gain, n));
    let mut known = features.known;
    if factor < T::ONE {
        for (gain, &phi) in gain.iter_mut().zip(phi) {
            *gain = factor * *gain + rate * phi;
        }
        known = factor * known + rate * dot(phi, phi);
    }
    let variance = noise + features.rest + known;
    let spread = known / variance;
    for (output, &y) in y.iter().enumerate() {
        let means = row_mut(memory.coefficients, stride, output, n);
        let derivatives = row_mut(memory.labels, stride, output, n);
        for (derivative, mean) in derivatives.iter_mut().zip(&mut *means) {
            *derivative = if derives { root * *derivative - T::HALF * rate * *mean } else { T::ZERO };
            *mean *= root;
        }
        let error = y - dot(phi, means);
        if derives {
            let change = T::HALF * (T::ONE - spread) * error - dot(phi, derivatives);
            axpy(derivatives, change / variance, gain);
        }
        axpy(means, error / variance, gain);
    }
    for (i, (row, &own)) in memory.matrix.chunks_exact_mut(stride.max(1)).zip(&*gain).enumerate() {
        let Some(row) = row.get_mut(..=i) else { break };
        if factor < T::ONE {
            row.iter_mut().for_each(|s| *s *= factor);
            if let Some(diagonal) = row.last_mut() {
                *diagonal += rate;
            }
        }
        axpy(row, -(own / variance), gain);
    }
}
