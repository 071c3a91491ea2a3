//! Read access to the numbers of a model, and conversion to another precision.

use super::Regression;
use super::fit::{Amplitude, fill, prepare};
use super::storage::{Lent, Memory, Noise, Storage, StorageMut};
use crate::error::{Quantity, check_len};
use crate::slices::{first, first_mut, set};
use crate::{Error, Kernel, Rows, Scalar};

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Returns the inputs of the samples, row by row, the oldest first.
    #[must_use]
    pub fn inputs(&self) -> &[T] {
        self.storage.samples(self.len)
    }

    /// Returns the labels of one output, the oldest first; empty if there is no such output.
    #[must_use]
    pub fn labels(&self, output: usize) -> &[T] {
        self.storage.slices(self.len).labels(output)
    }

    /// Returns the coefficients (K + ridge I)^-1 y of one output; empty if there is no such output.
    #[must_use]
    pub fn coefficients(&self, output: usize) -> &[T] {
        self.storage.slices(self.len).coefficients(output)
    }

    /// Replaces the numbers of this model by those of a fitted model in another precision, each rounded to
    /// nearest: samples, labels, coefficients, factor, ridge and amplitudes. The kernel stays, and the
    /// lengths of the inputs and K are computed with it.
    ///
    /// With this, a model fitted in `f64` predicts in `f32` with coefficients whose only error is their own
    /// rounding. Cost: n^2/2 kernel values.
    ///
    /// # Errors
    /// [`Error::NotFitted`] if the other has no samples, [`Error::Capacity`] and [`Error::Shape`] as for a
    /// fit, and [`Error::NotFinite`] if a number overflows in this precision or the kernel overflows; after
    /// the latter the model is empty.
    #[doc(hidden)]
    pub fn round_from<S, J, N>(&mut self, other: &Regression<J, N>) -> Result<(), Error>
    where
        S: Scalar,
        J: Kernel<S>,
        N: StorageMut<Scalar = S>,
        M: Storage<Noise = N::Noise>,
    {
        let ([d, capacity, c], [from_d, _, from_c]) = (self.storage.shape(), other.storage.shape());
        let n = other.len();
        if n == 0 {
            return Err(Error::NotFitted);
        }
        if n > capacity {
            return Err(Error::Capacity { capacity, found: n });
        }
        check_len("number of inputs", d, from_d)?;
        check_len("number of outputs", c, from_c)?;
        self.kernel.check()?;
        self.len = 0;
        let round = |v: S, what, row, column| {
            let rounded = T::from_f64(v.to_f64());
            if rounded.is_finite() { Ok(rounded) } else { Err(Error::NotFinite { what, row, column }) }
        };
        let from = other.storage.slices(n);
        let Memory { x, lengths, matrix, stride, reciprocals, labels, coefficients, amplitudes, noise } =
            self.storage.memory();
        for (i, &value) in from.x.iter().enumerate() {
            set(x, i, round(value, Quantity::X, i / d, i % d)?);
        }
        for (output, s) in amplitudes.iter_mut().enumerate() {
            let own = from.amplitudes.get(output).copied().unwrap_or(S::NAN);
            *s = round(own, Quantity::Variance, 0, output)?;
            for (i, (&y, &a)) in from.labels(output).iter().zip(from.coefficients(output)).enumerate() {
                set(labels, output * stride + i, round(y, Quantity::Y, i, output)?);
                set(coefficients, output * stride + i, round(a, Quantity::Coefficients, i, output)?);
            }
        }
        for (i, &own) in from.factor.reciprocals().iter().enumerate() {
            let reciprocal = round(own, Quantity::Factor, i, i)?;
            if !(reciprocal > T::ZERO) {
                return Err(Error::NotFinite { what: Quantity::Factor, row: i, column: i });
            }
            set(reciprocals, i, reciprocal);
            for (j, &r) in (i + 1..).zip(from.factor.row(i)) {
                set(matrix, i * stride + j, round(r, Quantity::Factor, i, j)?);
            }
        }
        if N::Noise::OWN {
            let unit = round(other.storage.unit(), Quantity::Noise, 0, 0)?;
            if !(unit > T::ZERO) {
                return Err(Error::NotFinite { what: Quantity::Noise, row: 0, column: 0 });
            }
            noise.set_unit(unit);
            for i in 0..n {
                noise.set(i, round(other.storage.deviation(i).unwrap_or(S::NAN), Quantity::Noise, i, 0)?);
            }
        }
        let rows = Rows::new(first_mut(x, n * d), d)?;
        prepare(&self.kernel, rows, lengths);
        fill(&self.kernel, rows, first(lengths, n), matrix, stride, noise)?;
        self.ridge = round(other.ridge, Quantity::Factor, 0, 0)?;
        self.amplitude = match other.amplitude {
            Amplitude::OfLabels => Amplitude::OfLabels,
            Amplitude::Given(s) => Amplitude::Given(round(s, Quantity::Variance, 0, 0)?),
        };
        self.len = n;
        Ok(())
    }
}
