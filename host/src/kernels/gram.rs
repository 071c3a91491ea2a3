//! Gram matrices of infinitely wide networks: a matrix product and an epilogue, tile by tile, in parallel.
//!
//! Each sum keeps the core's order (`sums.rs`) and the epilogue is the core's (`layers.rs`), so an entry has
//! the same bits on every machine and for any number of threads: those of [`ntk_core::kernel::gram`], with
//! one exception, [`TiledNtk::accurate`]. Where the angle between two inputs is near 0 or pi, the inner
//! product alone would lose the digits of the angle. There the core sums |x/|x| -+ y/|y||^2 instead, and so
//! do the tiles, for whole panels.
//!
//! For a symmetric matrix, only the tiles on and below the diagonal are computed. Those below the diagonal
//! are also written, transposed, to their places above it.

use std::mem::take;

use ntk_core::{Error, Prepared, Rows};
use pulp::Arch;
use rayon::prelude::*;

mod layers;
mod sums;

pub use layers::{Layers, Tiled, TiledNngp, TiledNtk};
pub use sums::Real;

use crate::work::KERNEL_VALUES;
use layers::{Input, PanelLengths, Row};
use sums::{Gaps, InnerProducts, PANEL};

/// Rows and columns of a tile, whose numbers fit into the first-level cache.
const TILE: usize = PANELS * PANEL;

/// Panels in a tile.
const PANELS: usize = 2;

/// Writes K(x_i, x_j), n x n and symmetric, row by row. Units: the kernel's.
///
/// Cost: n^2/2 inner products and epilogues; beside the matrix at most n^2/32 words and the inputs once more.
///
/// # Errors
/// [`Error::Shape`] if `matrix` does not have n^2 elements.
pub fn gram<T: Real>(kernel: &dyn Tiled<T>, x: Rows<'_, T>, matrix: &mut [T]) -> Result<(), Error> {
    gram_on(Arch::new(), kernel, x, matrix)
}

fn gram_on<T: Real>(
    arch: Arch,
    kernel: &dyn Tiled<T>,
    x: Rows<'_, T>,
    matrix: &mut [T],
) -> Result<(), Error> {
    let n = x.len();
    check_len("Gram matrix", n.saturating_mul(n), matrix.len())?;
    let (left, right) = (left(kernel, x), right(kernel, x));
    let mut grid = grid(matrix, n);
    let mut jobs = Vec::new();
    for (i, x) in left.iter().enumerate() {
        for (j, y) in right.iter().enumerate().take(i + 1) {
            let mirrored = (i > j).then(|| take(&mut grid[j][i]));
            jobs.push((x, y, take(&mut grid[i][j]), mirrored));
        }
    }
    jobs.into_par_iter().for_each(|(x, y, tile, mirrored)| {
        let values = compute(arch, kernel, x, y, mirrored.is_none());
        values.write(tile);
        if let Some(mirrored) = mirrored {
            values.write_mirrored(mirrored);
        }
    });
    Ok(())
}

/// Writes K(x_i, y_j), n x m, row by row. Units: the kernel's. Cost: n m inner products and epilogues.
///
/// # Errors
/// [`Error::Shape`] if the dimensions of x and y differ or `matrix` does not have n m elements.
pub fn cross_gram<T: Real>(
    kernel: &dyn Tiled<T>,
    x: Rows<'_, T>,
    y: Rows<'_, T>,
    matrix: &mut [T],
) -> Result<(), Error> {
    check_len("dimension of y", x.columns(), y.columns())?;
    check_len("cross Gram matrix", x.len().saturating_mul(y.len()), matrix.len())?;
    let (left, right) = (left(kernel, x), right(kernel, y));
    let mut jobs = Vec::new();
    for (tiles, x) in grid(matrix, y.len()).into_iter().zip(&left) {
        jobs.extend(tiles.into_iter().zip(&right).map(|(tile, y)| (x, y, tile)));
    }
    jobs.into_par_iter().for_each(|(x, y, tile)| compute(Arch::new(), kernel, x, y, false).write(tile));
    Ok(())
}

fn check_len(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::Shape { what, expected, found }) }
}

/// A tile of a matrix: for each of its rows, the slice of the matrix row.
type Tile<'m, T> = Vec<&'m mut [T]>;

/// Splits a matrix into tiles, row by row.
fn grid<T>(matrix: &mut [T], columns: usize) -> Vec<Vec<Tile<'_, T>>> {
    let mut grid = Vec::new();
    for (i, row) in matrix.chunks_mut(columns.max(1)).enumerate() {
        if i % TILE == 0 {
            grid.push((0..columns.div_ceil(TILE)).map(|_| Vec::with_capacity(TILE)).collect::<Vec<_>>());
        }
        for (tile, part) in grid[i / TILE].iter_mut().zip(row.chunks_mut(TILE)) {
            tile.push(part);
        }
    }
    grid
}

