//! The gradient of the network in its parameters (proof of Theorem 1).
//!
//! df_o/dA_{oi} = (1/sqrt k) phi(B_i . x),   df_o/dB_{ij} = (1/sqrt k) A_{oi} phi'(B_i . x) x_j,
//!
//! and df_o/dA_{pi} = 0 for another output p.

use crate::error::check_len;
use crate::vector::{LANES, load, store, sum_lanes};
use crate::{Activation, Error, Network, Parameters, ParametersMut, Scalar};

impl<T: Scalar, A: Activation<T>, W: Parameters<Scalar = T>> Network<A, W> {
    /// Writes the gradient of f_output(w; x) in w.
    ///
    /// Cost: about k (2 d + 2 c) multiply-adds, and c values of phi for each unit.
    ///
    /// # Errors
    /// [`Error::Shape`] if x or the gradient does not fit, [`Error::OutOfBounds`] if there is no such output;
    /// then nothing is written.
    pub fn gradient<G: ParametersMut<Scalar = T>>(
        &self,
        x: &[T],
        output: usize,
        gradient: &mut G,
    ) -> Result<(), Error> {
        self.check_output(output)?;
        check_len("x", self.shape().inputs, x.len())?;
        check_same_shape(self, gradient)?;
        gradient.clear();
        self.accumulate(x, T::ONE, |o| if o == output { T::ONE } else { T::ZERO }, gradient);
        Ok(())
    }

    /// Adds factor * sum_o residual_o * (gradient of f_o at x) to `gradient`. The caller has checked the
    /// shapes.
    pub(crate) fn accumulate<G: ParametersMut<Scalar = T>>(
        &self,
        x: &[T],
        factor: T,
        residual: impl Fn(usize) -> T,
        gradient: &mut G,
    ) {
        let width = self.shape().width;
        let factor = factor * self.scale();
        let (ga, gb) = gradient.parts_mut();
        for start in (0..width).step_by(LANES) {
            let h = self.preactivations(x, start);
            let mut back = [T::ZERO; LANES]; // sum_o residual_o A_{oi}
            for (output, row) in ga.chunks_exact_mut(width.max(1)).enumerate() {
                let (a, r) = (load(self.weights.a_row(output), start), factor * residual(output));
                let mut g = load(row, start);
                for l in 0..LANES {
                    back[l] += r * a[l];
                    g[l] += r * self.activation.value(h[l]);
                }
                store(row, start, &g);
            }
            for l in 0..LANES {
                back[l] *= self.activation.derivative(h[l]);
            }
            for (row, &x) in gb.chunks_exact_mut(width.max(1)).zip(x) {
                let mut g = load(row, start);
                for l in 0..LANES {
                    g[l] += back[l] * x;
                }
                store(row, start, &g);
            }
        }
    }

    /// Returns <gradient of f_output at x, v>, the derivative of the output in the direction v.
    ///
    /// The gradient is not stored. Cost: about k (2 d + 3) multiply-adds.
    ///
    /// # Errors
    /// [`Error::Shape`] if x or v does not fit, [`Error::OutOfBounds`] if there is no such output.
    pub fn tangent<V: Parameters<Scalar = T>>(&self, x: &[T], v: &V, output: usize) -> Result<T, Error> {
        self.check_output(output)?;
        check_len("x", self.shape().inputs, x.len())?;
        check_same_shape(self, v)?;
        let mut lanes = [T::ZERO; LANES];
        let direction = Network::new(self.activation, View(v));
        for start in (0..self.shape().width).step_by(LANES) {
            let (h, dh) = (self.preactivations(x, start), direction.preactivations(x, start));
            let (a, da) = (load(self.weights.a_row(output), start), load(v.a_row(output), start));
            for l in 0..LANES {
                let (value, derivative) = self.activation.value_and_derivative(h[l]);
                lanes[l] += da[l] * value + a[l] * derivative * dh[l];
            }
        }
        Ok(self.scale() * sum_lanes(&lanes))
    }
}

/// Borrowed parameters, so that a [`Network`] can compute the preactivations of v.
struct View<'v, V>(&'v V);

impl<V: Parameters> Parameters for View<'_, V> {
    type Scalar = V::Scalar;
    fn shape(&self) -> crate::Shape {
        self.0.shape()
    }
    fn a(&self) -> &[V::Scalar] {
        self.0.a()
    }
    fn b(&self) -> &[V::Scalar] {
        self.0.b()
    }
}

/// Checks that parameters have the shape of a network.
pub(crate) fn check_same_shape<A, W: Parameters, V: Parameters>(
    network: &Network<A, W>,
    v: &V,
) -> Result<(), Error> {
    let (own, other) = (network.weights.shape(), v.shape());
    check_len("number of inputs", own.inputs, other.inputs)?;
    check_len("width", own.width, other.width)?;
    check_len("number of outputs", own.outputs, other.outputs)
}
