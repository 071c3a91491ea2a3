//! A model fitted in `f64` and rounded to `f32`: each number goes to the nearest, and one that does not fit
//! is refused.

use ntk_core::regression::{Flat, PerSample, StorageMut};
use ntk_core::{Erf, Error, Ntk, Quantity, Regression, Rows};

const X: [[f64; 2]; 4] = [[0.3, -1.2], [1.1, 0.4], [-0.3, 0.7], [0.9, 2.1]];
const Y: [[f64; 3]; 4] = [[0.1, 3.3, -1.0], [-2.1, 0.7, 0.2], [1.9, -0.3, 0.6], [0.2, 2.9, 1.7]];

type Plain<T> = Regression<Ntk<Erf>, Flat<T, Vec<T>>>;
type Noisy<T> = Regression<Ntk<Erf>, Flat<T, Vec<T>, PerSample>>;

fn plain<T: ntk_core::Scalar>([d, n, c]: [usize; 3]) -> Plain<T> {
    Regression::new(Ntk::new(Erf), Flat::new(d, n, c, vec![T::ZERO; Flat::<T>::len(d, n, c)]).unwrap())
}

fn noisy<T: ntk_core::Scalar>([d, n, c]: [usize; 3]) -> Noisy<T> {
    let block = vec![T::ZERO; Flat::<T>::len_with_noise(d, n, c)];
    Regression::new(Ntk::new(Erf), Flat::with_noise(d, n, c, block).unwrap())
}

fn rows<const C: usize>(values: &[[f64; C]]) -> Rows<'_, f64> {
    Rows::from(values)
}

/// All numbers of a model, as `f64`.
fn numbers<T: ntk_core::Scalar, M: StorageMut<Scalar = T>>(model: &Regression<Ntk<Erf>, M>) -> Vec<f64> {
    let mut all = model.inputs().to_vec();
    for output in 0..3 {
        all.extend(model.labels(output).iter().chain(model.coefficients(output)));
        all.extend(model.amplitude(output));
    }
    let factor = model.factor();
    all.extend(factor.reciprocals());
    (0..factor.len()).for_each(|i| all.extend(factor.row(i)));
    all.push(model.ridge());
    all.iter().map(|v| v.to_f64()).collect()
}

fn rounded(values: &[f64]) -> Vec<f64> {
    values.iter().map(|v| f64::from(*v as f32)).collect()
}

#[test]
fn every_number_is_rounded_to_nearest() {
    for amplitude in [None, Some(1.7)] {
        let mut model = plain::<f64>([2, 4, 3]);
        model.set_amplitude(amplitude).unwrap();
        model.fit_empty(rows(&X), rows(&Y), 0.03).unwrap();
        let mut found = plain::<f32>([2, 6, 3]); // more room than samples
        found.round_from(&model).unwrap();
        assert_eq!(found.len(), 4);
        assert_eq!(numbers(&found), rounded(&numbers(&model)), "{amplitude:?}");
        // K and the lengths are those of the rounded inputs: a refresh needs both.
        let mut fitted = plain::<f32>([2, 6, 3]);
        let x: Vec<f32> = X.as_flattened().iter().map(|v| *v as f32).collect();
        let y: Vec<f32> = Y.as_flattened().iter().map(|v| *v as f32).collect();
        fitted.set_amplitude(amplitude.map(|s| s as f32)).unwrap();
        fitted.fit_empty(Rows::new(&x, 2).unwrap(), Rows::new(&y, 3).unwrap(), 0.03).unwrap();
        found.refresh().unwrap();
        fitted.refresh().unwrap();
        assert_eq!(numbers(&found), numbers(&fitted), "{amplitude:?}");
    }
}

#[test]
fn each_sample_keeps_its_noise() {
    let mut model = noisy::<f64>([2, 4, 3]);
    model.fit_with_noise(rows(&X), rows(&Y), &[0.1, 0.0, 0.3, 0.2], 0.03).unwrap();
    let mut found = noisy::<f32>([2, 5, 3]);
    found.round_from(&model).unwrap();
    assert_eq!(numbers(&found), rounded(&numbers(&model)));
    assert_eq!(found.noise_unit(), model.noise_unit() as f32);
    for i in 0..5 {
        let expected = model.noise_of(i).map(|v| v as f32);
        let near = |found: f32, expected: f32| (found - expected).abs() <= 2.0 * f32::EPSILON * expected;
        let found = found.noise_of(i);
        assert!(found.is_some() == expected.is_some(), "{i}");
        assert!(found.zip(expected).is_none_or(|(a, b)| near(a, b)), "{i}: {found:?}, {expected:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut model = plain::<f64>([2, 4, 3]);
    let mut small = plain::<f32>([2, 3, 3]);
    assert_eq!(small.round_from(&model), Err(Error::NotFitted));
    model.fit_empty(rows(&X), rows(&Y), 0.03).unwrap();
    assert_eq!(small.round_from(&model), Err(Error::Capacity { capacity: 3, found: 4 }));
    assert!(matches!(plain::<f32>([3, 4, 3]).round_from(&model), Err(Error::Shape { .. })));
    assert!(matches!(plain::<f32>([2, 4, 2]).round_from(&model), Err(Error::Shape { .. })));
    // An input above the range, by its place.
    let mut far = X;
    far[2][1] = 1e60;
    model.clear();
    model.fit_empty(rows(&far), rows(&Y), 1e119).unwrap();
    let refused = Error::NotFinite { what: Quantity::X, row: 2, column: 1 };
    assert_eq!(plain::<f32>([2, 4, 3]).round_from(&model), Err(refused));
    // Labels above the range.
    let mut large = Y;
    large[2][1] = 1e60;
    model.clear();
    model.fit_empty(rows(&X), rows(&large), 0.03).unwrap();
    let mut found = plain::<f32>([2, 4, 3]);
    let refused = found.round_from(&model);
    assert!(matches!(refused, Err(Error::NotFinite { .. })), "{refused:?}");
    assert!(found.is_empty());
    // A ridge with which 1 / R_ii is 0 in single precision.
    model.clear();
    model.fit_empty(rows(&X), rows(&Y), 1e100).unwrap();
    let refused = Error::NotFinite { what: Quantity::Factor, row: 0, column: 0 };
    assert_eq!(found.round_from(&model), Err(refused));
    assert!(found.is_empty());
    // Noise and labels whose common unit is 0 in single precision.
    let mut tiny = noisy::<f64>([2, 4, 3]);
    let y = Y.map(|row| row.map(|y| y * 1e-60));
    tiny.fit_with_noise(rows(&X), rows(&y), &[1e-62; 4], 0.03).unwrap();
    assert!(tiny.noise_unit() > 0.0 && tiny.noise_unit() < 1e-50);
    let mut found = noisy::<f32>([2, 4, 3]);
    assert!(matches!(found.round_from(&tiny), Err(Error::NotFinite { .. })));
    assert!(found.is_empty());
}
