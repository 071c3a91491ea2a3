//! Numbers at the edge: jitter that is asked for, and what refinement can and cannot do.

use crate::support::rng;
use ntk_core::random::uniform;
use ntk_core::regression::Fixed;
use ntk_core::{Cholesky, Dataset, Error, Kernel, Lift, Ntk, Regression, Relu, Setting};

const N: usize = 15;

/// Samples of Example 3, drawn in `f32`.
fn example_3(lift: Lift, seed: u64) -> ([[f32; 2]; N], [[f32; 1]; N]) {
    let mut rng = rng(seed);
    let s: [f32; N] = core::array::from_fn(|_| uniform(&mut rng));
    (s.map(|s| lifted(lift, s)), s.map(|s| [s + (10.0 * s).sin()]))
}

fn lifted(lift: Lift, s: f32) -> [f32; 2] {
    let mut z = [0.0; 2];
    lift.apply(s, &mut z).unwrap();
    z
}

/// Relative errors of the mean on a grid for one draw: plain `f32`, refined `f32`, and in `f64` from the K
/// that `f32` has.
fn errors(lift: Lift, seed: u64) -> [f64; 3] {
    let (x, y) = example_3(lift, seed);
    let mut device = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, N>::new());
    device.fit(&x, &y, 0.0).unwrap();
    let mut refined = device.clone();
    refined.refine().unwrap();
    let (wide_x, wide_y) = (x.map(|x| x.map(f64::from)), y.map(|y| y.map(f64::from)));
    let mut exact = Regression::new(Ntk::new(Relu), Fixed::<f64, 2, N>::new());
    exact.fit(&wide_x, &wide_y, 0.0).unwrap();
    let mut rounded_k = Cholesky::<f64, N>::new();
    rounded_k.factor(N, 0.0, |i, j| f64::from(Ntk::new(Relu).value(&x[i], &x[j]))).unwrap();
    let mut coefficients = wide_y.map(|[y]| y);
    rounded_k.solve(&mut coefficients).unwrap();
    let (mut errors, mut size) = ([0.0f64; 3], 0.0f64);
    for i in 0..101 {
        let query = lifted(lift, i as f32 / 50.0 - 1.0);
        let wide = query.map(f64::from);
        let expected = exact.mean(&wide).unwrap();
        let k = |i: usize| Ntk::new(Relu).value(&wide, &wide_x[i]);
        let limited: f64 = (0..N).map(|i| k(i) * coefficients[i]).sum();
        let found = [device.mean(&query).unwrap().into(), refined.mean(&query).unwrap().into(), limited];
        for (error, found) in errors.iter_mut().zip(found) {
            *error = error.max((found - expected).abs());
        }
        size = size.max(expected.abs());
    }
    errors.map(|error| error / size)
}

/// 500 draws of the lecture, medians and 99 %. Half of the error is the rounding of K to 24 bits, which no
/// solver can take back; the rest that of k(x) and of the sum over it. Refinement takes a tenth.
#[test]
fn what_limits_single_precision() {
    for lift in [Lift::Circle, Lift::Bias] {
        let mut all: Vec<[f64; 3]> = (0..500).map(|seed| errors(lift, seed)).collect();
        let mut quantile = |column: usize, rank: usize| {
            all.sort_by(|a, b| a[column].total_cmp(&b[column]));
            all[rank][column]
        };
        let [plain, refined, limit] = [0, 1, 2].map(|column| [250, 494].map(|rank| quantile(column, rank)));
        assert!(plain[0] < 1.5e-5 && plain[1] < 5e-5);
        assert!(refined[0] < plain[0] && refined[1] < plain[1]);
        assert!(limit[1] > 1e-6); // with every later step exact
        println!("{lift:?}: plain {plain:?}, refined {refined:?}, K rounded to f32 {limit:?}");
    }
}

#[test]
fn jitter_only_when_asked_for_and_by_name() {
    let (x, y) = ([[1.0f32, 0.5], [0.3, -0.2], [1.0, 0.5]], [[1.0], [2.0], [3.0]]);
    let data = Dataset::new(&x, &y).unwrap();
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 4>::new());
    let coincident = Error::Coincident { first: 0, second: 2 };
    assert_eq!(model.fit_with_jitter(data.x(), data.y(), 0.0, 0), Err(coincident));
    assert!(model.is_empty());
    let jitter = model.fit_with_jitter(data.x(), data.y(), 0.0, 5).unwrap();
    assert!(jitter > 0.0 && jitter < 1e-2 && jitter == model.ridge(), "{jitter}");
    let mut same = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 4>::new());
    same.fit(data.x(), data.y(), jitter).unwrap();
    assert_eq!(model.predict(&[0.1, 0.2]), same.predict(&[0.1, 0.2]));
    assert_eq!(model.fit_with_jitter(data.x(), data.y(), 0.1, 5), Ok(0.0));
    assert_eq!(model.ridge(), 0.1);
    let bad_ridge = model.fit_with_jitter(data.x(), data.y(), -1.0, 5);
    assert!(matches!(bad_ridge, Err(Error::OutOfRange(Setting::Ridge))));
    assert_eq!(model.len(), 3); // refused before anything was written
}

