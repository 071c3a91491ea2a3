//! Fits up to 32 samples as they come in, then predicts with an error bar, for ever. Nothing of the old model
//! has to be kept.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{N, Place, Real, opaque};
use ntk_core::regression::Fixed;
use ntk_core::{Ntk, Regression, Relu};

type Model = Regression<Ntk<Relu>, Fixed<Real, 2, 32>>;

static MODEL: Place<Model> = Place::new(Regression::new(Ntk::new(Relu), Fixed::new()));

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    let model = unsafe { MODEL.get() };
    loop {
        let mut x = [[0.0; 2]; N];
        let mut y = [0.0; N];
        for (x, y) in x.iter_mut().zip(&mut y) {
            (*x, *y) = opaque(([0.5, 1.0], 1.0));
        }
        model.clear();
        opaque(model.fit_empty(&x, &y, opaque(0.01)).is_ok());
        if let Ok(prediction) = model.predict(&opaque([0.5, 1.0])) {
            opaque((prediction.mean, prediction.deviation));
        }
    }
}
