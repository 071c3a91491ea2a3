//! Computes the factor in blocks of four rows by four columns. The sixteen entries of a block stay in
//! registers while the products of all rows above are subtracted: sixteen multiply-adds for eight numbers
//! read.
//!
//! The code names each of the sixteen numbers, because a compiler that optimises for size would keep an array
//! in memory.

use super::factor::{Source, reciprocal_root};
use crate::{Error, Scalar};

/// Entries of R in rows i to i + 3 and columns j to j + 3.
type Block<T> = [[T; 4]; 4];

/// Computes rows i to i + 3 of R, and of R^-T b unless b is empty.
#[inline(always)] // once for each source
pub(super) fn factor_four<T: Scalar>(
    source: Source,
    matrix: &mut [T],
    stride: usize,
    ridge: T,
    reciprocals: &mut [T],
    b: &mut [T],
    i: usize,
) -> Result<(), Error> {
    let n = reciprocals.len();
    let Some((above, below)) = matrix.split_at_mut_checked(i * stride) else { return Ok(()) };
    let Some((own, below)) = below.split_at_mut_checked(4 * stride) else { return Ok(()) };
    let Some(reciprocals) = reciprocals.get_mut(i..).and_then(|rest| rest.first_chunk_mut()) else {
        return Ok(());
    };
    let corner = factor_corner(source, (above, own), stride, ridge, reciprocals, i)?;
    for (j, panel) in (i + 4..n).step_by(4).zip(below.chunks_exact((4 * stride).max(1))) {
        let block = match source {
            Source::Above => load(own, stride, j),
            Source::Below => load(panel, stride, i).map(transposed),
        };
        let Some(block) = block else { break };
        store(own, stride, j, solve(&corner, reciprocals, take_rows(block, above, stride, i, j)));
    }
    if !b.is_empty() {
        forward_four(&corner, reciprocals, above, stride, i, b);
    }
    Ok(())
}

/// Computes elements i to i + 3 of R^-T b, given the elements before them.
#[inline(always)]
fn forward_four<T: Scalar>(
    corner: &[T; 6],
    reciprocals: &[T; 4],
    above: &[T],
    stride: usize,
    i: usize,
    b: &mut [T],
) {
    let Some((known, rest)) = b.split_at_mut_checked(i) else { return };
    let Some(place) = rest.first_chunk_mut() else { return };
    let mut own = *place;
    for (row, &b) in above.chunks_exact(stride).zip(&*known) {
        let Some(r) = four(row, i) else { break };
        own = less(own, b, r);
    }
    *place = forward_corner(corner, reciprocals, own);
}

/// Returns four unknowns, given the right-hand side minus the terms of all unknowns before them.
#[inline(always)]
pub(super) fn forward_corner<T: Scalar>(
    corner: &[T; 6],
    reciprocals: &[T; 4],
    [b0, b1, b2, b3]: [T; 4],
) -> [T; 4] {
    let b0 = b0 * reciprocals[0];
    let b1 = (b1 - b0 * corner[0]) * reciprocals[1];
    let b2 = (b2 - b0 * corner[1] - b1 * corner[3]) * reciprocals[2];
    let b3 = (b3 - b0 * corner[2] - b1 * corner[4] - b2 * corner[5]) * reciprocals[3];
    [b0, b1, b2, b3]
}

/// Computes the four rows from the diagonal to column i + 3. Returns [R_01, R_02, R_03, R_12, R_13, R_23],
/// counted from i.
#[inline(always)]
fn factor_corner<T: Scalar>(
    source: Source,
    (above, rows): (&[T], &mut [T]),
    stride: usize,
    ridge: T,
    reciprocals: &mut [T; 4],
    i: usize,
) -> Result<[T; 6], Error> {
    let Some(block) = load(rows, stride, i) else { return Ok([T::NAN; 6]) };
    let [[k0, mut b, mut c, mut d], [_, k1, mut e, mut f], [_, _, k2, mut g], [_, _, _, k3]] = match source {
        Source::Above => block,
        Source::Below => transposed(block),
    };
    if source == Source::Below {
        *reciprocals = [k0, k1, k2, k3];
    }
    let own =
        [reciprocals[0] + ridge, reciprocals[1] + ridge, reciprocals[2] + ridge, reciprocals[3] + ridge];
    let [mut p, mut q, mut r, mut s] = own;
    for row in above.chunks_exact(stride) {
        let Some([x, y, z, w]) = four(row, i) else { break };
        (p, b, c, d) = (p - x * x, b - x * y, c - x * z, d - x * w);
        (q, e, f) = (q - y * y, e - y * z, f - y * w);
        (r, g, s) = (r - z * z, g - z * w, s - w * w);
    }
    reciprocals[0] = reciprocal_root(p, own[0], i)?;
    (b, c, d) = (b * reciprocals[0], c * reciprocals[0], d * reciprocals[0]);
    reciprocals[1] = reciprocal_root(q - b * b, own[1], i + 1)?;
    (e, f) = ((e - b * c) * reciprocals[1], (f - b * d) * reciprocals[1]);
    reciprocals[2] = reciprocal_root(r - c * c - e * e, own[2], i + 2)?;
    g = (g - c * d - e * f) * reciprocals[2];
    reciprocals[3] = reciprocal_root(s - d * d - f * f - g * g, own[3], i + 3)?;
    put(rows, i + 1, [b, c, d]);
    put(rows, stride + i + 2, [e, f]);
    put(rows, 2 * stride + i + 3, [g]);
    Ok([b, c, d, e, f, g])
}

