//! Fits up to 32 samples as they come in, then predicts with an error bar, for ever. A fit that fails leaves the model as it was.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{N, Place, Real, opaque};
use ntk_core::regression::Labels;
use ntk_core::{Dataset, Regression, ReluNtk};

static MODEL: Place<Regression<Real, ReluNtk, 2, 32>> = Place::new(Regression::new(ReluNtk));

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    let model = unsafe { MODEL.get() };
    loop {
        let (x, y): ([[Real; 2]; N], [[Real; 1]; N]) = opaque(([[1.0; 2]; N], [[1.0]; N]));
        if let Ok(data) = Dataset::new(&x, &y) {
            opaque(model.fit(&data, opaque(0.01), Labels::AsGiven).is_ok());
        }
        if let Ok(prediction) = model.predict(&opaque([0.5, 1.0])) {
            opaque((prediction.mean, prediction.deviation));
        }
    }
}
