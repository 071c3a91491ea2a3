//! Scaling of the columns of a table, by the rule of the core.

use ntk_core::scaling::{self, Constants};
use ntk_core::{Error, Rows, Scalar};
use serde::{Deserialize, Serialize};

/// Shift and scale of columns: stored value = (value - shift) / scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnScaling {
    /// Shift of each column.
    pub shift: Vec<f64>,
    /// Scale of each column, above 0.
    pub scale: Vec<f64>,
}

impl ColumnScaling {
    /// Returns a scaling that leaves columns as they are.
    #[must_use]
    pub fn none(columns: usize) -> Self {
        Self { shift: vec![0.0; columns], scale: vec![1.0; columns] }
    }

    /// Returns the scaling of columns to mean 0 and standard deviation 1; see [`scaling::standardize`].
    ///
    /// # Errors
    /// As [`scaling::standardize`].
    pub fn standard(rows: Rows<'_, f64>, constants: Constants) -> Result<Self, Error> {
        let mut columns = Self::none(rows.columns());
        scaling::standardize(rows, constants, &mut columns.shift, &mut columns.scale)?;
        Ok(columns)
    }

    /// Returns the rows after scaling.
    #[must_use]
    pub fn apply(&self, rows: &[f64]) -> Vec<f64> {
        let mut scaled = rows.to_vec();
        for row in scaled.chunks_exact_mut(self.columns().max(1)) {
            scaling::apply(&self.shift, &self.scale, row);
        }
        scaled
    }

    /// Returns the number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.shift.len()
    }

    /// Returns whether there is a shift and a scale for each column, all of them finite and the scales above
    /// 0.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let usable = |scale: &f64| *scale > 0.0 && scale.is_finite();
        self.shift.len() == self.scale.len()
            && self.shift.iter().all(|shift| shift.is_finite())
            && self.scale.iter().all(usable)
    }

    /// Returns ln(scale) of a column, which is subtracted from the log density of a sample when the scaling
    /// is undone.
    #[must_use]
    pub fn log_scale(&self, column: usize) -> f64 {
        Scalar::ln(self.scale[column])
    }

    /// Converts a scaled number of a column to the units of the column.
    #[must_use]
    pub fn undo(&self, column: usize, value: f64) -> f64 {
        value * self.scale[column] + self.shift[column]
    }
}
