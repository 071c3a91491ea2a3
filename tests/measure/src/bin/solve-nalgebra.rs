//! What `solve` does, with nalgebra's matrices of fixed size.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{N, Real, opaque};
use nalgebra::{Cholesky, SMatrix, SVector};

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    loop {
        let mut matrix: SMatrix<Real, N, N> = opaque(SMatrix::repeat(1.0));
        let ridge: Real = opaque(0.01);
        (0..N).for_each(|i| matrix[(i, i)] += ridge);
        if let Some(factor) = Cholesky::new(matrix) {
            let mut b: SVector<Real, N> = opaque(SVector::repeat(1.0));
            factor.solve_mut(&mut b);
            opaque(b);
        }
    }
}
