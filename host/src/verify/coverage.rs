//! C21: the intervals of kernel regression (lecture, Section 2) promise a share of new observations, for any
//! distribution of the noise.

use ntk_core::random::{standard_normal, uniform};
use ntk_core::regression::Fixed;
use ntk_core::{Architecture, Erf, Kernel, Ntk, Regression};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::problem;
use super::row::{Cell, Data, Row, Test};
use super::{ALPHA, Options};
use crate::error::Failure;
use crate::statistics::share;

const RIDGE: f64 = 0.1;
const LEVEL: f64 = 0.9;

type Erfs = Ntk<Erf, Architecture<f64>>;
type Model<const N: usize> = Regression<Erfs, Fixed<f64, 1, N>>;

fn kernel() -> Erfs {
    Ntk::with(Erf, Architecture::ONE_LAYER.bias(1.0).weights(3.0))
}

/// Returns a sample of y = sin 3x + 0.3 e, with x uniform on (-1, 1) and e of Student's distribution with 2
/// degrees of freedom, whose variance is infinite: a normal number over the root of an exponential one.
fn sample(rng: &mut ChaCha8Rng) -> (f64, f64) {
    let x: f64 = uniform(rng);
    let normal: f64 = standard_normal(rng);
    let u: f64 = 0.5 * (1.0 + uniform::<f64, _>(rng));
    (x, libm::sin(3.0 * x) + 0.3 * normal / (-libm::log(u)).sqrt())
}

/// A model, the inputs and the labels of its samples, and one sample more.
type Drawn<const N: usize> = (Model<N>, [f64; N], [f64; N], (f64, f64));

/// Draws N samples, a model of them, and one sample more.
fn draw<const N: usize>(rng: &mut ChaCha8Rng) -> Result<Drawn<N>, Failure> {
    let samples: [(f64, f64); N] = std::array::from_fn(|_| sample(rng));
    let (x, y) = (samples.map(|(x, _)| x), samples.map(|(_, y)| y));
    let mut model = Regression::new(kernel(), Fixed::new());
    model.fit(&x, &y, RIDGE)?;
    Ok((model, x, y, sample(rng)))
}

/// C21.
///
/// # Errors
/// None.
pub(super) fn c21(options: &Options) -> Result<Vec<Row>, Failure> {
    let stretch = options.factor();
    Ok(vec![ends(options, stretch)?, covered::<15>(options, stretch)?, covered::<31>(options, stretch)?])
}

/// Of the promised share of N samples, 1 - f / (N + 1) with f = floor((1 - level) (N + 1)), how much new
/// observations confirm. `stretch` multiplies the interval's length about its middle, 1 in the claim.
fn covered<const N: usize>(options: &Options, stretch: f64) -> Result<Row, Failure> {
    let draws = options.choose(6_000, 60_000);
    let inside = |number: u64| -> Result<bool, Failure> {
        let (model, _, _, (x, y)) = draw::<N>(&mut problem::rng(options.seed, 21, N, number))?;
        let interval = model.intervals()?.at(&[x], LEVEL)?;
        let (middle, half) = (0.5 * (interval.low + interval.high), 0.5 * (interval.high - interval.low));
        Ok((y - middle).abs() <= stretch * half)
    };
    let inside = (0..draws).into_par_iter().map(inside).collect::<Result<Vec<bool>, _>>()?;
    let count = inside.iter().filter(|inside| **inside).count();
    let samples = N as f64 + 1.0;
    let promised = 1.0 - libm::floor((1.0 - LEVEL) * samples + 1e-9) / samples;
    let mut data = Data::new(&["samples", "new observations", "inside"]);
    data.push([N.into(), inside.len().into(), Cell::from(count)]);
    let statement = format!("n = {N}, heavy tails: inside of 90 % intervals");
    let tolerance = options.choose(0.03, 0.01);
    Ok(Row::judge(
        &statement,
        Test::Covers,
        promised,
        share(count, inside.len(), ALPHA),
        Some(tolerance),
        data,
    ))
}

/// Fits all samples and (x, t): the number of samples whose deleted residual, over its deviation, is at least
/// that of (x, t), by its definition with a factorisation for each t.
fn as_strange<const N: usize, const MORE: usize>(
    x: &[f64; N],
    y: &[f64; N],
    (at, t): (f64, f64),
) -> Result<usize, Failure> {
    let longer = |values: &[f64; N], last: f64| -> [f64; MORE] {
        std::array::from_fn(|i| values.get(i).copied().unwrap_or(last))
    };
    let (x, y) = (longer(x, at), longer(y, t));
    let matrix: super::dense::Matrix = (0..MORE)
        .map(|i| {
            (0..MORE).map(|j| kernel().value(&[x[i]], &[x[j]]) + if i == j { RIDGE } else { 0.0 }).collect()
        })
        .collect();
    let unit = |i: usize| (0..MORE).map(|j| f64::from(i == j)).collect::<Vec<f64>>();
    let (coefficients, _) = super::dense::solve(&matrix, &y);
    let score = |i: usize| coefficients[i].abs() / super::dense::solve(&matrix, &unit(i)).0[i].sqrt();
    let own = score(N);
    Ok((0..N).filter(|&i| score(i) >= own).count())
}

/// Of all ends of intervals, those that do not part the labels as the definition does: just inside more than
/// a share 1 - level of the N + 1 samples is at least as strange as (x, t), just outside it is not.
fn ends(options: &Options, stretch: f64) -> Result<Row, Failure> {
    const N: usize = 15;
    let draws = options.choose(20, 200);
    let wrong = |number: u64| -> Result<usize, Failure> {
        let (model, x, y, (at, _)) = draw::<N>(&mut problem::rng(options.seed, 21, 0, number))?;
        let interval = model.intervals()?.at(&[at], LEVEL)?;
        let (middle, half) = (0.5 * (interval.low + interval.high), 0.5 * (interval.high - interval.low));
        let mut wrong = 0;
        for side in [-1.0, 1.0] {
            for (inside, length) in [(true, 1.0 - 1e-6), (false, 1.0 + 1e-6)] {
                let t = middle + side * stretch * half * length;
                let count = as_strange::<N, { N + 1 }>(&x, &y, (at, t))? + 1;
                let belongs = count as f64 > (1.0 - LEVEL) * (N + 1) as f64;
                wrong += usize::from(belongs != inside);
            }
        }
        Ok(wrong)
    };
    let wrong = (0..draws).into_par_iter().map(wrong).collect::<Result<Vec<usize>, _>>()?;
    let mut data = Data::new(&["draw", "wrong ends"]);
    for (number, wrong) in wrong.iter().enumerate() {
        data.push([Cell::from(number), (*wrong).into()]);
    }
    let all: usize = wrong.iter().sum();
    Ok(Row::near("intervals = labels no stranger, wrong ends", 0.0, all as f64, 0.0, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_that_are_off_by_a_thousandth_are_seen() {
        assert!(!ends(&Options::quick(0), 1.0).unwrap().fails());
        assert!(ends(&Options::quick(0), 1.001).unwrap().fails());
        assert!(ends(&Options::quick(0), 0.999).unwrap().fails());
    }

    /// Too narrow and too wide.
    #[test]
    fn another_share_is_seen() {
        assert!(!covered::<15>(&Options::quick(0), 1.0).unwrap().fails());
        assert!(covered::<15>(&Options::quick(0), 0.7).unwrap().fails());
        assert!(covered::<15>(&Options::quick(0), 1.6).unwrap().fails());
    }
}
