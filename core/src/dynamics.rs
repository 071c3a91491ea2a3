//! An infinitely wide network in the course of its training, in closed form.
//!
//! Under gradient flow on L = 1/2 sum (f(x_i) - y_i)^2 the outputs obey df/dt = -K(., X) (f(X) - y) with the constant NTK K
//! (lecture, Section 2). With the eigenvalues l of K(X, X) and its eigenvectors v, and f = 0 at the start,
//!
//! ```text
//! f_t(x) = sum_l (v . k(x)) g(l) (v . y),     g(l) = (1 - exp(-l t)) / l     after time t,
//!                                             g(l) = (1 - (1 - eta l)^s) / l after s steps of gradient descent at rate eta;
//! ```
//!
//! g tends to 1/l, which is kernel regression without a ridge. Each step shrinks the error along v by 1 - eta l, so rates
//! are stable below 2 / l_max. Lee et al. 2019, equations 8 to 16.
//!
//! Both factors are formed without cancellation: 1 - exp(-z) by the hyperbolic tangent, the power by repeated squaring of
//! what it lacks to 1.

use crate::error::check_len;
use crate::regression::ensemble_deviation;
use crate::vector::dot;
use crate::{Dataset, Error, Kernel, Rows, Scalar, eigen};

/// How long the network has been trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Training<T> {
    /// Gradient flow for this time, in units of 1 / eigenvalue.
    Flow(T),
    /// Steps of gradient descent.
    Descent {
        /// The learning rate eta.
        rate: T,
        /// The number of steps s.
        steps: u64,
    },
}

/// The training of an infinitely wide network on up to N samples of D inputs and C outputs.
///
/// The kernel is the NTK of the network. Networks start at f = 0: for one that does not, train on y - f(w0; x) and add f(w0; x) to the
/// mean. Memory: N (D + 2 N + C + 1) numbers and one length, no heap; `new` is `const`.
///
/// ```
/// use ntk_core::{Dataset, Dynamics, ReluNtk, dynamics::Training};
/// let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [[1.0], [2.0], [2.5]]);
/// let mut network = Dynamics::<f64, ReluNtk, 2, 15>::new(ReluNtk);
/// network.fit(&Dataset::new(&x, &y)?)?;
/// let rate = network.largest_learning_rate()?;
/// let trained = network.mean(&[0.5, 1.0], Training::Descent { rate: 0.5 * rate, steps: 100_000 })?;
/// assert!((trained[0] - 2.0).abs() < 1e-9);
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Dynamics<T, K, const D: usize, const N: usize, const C: usize = 1> {
    kernel: K,
    x: [[T; D]; N],
    /// Eigenvalues, largest first.
    values: [T; N],
    /// One eigenvector a row, n x n numbers at the front; and the matrix that they are found in.
    vectors: [[T; N]; N],
    matrix: [[T; N]; N],
    /// v . y of each eigenvector.
    labels: [[T; N]; C],
    len: usize,
}

impl<T: Scalar, K: Kernel<T>, const D: usize, const N: usize, const C: usize> Dynamics<T, K, D, N, C> {
    /// Without samples.
    pub const fn new(kernel: K) -> Self {
        const { assert!(D > 0 && N > 0 && C > 0, "a network has inputs, samples and outputs") }
        Self {
            kernel,
            x: [[T::ZERO; D]; N],
            values: [T::ZERO; N],
            vectors: [[T::ZERO; N]; N],
            matrix: [[T::ZERO; N]; N],
            labels: [[T::ZERO; N]; C],
            len: 0,
        }
    }

    /// Takes the samples to train on. Cost: n^2/2 kernel values, and 15 to 30 n^3 multiply-adds for the eigenvectors.
    ///
    /// Samples may coincide: what a kernel cannot tell apart is learned as its mean.
    ///
    /// # Errors
    /// [`Error::Capacity`] for more than N samples, [`Error::Shape`] for another number of inputs or outputs, [`Error::NotFinite`] for a
    /// kernel that overflows; then what was fitted before stays.
    pub fn fit(&mut self, data: &Dataset<'_, T>) -> Result<(), Error> {
        let n = data.len();
        if n > N {
            return Err(Error::Capacity { capacity: N, found: n });
        }
        check_len("number of inputs", D, data.x().columns())?;
        check_len("number of outputs", C, data.y().columns())?;
        let square = n.saturating_mul(n);
        let matrix = self.matrix.as_flattened_mut().get_mut(..square).unwrap_or(&mut []);
        crate::kernel::gram(&self.kernel, data.x(), matrix)?;
        let vectors = self.vectors.as_flattened_mut().get_mut(..square).unwrap_or(&mut []);
        let values = self.values.get_mut(..n).unwrap_or(&mut []);
        eigen(matrix, n, values, vectors)?; // refuses nothing that the Gram matrix has let pass
        for (output, labels) in self.labels.iter_mut().enumerate() {
            for (label, vector) in labels.iter_mut().zip(vectors.chunks_exact(n.max(1))) {
                let terms =
                    vector.iter().zip(data.y().iter()).filter_map(|(&v, y)| Some(v * *y.get(output)?));
                *label = terms.fold(T::ZERO, |sum, term| sum + term);
            }
        }
        for (own, x) in self.x.as_flattened_mut().iter_mut().zip(data.x().values()) {
            *own = *x;
        }
        self.len = n;
        Ok(())
    }

