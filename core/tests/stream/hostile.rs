//! What must be refused, and what must not hurt: outliers, stuck sensors, a hundred thousand samples in
//! `f32`.

use ntk_core::stream::{Forgetting, Learned, Occasion};
use ntk_core::{Error, Listener, Quantity, Setting};

use crate::{samples, truth};

#[test]
fn whatever_is_refused_changes_nothing() {
    let mut model = Listener::<2, 6>::new();
    for step in 0..40 {
        let before = format!("{model:?}");
        let not_finite = |what| Err(Error::NotFinite { what, row: 0, column: 0 });
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(model.hear(&[bad, 0.0], 0.0), not_finite(Quantity::X));
            assert_eq!(model.hear(&[0.0; 2], bad), not_finite(Quantity::Y));
            assert!(model.answer(&[bad, 0.0], 0.9).is_err() && model.p_value(&[0.0; 2], bad).is_err());
            let elapsed = Occasion { elapsed: bad, ..Occasion::USUAL };
            assert_eq!(model.hear_on(&[0.0; 2], 0.0, elapsed), Err(Error::OutOfRange(Setting::Elapsed)));
            let noise = Occasion { noise: Some(bad), ..Occasion::USUAL };
            assert_eq!(model.hear_on(&[0.0; 2], 0.0, noise), Err(Error::OutOfRange(Setting::StreamNoise)));
        }
        for noise in [0.0, -1.0] {
            let noise = Some(noise);
            assert!(model.hear_on(&[0.0; 2], 0.0, Occasion { noise, ..Occasion::USUAL }).is_err());
            assert!(model.set_noise(noise).is_err() && model.set_amplitude(noise).is_err());
        }
        assert!(model.hear_on(&[0.0; 2], 0.0, Occasion { elapsed: -1e-3, ..Occasion::USUAL }).is_err());
        for factor in [0.0, -0.1, 1.0 + f32::EPSILON, f32::NAN] {
            let refused = model.set_forgetting(Forgetting::Factor(factor));
            assert_eq!(refused, Err(Error::OutOfRange(Setting::Forgetting)));
        }
        for level in [0.0, 1.0, -0.5, f32::NAN] {
            assert!(model.answer(&[0.0; 2], level).is_err());
        }
        assert!(model.hear(&[1e30, 0.0], 0.0).is_err(), "the kernel overflows");
        if model.heard() <= 6 {
            assert!(model.hear(&[0.0; 2], 1e30).is_err(), "the coefficients would overflow");
        }
        assert!(model.hear(&[0.0; 2], f32::MAX).is_err(), "whatever it is weighed by");
        assert!(
            model.set_range(&[1.0, 0.0], &[1.0, 1.0]).is_err()
                && model.begin(&[[f32::NAN; 2]], &[1.0]).is_err()
        );
        assert_eq!(format!("{model:?}"), before);
        let (x, y) = samples(40, 0.2, 0.0, 10)[step];
        model.hear(&x.map(|v| v as f32), y as f32).unwrap();
    }
    assert_eq!(model.set_forgetting(Forgetting::Factor(1.0)), Ok(()));
    assert_eq!(model.set_range(&[0.0; 2], &[1.0; 2]), Err(Error::AlreadyFitted));
}

#[test]
fn a_stuck_sensor_says_nothing_from_its_seventeenth_word_on() {
    let mut model = Listener::<2, 10>::new();
    let all = samples(600, 0.2, 0.0, 11);
    for (x, y) in &all[..300] {
        model.hear(&x.map(|v| v as f32), *y as f32).unwrap();
    }
    let mut last = None;
    for i in 1..=1000 {
        let before = format!("{:?}", model.answer(&[0.3, 0.3], 0.9));
        let learned = model.hear(&[0.5, 0.25], 1.0).unwrap();
        assert_eq!(learned == Learned::Repeated, i > 16, "{i}: {learned:?}");
        if i > 16 {
            assert_eq!(format!("{:?}", model.answer(&[0.3, 0.3], 0.9)), before);
        }
        last = Some(model.heard());
    }
    assert_eq!(last, Some(316));
    // Another word is heard, and the old one again.
    assert_ne!(model.hear(&[0.5, 0.25], 1.25), Ok(Learned::Repeated));
    assert_ne!(model.hear(&[0.5, 0.25], 1.0), Ok(Learned::Repeated));
}

#[test]
fn an_outlier_moves_no_more_than_an_error_of_four_deviations() {
    let mut model = Listener::<2, 10, f64>::new();
    for (x, y) in samples(500, 0.2, 0.0, 12) {
        model.hear(&x, y).unwrap();
    }
    let x = [0.4, -0.6];
    let at = model.answer(&x, 0.9).unwrap();
    assert!(model.p_value(&x, at.mean + 5.0).unwrap() < 1e-3 && model.p_value(&x, at.mean).unwrap() > 0.99);
    let moved = |size: f64| {
        let mut model = model.clone();
        model.hear(&x, at.mean + size).unwrap();
        (model.answer(&x, 0.9).unwrap().mean - at.mean).abs()
    };
    let [small, large, larger, huge] = [0.2, 20.0, 2e3, 2e6].map(moved);
    assert!(small > 0.0 && large < 20.0 * small, "{small} {large}");
    assert!(
        (larger / large - 1.0).abs() < 0.1 && (huge / larger - 1.0).abs() < 1e-3,
        "{large} {larger} {huge}"
    );
}

/// No variance below 0, no answer that is not a number; within a hundredth of `f64`.
#[test]
fn a_hundred_thousand_samples_in_single_precision() {
    for forgetting in [1.0, 0.999, 0.9] {
        let mut single = Listener::<2, 12>::new();
        let mut double = Listener::<2, 12, f64>::new();
        single.set_forgetting(Forgetting::Factor(forgetting as f32)).unwrap();
        double.set_forgetting(Forgetting::Factor(forgetting)).unwrap();
        let queries = samples(50, 0.0, 0.0, 13);
        let mut squares = [0.0; 2];
        for (i, (x, y)) in samples(100_000, 0.3, 0.0, 14).into_iter().enumerate() {
            single.hear(&x.map(|v| v as f32), y as f32).unwrap();
            double.hear(&x, y).unwrap();
            if i % 5000 == 4999 {
                for (x, _) in &queries {
                    let of_single = single.answer(&x.map(|v| v as f32), 0.9).unwrap();
                    assert!(of_single.deviation > 0.0 && of_single.novelty > 0.0 && of_single.novelty <= 1.0);
                    squares[0] += (f64::from(of_single.mean) - truth(x, 0.0)).powi(2);
                    squares[1] += (double.answer(x, 0.9).unwrap().mean - truth(x, 0.0)).powi(2);
                }
            }
        }
        let ratio = (squares[0] / squares[1]).sqrt();
        assert!((ratio - 1.0).abs() < 0.05, "{forgetting}: {ratio}");
    }
}
