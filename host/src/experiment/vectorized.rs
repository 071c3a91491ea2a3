//! Training with the widest vectors that this machine has.
//!
//! The core's loops run over lanes in a fixed order; compiled for AVX2 or AVX-512 and chosen at run time they
//! are several times as fast and give the same bits. Nothing is fused: Rust does not contract `a * b + c`.

use ntk_core::train::{Trainable, Workspace};
use ntk_core::{Dataset, Error, Scalar, Shape};
use pulp::{Arch, Simd, WithSimd};

/// A model whose steps run in the machine's widest vectors.
#[derive(Debug)]
pub struct Vectorized<'m, M> {
    model: &'m mut M,
    arch: Arch,
}

impl<'m, M> Vectorized<'m, M> {
    /// Wraps a model; it is trained in place.
    pub fn new(model: &'m mut M) -> Self {
        Self { model, arch: Arch::new() }
    }
}

impl<T: Scalar, M: Trainable<T>> Trainable<T> for Vectorized<'_, M> {
    fn shape(&self) -> Shape {
        self.model.shape()
    }

    fn check(&self, data: &Dataset<'_, T>) -> Result<(), Error> {
        self.model.check(data)
    }

    fn start(&mut self, data: &Dataset<'_, T>, work: &mut Workspace<'_, T>) {
        self.model.start(data, work);
    }

    fn step(&mut self, data: &Dataset<'_, T>, rate: T, work: &mut Workspace<'_, T>) {
        self.arch.dispatch(Step { model: &mut *self.model, data, rate, work });
    }

    fn finish(&mut self) {
        self.model.finish();
    }
}

/// One step as an operation that is compiled once for each kind of machine. A closure would not be inlined
/// there.
struct Step<'s, 'd, 'w, T, M> {
    model: &'s mut M,
    data: &'s Dataset<'d, T>,
    rate: T,
    work: &'s mut Workspace<'w, T>,
}

impl<T: Scalar, M: Trainable<T>> WithSimd for Step<'_, '_, '_, T, M> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.model.step(self.data, self.rate, self.work);
    }
}
