//! The predictions of an infinitely wide network after a given time of training, in closed form.
//!
//! Under gradient flow on L = 1/2 sum (f(x_i) - y_i)^2 the outputs obey df/dt = -K(., X) (f(X) - y) with the
//! constant NTK K (lecture, Section 2). Let l be the eigenvalues of K(X, X) and v their eigenvectors, and let
//! f = 0 at the start. Then
//!
//! ```text
//! f_t(x) = sum_l (v . k(x)) g(l) (v . y),     g(l) = (1 - exp(-l t)) / l     after time t,
//!                                             g(l) = (1 - (1 - eta l)^s) / l after s steps of rate eta;
//! ```
//!
//! As training goes on, g tends to 1/l, which gives kernel regression without a ridge. Each step multiplies
//! the error along v by 1 - eta l, so training is stable for rates below 2 / l_max. See Lee et al. 2019,
//! equations 8 to 16.
//!
//! Both forms of g are computed without cancellation: 1 - exp(-z) by the hyperbolic tangent, and 1 - (1 - eta
//! l)^s by repeated doubling of s.

use crate::error::{Setting, check_len};
use crate::slices::{first, first_mut};
use crate::{Dataset, Error, Kernel, Rows, Scalar};
mod modes;

pub use modes::{ModeMemory, Modes, decompose};

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
/// The kernel is the NTK of the network. The network starts at f = 0; for another start, train on y - f(w0;
/// x) and add f(w0; x) to the mean. The memory is N (D + 2 N + C + 1) numbers and one length, without a heap;
/// `new` is `const`.
///
/// ```
/// use ntk_core::{Dataset, Dynamics, Ntk, Relu, dynamics::Training};
/// let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [[1.0], [2.0], [2.5]]);
/// let mut network = Dynamics::<f64, Ntk<Relu>, 2, 15>::new(Ntk::new(Relu));
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
    /// One eigenvector per row, in the first n x n numbers; then the matrix that is decomposed.
    vectors: [[T; N]; N],
    matrix: [[T; N]; N],
    /// v . y of each eigenvector.
    labels: [[T; N]; C],
    len: usize,
}

impl<T: Scalar, K: Kernel<T>, const D: usize, const N: usize, const C: usize> Dynamics<T, K, D, N, C> {
    /// Creates a network without samples.
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

    /// Sets the samples to train on. Cost: n^2/2 kernel values, and 15 to 30 n^3 multiply-adds for the
    /// eigenvectors.
    ///
    /// Samples may coincide. The network learns the mean label of samples that the kernel cannot distinguish.
    ///
    /// # Errors
    /// [`Error::Capacity`] for more than N samples, [`Error::Shape`] for another number of inputs or outputs,
    /// [`Error::NotFinite`] for a kernel, eigenvalues or labels that overflow. After an error the earlier
    /// samples stay.
    pub fn fit(&mut self, data: &Dataset<'_, T>) -> Result<(), Error> {
        let n = data.len();
        if n > N {
            return Err(Error::Capacity { capacity: N, found: n });
        }
        check_len("number of inputs", D, data.x().columns())?;
        check_len("number of outputs", C, data.y().columns())?;
        let square = n.saturating_mul(n);
        let memory = ModeMemory {
            matrix: first_mut(self.matrix.as_flattened_mut(), square),
            values: first_mut(&mut self.values, n),
            vectors: first_mut(self.vectors.as_flattened_mut(), square),
            labels: self.labels.as_flattened_mut(),
            stride: N,
        };
        decompose(&self.kernel, data, memory)?;
        for (own, x) in self.x.as_flattened_mut().iter_mut().zip(data.x().values()) {
            *own = *x;
        }
        self.len = n;
        Ok(())
    }

    /// Returns the mean of each output at x after training. Cost: n kernel values and n^2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`]; [`Error::OutOfRange`] for a time or a rate below 0 or NaN; [`Error::NotFinite`]
    /// for an x that is not finite or too far out, or if training diverges.
    pub fn mean(&self, x: &[T; D], training: Training<T>) -> Result<[T; C], Error> {
        let (mut mean, mut work) = ([T::ZERO; C], [[T::ZERO; N]; 2]);
        self.modes()?.mean_into(
            x,
            training,
            work.each_mut().map(|work| first_mut(work, self.len)),
            &mut mean,
        )?;
        Ok(mean)
    }

    /// Returns the standard deviation at x after training, over networks with independent random initial
    /// weights. It tends to [`crate::Regression::ensemble_deviation`]. Cost: that of the mean, n^2/2 values
    /// of the NNGP, n^2 multiply-adds.
    ///
    /// # Errors
    /// Those of [`Dynamics::mean`].
    pub fn deviation<S: Kernel<T>>(&self, nngp: &S, x: &[T; D], training: Training<T>) -> Result<T, Error> {
        let mut work = [[T::ZERO; N]; 2];
        self.modes()?.deviation_into(nngp, x, training, work.each_mut().map(|work| first_mut(work, self.len)))
    }

    /// Returns the largest learning rate at which gradient descent does not diverge, strictly below 2 /
    /// l_max.
    ///
    /// # Errors
    /// [`Error::NotFitted`]; [`Error::OutOfRange`] if the kernel is 0 on all samples or so small that any
    /// rate is stable.
    pub fn largest_learning_rate(&self) -> Result<T, Error> {
        let &largest = first(&self.values, self.len).first().ok_or(Error::NotFitted)?;
        if !(largest > T::ZERO) {
            return Err(Setting::LargestEigenvalue.out_of_range());
        }
        // The margin covers the error of the eigenvalue, about n roundings.
        let margin = T::from_usize(self.len + 4) * T::EPSILON;
        let rate = (T::TWO - T::TWO * margin) / largest;
        if rate.is_finite() { Ok(rate) } else { Err(Setting::LargestEigenvalue.out_of_range()) }
    }

    /// Returns the eigenvalues of the NTK's Gram matrix, largest first. They are the rates of convergence.
    #[must_use]
    pub fn eigenvalues(&self) -> &[T] {
        first(&self.values, self.len)
    }

    fn modes(&self) -> Result<Modes<'_, T, K>, Error> {
        let n = self.len;
        if n == 0 {
            return Err(Error::NotFitted);
        }
        Ok(Modes {
            kernel: &self.kernel,
            x: Rows::from(first(&self.x, n)),
            values: first(&self.values, n),
            vectors: self.vectors.as_flattened(),
            labels: self.labels.as_flattened(),
            stride: N,
        })
    }
}

impl<T: Scalar> Training<T> {
    fn check(self) -> Result<(), Error> {
        let (setting, value) = match self {
            Self::Flow(time) => (Setting::Time, time),
            Self::Descent { rate, .. } => (Setting::LearningRate, rate),
        };
        if value >= T::ZERO && value.is_finite() { Ok(()) } else { Err(setting.out_of_range()) }
    }

    /// Returns g(l) for an eigenvalue l; a negative l, which can only come from rounding, counts as 0. The
    /// time or rate must be 0 or more and finite.
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
