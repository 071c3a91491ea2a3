//! Loads a file into memory, where the model can learn.

use super::read::{Bytes, Head, Place, Room, Source, read, read_body, read_head};
use super::{FACTOR, FileError, GIVEN_AMPLITUDE, Prepared, SCALING, Scalar, StorableKernel};
use crate::Rows;
use crate::error::{Quantity, check_len};
use crate::regression::Regression;
use crate::regression::fit::{self, Amplitude};
use crate::regression::row::Row;
use crate::regression::storage::{ArrayStorage, Lent, Memory, Noise, StorageMut};
use crate::slices::{first, first_mut, set};

impl<T: Scalar, K: StorableKernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Replaces this model, including its kernel, by that of a file written with
    /// [`Contents::Everything`](super::Contents::Everything). The loaded model has the same bits as the one
    /// that was written. Cost: two table look-ups for each byte and n^2 kernel values, half of them to check
    /// for overflow; nothing is factored.
    ///
    /// ```
    /// use ntk_core::{Ntk, Regression, Relu, regression::{Fixed, bytes::Contents}};
    /// let mut model: Regression<_, Fixed<f32, 2, 15>> = Regression::new(Ntk::new(Relu), Fixed::new());
    /// model.fit(&[[0.0, 1.0], [1.0, 1.0]], &[1.0, 2.5], 0.0)?;
    /// let mut flash = [0; 256];
    /// let length = model.write(Contents::Everything, &mut flash).unwrap();
    /// let mut other: Regression<_, Fixed<f32, 2, 8>> = Regression::new(Ntk::new(Relu), Fixed::new());
    /// other.load(&flash[..length]).unwrap();
    /// assert_eq!(other.predict(&[0.5, 1.0]), model.predict(&[0.5, 1.0]));
    /// flash[40] ^= 1; // whatever happens to it
    /// assert!(other.load(&flash[..length]).is_err());
    /// # Ok::<(), ntk_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`FileError::Scaled`] for the file of a [`crate::Calibration`], [`FileError::MeansOnly`] for one
    /// without labels and factor, and other errors for an invalid file. After an error the old model stays,
    /// to the bit.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), FileError>
    where
        M: ArrayStorage,
    {
        let mut inputs = [M::Input::ZEROS; 2];
        let [x, y] = inputs.each_mut().map(|x| x.as_mut_slice());
        self.load_any(bytes, false, [x, y], |_, _| ())
    }

    /// Loads a model of a shape known only at run time; see [`Self::load`]. `inputs` are two buffers for one
    /// input each.
    ///
    /// # Errors
    /// Those of [`Self::load`].
    pub fn load_into(&mut self, bytes: &[u8], inputs: [&mut [T]; 2]) -> Result<(), FileError> {
        self.load_any(bytes, false, inputs, |_, _| ())
    }

    /// Loads a file that may have a scaling; see [`Self::load_into`]. Writes the 2 (d + c) shifts and scales
    /// in the order of [`Regression::write_scaled`]; for a file without scaling, shifts of 0 and scales of 1.
    ///
    /// # Errors
    /// Those of [`Self::load`] except [`FileError::Scaled`], and [`crate::Error::Shape`] for a `scaling` of
    /// another length.
    #[doc(hidden)]
    pub fn load_scaled(
        &mut self,
        bytes: &[u8],
        inputs: [&mut [T]; 2],
        scaling: &mut [T],
    ) -> Result<(), FileError> {
        let [d, _, c] = self.storage.shape();
        check_len("scaling", 2 * (d + c), scaling.len())?;
        for (i, value) in scaling.iter_mut().enumerate() {
            let is_scale = (d..2 * d).contains(&i) || i >= 2 * d + c;
            *value = if is_scale { T::ONE } else { T::ZERO };
        }
        self.load_any(bytes, true, inputs, |place, value| {
            let index = match place {
                Place::InputShift(column) => column,
                Place::InputScale(column) => d + column,
                Place::LabelShift(column) => 2 * d + column,
                Place::LabelScale(column) => 2 * d + c + column,
                _ => usize::MAX,
            };
            set(scaling, index, value);
        })
    }

    /// Loads a model, and refuses a file with a scaling unless `scales`. `other` receives the numbers of the
    /// scaling. `x` and `y` are buffers of d numbers.
    pub(crate) fn load_any(
        &mut self,
        bytes: &[u8],
        scales: bool,
        [x, y]: [&mut [T]; 2],
        other: impl FnMut(Place, T),
    ) -> Result<(), FileError> {
        let (mut source, room) = (Bytes::new(bytes)?, self.storage.shape());
        check_all::<T, K, M::Noise>(source, scales, room, [&mut *x, y])?;
        let (kernel, head) = read_head::<T, K, M::Noise, _>(&mut source, room)?;
        self.kernel = kernel;
        self.take(&head, &mut source, x, other)
    }

    /// Reads what follows the head; the kernel of the file must be set already. `other` receives the numbers
    /// of the scaling.
    pub(crate) fn take<S: Source<T>>(
        &mut self,
        head: &Head<T>,
        source: &mut S,
        x: &mut [T],
        mut other: impl FnMut(Place, T),
    ) -> Result<(), S::Error> {
        self.len = 0;
        let [d, n, _] = head.shape;
        let mut memory = self.storage.memory();
        let (stride, noise) = (memory.stride, memory.noise);
        if M::Noise::OWN {
            noise.set_unit(T::ONE);
            (0..n).for_each(|i| noise.set(i, T::ZERO)); // a file may hold no noise
        }
        read_body::<T, K, M::Noise, S>(source, &self.kernel, head, x, |place, value| match place {
            Place::Sample(i, column) if column < d => set(memory.x, i * d + column, value),
            Place::Sample(i, column) => set(memory.lengths.as_flattened_mut(), 2 * i + (column - d), value),
            Place::Coefficient(output, i) => set(memory.coefficients, output * stride + i, value),
            Place::Label(output, i) => set(memory.labels, output * stride + i, value),
            Place::Factor(i, j) if i == j => set(memory.reciprocals, i, value),
            Place::Factor(i, j) => set(memory.matrix, i * stride + j, value),
            Place::Amplitude(output) => set(memory.amplitudes, output, value),
            Place::Noise(i) if i < n => noise.set(i, value),
            Place::Noise(_) => noise.set_unit(value),
            _ => other(place, value),
        })?;
        let Memory { x, lengths, matrix, amplitudes, .. } = memory.reborrow();
        let refused = |e| S::refusal(FileError::Model(e));
        let x = Rows::new(first_mut(x, n * d), d).map_err(refused)?;
        fit::fill(&self.kernel, x, first(lengths, n), matrix, stride, noise).map_err(refused)?;
        self.amplitude = match amplitudes.first() {
            Some(&s) if head.contents & GIVEN_AMPLITUDE != 0 => Amplitude::Given(s),
            _ => Amplitude::OfLabels,
        };
        (self.ridge, self.len) = (head.ridge, n);
        Ok(())
    }
}

