//! Gram matrices of samples that almost coincide, in `f32` and without a ridge: the case that the half-angle
//! form is for.
//!
//! Of 60 problems drawn as here, the textbook form with its arccos factors 57, 24, 0 and 0 at separations of
//! 1e-2, 1e-3, 3e-4 and 1e-4; the half-angle form factors all of them, down to 1e-5.

use crate::support::dense::{matrix, symmetric_eigenvalues};
use crate::support::rng;
use ntk_core::random::uniform;
use ntk_core::regression::Fixed;
use ntk_core::vector::dot;
use ntk_core::{Architecture, Cholesky, Error, Kernel, Lift, Ntk, Prepared, Regression, Relu};
use rand_chacha::ChaCha8Rng;

const N: usize = 15;

/// Five points of (-1, 1), each with two neighbours at +-(0.5 .. 1) times the separation.
fn triples(separation: f32, rng: &mut ChaCha8Rng) -> [f32; N] {
    let mut x = [0.0; N];
    for triple in x.as_chunks_mut::<3>().0 {
        let base: f32 = uniform(rng);
        let mut offset = || separation * (0.75 + 0.25 * uniform::<f32, _>(rng));
        *triple = [base, base + offset(), base - offset()];
    }
    x
}

fn lifted(lift: Lift, x: &[f32; N]) -> [[f32; 2]; N] {
    x.map(|x| {
        let mut z = [0.0; 2];
        lift.apply(x, &mut z).unwrap();
        z
    })
}

fn factors<K: Kernel<f32>>(kernel: &K, x: &[[f32; 2]; N]) -> bool {
    Cholesky::<f32, N>::new().factor(N, 0.0, |i, j| kernel.value(&x[i], &x[j])).is_ok()
}

/// How many of 60 problems factor.
fn successes<K: Kernel<f32>>(kernel: &K, separation: f32) -> usize {
    let mut rng = rng(6);
    (0..60).filter(|_| factors(kernel, &lifted(Lift::Bias, &triples(separation, &mut rng)))).count()
}

/// The textbook form of the NTK, the control of this experiment.
struct Arccos;

impl Kernel<f32> for Arccos {
    fn between(&self, x: &Prepared<'_, f32>, y: &Prepared<'_, f32>) -> f32 {
        let product = x.norm * y.norm;
        let cosine = (dot(x.x, y.x) / product).clamp(-1.0, 1.0);
        let angle = cosine.acos();
        product * (angle.sin() + 2.0 * (core::f32::consts::PI - angle) * cosine) / core::f32::consts::PI
    }
}

#[test]
fn samples_in_near_triples_factor_without_a_ridge() {
    let deep = [2, 3, 10].map(|depth| Ntk::with(Relu, Architecture::ONE_LAYER.depth(depth)));
    for separation in [1e-2, 1e-3, 3e-4, 1e-4, 1e-5] {
        assert_eq!(successes(&Ntk::new(Relu), separation), 60, "at separation {separation}");
        for kernel in &deep {
            assert_eq!(successes(kernel, separation), 60, "{kernel:?} at separation {separation}");
        }
    }
}

/// Without this the test above would prove nothing: the problems are hard enough for the textbook form to
/// fail.
#[test]
fn the_textbook_form_fails_on_them() {
    let [far, near, nearer, nearest] = [1e-2, 1e-3, 3e-4, 1e-4].map(|s| successes(&Arccos, s));
    assert!(far < 60 && near < 30, "{far} and {near} of 60 factor");
    assert_eq!((nearer, nearest), (0, 0));
}

/// lambda_min / lambda_max of the NTK's Gram matrix, in `f64` on the same numbers.
fn reciprocal_condition(x: &[[f32; 2]; N]) -> f64 {
    let wide = x.map(|x| x.map(f64::from));
    let eigenvalues = symmetric_eigenvalues(&matrix(N, |i, j| Ntk::new(Relu).value(&wide[i], &wide[j])));
    eigenvalues[0] / eigenvalues[N - 1]
}

/// The samples of Example 3, 500 draws for each lift. All factor, although the condition number goes beyond
/// 10^6, unless it is beyond 10^7, where `f32` cannot tell the matrix from a singular one: then an error says
/// so.
#[test]
fn uniform_samples_factor_without_a_ridge() {
    for lift in [Lift::Bias, Lift::Circle, Lift::Sphere] {
        let mut rng = rng(7);
        let (mut worst, mut refused) = (1.0f64, 0);
        for draw in 0..500 {
            let x = lifted(lift, &core::array::from_fn(|_| uniform(&mut rng)));
            let condition = reciprocal_condition(&x);
            let result = Cholesky::<f32, N>::new().factor(N, 0.0, |i, j| Ntk::new(Relu).value(&x[i], &x[j]));
            if condition > 1e-7 {
                assert_eq!(result, Ok(()), "{lift:?}, draw {draw}, 1/condition {condition:e}");
            } else if let Err(error) = result {
                assert!(matches!(error, Error::NotPositiveDefinite { .. }));
                refused += 1;
            }
            worst = worst.min(condition);
        }
        assert!(worst < 1e-6, "{lift:?}: 1/condition {worst:e}, the draws are too easy");
        assert!(refused <= 2, "{lift:?}: {refused} refused");
    }
}

/// Predictions in `f32` against `f64` on the same numbers, at 1,000 points of 500 draws without a ridge: the
/// size of the error that 99 % of them stay below, over the whole and by draw.
fn prediction_error(lift: Lift) -> f64 {
    let mut rng = rng(8);
    let mut errors = Vec::new();
    for _ in 0..500 {
        let scalars: [f32; N] = core::array::from_fn(|_| uniform(&mut rng));
        let y = scalars.map(|x| [x + libm::sinf(10.0 * x)]);
        let x = lifted(lift, &scalars);
        let (x_wide, y_wide) = (x.map(|x| x.map(f64::from)), y.map(|y| y.map(f64::from)));
        let mut single = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, N>::new());
        if single.fit(&x, &y, 0.0).is_err() {
            assert!(reciprocal_condition(&x) < 1e-7);
            continue;
        }
        let mut double = Regression::new(Ntk::new(Relu), Fixed::<f64, 2, N>::new());
        double.fit(&x_wide, &y_wide, 0.0).unwrap();
        for i in 0..1000 {
            let mut query = [0.0f32; 2];
            lift.apply(-1.0 + 0.002 * i as f32, &mut query).unwrap();
            let truth = double.mean(&query.map(f64::from)).unwrap();
            errors.push((f64::from(single.mean(&query).unwrap()) - truth).abs());
        }
    }
    errors.sort_by(f64::total_cmp);
    println!("{lift:?}: 50 % {:e}, 99 % {:e}", errors[errors.len() / 2], errors[errors.len() * 99 / 100]);
    errors[errors.len() * 99 / 100]
}

/// The same with an arccos of the cosine: 6e-3.
#[test]
fn predictions_in_single_precision_are_good_to_5e_5() {
    for lift in [Lift::Bias, Lift::Circle] {
        let error = prediction_error(lift);
        assert!(error < 5e-5, "{lift:?}: {error:e}");
    }
}
