//! The claims ledger: every statement of the lecture that a program can check, with what was expected and
//! what was found.
//!
//! A claim has one or more rows, and it holds if all of them do. Where chance is in a number, the row has an
//! interval of confidence 1 - [`ALPHA`], from the draws themselves: of a fitted exponent or a root mean
//! square by the delete-a-group jackknife with Student's t, of a share of draws by Clopper and Pearson
//! ([`crate::statistics`]). Verdicts depend on the interval.
//!
//! How often a true claim fails does not follow from the confidence alone: an interval that covers the true
//! number can still reach across a threshold, if there are too few draws. So both errors of every row are
//! measured ([`repeat`]): over many seeds, the probability that the true claim fails and the probability that
//! a claim passes whose formula is wrong by 1 %. The numbers of draws are such that a whole run, quick or
//! full, fails for less than one seed in 1,000 (`docs/claims.md`). That a false claim fails is tested in each
//! file as well, with a wrong formula in the place of the claim's.
//!
//! All randomness is `ChaCha8` with a stream for each claim, case and draw, and draws are gathered in their
//! order: the same seed gives the same bytes on any number of threads.

use rayon::prelude::*;

use crate::error::Failure;

mod closed_forms;
mod correction;
mod coverage;
mod curvature;
mod data;
mod deep_limits;
mod dense;
mod depth;
mod double_descent;
mod duals;
mod flow;
mod gaussian_process;
mod hessian;
mod limit;
mod linearization;
mod normals;
mod problem;
mod quadrature;
mod rate;
mod repeat;
mod row;
mod spectra;
mod table;
mod training;
mod two_slopes;

pub use repeat::{Power, powers, repeat};
pub use row::{Cell, Data, Row, Test, Verdict};
pub use table::{json, text};

/// The chance that an interval misses the true number.
pub const ALPHA: f64 = 1e-5;

/// What to check, and how thoroughly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Ids of claims; all if there are none.
    pub only: Vec<&'static str>,
    /// Fewer draws and narrower networks.
    pub quick: bool,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// Relative error that is put into the formula of every row, 0 for the claims themselves: a ledger that
    /// is awake fails. The exponent of a power law has this error in absolute terms.
    pub error: f64,
}

impl Options {
    /// Creates the settings of a quick run of all claims.
    #[must_use]
    pub fn quick(seed: u64) -> Self {
        Self { quick: true, seed, ..Self::default() }
    }

    /// Returns the ids that are asked for, in the order of the ledger.
    pub fn claims(&self) -> impl Iterator<Item = &'static str> {
        ids().filter(|id| self.only.is_empty() || self.only.contains(id))
    }

    /// Returns what a formula is multiplied by: 1, but for the error that is asked for.
    fn factor(&self) -> f64 {
        1.0 + self.error
    }

    /// Returns what something that grows as a power of x is multiplied by: 1, but for the error that is asked
    /// for.
    fn bend(&self, x: f64) -> f64 {
        if self.error == 0.0 { 1.0 } else { libm::pow(x, self.error) }
    }

    /// Returns the first of two for a quick run, and the second for a full one.
    fn choose<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }
}

type Check = fn(&Options) -> Result<Vec<Row>, Failure>;

/// Id, place in the lecture, check.
const CLAIMS: [(&str, &str, Check); 23] = [
    ("C1", "Def. 1", linearization::c1),
    ("C2", "Def. 2, Ex. 1", linearization::c2),
    ("C3", "Theorem 1", limit::c3),
    ("C4", "Theorem 1", duals::c4),
    ("C5", "Example 2", closed_forms::c5),
    ("C6", "Remarks", closed_forms::c6),
    ("C7", "Sec. 3", limit::c7),
    ("C8", "Prop. 1, A", hessian::c8),
    ("C9", "Sec. 4, (2)", training::c9),
    ("C10", "Sec. 4, (3)", training::c10),
    ("C11", "Sec. 2", correction::c11),
    ("C12", "Prop. 1", curvature::c12),
    ("C13", "Ex. 3, Fig. 1", double_descent::c13),
    ("C14", "Example 3", two_slopes::c14),
    ("C15", "Prop. 1", hessian::c15),
    ("C16", "Theorem 1", hessian::c16),
    ("C17", "Example 3", correction::c17),
    ("C18", "Sec. 2", gaussian_process::c18),
    ("C19", "Sec. 2, Ex. 3", flow::c19),
    ("C20", "Sec. 6, depth", depth::c20),
    ("C21", "Sec. 2, noise", coverage::c21),
    ("C22", "Example 2", spectra::c22),
    ("C23", "Sec. 6, depth", deep_limits::c23),
];

/// Returns the ids of all claims, C1 to C23.
pub fn ids() -> impl Iterator<Item = &'static str> {
    CLAIMS.iter().map(|(id, ..)| *id)
}

/// Checks the claims that are asked for, in parallel; rows come in the order of the ledger. `done` is
/// called after each claim.
///
/// # Errors
/// If a check cannot be carried out; a claim that is false is a row, not an error.
pub fn run(options: &Options, done: impl Fn() + Sync) -> Result<Vec<Row>, Failure> {
    let claims: Vec<_> =
        CLAIMS.iter().filter(|(id, ..)| options.claims().any(|asked| asked == *id)).collect();
    let check = |(id, place, check): &&(&'static str, &'static str, Check)| -> Result<Vec<Row>, Failure> {
        let rows = check(options).map_err(|why| Failure::new(format!("{id}: {why}")))?;
        done();
        Ok(rows.into_iter().map(|row| Row { id, place, ..row }).collect())
    };
    Ok(claims.par_iter().map(check).collect::<Result<Vec<_>, _>>()?.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_holds(only: Vec<&'static str>, seed: u64) {
        let rows = run(&Options { only, ..Options::quick(seed) }, || ()).unwrap();
        let failed: Vec<_> = rows.iter().filter(|row| row.fails()).collect();
        assert!(failed.is_empty(), "seed {seed}: {failed:?}");
    }

    /// With other seeds than that of the examples; C13, the slowest, has its own test.
    #[test]
    fn true_claims_hold() {
        assert_holds(ids().filter(|id| *id != "C13").collect(), 1);
        assert_holds(vec!["C1", "C2", "C6", "C7", "C11", "C14", "C15", "C16", "C17"], 2);
    }
}
