//! Factorisation and substitutions for thousands of rows: blocked, vectorised and multithreaded, with the
//! bits of the core.
//!
//! The core forms each entry of a factor and each unknown of a system in the textbook's order (Golub and Van
//! Loan, Matrix Computations, 4.2): it starts from the given number, subtracts the products with l = 0, 1, ..
//! in turn, and multiplies by 1/R_ii. Storing an entry between two of its subtractions and forming its
//! neighbours at the same time cause no rounding. The bits are therefore those of [`ntk_core::cholesky`] for
//! any size of blocks, width of vectors and number of threads, as long as no product is fused with its
//! subtraction, and Rust fuses none.
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

/// Counts the multiply-adds of `rows` rows of a triangle, the first of which has `before` rows above it, for
/// `columns` columns.
fn count(rows: usize, before: usize, columns: usize) {
    MULTIPLY_ADDS.add(rows * (before + rows / 2) * columns);
}
