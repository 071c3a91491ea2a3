//! Reads and writes a calibration as a file: the model and its scaling. See [`crate::regression::bytes`].

use super::Calibration;
use crate::Scalar;
use crate::kernel::StorableKernel;
use crate::regression::bytes::{Contents, FileError, Flash, Place, numbers_of};
#[cfg(feature = "serde")]
use crate::regression::bytes::{Head, Source};
use crate::regression::{Fixed, Noise, Regression, Row};
use crate::scaling::Scaling;
use crate::slices::set;

impl<T, K, const D: usize, const N: usize, Y, V: Noise> Calibration<K, Fixed<T, D, N, Y, V>>
where
    T: Scalar,
    K: StorableKernel<T>,
    Y: Row<Scalar = T>,
{
    /// Returns the number of bytes that [`Self::write`] writes: those of [`crate::Regression::written_len`]
    /// and 2 (D + C) numbers more.
    #[must_use]
    pub fn written_len(&self, contents: Contents) -> usize {
        self.model.written_len(contents).saturating_add(2 * (D + Y::LEN) * size_of::<T>())
    }

    /// Writes the calibration and returns the number of bytes written.
    ///
    /// # Errors
    /// Those of [`crate::Regression::write`].
    pub fn write(&self, contents: Contents, out: &mut [u8]) -> Result<usize, FileError> {
        self.model.write_scaled(Some(self.columns()), contents, out)
    }

    /// Writes the calibration in pieces; see [`crate::Regression::write_pieces`].
    ///
    /// # Errors
    /// Those of [`crate::Regression::write_pieces`].
    pub fn write_pieces<E: From<FileError>>(
        &self,
        contents: Contents,
        piece: &mut [u8],
        put: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<usize, E> {
        self.model.write_scaled_pieces(Some(self.columns()), contents, piece, put)
    }

    /// Returns the shifts and scales of the inputs, then of the labels.
    pub(crate) fn columns(&self) -> [&[T]; 4] {
        let (inputs, labels) = (&self.inputs, &self.labels);
        [&inputs.shift, &inputs.scale, labels.shift.as_slice(), labels.scale.as_slice()]
    }

    /// Replaces this calibration by that of a file written with [`Contents::Everything`]. A file without
    /// scaling holds a model of unscaled samples. See [`crate::Regression::load`].
    ///
    /// # Errors
    /// Those of [`crate::Regression::load`] except [`FileError::Scaled`]. After an error nothing has changed.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let (mut inputs, mut labels) = (Scaling::<[T; D]>::none(), Scaling::<Y>::none());
        let mut buffers = [[T::ZERO; D]; 2];
        let buffers = buffers.each_mut().map(|x| x.as_mut_slice());
        self.model
            .load_any(bytes, true, buffers, |place, value| put(&mut inputs, &mut labels, place, value))?;
        (self.inputs, self.labels) = (inputs, labels);
        self.set_variances().map_err(FileError::from)
    }

    /// Replaces this calibration by the fields that follow `head`; the kernel is already that of the file.
    #[cfg(feature = "serde")]
    pub(crate) fn take<S: Source<T>>(&mut self, head: &Head<T>, source: &mut S) -> Result<(), S::Error> {
        let (mut inputs, mut labels) = (Scaling::<[T; D]>::none(), Scaling::<Y>::none());
        let mut x = [T::ZERO; D];
        self.model.take(head, source, &mut x, |place, value| put(&mut inputs, &mut labels, place, value))?;
        (self.inputs, self.labels) = (inputs, labels);
        self.set_variances().map_err(|e| S::refusal(FileError::Model(e)))
    }
}

/// Stores one number of a file's scaling.
fn put<V: Row, Y: Row<Scalar = V::Scalar>>(
    inputs: &mut Scaling<V>,
    labels: &mut Scaling<Y>,
    place: Place,
    value: V::Scalar,
) {
    match place {
        Place::InputShift(column) => set(inputs.shift.as_mut_slice(), column, value),
        Place::InputScale(column) => set(inputs.scale.as_mut_slice(), column, value),
        Place::LabelShift(column) => set(labels.shift.as_mut_slice(), column, value),
        Place::LabelScale(column) => set(labels.scale.as_mut_slice(), column, value),
        _ => (),
    }
}

impl<'b, T, K, const D: usize, const N: usize, Y, V: Noise> Calibration<K, Flash<'b, T, D, N, Y, V>>
where
    T: Scalar,
    K: StorableKernel<T>,
    Y: Row<Scalar = T>,
{
    /// Opens a calibration in the bytes of a file, all of which are checked; see [`crate::Regression::open`].
    /// A file written with [`Contents::Means`] gives only means.
    ///
    /// # Errors
    /// A [`FileError`] that says what is wrong with the file.
    pub fn open(bytes: &'b [u8]) -> Result<Self, FileError> {
        let (model, scaling) = Regression::open_scaled(bytes)?;
        let (mut inputs, mut labels) = (Scaling::<[T; D]>::none(), Scaling::<Y>::none());
        let columns = [
            inputs.shift.as_mut_slice(),
            inputs.scale.as_mut_slice(),
            labels.shift.as_mut_slice(),
            labels.scale.as_mut_slice(),
        ];
        for (place, value) in columns.into_iter().flatten().zip(numbers_of(scaling)) {
            *place = value;
        }
        let mut calibration = Self { model, inputs, labels, ranged: false, variances: [T::ZERO; N] };
        if calibration.model.has_deviations() {
            calibration.set_variances()?;
        }
        Ok(calibration)
    }
}
