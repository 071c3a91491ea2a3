//! The predictions of an infinitely wide network after a given time of training, in closed form.
//!
//! Under gradient flow on L = 1/2 sum (f(x_i) - y_i)^2 the outputs obey df/dt = -K(., X) (f(X) - y) with the
//! constant neural tangent kernel (NTK) K (lecture, Section 2). Here X are the n inputs x_i, and y their
//! labels. Let (l, v) be the pairs of eigenvalue and unit eigenvector of the n x n Gram matrix K(X, X), let
//! k(x) = K(X, x), and let f = 0 at the start. Then
//!
//! ```text
//! f(x) = sum over (l, v) of (v . k(x)) g(l) (v . y),
//!
//!     g(l) = (1 - exp(-l t)) / l          after gradient flow for the time t,
//!     g(l) = (1 - (1 - eta l)^s) / l      after s steps of gradient descent at the rate eta.
//! ```
//!
//! The function g is called a spectral filter. With more training it tends to 1/l, which gives kernel
//! regression without a ridge. Each step multiplies the error along v by 1 - eta l, so training is stable for
//! rates below 2 / l_max. See Lee et al. 2019, equations 8 to 16.
//!
//! For small l the differences 1 - exp(-l t) and 1 - (1 - eta l)^s would lose digits. So the first is
//! computed by the hyperbolic tangent, and the second by repeated doubling of s, which loses digits only as
//! eta l approaches 2, where g itself is ill-conditioned.

use crate::error::{Setting, check_len};
use crate::slices::{first, first_mut};
use crate::{Dataset, Error, Kernel, Rows, Scalar};

mod modes;

pub use modes::{ModeMemory, Modes, decompose};

/// The kind and the length of training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Training<T> {
    /// Gradient flow for this time t, in units of 1 / eigenvalue.
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
/// The kernel is the NTK of the network. Training starts at f = 0. For a network that starts at f(w0; x),
/// train on the labels y - f(w0; x) and add f(w0; x) to the mean. The type stores N (D + 2 N + C + 1) numbers
/// and one length.
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
    /// The eigenvalues of the Gram matrix in descending order; the first `len` are valid.
    eigenvalues: [T; N],
    /// One eigenvector per row of n numbers, in the first n^2 numbers.
    eigenvectors: [[T; N]; N],
    /// The Gram matrix, which the decomposition overwrites.
    gram: [[T; N]; N],
    /// v . y for each output and eigenvector v.
    projected_labels: [[T; N]; C],
    len: usize,
}

impl<T: Scalar, K: Kernel<T>, const D: usize, const N: usize, const C: usize> Dynamics<T, K, D, N, C> {
    /// Creates a network without samples. The function is `const`, so it can initialise a `static`.
    pub const fn new(kernel: K) -> Self {
        const { assert!(D > 0 && N > 0 && C > 0, "a network has inputs, samples and outputs") }
        Self {
            kernel,
            x: [[T::ZERO; D]; N],
            eigenvalues: [T::ZERO; N],
            eigenvectors: [[T::ZERO; N]; N],
            gram: [[T::ZERO; N]; N],
            projected_labels: [[T::ZERO; N]; C],
            len: 0,
        }
    }

    /// Sets the samples to train on, and computes the eigenvectors of their Gram matrix. Cost: n^2/2 kernel
    /// values and the eigenvectors, 5 to 10 sweeps of [`symmetric_eigen`](crate::symmetric_eigen).
    ///
    /// Samples may coincide. The network learns the mean label of samples that the kernel cannot distinguish.
    ///
    /// # Errors
    /// [`Error::Capacity`] for more than N samples, [`Error::Shape`] for another number of inputs or outputs,
    /// [`Error::NotFinite`] if kernel values, or sums of kernel values or of labels, overflow. After an error
    /// the model still has its earlier samples.
    pub fn fit(&mut self, data: &Dataset<'_, T>) -> Result<(), Error> {
        let n = data.len();
        if n > N {
            return Err(Error::Capacity { capacity: N, found: n });
        }
        check_len("number of inputs", D, data.x().columns())?;
        check_len("number of outputs", C, data.y().columns())?;
        let gram_len = n.saturating_mul(n);
        let memory = ModeMemory {
            gram: first_mut(self.gram.as_flattened_mut(), gram_len),
            eigenvalues: first_mut(&mut self.eigenvalues, n),
            eigenvectors: first_mut(self.eigenvectors.as_flattened_mut(), gram_len),
            projected_labels: self.projected_labels.as_flattened_mut(),
            stride: N,
        };
        decompose(&self.kernel, data, memory)?;
        for (stored, x) in self.x.as_flattened_mut().iter_mut().zip(data.x().values()) {
            *stored = *x;
        }
        self.len = n;
        Ok(())
    }

