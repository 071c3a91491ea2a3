//! Gaussian processes over several inputs at once: covariances, and functions drawn from them.

use ntk_core::cholesky::Factor;
use ntk_core::random::standard_normal;
use ntk_core::vector::{axpy, dot};
use ntk_core::{Error, Rows};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use super::AnyKernel;
use super::dense::{Columns, Factoring};
use super::regression::Model;
use crate::error::Failure;
use crate::memory;
use crate::work::MULTIPLY_ADDS;

/// The number of jitters that [`Drawer::new`] tries.
const ATTEMPTS: u32 = 13;

/// Returns the covariance of the values of a function at m inputs, m rows of m numbers, in units of the
/// kernel. Without a model it is K(x, x'). Given the samples of a model it is K(x, x') - k(x)^T (K + ridge
/// I)^-1 k(x'), where k(x)_i = K(x, x_i) (Rasmussen and Williams 2006, equation 2.24).
///
/// Cost: m^2/2 kernel values. A model of n samples takes n m kernel values more, and n m (n + m) / 2
/// multiply-adds.
///
/// # Errors
/// If there is no memory, or a kernel value is not finite.
pub fn covariance(
    kernel: &AnyKernel<f64>,
    given: Option<&Model<AnyKernel<f64>>>,
    x: Rows<'_, f64>,
) -> Result<Vec<f64>, Failure> {
    let m = x.len();
    let mut matrix =
        memory::filled(m.saturating_mul(m), 0.0, format_args!("a covariance of {m} x {m} numbers"))?;
    kernel.gram(x, &mut matrix)?;
    let Some(model) = given else { return Ok(matrix) };
    let n = model.len();
    let mut k = memory::filled(n.saturating_mul(m), 0.0, format_args!("a matrix of {m} x {n}"))?;
    kernel.cross_gram(x, Rows::new(model.inputs(), x.columns())?, &mut k)?;
    // The inner products of the columns R^-T k(x) are the part of the covariance that the samples explain. It
    // is subtracted on and below the diagonal.
    let mut columns = Columns::new(n, m)?;
    columns.set(&k);
    columns.forward(model.factor());
    memory::check::<f64>(n.saturating_mul(m), format_args!("a matrix of {m} x {n}"))?;
    let explained = columns.map(|_, column| column.to_vec());
    matrix.par_chunks_mut(TOGETHER * m.max(1)).enumerate().for_each(|(block, rows)| {
        let own = explained.iter().skip(block * TOGETHER).take(TOGETHER);
        let last = (block + 1) * TOGETHER;
        for (j, other) in explained.iter().enumerate().take(last) {
            for (row, own) in rows.chunks_exact_mut(m).zip(own.clone()) {
                row[j] -= dot(own, other);
            }
        }
        MULTIPLY_ADDS.add(rows.len() * n / 2);
    });
    // Above the diagonal the products were subtracted within a block only, so these entries are copied from
    // below.
    for i in 1..m {
        let (above, below) = matrix.split_at_mut(i * m);
        for (row, &value) in above.chunks_exact_mut(m).zip(&below[..i]) {
            row[i] = value;
        }
    }
    Ok(matrix)
}

/// Rows of the covariance that are computed together, so that the columns of the others are read once for all
/// of them.
const TOGETHER: usize = 32;

/// Draws functions of mean 0 and a given covariance.
#[derive(Debug)]
pub struct Drawer {
    m: usize,
    matrix: Vec<f64>,
    reciprocals: Vec<f64>,
    /// The number that was added to the diagonal so that the matrix could be factored.
    pub jitter: f64,
}

impl Drawer {
    /// Factors a covariance of m rows, given the variance of independent noise and the size of the numbers
    /// that the covariance was computed from.
    ///
    /// A covariance is singular where inputs repeat or where the samples determine the function, and rounding
    /// can make it indefinite. If the factorisation fails, a jitter is added to the diagonal: the least of 1,
    /// 10, 100, .. roundings of that size with which it succeeds. Values are then off by about the square
    /// root of the jitter. Cost: m^3/6 multiply-adds for each attempt.
    ///
    /// # Errors
    /// If there is no memory, or no jitter helps.
    pub fn new(mut matrix: Vec<f64>, m: usize, noise: f64, size: f64) -> Result<Self, Failure> {
        let mut reciprocals = memory::filled(m, 0.0, "a factor")?;
        let mut room = Factoring::new(m)?;
        let mut jitter = 0.0;
        let mut result = room.factor(&mut matrix, m, noise, &mut reciprocals);
        for attempt in 0..ATTEMPTS {
            if !matches!(result, Err(Error::NotPositiveDefinite { .. })) {
                break;
            }
            jitter = if attempt == 0 { f64::EPSILON * size } else { 10.0 * jitter };
            result = room.factor(&mut matrix, m, noise + jitter, &mut reciprocals);
        }
        result?;
        Ok(Self { m, matrix, reciprocals, jitter })
    }

    /// Returns the values of the function of this number at the m inputs: R^T z, where R^T R is the
    /// covariance and z is normal, from `ChaCha8` with this seed and the number as its stream. Cost: m^2/2
    /// multiply-adds.
    ///
    /// # Errors
    /// None for a covariance that [`Drawer::new`] has factored.
    pub fn draw(&self, seed: u64, number: u64) -> Result<Vec<f64>, Failure> {
        let factor = Factor::new(&self.matrix, self.m, &self.reciprocals)?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number);
        let mut values = vec![0.0; self.m];
        for i in 0..self.m {
            let z = standard_normal::<f64, _>(&mut rng);
            values[i] += z / self.reciprocals[i];
            axpy(&mut values[i + 1..], z, factor.row(i));
        }
        Ok(values)
    }
}
