//! Fits up to 32 samples as they come in, then predicts with an error bar, for ever. A fit that fails leaves
//! the model as it was.

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
        let (x, y): ([[Real; 2]; N], [Real; N]) = opaque(([[1.0; 2]; N], [1.0; N]));
        opaque(model.fit(&x, &y, opaque(0.01)).is_ok());
        if let Ok(prediction) = model.predict(&opaque([0.5, 1.0])) {
            opaque((prediction.mean, prediction.deviation));
        }
    }
}
