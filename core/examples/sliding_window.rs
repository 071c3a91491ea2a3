//! A sensor that drifts: learn each new calibration point, forget the oldest, refuse an outlier; never a
//! heap.

use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::{Error, Lift, Ntk, Regression, Relu};

const NOISE: f32 = 1e-3; // variance of a reading

fn main() -> Result<(), Error> {
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 16>::new());
    model.set_ridge(NOISE)?;
    model.set_amplitude(Some(1.0))?; // so that the ridge is that variance
    let mut refused = 0;
    for day in 0..200u16 {
        let input = 0.9 * (f32::from(day) * 2.4).sin();
        let mut reading = input * input + f32::from(day) * 1e-3; // the truth, slowly drifting
        if day == 150 {
            reading += 3.0; // a loose contact
        }
        let mut x = [0.0; 2];
        Lift::Bias.apply(input, &mut x)?;
        if model.len() == 16 {
            let expected = model.predict(&x)?;
            let known = expected.novelty < 0.05;
            if known && (reading - expected.mean).abs() > 8.0 * expected.observation_deviation {
                refused += 1;
                continue;
            }
        }
        model.push(&x, reading, WhenFull::DropOldest)?;
    }
    let answer = model.predict(&[0.5, 1.0])?;
    println!("{} +- {}, {refused} refused, drift {:e}", answer.mean, answer.deviation, model.drift());
    assert_eq!((model.len(), refused), (16, 1));
    assert!((answer.mean - (0.25 + 0.19)).abs() < 0.05); // the drift of the last weeks, not of the first
    assert!(model.predict(&[30.0, 1.0])?.deviation > 10.0 * answer.deviation);
    Ok(())
}
