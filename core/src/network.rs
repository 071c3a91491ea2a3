//! The one-hidden-layer network f(w; x) = (1/sqrt k) A phi(B x) (lecture, Section 2 and Theorem 1).

use rand_core::Rng;

use crate::error::check_len;
use crate::random::standard_normal;
use crate::vector::{LANES, load, sum_lanes};
use crate::{Activation, Error, Parameters, ParametersMut, Scalar, Shape};

/// A network with k hidden units, d inputs and c outputs: f_o(w; x) = (1/sqrt k) sum_i A_{oi} phi(B_i . x).
///
/// `W` holds the weights: [`crate::Params`] in fixed arrays, or [`crate::FlatParams`] over slices of any
/// length. Both run the same code.
///
/// ```
/// use ntk_core::{Network, Params, Relu};
/// // Example 1 of the lecture: d = 1, two units.
/// let weights = Params { a: [[1.0, -2.0]], b: [[0.5, -1.0]] };
/// let network = Network::new(Relu, weights);
/// // (1/sqrt 2) (1 * sqrt 2 * 0.5 * 3 - 2 * 0)
/// assert_eq!(network.value(&[3.0], 0), Ok(1.5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Network<A, W> {
    /// The activation phi.
    pub activation: A,
    /// The weights (A, B).
    pub weights: W,
}

impl<A, W> Network<A, W> {
    /// Creates a network of given weights.
    pub const fn new(activation: A, weights: W) -> Self {
        Self { activation, weights }
    }
}

impl<T: Scalar, A: Activation<T>, W: Parameters<Scalar = T>> Network<A, W> {
    /// Returns d, k and c.
    #[inline(always)]
    pub fn shape(&self) -> Shape {
        self.weights.shape()
    }

    /// Returns the factor 1/sqrt k of every output.
    #[inline(always)]
    pub fn scale(&self) -> T {
        T::ONE / T::from_usize(self.shape().width).sqrt()
    }

    /// Returns f_output(w; x). Cost: k (d + 1) multiply-adds and k values of phi.
    ///
    /// # Errors
    /// [`Error::Shape`] if x does not have d numbers, [`Error::OutOfBounds`] if there is no such output.
    pub fn value(&self, x: &[T], output: usize) -> Result<T, Error> {
        check_len("x", self.shape().inputs, x.len())?;
        self.check_output(output)?;
        Ok(self.forward(x, output))
    }

    /// Writes f(w; x), one number for each of the c outputs.
    ///
    /// # Errors
    /// [`Error::Shape`] if x does not have d numbers or `f` does not have c.
    pub fn output(&self, x: &[T], f: &mut [T]) -> Result<(), Error> {
        check_len("x", self.shape().inputs, x.len())?;
        check_len("f", self.shape().outputs, f.len())?;
        for (output, f) in f.iter_mut().enumerate() {
            *f = self.forward(x, output);
        }
        Ok(())
    }

    /// Returns f_output(w; x). The caller has checked the shapes.
    #[inline]
    pub(crate) fn forward(&self, x: &[T], output: usize) -> T {
        let a = self.weights.a_row(output);
        let mut lanes = [T::ZERO; LANES];
        for start in (0..a.len()).step_by(LANES) {
            let (a, h) = (load(a, start), self.preactivations(x, start));
            for l in 0..LANES {
                lanes[l] += a[l] * self.activation.value(h[l]);
            }
        }
        self.scale() * sum_lanes(&lanes)
    }

    /// Returns B_i . x of [`LANES`] units from `start`; 0 past the last unit.
    #[inline(always)]
    pub(crate) fn preactivations(&self, x: &[T], start: usize) -> [T; LANES] {
        let Some((&first, rest)) = x.split_first() else { return [T::ZERO; LANES] };
        let mut h = load(self.weights.b_row(0), start);
        for h in &mut h {
            *h *= first;
        }
        for (input, &x) in rest.iter().enumerate() {
            let b = load(self.weights.b_row(input + 1), start);
            for l in 0..LANES {
                h[l] += b[l] * x;
            }
        }
        h
    }

    /// Returns B_i . x of one unit.
    #[inline(always)]
    pub(crate) fn preactivation(&self, x: &[T], unit: usize) -> T {
        let weight = |input| self.weights.b_row(input).get(unit).copied().unwrap_or(T::ZERO);
        x.iter().enumerate().fold(T::ZERO, |h, (input, &x)| h + weight(input) * x)
    }

    /// Checks that there is such an output.
    pub(crate) fn check_output(&self, output: usize) -> Result<(), Error> {
        if output < self.shape().outputs {
            return Ok(());
        }
        Err(Error::OutOfBounds { what: "output", count: self.shape().outputs, index: output })
    }
}

impl<T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>> Network<A, W> {
    /// Draws every A_{oi} and B_{ij} from N(0, 1), as Theorem 1 requires.
    ///
    /// The order is unit by unit, A_{1i}, .., A_{ci}, B_{i1}, .., B_{id}, one draw of [`standard_normal`]
    /// each.
    pub fn initialize<R: Rng>(&mut self, rng: &mut R) {
        let Shape { inputs, width, outputs } = self.shape();
        let (a, b) = self.weights.parts_mut();
        for unit in 0..width {
            let a = a.iter_mut().skip(unit).step_by(width).take(outputs);
            let b = b.iter_mut().skip(unit).step_by(width).take(inputs);
            a.chain(b).for_each(|w| *w = standard_normal(rng));
        }
    }
}
