//! The unit of the samples' own noise if the amplitude comes from the labels.
//!
//! Let A = K + ridge I, D = diag(noise_i^2), u = a^2 and h(u) = y^T (A + D / u)^-1 y / n, the mean over the
//! outputs if there are several: the square of the amplitude that the labels have by a matrix in units of u.
//! The noise is what it should be where h(u) = u. As u (u A + D)^-1 is a concave function of u (a parallel
//! sum of matrices), h has at most one fixed point above 0, and has one if and only if its slope at 0, y^T
//! D^-1 y / n, is above 1. h'(u) = a^T D a / (n u^2) with the coefficients a = (A + D / u)^-1 y, which are
//! computed anyway. So Newton's method costs one factorisation per step, and it converges monotonically from
//! above.

use super::algebra::Engine;
use super::fit::Amplitude;
use super::storage::{Lent, Memory, Noise, in_units};
use super::tune::mean_diagonal;
use crate::error::Setting;
use crate::slices::{row, set};
use crate::{Error, Kernel, Prepared, Scalar};

/// The largest number of factorisations of one fit.
const MOST_STEPS: usize = 40;

/// The start of the iteration.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Start<T> {
    /// The amplitude is given: the only factorisation is at this unit.
    Given(T),
    /// No sample has noise, and the unit plays no part: the amplitude is that of the first factorisation.
    WithoutNoise,
    /// There is noise, and the amplitude comes from the labels. The iteration starts at this unit.
    Search(T),
}

impl<T: Scalar> Start<T> {
    /// Chooses the start from a given amplitude, or from n labels of c outputs, the deviations, and the mean
    /// of the diagonal of K + ridge I.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the noise alone explains the size of the labels.
    pub(super) fn new(
        amplitude: Amplitude<T>,
        [n, c]: [usize; 2],
        label: impl Fn(usize, usize) -> T,
        deviation: impl Fn(usize) -> T,
        diagonal: T,
    ) -> Result<Self, Error> {
        if let Amplitude::Given(unit) = amplitude {
            return Ok(Self::Given(unit));
        }
        if !(0..n).any(|i| deviation(i) > T::ZERO) {
            return Ok(Self::WithoutNoise);
        }
        let count = T::from_usize(n.saturating_mul(c));
        let all = || (0..c).flat_map(|output| (0..n).map(move |i| (i, output)));
        let in_noise = all().fold(T::ZERO, |sum, (i, output)| {
            let label = label(i, output);
            sum + if label == T::ZERO { T::ZERO } else { in_units(label, deviation(i)) }
        });
        if !(in_noise > count) {
            return Err(Setting::NoiseOfAll.out_of_range());
        }
        let largest = all().fold(T::ZERO, |most, (i, output)| {
            let size = label(i, output).abs();
            if size > most { size } else { most }
        });
        let squares = all().fold(T::ZERO, |sum, (i, output)| sum + in_units(label(i, output), largest));
        let unit = largest * (squares / count / diagonal).sqrt();
        Ok(Self::Search(if unit > T::ZERO && unit.is_finite() { unit } else { largest }))
    }
}

/// The sums of h / u and h' over the outputs, at one unit.
pub(super) struct Moments<T> {
    unit: T,
    ratio: T,
    slope: T,
}

impl<T: Scalar> Moments<T> {
    pub(super) fn new(unit: T) -> Self {
        Self { unit, ratio: T::ZERO, slope: T::ZERO }
    }

    /// Adds one output, given the amplitude of its labels and its coefficients.
    pub(super) fn add(&mut self, s: T, coefficients: &[T], deviation: impl Fn(usize) -> T) {
        self.ratio += in_units(s, self.unit);
        let terms = coefficients.iter().enumerate();
        self.slope += terms.fold(T::ZERO, |sum, (i, &a)| {
            let term = (a / self.unit) * (deviation(i) / self.unit);
            sum + term * term
        }) / T::from_usize(coefficients.len());
    }
}