/// Prepares the inputs of the rows of a matrix, in blocks of [`TILE`].
fn left<'x, T: Real>(kernel: &dyn Tiled<T>, x: Rows<'x, T>) -> Vec<Vec<Input<'x, T>>> {
    let rows: Vec<_> = x.iter().collect();
    rows.par_chunks(TILE).map(|rows| rows.iter().map(|x| Input::new(kernel, x)).collect()).collect()
}

/// Prepares the inputs of the columns of a matrix, in blocks of [`TILE`], each of them split into panels.
fn right<'y, T: Real>(kernel: &dyn Tiled<T>, y: Rows<'y, T>) -> Vec<Vec<Partners<'y, T>>> {
    let panels = |block: Vec<Input<'y, T>>| block.chunks(PANEL).map(Partners::new).collect();
    left(kernel, y).into_par_iter().map(panels).collect()
}

/// The inputs of a panel.
struct Partners<'y, T> {
    points: Vec<Prepared<'y, T>>,
    /// For each coordinate, its value in each partner. If there are fewer than [`PANEL`] partners, the last
    /// one is repeated.
    panel: Vec<[T; PANEL]>,
    lengths: PanelLengths<T>,
}

impl<'y, T: Real> Partners<'y, T> {
    fn new(inputs: &[Input<'y, T>]) -> Self {
        let points: Vec<_> = inputs.iter().map(|input| input.point).collect();
        let coordinate = |k: usize| std::array::from_fn(|i| points[i.min(points.len() - 1)].x[k]);
        let panel = (0..points[0].x.len()).map(coordinate).collect();
        Self { panel, lengths: PanelLengths::new(inputs), points }
    }
}

/// The values of a tile, row by row and panel by panel.
struct Values<T>(Vec<[[T; PANEL]; PANELS]>);

impl<T: Real> Values<T> {
    fn write(&self, tile: Tile<'_, T>) {
        for (row, values) in tile.into_iter().zip(&self.0) {
            let width = row.len();
            row.copy_from_slice(&values.as_flattened()[..width]);
        }
    }

    /// Copies the values below the diagonal to their places above it.
    fn mirror(&mut self) {
        for i in 1..self.0.len() {
            let (above, below) = self.0.split_at_mut(i);
            for (row, &value) in above.iter_mut().zip(below[0].as_flattened()) {
                row.as_flattened_mut()[i] = value;
            }
        }
    }

    fn write_mirrored(&self, tile: Tile<'_, T>) {
        for (j, row) in tile.into_iter().enumerate() {
            for (value, values) in row.iter_mut().zip(&self.0) {
                *value = values.as_flattened()[j];
            }
        }
    }
}

/// Computes the kernel of each x and each y. If `symmetric`, x and y are the same block; then half of the
/// values are computed and mirrored.
fn compute<T: Real>(
    arch: Arch,
    kernel: &dyn Tiled<T>,
    x: &[Input<'_, T>],
    y: &[Partners<'_, T>],
    symmetric: bool,
) -> Values<T> {
    let mut values = Values(vec![[[T::ZERO; PANEL]; PANELS]; x.len()]);
    for (p, partners) in y.iter().enumerate() {
        let first = if symmetric { p * PANEL } else { 0 };
        let Some(x) = x.get(first..) else { break };
        let rows = values.0[first..].iter_mut().map(|row| &mut row[p]);
        match kernel.variances() {
            Some(variances) => in_vectors(arch, kernel, variances, x, partners, rows),
            None => {
                for (i, (x, row)) in x.iter().zip(rows).enumerate() {
                    let needed = if symmetric { i + 1 } else { PANEL };
                    for (value, y) in row.iter_mut().zip(&partners.points).take(needed) {
                        *value = kernel.pairwise().between(&x.point, y);
                    }
                }
            }
        }
    }
    if symmetric {
        values.mirror();
    }
    let columns: usize = y.iter().map(|partners| partners.points.len()).sum();
    KERNEL_VALUES.add(if symmetric { x.len() * (x.len() + 1) / 2 } else { x.len() * columns });
    values
}

fn in_vectors<'v, T: Real>(
    arch: Arch,
    kernel: &dyn Tiled<T>,
    variances: [T; 2],
    x: &[Input<'_, T>],
    Partners { panel, lengths: y, .. }: &Partners<'_, T>,
    rows: impl Iterator<Item = &'v mut [T; PANEL]>,
) {
    let mut inner = vec![[T::ZERO; PANEL]; x.len()];
    let inputs: Vec<_> = x.iter().map(|x| x.point.x).collect();
    arch.dispatch(InnerProducts { x: &inputs, panel, inner: &mut inner });
    for ((x, inner), row) in x.iter().zip(&mut inner).zip(rows) {
        let (x_length, y_lengths) = ([x.point.norm, x.inverse], [&y.norm, &y.inverse]);
        let mut gaps = [T::ZERO; PANEL];
        arch.dispatch(Gaps { x: x.point.x, panel, x_length, y_lengths, variances, inner, gaps: &mut gaps });
        kernel.row(arch, Row { x, y, inner, gaps: &gaps, row });
    }
}

#[cfg(test)]
mod tests;