    /// The mean of each output at x after training. Cost: n kernel values and n^2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`]; [`Error::OutOfRange`] for a time or a rate below 0 or NaN; [`Error::NotFinite`] for an x that is not finite or
    /// too far out, or if training diverges.
    pub fn mean(&self, x: &[T; D], training: Training<T>) -> Result<[T; C], Error> {
        let projections = self.learned(x, training)?;
        let n = self.len;
        let mean = self.labels.each_ref().map(|labels| dot(first(labels, n), first(&projections, n)));
        match mean.iter().position(|mean| !mean.is_finite()) {
            None => Ok(mean),
            Some(column) => Err(Error::NotFinite { what: "prediction", row: 0, column }),
        }
    }

    /// The standard deviation at x after training, over networks that each started from random weights; see
    /// [`crate::Regression::ensemble_deviation`], to which it tends. Cost: that of the mean, n^2/2 values of the NNGP, n^2 multiply-adds.
    ///
    /// # Errors
    /// As [`Dynamics::mean`].
    pub fn deviation<S: Kernel<T>>(&self, nngp: &S, x: &[T; D], training: Training<T>) -> Result<T, Error> {
        let projections = self.learned(x, training)?;
        let n = self.len;
        let mut weights = [T::ZERO; N];
        for (vector, &projection) in self.rows().zip(&projections) {
            crate::vector::axpy(&mut weights, projection, vector);
        }
        ensemble_deviation(nngp, x, Rows::from(first(&self.x, n)), first(&weights, n))
    }

    /// The largest learning rate at which gradient descent does not diverge, strictly below 2 / l_max.
    ///
    /// # Errors
    /// [`Error::NotFitted`]; [`Error::OutOfRange`] if the kernel is 0 on all samples, so that any rate is stable.
    pub fn largest_learning_rate(&self) -> Result<T, Error> {
        let &largest = first(&self.values, self.len).first().ok_or(Error::NotFitted)?;
        if !(largest > T::ZERO) {
            return Err(Error::OutOfRange { what: "largest eigenvalue", must: "above 0" });
        }
        // The margin covers the rounding of the eigenvalue, n roundings of it.
        let margin = T::from_usize(self.len + 4) * T::EPSILON;
        Ok((T::TWO - T::TWO * margin) / largest)
    }

    /// The eigenvalues of the NTK's Gram matrix, largest first: the rates of learning.
    #[must_use]
    pub fn eigenvalues(&self) -> &[T] {
        first(&self.values, self.len)
    }

    fn rows(&self) -> impl Iterator<Item = &[T]> {
        self.vectors.as_flattened().chunks_exact(self.len.max(1)).take(self.len)
    }

    /// (v . k(x)) g(l) for each eigenvector.
    fn learned(&self, x: &[T; D], training: Training<T>) -> Result<[T; N], Error> {
        if self.len == 0 {
            return Err(Error::NotFitted);
        }
        training.check()?;
        if let Some(column) = x.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: "x", row: 0, column });
        }
        let query = self.kernel.prepare(x);
        let mut k = [T::ZERO; N];
        for (k, x) in k.iter_mut().zip(first(&self.x, self.len)) {
            *k = self.kernel.between(&query, &self.kernel.prepare(x));
        }
        let mut projections = [T::ZERO; N];
        for ((projection, vector), &value) in projections.iter_mut().zip(self.rows()).zip(&self.values) {
            *projection = dot(vector, &k) * training.learned(value);
        }
        Ok(projections)
    }
}

impl<T: Scalar> Training<T> {
    fn check(self) -> Result<(), Error> {
        let (what, value) = match self {
            Self::Flow(time) => ("time", time),
            Self::Descent { rate, .. } => ("learning rate", rate),
        };
        if value >= T::ZERO && value.is_finite() {
            Ok(())
        } else {
            Err(Error::OutOfRange { what, must: "0 or more and finite" })
        }
    }

    /// g(l), for an eigenvalue that rounding may have taken below 0. A time or a rate below 0 or not finite has no meaning.
    #[must_use]
    pub fn learned(self, value: T) -> T {
        let value = if value > T::ZERO { value } else { T::ZERO };
        match self {
            Self::Flow(time) => {
                let z = value * time;
                if z > T::ZERO {
                    let tangent = (T::HALF * z).tanh();
                    T::TWO * tangent / (T::ONE + tangent) / value
                } else {
                    time
                }
            }
            Self::Descent { rate, steps } => {
                // g of 2 s steps is g (2 - l g); one step more adds rate (1 - l g).
                let mut g = T::ZERO;
                for bit in (0..u64::BITS).rev() {
                    g = g * (T::TWO - value * g);
                    if steps >> bit & 1 == 1 {
                        g += rate * (T::ONE - value * g);
                    }
                }
                g
            }
        }
    }
}

/// The first n elements.
fn first<T>(values: &[T], n: usize) -> &[T] {
    values.get(..n).unwrap_or(&[])
}
