//! The [`Algebra`] that fits and searches of the core use, by blocks.

use ntk_core::cholesky::Factor;
use ntk_core::regression::Algebra;
use ntk_core::{Error, Kernel, Quantity, Rows};

use super::{Factoring, precisions};
use crate::error::Failure;
use crate::kernels::AnyKernel;
use crate::kernels::gram::Real;

/// Kernel matrices, factors and precisions by blocks and in threads, with the core's bits.
#[derive(Debug)]
pub struct Blocks<T> {
    room: Factoring<T>,
    failure: Option<Failure>,
}

impl<T: Real> Blocks<T> {
    /// Allocates memory for up to n samples.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn new(n: usize) -> Result<Self, Failure> {
        Ok(Self { room: Factoring::new(n)?, failure: None })
    }

    /// Takes the failure to allocate memory that ended a fit or a search, if there was one.
    pub fn failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }
}

impl<T: Real> Algebra<T, AnyKernel<T>> for Blocks<T> {
    fn fill(
        &mut self,
        kernel: &AnyKernel<T>,
        x: Rows<'_, T>,
        matrix: &mut [T],
        stride: usize,
    ) -> Result<(), Error> {
        let n = x.len();
        if stride == n
            && let Some(square) = matrix.get_mut(..n * n)
        {
            return kernel.gram(x, square);
        }
        let points: Vec<_> = x.iter().map(|x| kernel.prepare(x)).collect();
        for (i, row) in matrix.chunks_exact_mut(stride.max(1)).enumerate().take(n) {
            for (k, point) in row.iter_mut().zip(&points[..=i]) {
                *k = kernel.between(&points[i], point);
            }
        }
        Ok(())
    }

    fn factor(
        &mut self,
        matrix: &mut [T],
        stride: usize,
        ridge: T,
        reciprocals: &mut [T],
    ) -> Result<(), Error> {
        self.room.factor(matrix, stride, ridge, reciprocals)
    }

    fn precisions(&mut self, factor: Factor<'_, T>, found: &mut [T]) -> Result<(), Error> {
        match precisions(factor) {
            Ok(precisions) => {
                found.copy_from_slice(&precisions);
                Ok(())
            }
            Err(failure) => {
                self.failure = Some(failure);
                Err(Error::NotFinite { what: Quantity::Criterion, row: 0, column: 0 })
            }
        }
    }
}
