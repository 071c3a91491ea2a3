//! Memory, statics, shapes known at run time, and what a stream is to its units.

use ntk_core::regression::{Fixed, Flat, Row};
use ntk_core::stream::{Forgetting, Occasion};
use ntk_core::{Architecture, Calibration, Error, Kernel, Listener, Ntk, Regression, Relu, Stream};

use crate::{close, kernel, samples};

/// Bytes of a stream, of a regression and of a calibration with room for as many samples.
fn sizes<const D: usize, const M: usize, Y: Row<Scalar = f32>>() -> [usize; 3] {
    type Kernel = Ntk<Relu, Architecture<f32>>;
    [
        size_of::<Stream<Kernel, Fixed<f32, D, M, Y>>>(),
        size_of::<Regression<Kernel, Fixed<f32, D, M, Y>>>(),
        size_of::<Calibration<Kernel, Fixed<f32, D, M, Y>>>(),
    ]
}

#[test]
fn it_takes_no_more_than_a_twentieth_more_than_a_regression() {
    let one = [sizes::<1, 15, f32>(), sizes::<2, 15, f32>(), sizes::<4, 15, f32>(), sizes::<8, 32, f32>()];
    for [stream, regression, _] in one {
        assert!(100 * stream <= 105 * regression, "{stream} and {regression}");
    }
    // Several outputs need as many scales, which a regression does not have: beside what scales.
    for [stream, _, calibration] in
        [sizes::<2, 15, [f32; 2]>(), sizes::<1, 15, [f32; 3]>(), sizes::<4, 32, [f32; 3]>()]
    {
        assert!(100 * stream <= 105 * calibration, "{stream} and {calibration}");
    }
}

#[test]
fn it_stands_in_a_static() {
    static MODEL: Listener<1, 15> = Listener::new();
    assert!(MODEL.is_empty() && MODEL.heard() == 0);
    assert_eq!(MODEL.answer(&[1.0], 0.9), Err(Error::NotFitted));
}

#[test]
fn lent_memory_gives_the_bits_of_arrays_whatever_it_held() {
    let mut arrays = Stream::<_, Fixed<f32, 2, 8>>::with(kernel::<f32>());
    let block = vec![f32::NAN; Flat::<f32>::len(2, 8, 1)];
    let basis = Flat::new(2, 8, 1, block).unwrap();
    assert!(Stream::in_blocks(kernel::<f32>(), basis.clone(), vec![0.0; 9]).is_err());
    let mut lent = Stream::in_blocks(kernel::<f32>(), basis, vec![f32::NAN; 10]).unwrap();
    arrays.set_range(&[-1.0, 0.0], &[1.0, 2.0]).unwrap();
    arrays.set_labels(&-2.0, &3.0).unwrap();
    let (of_x, of_y) = (
        ntk_core::scaling::Scaling::of_range(&[-1.0f32, 0.0], &[1.0, 2.0]).unwrap(),
        ntk_core::scaling::Scaling::of_range(&-2.0f32, &3.0).unwrap(),
    );
    lent.set_scaling([&of_x.shift, &of_x.scale, &[of_y.shift], &[of_y.scale]]).unwrap();
    for (x, y) in samples(500, 0.2, 0.01, 4) {
        let (x, y) = (x.map(|v| v as f32), y as f32);
        let learned = arrays.hear(&x, y).unwrap();
        assert_eq!(lent.hear_into(&x, &[y], Occasion::USUAL, &mut [0.0; 3]), Ok(learned));
    }
    let expected = arrays.answer(&[0.3, 0.4], 0.8).unwrap();
    let [mut mean, mut deviation, mut low, mut high] = [[0.0]; 4];
    let mut work = vec![0.0; 2 + lent.len()];
    let columns = [&mut mean[..], &mut deviation, &mut low, &mut high];
    let novelty = lent.answer_into(&[0.3, 0.4], 0.8, &mut work, columns).unwrap();
    let found = [mean[0], deviation[0], low[0], high[0], novelty].map(f32::to_bits);
    let expected = [expected.mean, expected.deviation, expected.low, expected.high, expected.novelty];
    assert_eq!(found, expected.map(f32::to_bits));
    let mut work = vec![0.0; 3 + lent.len()];
    let (mean, deviation) = lent.observation_into(&[0.3, 0.4], &mut work, 0).unwrap();
    assert!(mean == expected[0] && deviation > expected[1]);
    assert!(lent.observation_into(&[0.3, 0.4], &mut work, 1).is_err());
}

