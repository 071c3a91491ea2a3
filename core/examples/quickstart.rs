//! Fifteen readings with their uncertainty: kernel regression in fixed memory, without a heap.

use heapless::Vec;
use ntk_core::regression::Fixed;
use ntk_core::{Error, Lift, Ntk, Regression, Relu};

fn lifted(x: f32) -> Result<[f32; 2], Error> {
    let mut z = [0.0; 2];
    Lift::Circle.apply(x, &mut z)?;
    Ok(z)
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    // Samples arrive one by one; their number is not known beforehand, only its bound.
    let (mut x, mut y) = (Vec::<[f32; 2], 15>::new(), Vec::<f32, 15>::new());
    for i in 0..15 {
        let reading = i as f32 / 7.0 - 1.0;
        x.push(lifted(reading)?).map_err(|_| "no room for another sample")?;
        y.push(reading + (10.0 * reading).sin()).map_err(|_| "no room for another label")?;
    }

    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 15>::new());
    model.fit(x.as_slice(), y.as_slice(), 1e-3)?;

    for query in [-0.5, 0.0, 0.33, 2.0] {
        let answer = model.predict(&lifted(query)?)?;
        println!("f({query:5.2}) = {:6.3} +- {:.3}", answer.mean, answer.deviation);
    }
    let near = model.predict(&lifted(0.0)?)?;
    let far = model.predict(&lifted(2.0)?)?; // opposite to a sample, far from all others
    assert!(near.mean.abs() < 0.05 && near.deviation < 0.05 * model.amplitude(0)?);
    assert!(far.deviation > 10.0 * near.deviation);
    Ok(())
}