/// Finds the unit by Newton's method, and returns it. `attempt` factors at one unit after another, the last
/// of which is returned. It is the amplitude to 2^10 roundings. A step changes the unit by a factor of 4 at
/// most.
///
/// # Errors
/// Those of an attempt.
pub(super) fn find<T: Scalar>(
    start: &Start<T>,
    outputs: usize,
    mut attempt: impl FnMut(T) -> Result<Moments<T>, Error>,
) -> Result<T, Error> {
    let (most, outputs) = (T::from_f64(16.0), T::from_usize(outputs));
    let mut unit = match *start {
        Start::Given(unit) | Start::Search(unit) => unit,
        Start::WithoutNoise => T::ONE,
    };
    for step in 1.. {
        let Moments { ratio, slope, .. } = attempt(unit)?;
        let (ratio, slope) = (ratio / outputs, slope / outputs);
        if *start == Start::WithoutNoise && ratio > T::ZERO && ratio.is_finite() {
            unit = ratio.sqrt();
        }
        let next = if slope < T::ONE { (ratio - slope) / (T::ONE - slope) } else { most };
        let is_found = (next - T::ONE).abs() <= T::from_f64(1024.0) * T::EPSILON;
        if !matches!(start, Start::Search(_)) || is_found || step == MOST_STEPS {
            break;
        }
        let next = if next < most { next } else { most };
        let next = if next > T::ONE / most { next } else { T::ONE / most };
        unit *= next.sqrt();
    }
    Ok(unit)
}

/// Returns K_ii as it is in the kernel matrix, but without noise.
fn own<T: Scalar, K: Kernel<T>, V: Noise>(kernel: &K, i: usize, memory: &Memory<'_, T, V>) -> T {
    let d = memory.inputs();
    let [norm, norm_low] = memory.lengths.get(i).copied().unwrap_or([T::NAN; 2]);
    let x = Prepared { x: row(memory.x, d, i, d), norm, norm_low };
    kernel.between(&x, &x)
}

/// Returns the mean of the first n K_ii, the unit of ridges, or 1 if it is not positive and finite.
pub(super) fn mean_own<T: Scalar, K: Kernel<T>, V: Noise>(
    kernel: &K,
    n: usize,
    memory: &Memory<'_, T, V>,
) -> T {
    if V::OWN {
        mean_diagonal((0..n).map(|i| own(kernel, i, memory)), n)
    } else {
        mean_diagonal(memory.matrix.iter().step_by(memory.stride.saturating_add(1)).copied(), n)
    }
}

/// Works like [`Engine::solve`], with the samples' own noise. The diagonal of K may be that of any unit.
///
/// # Errors
/// Those of [`Engine::solve`], and [`Error::OutOfRange`] if the noise alone explains the size of the labels.
#[inline(always)] // without own noise only the call of `solve` is left
pub(super) fn solve_in_units<T: Scalar, K: Kernel<T>, V: Noise>(
    engine: &mut impl Engine<T, K, V>,
    kernel: &K,
    ridge: T,
    n: usize,
    amplitude: Amplitude<T>,
    memory: Memory<'_, T, V>,
) -> Result<(), Error> {
    if V::OWN {
        search(engine, kernel, ridge, n, amplitude, memory)
    } else {
        engine.solve(ridge, n, amplitude, memory)
    }
}