/// The same stream in other units has the same answers in those units.
#[test]
fn units_do_not_matter() {
    let mut plain = Listener::<2, 12, f64>::new();
    let mut other = Listener::<2, 12, f64>::new();
    let all = samples(400, 0.2, 0.0, 5);
    let (x, y): (Vec<_>, Vec<_>) = all[..10].iter().copied().unzip();
    let into = |x: [f64; 2]| [1024.0 * x[0] + 4096.0, 0.25 * x[1]];
    let label = |y: f64| 64.0 * y - 512.0;
    let (x, y) = (x.as_slice(), y.as_slice());
    plain.begin(x, y).unwrap();
    let (in_other, label_in_other): (Vec<_>, Vec<_>) =
        x.iter().map(|x| into(*x)).zip(y.iter().map(|y| label(*y))).unzip();
    other.begin(in_other.as_slice(), label_in_other.as_slice()).unwrap();
    for (x, y) in &all[10..] {
        plain.hear(x, *y).unwrap();
        other.hear(&into(*x), label(*y)).unwrap();
    }
    let (a, b) = (plain.answer(&[0.5, 0.5], 0.9).unwrap(), other.answer(&into([0.5, 0.5]), 0.9).unwrap());
    assert!(
        close(b.mean, label(a.mean), 1e-6) && close(b.deviation, 64.0 * a.deviation, 1e-4),
        "{a:?} {b:?}"
    );
    assert!(close(b.high, label(a.high), 1e-4), "{a:?} {b:?}");
    assert!(plain.begin(x, y) == Err(Error::AlreadyFitted) && plain.set_labels(&0.0, &1.0).is_err());
    plain.clear();
    assert!(plain.is_empty() && plain.heard() == 0 && plain.set_labels(&0.0, &1.0).is_ok());
}

/// After a reset nothing is left of what was heard, found, scaled or chosen.
#[test]
fn a_reset_makes_a_stream_new() {
    let (mut used, mut new) = (Listener::<2, 7>::new(), Listener::<2, 7>::new());
    used.set_range(&[-5.0, 0.0], &[5.0, 9.0]).unwrap();
    used.set_noise(Some(0.3)).unwrap();
    used.set_forgetting(Forgetting::Factor(0.9)).unwrap();
    used.set_amplitude(Some(2.0)).unwrap();
    for (x, y) in samples(60, 0.2, 0.01, 7) {
        used.hear(&x.map(|v| v as f32), y as f32).unwrap();
    }
    used.reset(kernel());
    assert!(used.is_empty() && used.heard() == 0);
    for (x, y) in samples(60, 0.2, 0.01, 8) {
        let (x, y) = (x.map(|v| v as f32), y as f32);
        assert_eq!(used.hear(&x, y), new.hear(&x, y));
        assert_eq!(used.answer(&x, 0.8), new.answer(&x, 0.8));
    }
    assert_eq!((used.noise(), used.forgetting()), (new.noise(), new.forgetting()));
}

#[test]
fn time_leads_back_to_the_prior() {
    let mut model = Stream::<_, Fixed<f64, 2, 10>>::with(kernel());
    model.set_forgetting(Forgetting::Factor(0.5)).unwrap();
    model.set_noise(Some(0.1)).unwrap();
    model.set_amplitude(Some(1.0)).unwrap();
    for (x, y) in samples(50, 0.1, 0.0, 6) {
        model.hear(&x, y).unwrap();
    }
    let far = [0.1, 0.2];
    let before = model.answer(&far, 0.9).unwrap();
    assert!(before.novelty < 0.5, "{before:?}");
    // One sample, long after, of a label that says nothing new.
    model.hear_on(&[1.7, -1.7], 0.0, Occasion { elapsed: 1000.0, noise: Some(1e12) }).unwrap();
    let after = model.answer(&far, 0.9).unwrap();
    let prior = kernel::<f64>().value(&far, &far);
    assert!(close(after.deviation, prior.sqrt(), 1e-9) && after.mean.abs() < 1e-9, "{after:?}");
    assert!(after.novelty > 1.0 - 1e-9);
}
