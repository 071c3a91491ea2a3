//! The plain engine: one pass over the units per step.
//!
//! For each group of [`LANES`] units a pass forms the gradient from the residuals, moves the weights, and adds what the
//! moved units contribute to the outputs at every sample; so each weight is read and written once per step, and nothing
//! is stored per unit and sample. With r the residuals and h = B_i . x,
//!
//! ```text
//! dL/dA_{oi} = (1/sqrt k) sum_x r_o phi(h),    dL/dB_i = (1/sqrt k) sum_x (sum_o r_o A_{oi}) phi'(h) x.
//! ```
//!
//! If phi is homogeneous, phi(h) = phi'(h) h, both follow from the one sum g_i = sum_x r phi'(h) x: dL/dA_i = B_i . g_i
//! and dL/dB_i = A_i g_i.
//!
//! Networks of one output and up to four inputs take a pass whose inner loops have fixed lengths; all others the general
//! one. Which of the two runs depends on the shape alone, never on the machine.

use super::{Trainable, Workspace};
use crate::vector::{LANES, across_lanes, load, store, sum_lanes};
use crate::{Activation, Dataset, Network, ParametersMut, Scalar, Shape};

impl<T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>> Trainable<T> for Network<A, W> {
    fn shape(&self) -> Shape {
        Network::shape(self)
    }

    fn start(&self, data: &Dataset<'_, T>, work: &mut Workspace<'_, T>) {
        let outputs = self.shape().outputs;
        let rows = data.x().iter().zip(data.y().iter());
        for ((x, y), residuals) in rows.zip(work.residuals.chunks_exact_mut(outputs.max(1))) {
            for (output, (residual, &y)) in residuals.iter_mut().zip(y).enumerate() {
                *residual = self.forward(x, output) - y;
            }
        }
    }

    #[inline(always)]
    fn step(&mut self, data: &Dataset<'_, T>, rate: T, work: &mut Workspace<'_, T>) {
        work.sums.fill([T::ZERO; LANES]);
        match (self.shape().inputs, self.shape().outputs) {
            (1, 1) => pass::<T, A, W, 1>(self, data, rate, work),
            (2, 1) => pass::<T, A, W, 2>(self, data, rate, work),
            (3, 1) => pass::<T, A, W, 3>(self, data, rate, work),
            (4, 1) => pass::<T, A, W, 4>(self, data, rate, work),
            _ => general_pass(self, data, rate, work),
        }
        let scale = self.scale();
        for ((residual, sums), &y) in work.residuals.iter_mut().zip(&*work.sums).zip(data.y().values()) {
            across_lanes();
            *residual = scale * sum_lanes(sums) - y;
        }
    }
}

/// One output, D inputs.
#[inline(always)]
fn pass<T, A, W, const D: usize>(
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
    let (xs, _) = data.x().values().as_chunks::<D>();
    let (a_row, b_rows) = network.weights.parts_mut();
    let mut rows = b_rows.chunks_exact_mut(width.max(1));
    let b_rows: [&mut [T]; D] = core::array::from_fn(|_| rows.next().unwrap_or(&mut []));
    for start in (0..width).step_by(LANES) {
        let mut a = load(a_row, start);
        let mut b: [[T; LANES]; D] = core::array::from_fn(|d| load(b_rows[d], start));
        let mut ga = [T::ZERO; LANES];
        let mut gb = [[T::ZERO; LANES]; D];
        for (x, &r) in xs.iter().zip(&*work.residuals) {
            across_lanes();
            let h = preactivations(&b, x);
            let mut rs = [T::ZERO; LANES];
            if A::HOMOGENEOUS {
                for l in 0..LANES {
                    rs[l] = phi.slope(h[l]) * r;
                }
            } else {
                for l in 0..LANES {
                    let (value, slope) = phi.value_and_slope(h[l]);
                    ga[l] += value * r;
                    rs[l] = slope * r;
                }
            }
            for d in 0..D {
                for l in 0..LANES {
                    gb[d][l] += rs[l] * x[d];
                }
            }
        }
        if A::HOMOGENEOUS {
            for d in 0..D {
                for l in 0..LANES {
                    ga[l] += b[d][l] * gb[d][l];
                }
            }
        }
        for d in 0..D {
            for l in 0..LANES {
                b[d][l] -= factor * (a[l] * gb[d][l]);
            }
            store(b_rows[d], start, &b[d]);
        }
        for l in 0..LANES {
            a[l] -= factor * ga[l];
        }
        store(a_row, start, &a);
        if start + LANES > width {
            a = load(a_row, start); // lanes past the last unit must not reach the outputs
        }
        for (x, sums) in xs.iter().zip(&mut *work.sums) {
            across_lanes();
            let h = preactivations(&b, x);
            for l in 0..LANES {
                sums[l] += a[l] * phi.value(h[l]);
            }
        }
    }
}

#[inline(always)]
fn preactivations<T: Scalar, const D: usize>(b: &[[T; LANES]; D], x: &[T; D]) -> [T; LANES] {
    let mut h: [T; LANES] = core::array::from_fn(|l| b[0][l] * x[0]);
    for d in 1..D {
        for l in 0..LANES {
            h[l] += b[d][l] * x[d];
        }
    }
    h
}

/// Any number of inputs and outputs; the gradient of a group stands in the workspace.
fn general_pass<T, A, W>(
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
    let factor = rate * network.scale();
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
                let (v, slope) = phi.value_and_slope(h[l]);
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
}
