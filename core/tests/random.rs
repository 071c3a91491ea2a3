//! The sampler has the right distribution and always the same stream, and a network draws from it in the
//! stated order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use ntk_core::random::{normal_from_bits, standard_normal, uniform};
use ntk_core::{Network, Params, Relu};
use rand_chacha::ChaCha8Rng;
use rand_core::Rng;
use support::{assert_close, rng};

const DRAWS: usize = 100_000;

/// The largest distance between the empirical distribution of the sorted draws and a distribution function.
fn kolmogorov_smirnov(sorted: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
    let n = sorted.len() as f64;
    sorted.iter().enumerate().fold(0.0, |worst: f64, (i, &x)| {
        let (below, above) = (cdf(x) - i as f64 / n, (i + 1) as f64 / n - cdf(x));
        worst.max(below).max(above)
    })
}

fn sorted(draw: impl FnMut(usize) -> f64) -> Vec<f64> {
    let mut draws: Vec<_> = (0..DRAWS).map(draw).collect();
    draws.sort_by(f64::total_cmp);
    draws
}

/// 1.63 / sqrt n is the 1 % point of the Kolmogorov-Smirnov distance; the seeds are fixed, so the test is
/// deterministic.
fn critical() -> f64 {
    1.63 / (DRAWS as f64).sqrt()
}

fn is_normal(draws: &[f64]) {
    let moment = |k: i32| draws.iter().map(|z| z.powi(k)).sum::<f64>() / DRAWS as f64;
    // Four standard errors: the variance of z^k is 1, 2, 15 and 96 for k = 1 to 4.
    for (k, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0f64)] {
        assert_close(moment(k), expected, 4.0 * (variance / DRAWS as f64).sqrt());
    }
    let cdf = |z: f64| 0.5 * libm::erfc(-z / core::f64::consts::SQRT_2);
    assert!(kolmogorov_smirnov(draws, cdf) < critical());
}

#[test]
fn normals_are_normal() {
    let (mut wide, mut narrow) = (rng(1), rng(2));
    is_normal(&sorted(|_| standard_normal(&mut wide)));
    is_normal(&sorted(|_| f64::from(standard_normal::<f32, _>(&mut narrow))));
}

#[test]
fn uniforms_are_uniform() {
    let mut rng = rng(3);
    let draws = sorted(|_| uniform(&mut rng));
    assert!(kolmogorov_smirnov(&draws, |u| 0.5 * (1.0 + u)) < critical());
}

/// The smallest and largest words of each sign give symmetric numbers that are neither 0 nor 1.
#[test]
fn uniforms_are_open_and_symmetric() {
    struct Word(u64);
    impl rand_core::TryRng for Word {
        type Error = core::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            unreachable!("the rule reads 64-bit words")
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(self.0)
        }
        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
            unreachable!("the rule reads 64-bit words")
        }
    }
    const SIGN: u64 = 1 << 63;
    for (word, wide, narrow) in [
        (0, 0.5f64.powi(53), 0.5f32.powi(24)),
        (SIGN - 1, 1.0 - 0.5f64.powi(53), 1.0 - 0.5f32.powi(24)),
        (SIGN / 2, 0.5 + 0.5f64.powi(53), 0.5 + 0.5f32.powi(24)),
    ] {
        assert_eq!(uniform::<f64, _>(&mut Word(word)), wide);
        assert_eq!(uniform::<f64, _>(&mut Word(word | SIGN)), -wide);
        assert_eq!(uniform::<f32, _>(&mut Word(word)), narrow);
        assert_eq!(uniform::<f32, _>(&mut Word(word | SIGN)), -narrow);
    }
}

/// The tail beyond |z| is h/2 by libm's complementary error function. The largest |z| are as documented.
#[test]
fn normals_are_the_quantiles_of_their_words() {
    let mut rng = rng(4);
    for _ in 0..DRAWS {
        let word = rng.next_u64() >> 1; // positive
        let h = (2 * (word >> 11) + 1) as f64 * 0.5f64.powi(53);
        let z: f64 = normal_from_bits(word);
        let tail = libm::erfc(z / core::f64::consts::SQRT_2);
        // d ln tail / dz = -z - ..; a relative error of 1e-15 in z moves the tail by about z^2 as much.
        assert_close(tail / h, 1.0, 3e-15 * (1.0 + z * z));
        assert_eq!(normal_from_bits::<f64>(word | 1 << 63), -z);
    }
    let far: f64 = normal_from_bits(0);
    assert!((8.25..8.35).contains(&far), "{far}");
    let far: f32 = normal_from_bits(0);
    assert!((5.35..5.45).contains(&far), "{far}");
}

/// The `f32` of a word is the quantile of its own h to 1e-6. It differs from the `f64` of the word by the 29
/// bits that its h does not have, too.
#[test]
fn both_precisions_are_close() {
    let mut worst = 0.0f64;
    for m in (0..1u64 << 23).step_by(7) {
        let (narrow, wide): (f32, f64) = (normal_from_bits(m << 40), normal_from_bits(m << 40 | 1 << 39));
        worst = worst.max((f64::from(narrow) / wide - 1.0).abs());
    }
    assert!(worst > 3e-7 && worst < 1e-6, "{worst:e}");
    let mut rng = rng(5);
    for _ in 0..DRAWS {
        let word = rng.next_u64();
        let (wide, narrow): (f64, f32) = (normal_from_bits(word), normal_from_bits(word));
        // Half a step of h, 2^-24, moves z by that over twice the density.
        let density = (-0.5 * wide * wide).exp() / (2.0 * core::f64::consts::PI).sqrt();
        let step = 0.5f64.powi(25) / density;
        assert_close(f64::from(narrow), wide, 1e-6 * wide.abs() + 1.5 * step);
    }
}

/// A seed gives these numbers for as long as this crate exists.
#[test]
fn the_stream_of_a_seed() {
    fn first<T>(mut draw: impl FnMut(&mut ChaCha8Rng) -> T) -> [T; 4] {
        let mut rng = rng(2024);
        core::array::from_fn(|_| draw(&mut rng))
    }
    assert_eq!(
        first(standard_normal::<f64, _>),
        [0.9660117337319182, -0.04394511600837548, -0.8937918719627009, -0.23304885081575136]
    );
    assert_eq!(first(standard_normal::<f32, _>), [0.96601164, -0.043945156, -0.89379174, -0.2330488]);
    assert_eq!(
        first(uniform::<f64, _>),
        [0.33403830963736636, -0.9649481526419906, -0.3714332588342578, -0.8157234724614714]
    );
}

/// Weights are drawn unit by unit, A_{1i}, .., A_{ci}, B_{i1}, .., B_{id}, so a wider network of the same
/// seed begins with the units of the narrower one.
#[test]
fn initialization_goes_unit_by_unit() {
    let mut network = Network::new(Relu, Params::<f64, 3, 5, 2>::zero());
    network.initialize(&mut rng(6));
    let mut rng = rng(6);
    for unit in 0..5 {
        for output in 0..2 {
            assert_eq!(network.weights.a[output][unit], standard_normal(&mut rng));
        }
        for input in 0..3 {
            assert_eq!(network.weights.b[input][unit], standard_normal(&mut rng));
        }
    }
    let mut wider = Network::new(Relu, Params::<f64, 3, 9, 2>::zero());
    wider.initialize(&mut support::rng(6));
    assert_eq!(wider.weights.a[1][..5], network.weights.a[1]);
    assert_eq!(wider.weights.b[2][..5], network.weights.b[2]);
}