/// Returns columns j to j + 3 of four rows.
#[inline(always)]
fn load<T: Scalar>(rows: &[T], stride: usize, j: usize) -> Option<Block<T>> {
    let (a, rows) = rows.split_at_checked(stride)?;
    let (b, rows) = rows.split_at_checked(stride)?;
    let (c, d) = rows.split_at_checked(stride)?;
    Some([four(a, j)?, four(b, j)?, four(c, j)?, four(d, j)?])
}

#[inline(always)]
fn transposed<T: Scalar>([a, b, c, d]: Block<T>) -> Block<T> {
    [[a[0], b[0], c[0], d[0]], [a[1], b[1], c[1], d[1]], [a[2], b[2], c[2], d[2]], [a[3], b[3], c[3], d[3]]]
}

#[inline(always)]
fn four<T: Scalar>(values: &[T], start: usize) -> Option<[T; 4]> {
    values.get(start..)?.first_chunk().copied()
}

/// Subtracts R_li R_lj from the entries of a block, for each row l above, in order.
#[inline(always)]
fn take_rows<T: Scalar>(
    [mut p, mut q, mut r, mut s]: Block<T>,
    above: &[T],
    stride: usize,
    i: usize,
    j: usize,
) -> Block<T> {
    if i > j || j > stride || stride - j < 4 {
        return [p, q, r, s]; // never happens; this check saves one in each row
    }
    for row in above.chunks_exact(stride) {
        let (Some([a, b, c, d]), Some(right)) = (four(row, i), four(row, j)) else { break };
        (p, q, r, s) = (less(p, a, right), less(q, b, right), less(r, c, right), less(s, d, right));
    }
    [p, q, r, s]
}

/// Returns the block of R, from K minus the products of the rows above, and from the corner on the diagonal.
#[inline(always)]
fn solve<T: Scalar>(corner: &[T; 6], reciprocals: &[T; 4], [a, b, c, d]: Block<T>) -> Block<T> {
    let a = times(a, reciprocals[0]);
    let b = times(less(b, corner[0], a), reciprocals[1]);
    let c = times(less(less(c, corner[1], a), corner[3], b), reciprocals[2]);
    let d = times(less(less(less(d, corner[2], a), corner[4], b), corner[5], c), reciprocals[3]);
    [a, b, c, d]
}

/// Returns x - a y.
#[inline(always)]
fn less<T: Scalar>(x: [T; 4], a: T, y: [T; 4]) -> [T; 4] {
    [x[0] - a * y[0], x[1] - a * y[1], x[2] - a * y[2], x[3] - a * y[3]]
}

#[inline(always)]
fn times<T: Scalar>(x: [T; 4], a: T) -> [T; 4] {
    [x[0] * a, x[1] * a, x[2] * a, x[3] * a]
}

/// Writes a block to columns j to j + 3 of four rows.
#[inline(always)]
fn store<T: Scalar>(rows: &mut [T], stride: usize, j: usize, [a, b, c, d]: Block<T>) {
    let Some((first, rows)) = rows.split_at_mut_checked(stride) else { return };
    let Some((second, rows)) = rows.split_at_mut_checked(stride) else { return };
    let Some((third, fourth)) = rows.split_at_mut_checked(stride) else { return };
    put(first, j, a);
    put(second, j, b);
    put(third, j, c);
    put(fourth, j, d);
}

#[inline(always)]
fn put<T: Scalar, const L: usize>(values: &mut [T], start: usize, new: [T; L]) {
    if let Some(place) = values.get_mut(start..).and_then(|rest| rest.first_chunk_mut()) {
        *place = new;
    }
}
