//! Training the linearisation: gradient descent with the gradients at the initial weights w0.
//!
//! A step is v <- v - rate sum_i r_i (gradient of f at w0, x_i), with v the displacement. So training is
//! linear: without rounding, a step multiplies the residuals by I - rate K, with K the empirical NTK.

use super::{Trainable, Workspace};
use crate::{Activation, Dataset, Linearized, Parameters, ParametersMut, Scalar, Shape};

impl<T, A, W, V> Trainable<T> for Linearized<'_, A, W, V>
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
    V: ParametersMut<Scalar = T>,
{
    fn shape(&self) -> Shape {
        self.network().shape()
    }

    fn start(&mut self, data: &Dataset<'_, T>, work: &mut Workspace<'_, T>) {
        let outputs = self.shape().outputs.max(1);
        for ((x, y), residuals) in data.samples().zip(work.residuals.chunks_exact_mut(outputs)) {
            for (output, (residual, &y)) in residuals.iter_mut().zip(y).enumerate() {
                // `descend` has checked the shapes. If they did not match, the NaN would be reported as a
                // divergence.
                *residual = self.value(x, output).map_or(T::NAN, |f| f - y);
            }
        }
    }

    fn step(&mut self, data: &Dataset<'_, T>, rate: T, work: &mut Workspace<'_, T>) {
        let network = self.network();
        let outputs = self.shape().outputs.max(1);
        for (x, residuals) in data.x().iter().zip(work.residuals.chunks_exact(outputs)) {
            let residual = |output: usize| residuals.get(output).copied().unwrap_or(T::ZERO);
            network.accumulate(x, -rate, residual, &mut self.displacement);
        }
        self.start(data, work);
    }
}