/// The ladder of jitter begins at one rounding of the mean diagonal of K and goes up by tens.
#[test]
fn the_rungs_of_jitter() {
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 1, 3>::new());
    let coincident = Error::Coincident { first: 0, second: 1 };
    assert_eq!(model.fit_with_jitter(&[1.0, 1.0], &[0.0, 1.0], 0.0, 0), Err(coincident));
    assert_eq!(model.fit_with_jitter(&[1.0, 1.0], &[0.0, 1.0], 0.0, 1), Ok(2.0 * f32::EPSILON)); // K = 2
    assert_eq!(model.ridge(), 2.0 * f32::EPSILON);
    // K = 2, 2 and 128, of mean 44: beside the largest a rounding of 44 is lost, and ten are not.
    let (x, y) = ([1.0, 1.0, 8.0], [0.0, 1.0, 2.0]);
    let first = 44.0 * f32::EPSILON;
    model.clear();
    assert_eq!(model.fit_with_jitter(&x, &y, 0.0, 1), Err(Error::RidgeTooSmall { sample: 2 }));
    assert_eq!(model.fit_with_jitter(&x, &y, 0.0, 2), Ok(10.0 * first));
    assert_eq!(model.ridge(), 10.0 * first);
}

/// Refinement as its documentation says: at most four rounds; one that would not halve the correction is not
/// applied; and half a rounding of the largest is the end.
fn refined<const N: usize>(
    factor: &ntk_core::cholesky::Factor<'_, f32>,
    b: &[f32; N],
    x: &mut [f32; N],
) -> (f32, &'static str) {
    let largest = |v: &[f32; N]| v.iter().fold(0.0f32, |most, v| most.max(v.abs()));
    let mut last = None;
    for _ in 0..4 {
        let mut correction = [0.0; N];
        factor.residual(0.0, x, b, &mut correction).unwrap();
        factor.solve(&mut correction).unwrap();
        let relative = largest(&correction) / largest(x);
        if let Some(last) = last
            && relative > 0.5 * last
        {
            return (last, "stalled");
        }
        last = Some(relative);
        for i in 0..N {
            x[i] += correction[i];
        }
        if relative <= 0.5 * f32::EPSILON {
            return (relative, "done");
        }
    }
    (last.unwrap(), "four rounds")
}

#[test]
fn when_refinement_stops() {
    const N: usize = 6;
    let mut ends = std::collections::BTreeMap::<_, usize>::new();
    let (mut near_a_half, mut near_a_rounding) = (0, 0);
    for seed in 0..3_000 {
        let rng = &mut rng(seed);
        let spread = 10f32.powf(-1.5 - uniform::<f32, _>(rng).abs() * 1.5);
        let x: [[f32; 2]; N] = core::array::from_fn(|_| [1.0, spread * uniform::<f32, _>(rng)]);
        let b: [f32; N] = core::array::from_fn(|_| uniform(rng));
        let mut cholesky = Cholesky::<f32, N>::new();
        if cholesky.factor(N, 0.0, |i, j| Ntk::new(Relu).value(&x[i], &x[j])).is_err() {
            continue;
        }
        let (mut found, mut work) = (b, [0.0; N]);
        cholesky.solve(&mut found).unwrap();
        let mut expected = found;
        let (last, end) = refined(&cholesky.view(), &b, &mut expected);
        assert_eq!(cholesky.view().refine(0.0, &b, &mut found, &mut work), Ok(last), "{seed}: {end}");
        assert_eq!(found.map(f32::to_bits), expected.map(f32::to_bits), "{seed}: {end}");
        *ends.entry(end).or_default() += 1;
        near_a_half += usize::from(end == "stalled");
        near_a_rounding += usize::from(end == "done" && last > 0.25 * f32::EPSILON);
    }
    println!("{ends:?}, {near_a_half}, {near_a_rounding}");
    assert!(ends.len() == 3 && ends.values().all(|&count| count > 20), "{ends:?}");
    assert!(near_a_rounding > 20, "{near_a_rounding}");
}

/// The worst output decides what `refine` returns, the worst sample what `drift` does.
#[test]
fn the_worst_of_several_is_reported() {
    let x: [[f32; 2]; 5] = core::array::from_fn(|i| [1.0 + i as f32 * 0.02, 1.0]);
    let y: [f32; 5] = core::array::from_fn(|i| [1.0, -2.0, 0.3, 5.0, 0.7][i]);
    let one = |y: &[f32; 5]| {
        let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 5>::new());
        model.fit(&x, y, 1e-4).unwrap();
        model.refine().unwrap()
    };
    let smooth = x.map(|[x, _]| x);
    let (rough, smooth_last) = (one(&y), one(&smooth));
    assert!(rough != smooth_last && rough > 0.0);
    for swapped in [false, true] {
        let both: [[f32; 2]; 5] =
            core::array::from_fn(|i| if swapped { [smooth[i], y[i]] } else { [y[i], smooth[i]] });
        let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 5, [f32; 2]>::new());
        model.fit(&x, &both, 1e-4).unwrap();
        assert_eq!(model.refine(), Ok(rough.max(smooth_last)), "{swapped}");
    }
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 5>::new());
    model.fit(&x, &y, 1e-4).unwrap();
    for _ in 0..20 {
        let (x, y) = model.sample(0).unwrap();
        model.replace(0, &x, y).unwrap();
    }
    let factor = model.factor();
    let error = |j: usize| {
        let above = (0..j).map(|i| factor.row(i)[j - i - 1].powi(2));
        let pivot = 1.0 / factor.reciprocals()[j];
        let sum = above.fold(0.0, |sum, square| sum + square) + pivot * pivot;
        (sum / (factor.original(j, j).unwrap() + model.ridge()) - 1.0).abs()
    };
    let worst = (0..5).map(error).fold(0.0, f32::max);
    assert!(model.drift() == worst && worst > 0.0, "{} {worst}", model.drift());
}
