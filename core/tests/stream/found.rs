//! What a stream finds by itself: noise, how fast to forget, intervals that hold.

use ntk_core::Listener;
use ntk_core::stream::Forgetting;

use crate::{samples, truth};

fn listening(noise: f64, phase: f64, forgetting: Forgetting<f64>) -> Listener<2, 15, f64> {
    let mut model = Listener::<2, 15, f64>::new();
    model.set_forgetting(forgetting).unwrap();
    for (x, y) in samples(4000, noise, phase, 20) {
        model.hear(&x, y).unwrap();
    }
    model
}

#[test]
fn noise_and_forgetting_follow_the_stream() {
    let noise = |sigma| listening(sigma, 0.0, Forgetting::Never).noise();
    let [quiet, usual, loud] = [0.05, 0.2, 0.8].map(noise);
    assert!(quiet < 0.5 * usual && usual < 0.25 * loud, "{quiet} {usual} {loud}");
    let rate = |phase| 1.0 - listening(0.2, phase, Forgetting::Auto).forgetting();
    let [still, slow, fast] = [0.0, 1e-3, 1e-2].map(rate);
    assert!(still < 2e-4 && still < 0.3 * slow && slow < 0.5 * fast && fast <= 0.1, "{still} {slow} {fast}");
}

/// Root mean square error over the last half of a stream, and the share of samples in intervals and of
/// alarms.
fn followed(phase: f64, forgetting: Forgetting<f64>) -> [f64; 4] {
    let mut model = Listener::<2, 15, f64>::new();
    model.set_forgetting(forgetting).unwrap();
    let (mut squares, mut inside, mut alarms) = (0.0, [0.0; 2], 0.0);
    let all = samples(8000, 0.2, phase, 21);
    for (i, (x, y)) in all.iter().enumerate() {
        if i >= all.len() / 2 {
            for (inside, level) in inside.iter_mut().zip([0.9, 0.8]) {
                let at = model.answer(x, level).unwrap();
                *inside += f64::from(u8::from(at.low <= *y && *y <= at.high));
            }
            squares += (model.answer(x, 0.5).unwrap().mean - truth(x, phase * i as f64)).powi(2);
            alarms += f64::from(u8::from(model.p_value(x, *y).unwrap() <= 0.01));
        }
        model.hear(x, *y).unwrap();
    }
    let count = all.len() as f64 / 2.0;
    [(squares / count).sqrt(), inside[0] / count, inside[1] / count, alarms / count]
}

#[test]
fn intervals_and_alarms_hold_under_drift() {
    for phase in [0.0, 1e-3, 1e-2] {
        let [_, nine, eight, alarms] = followed(phase, Forgetting::Auto);
        assert!((nine - 0.9).abs() < 0.01 && (eight - 0.8).abs() < 0.02, "{phase}: {nine} {eight}");
        assert!((0.01 / 1.5..0.015).contains(&alarms), "{phase}: {alarms}");
    }
    // The wrong forgetting makes them wide, not wrong.
    let [error, nine, ..] = followed(1e-2, Forgetting::Never);
    let [better, ..] = followed(1e-2, Forgetting::Auto);
    assert!((nine - 0.9).abs() < 0.01 && better < 0.5 * error, "{nine} {error} {better}");
}

/// Both stay between their bounds, whatever comes, and the answers numbers.
#[test]
fn what_is_found_is_bounded() {
    for label in [
        |_: usize| 0.0,
        |i: usize| if i.is_multiple_of(2) { 1e8 } else { -1e8 },
        |i: usize| i as f64 * i as f64,
    ] {
        let mut model = Listener::<2, 8, f64>::new();
        for (i, (x, _)) in samples(3000, 0.0, 0.0, 22).into_iter().enumerate() {
            model.hear(&x, label(i)).unwrap();
            let (noise, rate) = (model.noise(), 1.0 - model.forgetting());
            assert!((1e-6 * (1.0 - 1e-9)..=100.0 * (1.0 + 1e-9)).contains(&noise), "{noise}");
            // A tenth in steps, and a tenth more while it is surprised.
            assert!((0.9e-6..=0.2).contains(&rate), "{rate}");
            let at = model.answer(&[0.1, 0.2], 0.9).unwrap();
            assert!(at.deviation.is_finite() && at.low <= at.high);
        }
    }
}
