//! The tail of a stream's errors: four running quantiles of the errors in units of their deviations.
//!
//! Let z be a one-step-ahead error over its predicted standard deviation. If errors were normal, a share
//! alpha of |z| would exceed g(alpha), the normal quantile. For alpha = 1/2, 1/10, 1/20 and 1/100 the
//! model keeps an offset theta, and takes g(alpha) exp(theta) for the quantile; after each sample
//!
//! ```text
//! theta  <-  theta + gamma (1 if |z| exceeds the quantile, else 0, less alpha)
//! ```
//!
//! This is adaptive conformal inference (Gibbs and Candes 2021) on the quantile itself. Summing the steps
//! gives the share of errors beyond the quantile: after n samples it differs from alpha by (theta_n -
//! theta_0) / (gamma n), whatever the samples were, drifting or not. Between and beyond the four shares,
//! offsets are interpolated in ln g.
//!
//! The shares 1/10 and 1/20 are near each other because a stream with outliers bends there: with one error in
//! fifty from a wide distribution, the quantile of 1/10 is that of the usual errors and the quantile of 1/100
//! is that of the outliers. A straight line from one to the other is too high at 1/20.

use crate::Scalar;
use crate::random::upper_quantile;

/// The number of quantiles.
pub(super) const ANCHORS: usize = 4;

/// The shares alpha, and ln g(alpha).
const SHARES: [f64; ANCHORS] = [0.5, 0.1, 0.05, 0.01];
const LN_QUANTILES: [f64; ANCHORS] =
    [-0.393_798_799_600_891_1, 0.497_651_399_681_716_5, 0.672_926_097_838_933, 0.946_171_541_896_27];
/// gamma. With this step the offset of alpha = 1/10 has a standard deviation of 1.5 % of coverage and follows
/// a change within a hundred samples.
const STEP: f64 = 0.05;
/// The smallest quantile, so that readings without noise do not drive the quantiles to 0.
const LEAST: f64 = 1e-3;

// Each constant is converted by itself, when compiled: in a loop `f32` would need double precision on the
// device.

/// Returns [`SHARES`] as numbers of the type.
fn shares<T: Scalar>() -> [T; ANCHORS] {
    let [half, tenth, twentieth, hundredth] = SHARES;
    [T::from_f64(half), T::from_f64(tenth), T::from_f64(twentieth), T::from_f64(hundredth)]
}

/// Returns [`LN_QUANTILES`] as numbers of the type.
fn ln_quantiles<T: Scalar>() -> [T; ANCHORS] {
    let [half, tenth, twentieth, hundredth] = LN_QUANTILES;
    [T::from_f64(half), T::from_f64(tenth), T::from_f64(twentieth), T::from_f64(hundredth)]
}

/// Learns one more |z| of an output.
pub(super) fn learn<T: Scalar>(offsets: &mut [T], z: T) {
    let ln_z = ln(z);
    for ((offset, share), ln_quantile) in offsets.iter_mut().zip(shares::<T>()).zip(ln_quantiles::<T>()) {
        let beyond = if ln_z > *offset + ln_quantile { T::ONE } else { T::ZERO };
        *offset += T::from_f64(STEP) * (beyond - share);
        let least = T::from_f64(LEAST).ln() - ln_quantile;
        if *offset < least {
            *offset = least;
        }
    }
}

/// Returns the |z| that a share alpha of errors exceeds, for an alpha above 0 and below 1.
pub(super) fn quantile<T: Scalar>(offsets: &[T], alpha: T) -> T {
    let at = upper_quantile(T::HALF * alpha).ln();
    let [below, above] = segment(ln_normal, at);
    let (first, last) = (ln_measured(offsets, below), ln_measured(offsets, above));
    if below == above {
        return (first + (at - ln_normal::<T>(below))).exp();
    }
    let part = (at - ln_normal::<T>(below)) / (ln_normal::<T>(above) - ln_normal::<T>(below));
    (first + part * (last - first)).exp()
}

/// Returns the share of errors that exceed this |z|, the inverse of [`quantile`].
pub(super) fn share<T: Scalar>(offsets: &[T], z: T) -> T {
    let ln_z = ln(z);
    let [below, above] = segment(|i| ln_measured(offsets, i), ln_z);
    let (first, last) = (ln_measured(offsets, below), ln_measured(offsets, above));
    let (low, high) = (ln_normal::<T>(below), ln_normal::<T>(above));
    let at = if last > first {
        low + (ln_z - first) / (last - first) * (high - low)
    } else {
        low + (ln_z - first)
    };
    (at.exp() / T::SQRT_2).erfc()
}

