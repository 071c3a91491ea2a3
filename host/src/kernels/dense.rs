//! The core's factorisation and substitutions for thousands of rows: by blocks, in vectors and in threads,
//! with the core's bits.
//!
//! The core forms each entry of a factor and each unknown of a system in the textbook's order (Golub and Van
//! Loan, Matrix Computations, 4.2): what is given, less the products with l = 0, 1, .. in turn, times 1/R_ii.
//! An entry may leave the registers between two of its products and its neighbours may be formed at the same
//! time; neither rounds. So any block, vector and thread gives the bits of [`ntk_core::cholesky`], as long as
//! no product is fused with its subtraction, and Rust fuses none.
//!
//! | | multiply-adds | memory beside the matrix, numbers |
//! |---|---|---|
//! | [`Factoring::factor`] | n^3/6 | 480 n |
//! | [`Columns::forward`], [`Columns::backward`], m columns | m n^2/2 | 240 n |
//! | [`precisions`] | n^3/6 | 1,152 n + 240 n |

mod algebra;
mod block;
mod columns;
mod factor;
mod panel;

pub use algebra::Blocks;
pub use columns::{Columns, precisions, units};
pub use factor::Factoring;

use crate::work::MULTIPLY_ADDS;
use block::{DEPTH, ROWS, Row, STRIP, WIDTH};
use panel::{Panel, Triangle};

#[cfg(test)]
mod tests;

/// Counts the multiply-adds of `rows` of a triangle whose first one has `before` above it, for so many
/// columns.
fn count(rows: usize, before: usize, columns: usize) {
    MULTIPLY_ADDS.add(rows * (before + rows / 2) * columns);
}
