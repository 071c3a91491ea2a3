//! From a file into memory, where the model can learn on.

use super::read::{Bytes, Head, Place, Source, read, read_body, read_head};
use super::{Error, FACTOR, Point, Portable, Regression, SCALING, Scalar, ScaledRegression, first};
use crate::Rows;
use crate::regression::{Scaling, fit};

impl<T: Scalar, K: Portable<T>, const D: usize, const N: usize, const C: usize> Regression<T, K, D, N, C> {
    /// Takes the model of a file with everything in place of this one, whose kernel goes too. The same bits as the one that was
    /// written. Cost: two table steps a byte and n^2 kernel values, half of them to know that none overflows; nothing is factored.
    ///
    /// ```
    /// use ntk_core::{Dataset, Regression, ReluNtk, regression::{Labels, bytes::Contents}};
    /// let mut model = Regression::<f32, ReluNtk, 2, 15>::new(ReluNtk);
    /// model.fit(&Dataset::new(&[[0.0, 1.0], [1.0, 1.0]], &[[1.0], [2.5]])?, 0.0, Labels::AsGiven)?;
    /// let mut flash = [0; 256];
    /// let length = model.write(Contents::Everything, &mut flash).unwrap();
    /// let mut other = Regression::<f32, ReluNtk, 2, 8>::new(ReluNtk);
    /// other.load(&flash[..length]).unwrap();
    /// assert_eq!(other.predict(&[0.5, 1.0]), model.predict(&[0.5, 1.0]));
    /// flash[40] ^= 1; // whatever happens to it
    /// assert!(other.load(&flash[..length]).is_err());
    /// # Ok::<(), ntk_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Scaled`] for the file of a [`ScaledRegression`], [`Error::MeansOnly`] for one without labels and factor, and all
    /// that the file can have wrong; then the old model stays, to the bit.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut source = Bytes::new(bytes)?;
        check_all::<T, K, D, N, C>(source, false)?;
        let (kernel, head) = read_head::<T, K, _, D, N, C>(&mut source)?;
        self.kernel = kernel;
        self.take(&head, &mut source, |_, _| ())
    }

    /// Takes what follows the head, whose kernel is here already; `other` gets what is not this model's.
    pub(super) fn take<S: Source<T>>(
        &mut self,
        head: &Head<T>,
        source: &mut S,
        mut other: impl FnMut(Place, T),
    ) -> Result<(), S::Error> {
        self.len = 0;
        read_body::<T, K, S, D, C>(source, &self.kernel, head, |place, value| {
            let found = match place {
                Place::Sample(i, column) if column < D => self.x.get_mut(i).and_then(|x| x.get_mut(column)),
                Place::Sample(i, column) => self.lengths.get_mut(i).and_then(|l| l.get_mut(column - D)),
                Place::Coefficient(output, i) => {
                    self.coefficients.get_mut(output).and_then(|row| row.get_mut(i))
                }
                Place::Label(output, i) => self.labels.get_mut(output).and_then(|row| row.get_mut(i)),
                Place::Factor(i, j) if i == j => self.inverse.get_mut(i),
                Place::Factor(i, j) => self.matrix.get_mut(i).and_then(|row| row.get_mut(j)),
                _ => return other(place, value),
            };
            if let Some(found) = found {
                *found = value;
            }
        })?;
        let n = head.samples;
        let (x, lengths) = (Rows::from(first(&self.x, n)), first(&self.lengths, n));
        fit::fill(&self.kernel, x, lengths, self.matrix.as_flattened_mut(), N)
            .map_err(|e| S::refusal(Error::Model(e)))?;
        (self.ridge, self.len) = (head.ridge, n);
        Ok(())
    }
}

/// All that can be wrong, before anything is written: K between every two samples too, each read where it lies.
fn check_all<T: Scalar, K: Portable<T>, const D: usize, const N: usize, const C: usize>(
    mut source: Bytes<'_>,
    scales: bool,
) -> Result<(), Error> {
    let (kernel, head) = read::<T, K, _, D, N, C>(&mut source.clone())?;
    check(&head, scales)?;
    read_head::<T, K, _, D, N, C>(&mut source)?;
    for _ in 0..if head.contents & SCALING == 0 { 0 } else { 2 * (D + C) } {
        Source::<T>::number(&mut source)?;
    }
    let mut lefts = source;
    for row in 0..head.samples {
        let (x, [norm, rest]) = sample::<T, D>(&mut lefts)?;
        let mut rights = source;
        for column in 0..row {
            let (y, [y_norm, y_rest]) = sample::<T, D>(&mut rights)?;
            let (x, y) = (Point { x: &x, norm, rest }, Point { x: &y, norm: y_norm, rest: y_rest });
            if !kernel.between(&x, &y).is_finite() {
                return Err(crate::Error::NotFinite { what: "kernel matrix", row, column }.into());
            }
        }
    }
    Ok(())
}

/// A sample and its lengths.
fn sample<T: Scalar, const D: usize>(source: &mut Bytes<'_>) -> Result<([T; D], [T; 2]), Error> {
    let mut x = [T::ZERO; D];
    for x in &mut x {
        *x = source.number()?;
    }
    Ok((x, [source.number()?, source.number()?]))
}

/// Whether a model of this kind can take what was read.
pub(super) fn check<T>(head: &Head<T>, scales: bool) -> Result<(), Error> {
    if head.contents & SCALING != 0 && !scales {
        return Err(Error::Scaled);
    }
    if head.contents & FACTOR == 0 {
        return Err(Error::MeansOnly);
    }
    Ok(())
}

impl<T: Scalar, K: Portable<T>, const D: usize, const N: usize, const C: usize>
    ScaledRegression<T, K, D, N, C>
{
    /// As [`Regression::load`]; a file without scaling is that of a model that does not scale.
    ///
    /// # Errors
    /// As [`Regression::load`] but [`Error::Scaled`].
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut source = Bytes::new(bytes)?;
        check_all::<T, K, D, N, C>(source, true)?;
        let (kernel, head) = read_head::<T, K, _, D, N, C>(&mut source)?;
        self.model.kernel = kernel;
        self.take(&head, &mut source)
    }

    pub(super) fn take<S: Source<T>>(&mut self, head: &Head<T>, source: &mut S) -> Result<(), S::Error> {
        let (mut inputs, mut labels) = (Scaling::<T, D>::none(), Scaling::<T, C>::none());
        self.model.take(head, source, |place, value| {
            let found = match place {
                Place::InputShift(column) => inputs.shift.get_mut(column),
                Place::InputScale(column) => inputs.scale.get_mut(column),
                Place::LabelShift(column) => labels.shift.get_mut(column),
                Place::LabelScale(column) => labels.scale.get_mut(column),
                _ => None,
            };
            if let Some(found) = found {
                *found = value;
            }
        })?;
        (self.inputs, self.labels) = (inputs, labels);
        Ok(())
    }
}