/// Returns ln g at one of the shares.
fn ln_normal<T: Scalar>(place: usize) -> T {
    ln_quantiles().get(place).copied().unwrap_or(T::NAN)
}

/// Returns ln of the estimated quantile at one of the shares, at least as large as at the shares before it.
fn ln_measured<T: Scalar>(offsets: &[T], place: usize) -> T {
    let mut most = T::from_f64(LEAST).ln();
    for (i, &offset) in offsets.iter().enumerate().take(place + 1) {
        let own = offset + ln_normal(i);
        most = if own > most { own } else { most };
    }
    most
}

/// Returns the indices on either side; both are equal before the first and beyond the last.
fn segment<T: Scalar>(place: impl Fn(usize) -> T, at: T) -> [usize; 2] {
    match (0..ANCHORS).find(|&i| at <= place(i)) {
        Some(0) => [0, 0],
        Some(i) => [i - 1, i],
        None => [ANCHORS - 1, ANCHORS - 1],
    }
}

fn ln<T: Scalar>(z: T) -> T {
    let least = T::from_f64(LEAST * LEAST);
    if z > least { z.ln() } else { least.ln() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_samples_errors_are_taken_for_normal() {
        let offsets = [0.0f64; ANCHORS];
        for (alpha, quantile_of_normal) in [
            (0.5, 0.674_489_750_196_082),
            (0.317_310_507_862_914, 1.0),
            (0.1, 1.644_853_626_951_473),
            (0.05, 1.959_963_984_540_054),
            (0.01, 2.575_829_303_548_901),
            (1e-4, 3.890_591_886_413_12),
        ] {
            assert!((quantile(&offsets, alpha) - quantile_of_normal).abs() < 1e-9, "{alpha}");
            assert!((share(&offsets, quantile_of_normal) / alpha - 1.0).abs() < 1e-8, "{alpha}");
        }
    }

    #[test]
    fn shares_and_quantiles_are_each_others_inverse_and_in_order() {
        for offsets in
            [[0.0f64, 0.0, 0.0, 0.0], [-0.5, 0.2, 0.3, 1.5], [0.3, 0.3, 0.3, 0.1], [-1.0, -2.0, -2.5, 0.5]]
        {
            let mut last = f64::INFINITY;
            for i in 1..200 {
                let alpha = f64::from(i) / 200.0;
                let z = quantile(&offsets, alpha);
                assert!(z > 0.0 && z <= last, "{offsets:?} {alpha}");
                // Where measured quantiles coincide, so do a range of shares.
                let back = share(&offsets, z);
                assert!(
                    (back / alpha - 1.0).abs() < 1e-6 || offsets[1] < offsets[0],
                    "{offsets:?} {alpha} {back}"
                );
                last = z;
            }
        }
    }

    /// The share beyond the quantile differs from alpha by what the offset moved, over gamma n: for any
    /// numbers.
    #[test]
    fn the_share_beyond_a_quantile_is_that_of_its_place_whatever_comes() {
        let mut offsets = [0.0f64; ANCHORS];
        let (mut beyond, count) = ([0.0; ANCHORS], 20_000);
        for i in 0..count {
            let z = (1.0 + f64::from(i) / 5000.0)
                * (f64::from(i) * 0.7).sin().abs().powi(if i < 9000 { 1 } else { 5 });
            for (place, beyond) in beyond.iter_mut().enumerate() {
                let own = (offsets[place] + LN_QUANTILES[place]).exp();
                *beyond += if z > own { 1.0 } else { 0.0 };
            }
            learn(&mut offsets, z);
        }
        for place in 0..ANCHORS {
            let (found, share) = (beyond[place] / f64::from(count), SHARES[place]);
            let promised = offsets[place] / (STEP * f64::from(count));
            assert!((found - share - promised).abs() < 1e-9, "{place}: {found}");
            assert!((found - share).abs() < 2e-3, "{place}: {found}");
        }
    }

    #[test]
    fn errors_of_0_and_beyond_all_numbers_leave_the_quantiles_numbers() {
        let mut offsets = [0.0f32; ANCHORS];
        for z in [0.0, f32::INFINITY, 1e-30, f32::MAX] {
            for _ in 0..10_000 {
                learn(&mut offsets, z);
                assert!((0..ANCHORS).all(|i| offsets[i].is_finite()));
            }
            assert!(quantile(&offsets, 0.1) >= 0.9e-3 && share(&offsets, z) >= 0.0, "{z}");
        }
    }
}
