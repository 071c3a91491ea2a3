//! Scaling of the columns of a table.

use ntk_core::{Rows, Scalar};
use serde::{Deserialize, Serialize};

/// Shift and scale of columns: stored value = (value - shift) / scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    shift: Vec<f64>,
    scale: Vec<f64>,
}

impl Scaling {
    /// Leaves columns as they are.
    #[must_use]
    pub fn none(columns: usize) -> Self {
        Self { shift: vec![0.0; columns], scale: vec![1.0; columns] }
    }

    /// Inputs to mean 0 and standard deviation 1. A constant column stays as it is: it has no deviation, and a column of
    /// ones is the bias of a network without biases.
    #[must_use]
    pub fn of_inputs(rows: Rows<'_, f64>) -> Self {
        Self::standard(rows, false)
    }

    /// Targets to mean 0 and standard deviation 1. A constant column is only shifted.
    #[must_use]
    pub fn of_targets(rows: Rows<'_, f64>) -> Self {
        Self::standard(rows, true)
    }

    fn standard(rows: Rows<'_, f64>, shift_constants: bool) -> Self {
        let (n, mut scaling) = (rows.len() as f64, Self::none(rows.columns()));
        for (column, (shift, scale)) in scaling.shift.iter_mut().zip(&mut scaling.scale).enumerate() {
            let values = || rows.iter().map(|row| row[column]);
            let mean = values().sum::<f64>() / n;
            let deviation = (values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
            let largest = values().fold(0.0, |most: f64, v| most.max(v.abs()));
            if !(deviation <= 1e-14 * largest) {
                (*shift, *scale) = (mean, deviation);
            } else if shift_constants {
                *shift = mean;
            }
        }
        scaling
    }

    /// The first column whose mean or deviation overflows.
    #[must_use]
    pub fn overflowing(&self) -> Option<usize> {
        self.shift
            .iter()
            .zip(&self.scale)
            .position(|(shift, scale)| !(shift.is_finite() && scale.is_finite()))
    }

    /// Rows after scaling.
    #[must_use]
    pub fn apply(&self, rows: &[f64]) -> Vec<f64> {
        let columns = || self.shift.iter().zip(&self.scale);
        let scaled =
            |row: &[f64]| row.iter().zip(columns()).map(|(v, (s, k))| (v - s) / k).collect::<Vec<_>>();
        rows.chunks_exact(self.shift.len().max(1)).flat_map(scaled).collect()
    }

    /// The number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.shift.len()
    }

    /// A shift and a scale for each column, finite, the scale above 0.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let usable = |scale: &f64| *scale > 0.0 && scale.is_finite();
        self.shift.len() == self.scale.len() && self.overflowing().is_none() && self.scale.iter().all(usable)
    }

    /// sum of ln(scale) over the columns: what the log density of a sample loses by undoing the scaling.
    #[must_use]
    pub fn log_volume(&self) -> f64 {
        self.scale.iter().map(|k| Scalar::ln(*k)).sum()
    }

    /// Shift and scale of a column.
    #[must_use]
    pub fn column(&self, i: usize) -> (f64, f64) {
        (self.shift[i], self.scale[i])
    }
}
