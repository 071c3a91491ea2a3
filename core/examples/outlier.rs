//! One of sixteen calibration points is wrong: the others say which; it is refused, read again, and then
//! believed.

use ntk_core::regression::Fixed;
use ntk_core::{Error, Ntk, Regression, Relu};

type Model = Regression<Ntk<Relu>, Fixed<f32, 2, 16>>;

/// How far sample i lies from what the others expect of it, in units of how sure they are.
fn surprise(model: &Model, i: usize) -> Result<f32, Error> {
    let left_out = model.leave_one_out(i)?;
    let label = model.sample(i).map_or(f32::NAN, |(_, label)| label);
    Ok(((label - left_out.mean) / left_out.deviation).abs())
}

fn main() -> Result<(), Error> {
    let (mut x, mut y) = ([[0.0, 1.0]; 16], [0.0; 16]);
    for (i, ([x, _], y)) in x.iter_mut().zip(&mut y).enumerate() {
        *x = i as f32 / 7.5 - 1.0;
        *y = *x + 0.3 * *x * *x;
    }
    y[5] += 0.4; // read off the wrong line
    let mut model = Model::new(Ntk::new(Relu), Fixed::new());
    model.set_amplitude(Some(1.0))?; // known beforehand: one of the labels would grow with the outlier
    model.fit(&x, &y, 1e-2)?;
    let (mut worst, mut second) = ((0.0, 0), 0.0);
    for i in 0..16 {
        match surprise(&model, i)? {
            s if s > worst.0 => (worst, second) = ((s, i), worst.0),
            s => second = s.max(second),
        }
    }
    println!("sample {}: {:.2}, every other below {second:.2}", worst.1, worst.0);
    assert!(worst.1 == 5 && worst.0 > 2.0 * second);
    model.replace(5, &x[5], y[5] - 0.4)?; // read again
    println!("read again: {:.2}", surprise(&model, 15)?); // it is the youngest now
    assert!(surprise(&model, 15)? < 0.1 * worst.0);
    Ok(())
}
