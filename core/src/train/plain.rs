//! The plain engine: one pass over the units per step.
//!
//! For each group of [`crate::vector::LANES`] units a step computes the gradient from the residuals, moves
//! the weights, and adds the contribution of the moved units to the outputs at every sample. So a step reads
//! and writes each weight once, and stores nothing for each pair of a unit and a sample. With r the residuals
//! and h = B_i . x,
//!
//! ```text
//! dL/dA_{oi} = (1/sqrt k) sum_x r_o phi(h),    dL/dB_i = (1/sqrt k) sum_x (sum_o r_o A_{oi}) phi'(h) x.
//! ```
//!
//! If phi is homogeneous, phi(h) = phi'(h) h, a single sum g_i = sum_x r phi'(h) x gives both gradients:
//! dL/dA_i = B_i . g_i and dL/dB_i = A_i g_i.
//!
//! Networks of one output and up to four inputs are trained by loops of fixed lengths (`one_output.rs`), all
//! others by general loops (`general.rs`). The choice depends on the shape alone, never on the machine.

use super::{Trainable, Workspace, general, one_output};
use crate::{Activation, Dataset, Network, ParametersMut, Scalar, Shape};

impl<T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>> Trainable<T> for Network<A, W> {
    fn shape(&self) -> Shape {
        Network::shape(self)
    }

    fn start(&mut self, data: &Dataset<'_, T>, work: &mut Workspace<'_, T>) {
        let outputs = self.shape().outputs;
        for ((x, y), residuals) in data.samples().zip(work.residuals.chunks_exact_mut(outputs.max(1))) {
            for (output, (residual, &y)) in residuals.iter_mut().zip(y).enumerate() {
                *residual = self.forward(x, output) - y;
            }
        }
    }

    #[inline(always)]
    fn step(&mut self, data: &Dataset<'_, T>, rate: T, work: &mut Workspace<'_, T>) {
        match (self.shape().inputs, self.shape().outputs) {
            (1, 1) => one_output::pass::<T, A, W, 1>(self, data, rate, work),
            (2, 1) => one_output::pass::<T, A, W, 2>(self, data, rate, work),
            (3, 1) => one_output::pass::<T, A, W, 3>(self, data, rate, work),
            (4, 1) => one_output::pass::<T, A, W, 4>(self, data, rate, work),
            _ => general::pass(self, data, rate, work),
        }
    }
}
