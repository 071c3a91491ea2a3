//! Solves a system of 15 equations by Cholesky factorisation, to be compared with `solve-nalgebra`.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{N, Real, opaque};
use ntk_core::cholesky::factor_and_solve;

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    loop {
        let (mut matrix, mut inverse) = (opaque([[1.0; N]; N]), [0.0; N]);
        let mut b: [Real; N] = opaque([1.0; N]);
        let rows = matrix.as_flattened_mut();
        if factor_and_solve(rows, N, opaque(0.01), &mut inverse, &mut b).is_ok() {
            opaque(b);
        }
    }
}
