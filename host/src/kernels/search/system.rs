//! One K at a time, its factor with one ridge after the other, and the criterion of each.

use ntk_core::cholesky::Factor;
use ntk_core::regression::Criterion;
use ntk_core::vector::dot;
use ntk_core::{Dataset, Error, Kernel, Quantity, Scalar};

use super::{Aim, Refused};
use crate::kernels::AnyKernel;
use crate::kernels::dense::{self, Factoring};
use crate::kernels::regression::{fill, fits, too_large};

/// The samples, and memory for what a search works in.
pub(super) struct System<'d> {
    data: &'d Dataset<'d, f64>,
    aim: Aim,
    /// Output by output.
    labels: Vec<Vec<f64>>,
    matrix: Vec<f64>,
    reciprocals: Vec<f64>,
    coefficients: Vec<f64>,
    room: Factoring<f64>,
}

impl<'d> System<'d> {
    pub(super) fn new(data: &'d Dataset<'d, f64>, aim: Aim) -> Result<Self, Refused> {
        let n = data.len();
        let mut matrix = Vec::<f64>::new();
        let count = n.saturating_mul(n);
        if !fits(count.saturating_mul(size_of::<f64>())) || matrix.try_reserve_exact(count).is_err() {
            return Err(Refused::Memory(too_large("a search", n, count.saturating_mul(size_of::<f64>()))));
        }
        matrix.resize(n * n, 0.0);
        let labels = (0..data.y().columns()).map(|output| data.y().iter().map(|y| y[output]).collect());
        Ok(Self {
            labels: labels.collect(),
            matrix,
            reciprocals: vec![0.0; n],
            coefficients: vec![0.0; n],
            room: Factoring::new(n).map_err(Refused::Memory)?,
            data,
            aim,
        })
    }

    /// The K of a kernel.
    pub(super) fn fill(&mut self, kernel: &AnyKernel<f64>) -> Result<(), Error> {
        let n = self.data.len();
        kernel.check()?;
        fill(kernel, self.data.x(), &mut self.matrix, n)?;
        for (row, values) in self.matrix.chunks_exact(n).enumerate() {
            if let Some(column) = values[..=row].iter().position(|v| !v.is_finite()) {
                return Err(Error::NotFinite { what: Quantity::KernelMatrix, row, column });
            }
        }
        Ok(())
    }

    fn diagonal(&self) -> impl Iterator<Item = f64> {
        self.matrix.iter().copied().step_by(self.data.len() + 1)
    }

    /// The unit of ridges; 1 where it is none.
    pub(super) fn mean_diagonal(&self) -> f64 {
        let mean = self.diagonal().fold(0.0, |sum, k| sum + k) / self.data.len() as f64;
        if mean > 0.0 && mean.is_finite() { mean } else { 1.0 }
    }

    /// A ridge with which K factors; 1 where it is none.
    pub(super) fn largest_diagonal(&self) -> f64 {
        let largest = self.diagonal().fold(0.0, f64::max);
        if largest > 0.0 { largest } else { 1.0 }
    }

    /// Fits with this ridge; returns the criterion, the bits of [`ntk_core::Regression::criterion`].
    pub(super) fn loss(&mut self, ridge: f64) -> Result<f64, Refused> {
        let n = self.data.len();
        if ridge == 0.0 {
            self.check_distinct()?;
        } else if let Some(sample) = self.diagonal().position(|k| k + ridge == k) {
            return Err(Error::RidgeTooSmall { sample }.into());
        }
        let Self { matrix, reciprocals, room, .. } = self;
        room.factor(matrix, n, ridge, reciprocals)?;
        let factor = Factor::new(&self.matrix, n, &self.reciprocals)?;
        let precisions = match self.aim.criterion {
            Criterion::MarginalLikelihood => Vec::new(),
            _ => dense::precisions(factor).map_err(Refused::Memory)?,
        };
        let mut sum = 0.0;
        for (column, labels) in self.labels.iter().enumerate() {
            let a = &mut self.coefficients;
            a.copy_from_slice(labels);
            factor.forward(a)?;
            let s = self.aim.amplitude.unwrap_or_else(|| root_mean_square(a));
            factor.backward_by_rows(a)?;
            if let Some(row) = a.iter().position(|v| !v.is_finite()) {
                return Err(Error::NotFinite { what: Quantity::Coefficients, row, column }.into());
            }
            sum += match self.aim.criterion {
                Criterion::MarginalLikelihood => {
                    let fit = if self.aim.amplitude.is_some() { dot(labels, a) / (s * s) } else { 0.0 };
                    fit + factor.log_determinant() + n as f64 * (2.0 * Scalar::ln(s))
                }
                criterion => left_out(criterion, self.aim.amplitude, a, &precisions),
            };
        }
        Ok(sum)
    }

    fn check_distinct(&self) -> Result<(), Error> {
        let n = self.data.len();
        for second in 0..n {
            let row = &self.matrix[second * n..];
            for (first, &shared) in row[..second].iter().enumerate() {
                if shared >= self.matrix[first * n + first] && shared >= row[second] {
                    return Err(Error::Coincident { first, second });
                }
            }
        }
        Ok(())
    }
}

/// The leave-one-out criteria of one output, from its coefficients and the reciprocals of the leave-one-out
/// variances.
fn left_out(criterion: Criterion, amplitude: Option<f64>, coefficients: &[f64], precisions: &[f64]) -> f64 {
    let count = coefficients.len() as f64;
    let (mut squares, mut scaled_squares, mut logarithms) = (0.0, 0.0, 0.0);
    for (coefficient, precision) in coefficients.iter().zip(precisions) {
        let error = coefficient / precision;
        squares += error * error;
        scaled_squares += error * coefficient;
        logarithms += Scalar::ln(*precision);
    }
    match (criterion, amplitude) {
        (Criterion::LeaveOneOut, _) => squares,
        (_, None) => count * Scalar::ln(scaled_squares / count) - logarithms,
        (_, Some(s)) => scaled_squares / (s * s) + count * (2.0 * Scalar::ln(s)) - logarithms,
    }
}

/// In units of the largest number, so that no square overflows or underflows.
fn root_mean_square(values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0, |most: f64, v| if v.abs() > most { v.abs() } else { most });
    if largest == 0.0 {
        return largest;
    }
    let sum = values.iter().fold(0.0, |sum, v| sum + (v / largest) * (v / largest));
    largest * Scalar::sqrt(sum / values.len() as f64)
}
