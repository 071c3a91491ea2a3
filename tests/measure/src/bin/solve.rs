//! Solves a system of 15 equations by Cholesky factorisation, to be compared with `solve-nalgebra`.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{N, Real, opaque};
use ntk_core::cholesky::{Factor, factor};

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    loop {
        let (mut matrix, mut inverse) = (opaque([[1.0; N]; N]), [0.0; N]);
        if factor::<Real>(matrix.as_flattened_mut(), N, opaque(0.01), &mut inverse).is_ok() {
            let mut b = opaque([1.0; N]);
            let Ok(factor) = Factor::new(matrix.as_flattened(), N, &inverse) else { continue };
            opaque(factor.solve(&mut b).is_ok());
            opaque(b);
        }
    }
}