    /// Returns the mean of each output at x after training, over networks with independent random initial
    /// weights. Cost: n kernel values, n values of the filter (a hyperbolic tangent for a flow, 64 doublings
    /// for steps) and (n + C) n multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`]; [`Error::OutOfRange`] for a time or a rate that is negative, NaN or infinite;
    /// [`Error::NotFinite`] for an x that is not finite, or if a mean overflows, as it does after enough
    /// steps at a rate that is not stable.
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

    /// Returns the standard deviation of an output at x after training, over networks with independent random
    /// initial weights. `nngp` is the covariance of their outputs before training, the NNGP kernel.
    ///
    /// With more training it tends to [`crate::Regression::ensemble_deviation`]. Cost: n values of the NTK, n
    /// of the filter, n^2/2 of the NNGP, and 3 n^2 multiply-adds.
    ///
    /// # Errors
    /// Those of [`Dynamics::mean`].
    pub fn deviation<S: Kernel<T>>(&self, nngp: &S, x: &[T; D], training: Training<T>) -> Result<T, Error> {
        let mut work = [[T::ZERO; N]; 2];
        self.modes()?.deviation(nngp, x, training, work.each_mut().map(|work| first_mut(work, self.len)))
    }

    /// Returns the largest learning rate at which gradient descent does not diverge: 2 / l_max, less a margin
    /// for rounding, so that it is strictly below the true bound.
    ///
    /// # Errors
    /// [`Error::NotFitted`]; [`Error::OutOfRange`] if the kernel is 0 on all samples or so small that any
    /// rate is stable.
    pub fn largest_learning_rate(&self) -> Result<T, Error> {
        let &largest = first(&self.eigenvalues, self.len).first().ok_or(Error::NotFitted)?;
        if !(largest > T::ZERO) {
            return Err(Setting::LargestEigenvalue.out_of_range());
        }
        // The eigenvalue has an error of about n roundings.
        let margin = T::from_usize(self.len + 4) * T::EPSILON;
        let rate = (T::TWO - T::TWO * margin) / largest;
        if rate.is_finite() { Ok(rate) } else { Err(Setting::LargestEigenvalue.out_of_range()) }
    }

    /// Returns the eigenvalues of the NTK's Gram matrix, the largest first. Gradient flow reduces the error
    /// along each eigenvector by the factor exp(-l t).
    #[must_use]
    pub fn eigenvalues(&self) -> &[T] {
        first(&self.eigenvalues, self.len)
    }

    fn modes(&self) -> Result<Modes<'_, T, K>, Error> {
        let n = self.len;
        if n == 0 {
            return Err(Error::NotFitted);
        }
        Ok(Modes {
            kernel: &self.kernel,
            x: Rows::from(first(&self.x, n)),
            eigenvalues: first(&self.eigenvalues, n),
            eigenvectors: self.eigenvectors.as_flattened(),
            projected_labels: self.projected_labels.as_flattened(),
            stride: N,
        })
    }
}

impl<T: Scalar> Training<T> {
    /// Checks that the time or the learning rate is 0 or more and finite.
    fn check_setting(self) -> Result<(), Error> {
        let (setting, value) = match self {
            Self::Flow(time) => (Setting::Time, time),
            Self::Descent { rate, .. } => (Setting::LearningRate, rate),
        };
        if value >= T::ZERO && value.is_finite() { Ok(()) } else { Err(setting.out_of_range()) }
    }

    /// Returns the spectral filter g(l) of an eigenvalue l. A negative l, which can only come from rounding,
    /// counts as 0.
    ///
    /// The time or the learning rate must be 0 or more and finite; otherwise the result is meaningless.
    #[must_use]
    pub fn spectral_filter(self, eigenvalue: T) -> T {
        let l = if eigenvalue > T::ZERO { eigenvalue } else { T::ZERO };
        match self {
            Self::Flow(time) => {
                let z = l * time;
                if z > T::ZERO {
                    // 1 - exp(-z) = 2 u / (1 + u) with u = tanh(z / 2).
                    let u = (T::HALF * z).tanh();
                    T::TWO * u / (T::ONE + u) / l
                } else {
                    time
                }
            }
            Self::Descent { rate, steps } => {
                // If g is the filter of s steps, g (2 - l g) is that of 2 s, and g + rate (1 - l g) is that
                // of s + 1. So the bits of s, the highest first, give the filter of s.
                let mut g = T::ZERO;
                for bit in (0..u64::BITS).rev() {
                    g = g * (T::TWO - l * g);
                    if steps >> bit & 1 == 1 {
                        g += rate * (T::ONE - l * g);
                    }
                }
                g
            }
        }
    }
}
