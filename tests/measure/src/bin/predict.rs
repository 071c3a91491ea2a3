//! Predicts with an error bar from a model of 15 samples that stands in flash.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{N, Real, opaque};
use ntk_core::cholesky::Factor;
use ntk_core::regression::Fitted;
use ntk_core::{ReluNtk, Rows};

/// What a fit leaves. Only the size counts here, so any numbers will do.
struct Model {
    x: [[Real; 2]; N],
    lengths: [[Real; 2]; N],
    matrix: [[Real; N]; N],
    inverse: [Real; N],
    ridge: Real,
    labels: [Real; N],
    coefficients: [Real; N],
}

static MODEL: Model = Model {
    x: [[0.5; 2]; N],
    lengths: [[0.75; 2]; N],
    matrix: [[0.25; N]; N],
    inverse: [2.0; N],
    ridge: 0.01,
    labels: [1.0; N],
    coefficients: [3.0; N],
};

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    let m = opaque(&MODEL);
    let (mut mean, mut work) = ([0.0; 1], [0.0; N]);
    loop {
        let Ok(factor) = Factor::new(m.matrix.as_flattened(), N, &m.inverse) else { continue };
        let (x, kernel) = (Rows::from(m.x.as_slice()), &ReluNtk);
        let fitted = Fitted::new(kernel, x, &m.lengths, factor, m.ridge, &m.labels, &m.coefficients);
        let Ok(fitted) = fitted else { continue };
        if let Ok(deviation) = fitted.predict(&opaque([0.5, 1.0]), &mut work, &mut mean) {
            opaque((mean, deviation));
        }
    }
}
