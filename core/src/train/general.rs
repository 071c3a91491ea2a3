//! A step of a network of any number of inputs and outputs. The gradient of eight units is kept in the
//! workspace.

use super::Workspace;
use crate::vector::{LANES, load, store};
use crate::{Activation, Dataset, Network, ParametersMut, Scalar};

/// Moves the weights and computes the residuals of the moved network.
#[inline(always)]
pub(super) fn pass<T, A, W>(
    network: &mut Network<A, W>,
    data: &Dataset<'_, T>,
    rate: T,
    work: &mut Workspace<'_, T>,
) where
    T: Scalar,
    A: Activation<T>,
    W: ParametersMut<Scalar = T>,
{
    let (phi, shape) = (network.activation, network.shape());
    let (width, outputs) = (shape.width.max(1), shape.outputs.max(1));
    let scale = network.scale();
    let factor = rate * scale;
    work.sums.fill([T::ZERO; LANES]);
    for start in (0..shape.width).step_by(LANES) {
        work.gradient.fill([T::ZERO; LANES]);
        let Some((ga, gb)) = work.gradient.split_at_mut_checked(outputs) else { return };
        for (x, residuals) in data.x().iter().zip(work.residuals.chunks_exact(outputs)) {
            let h = network.preactivations(x, start);
            let (mut value, mut back) = ([T::ZERO; LANES], [T::ZERO; LANES]);
            for (output, &r) in residuals.iter().enumerate() {
                let a = load(network.weights.a_row(output), start);
                for l in 0..LANES {
                    back[l] += a[l] * r;
                }
            }
            for l in 0..LANES {
                let (v, slope) = phi.value_and_derivative(h[l]);
                value[l] = v;
                back[l] *= slope;
            }
            for (ga, &r) in ga.iter_mut().zip(residuals) {
                for l in 0..LANES {
                    ga[l] += value[l] * r;
                }
            }
            for (gb, &x) in gb.iter_mut().zip(x) {
                for l in 0..LANES {
                    gb[l] += back[l] * x;
                }
            }
        }
        let (a, b) = network.weights.parts_mut();
        let rows = a.chunks_exact_mut(width).chain(b.chunks_exact_mut(width));
        for (row, gradient) in rows.zip(ga.iter().chain(gb.iter())) {
            let mut w = load(row, start);
            for l in 0..LANES {
                w[l] -= factor * gradient[l];
            }
            store(row, start, &w);
        }
        for (x, sums) in data.x().iter().zip(work.sums.chunks_exact_mut(outputs)) {
            let h = network.preactivations(x, start);
            let value: [T; LANES] = core::array::from_fn(|l| phi.value(h[l]));
            for (output, sums) in sums.iter_mut().enumerate() {
                let a = load(network.weights.a_row(output), start);
                for l in 0..LANES {
                    sums[l] += a[l] * value[l];
                }
            }
        }
    }
    work.residuals_of_sums(data, scale);
}