/// Checks everything that can be wrong before anything is written, including K of every two samples. The
/// samples are read from the bytes again for each pair.
fn check_all<T: Scalar, K: StorableKernel<T>, V: Noise>(
    mut source: Bytes<'_>,
    scales: bool,
    room: Room,
    [x, y]: [&mut [T]; 2],
) -> Result<(), FileError> {
    let (kernel, head) = read::<T, K, V, _>(&mut source.clone(), room, x)?;
    check(&head, scales)?;
    read_head::<T, K, V, _>(&mut source, room)?;
    let [d, n, c] = head.shape;
    for _ in 0..c + if head.contents & SCALING == 0 { 0 } else { 2 * (d + c) } {
        Source::<T>::number(&mut source)?;
    }
    let mut lefts = source;
    for row in 0..n {
        let (x, [norm, norm_low]) = sample(&mut lefts, first_mut(x, d))?;
        let mut rights = source;
        for column in 0..row {
            let (y, [y_norm, y_norm_low]) = sample(&mut rights, first_mut(y, d))?;
            let (x, y) =
                (Prepared { x, norm, norm_low }, Prepared { x: y, norm: y_norm, norm_low: y_norm_low });
            if !kernel.between(&x, &y).is_finite() {
                return Err(crate::Error::NotFinite { what: Quantity::KernelMatrix, row, column }.into());
            }
        }
    }
    Ok(())
}

/// Reads a sample into `x`, and returns it with its lengths.
fn sample<'x, T: Scalar>(source: &mut Bytes<'_>, x: &'x mut [T]) -> Result<(&'x [T], [T; 2]), FileError> {
    for x in &mut *x {
        *x = source.number()?;
    }
    Ok((x, [source.number()?, source.number()?]))
}

/// Checks that the file has labels and factor, and no scaling unless `scales`.
pub(super) fn check<T>(head: &Head<T>, scales: bool) -> Result<(), FileError> {
    if head.contents & SCALING != 0 && !scales {
        return Err(FileError::Scaled);
    }
    if head.contents & FACTOR == 0 {
        return Err(FileError::MeansOnly);
    }
    Ok(())
}