#[inline(never)]
fn search<T: Scalar, K: Kernel<T>, V: Noise>(
    engine: &mut impl Engine<T, K, V>,
    kernel: &K,
    ridge: T,
    n: usize,
    amplitude: Amplitude<T>,
    mut memory: Memory<'_, T, V>,
) -> Result<(), Error> {
    let (stride, outputs) = (memory.stride, memory.outputs());
    let start = {
        let Memory { ref labels, noise, .. } = memory;
        let label = |i, output| row(labels, stride, output, n).get(i).copied().unwrap_or(T::NAN);
        let diagonal = mean_own(kernel, n, &memory) + ridge;
        Start::new(amplitude, [n, outputs], label, |i| noise.deviation(i), diagonal)?
    };
    let unit = find(&start, outputs, |unit| {
        memory.noise.set_unit(unit);
        for i in 0..n {
            let own = own(kernel, i, &memory) + in_units(memory.noise.deviation(i), unit);
            set(memory.matrix, i * stride + i, own);
        }
        engine.solve(ridge, n, amplitude, memory.reborrow())?;
        let mut moments = Moments::new(unit);
        for (output, &s) in memory.amplitudes.iter().enumerate() {
            let coefficients = row(memory.coefficients, stride, output, n);
            moments.add(s, coefficients, |i| memory.noise.deviation(i));
        }
        Ok(moments)
    })?;
    memory.noise.set_unit(unit);
    Ok(())
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec;
    use std::vec::Vec;

    use super::*;

    /// h(u) = c u^p, of which the fixed point is c^(1 / (1 - p)); the units that are tried, and the result.
    fn tried(start: f64, c: f64, p: f64, outputs: usize) -> (Vec<f64>, Result<f64, Error>) {
        let mut units = Vec::new();
        let found = find(&Start::Search(start), outputs, |unit: f64| {
            units.push(unit);
            let ratio = c * (unit * unit).powf(p - 1.0);
            let sum = outputs as f64; // a sum over outputs, of which each has this ratio
            Ok(Moments { unit, ratio: ratio * sum, slope: p * ratio * sum })
        });
        (units, found)
    }

    #[test]
    fn newton_ends_at_the_fixed_point_in_steps_of_a_factor_of_four() {
        for (c, p) in [(3.0, 0.5), (0.01, 0.3), (1e6, 0.7), (2.0, 0.0)] {
            let root = f64::powf(c, 0.5 / (1.0 - p));
            for start in [1.0, 1e-3, 1e3, 1e6, root] {
                for outputs in [1, 3] {
                    let (units, found) = tried(start * root, c, p, outputs);
                    assert_eq!(units[0], start * root);
                    assert_eq!(found, Ok(*units.last().unwrap()), "the last is where the factor is");
                    assert!(
                        (found.unwrap() / root - 1.0).abs() < 1e-12,
                        "{c}, {p}, {start}: {found:?}, {root}"
                    );
                    // The formula of the module, without its quotient.
                    for pair in units.windows(2) {
                        let u = pair[0] * pair[0];
                        let (h, slope) = (c * u.powf(p), p * c * u.powf(p - 1.0));
                        let next = if slope < 1.0 { (h - slope * u) / (1.0 - slope) } else { f64::INFINITY };
                        let expected = next.clamp(u / 16.0, 16.0 * u).sqrt();
                        assert!(
                            (pair[1] / expected - 1.0).abs() < 1e-12,
                            "{c}, {p}, {start}: {pair:?}, {expected}"
                        );
                    }
                    assert!(units.len() < MOST_STEPS, "{c}, {p}, {start}: {}", units.len());
                }
            }
        }
    }

    /// Within 2^10 roundings of the fixed point a step ends it, outside of them it does not.
    #[test]
    fn it_ends_where_the_next_step_is_lost() {
        let steps = |ratio: f64| {
            let mut steps = 0;
            let attempt = |unit| {
                steps += 1;
                Ok(Moments { unit, ratio: if steps == 1 { ratio } else { 1.0 }, slope: 0.0 })
            };
            find(&Start::Search(2.0), 1, attempt).unwrap();
            steps
        };
        for sign in [-1.0, 1.0] {
            assert_eq!(steps(1.0 + sign * 1023.0 * f64::EPSILON), 1, "{sign}");
            assert_eq!(steps(1.0 + sign * 1026.0 * f64::EPSILON), 2, "{sign}");
        }
    }

    #[test]
    fn a_search_that_does_not_end_is_ended() {
        let mut steps = 0;
        let attempt = |unit| {
            steps += 1;
            Ok(Moments { unit, ratio: 4.0, slope: 0.0 })
        };
        let found = find(&Start::Search(1.0), 1, attempt);
        assert_eq!((found, steps), (Ok(f64::powi(2.0, 39)), MOST_STEPS));
    }

    #[test]
    fn without_a_search_there_is_one_factorisation() {
        let find = |start, ratio: f64| {
            let mut units = Vec::new();
            let found = find(&start, 2, |unit| {
                units.push(unit);
                Ok(Moments { unit, ratio, slope: 0.5 })
            });
            (units, found)
        };
        assert_eq!(find(Start::Given(3.0), 50.0), (vec![3.0], Ok(3.0)));
        assert_eq!(find(Start::WithoutNoise, 32.0), (vec![1.0], Ok(4.0)), "the amplitude of the labels");
        for none in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(find(Start::WithoutNoise, none), (vec![1.0], Ok(1.0)), "{none}");
        }
    }

    #[test]
    fn moments_are_sums_over_outputs_and_means_over_samples() {
        let mut moments = Moments::new(2.0f64);
        moments.add(6.0, &[4.0, -8.0], |i| [1.0, 3.0][i]);
        moments.add(1.0, &[2.0, 0.0], |_| 2.0);
        assert_eq!(moments.ratio, 9.0 + 0.25);
        assert_eq!(moments.slope, (1.0 + 36.0) / 2.0 + (1.0 + 0.0) / 2.0);
    }
}
