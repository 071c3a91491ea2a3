//! An infinite-width kernel whose activation and kind are known at run time only.

use std::fmt;
use std::sync::Arc;

use ntk_core::kernel::{Coded, Identity, Portable};
use ntk_core::{Deep, Error, Kernel, Point, Rows, SlopeDual, Step};

use crate::activation::{Named, Visitor};
use crate::cli::{KernelChoice, Kind};
use crate::error::Failure;
use crate::gram::{self, Nngp, Ntk, Real, Tiled};

/// Any NTK or NNGP of an infinitely wide network.
#[derive(Clone)]
pub struct AnyKernel<T>(Arc<dyn Tiled<T> + Send>, Identity<T>);

impl<T: Real> AnyKernel<T> {
    /// See [`gram::gram`].
    ///
    /// # Errors
    /// The same.
    pub fn gram(&self, x: Rows<'_, T>, matrix: &mut [T]) -> Result<(), Error> {
        gram::gram(&*self.0, x, matrix)
    }

    /// See [`gram::cross_gram`].
    ///
    /// # Errors
    /// The same.
    pub fn cross_gram(&self, x: Rows<'_, T>, y: Rows<'_, T>, matrix: &mut [T]) -> Result<(), Error> {
        gram::cross_gram(&*self.0, x, y, matrix)
    }

    /// By what numbers a file knows it.
    #[must_use]
    pub fn identity(&self) -> &Identity<T> {
        &self.1
    }
}

impl<T: Real> Kernel<T> for AnyKernel<T> {
    fn prepare<'x>(&self, x: &'x [T]) -> Point<'x, T> {
        self.0.pairwise().prepare(x)
    }
    fn between(&self, x: &Point<'_, T>, y: &Point<'_, T>) -> T {
        self.0.pairwise().between(x, y)
    }
}

impl<T> fmt::Debug for AnyKernel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyKernel")
    }
}

impl KernelChoice {
    /// The kernel itself, Gram matrices with the bits of the core: what is fitted.
    ///
    /// # Errors
    /// If a setting is out of range, or the activation has no NTK.
    pub fn build<T: Real>(&self) -> Result<AnyKernel<T>, Failure> {
        self.build_as(true)
    }

    /// The same; `core_bits` as in [`Ntk`].
    ///
    /// # Errors
    /// The same.
    pub fn build_as<T: Real>(&self, core_bits: bool) -> Result<AnyKernel<T>, Failure> {
        self.activation.visit(Build {
            choice: self,
            core_bits,
            w: T::from_f64(self.weight_variance),
            b: T::from_f64(self.bias_variance),
        })
    }
}

struct Build<'c, T> {
    choice: &'c KernelChoice,
    core_bits: bool,
    w: T,
    b: T,
}

impl<T: Real> Build<'_, T> {
    fn nngp<A: Coded<T> + Send + Sync + 'static>(&self, phi: A) -> Result<AnyKernel<T>, Failure> {
        let network = Deep::nngp_with(phi, self.choice.depth, self.w, self.b)?;
        let identity = network.identity();
        Ok(AnyKernel(Arc::new(Nngp(network)), identity))
    }
}

impl<T: Real> Visitor<T> for Build<'_, T> {
    type Output = Result<AnyKernel<T>, Failure>;

    fn smooth<A: SlopeDual<T> + Coded<T> + Send + Sync + 'static>(self, phi: A) -> Self::Output {
        match self.choice.kind {
            Kind::Ntk => {
                let network = Deep::ntk_with(phi, self.choice.depth, self.w, self.b)?;
                let identity = network.identity();
                // Where the core's entries and those in vectors have the same bits, nothing speaks against vectors.
                let two_roads = matches!(self.choice.activation, Named::Relu | Named::LeakyRelu(_));
                Ok(AnyKernel(Arc::new(Ntk { network, core_bits: self.core_bits && two_roads }), identity))
            }
            Kind::Nngp => self.nngp(phi),
        }
    }

    fn step(self, phi: Step) -> Self::Output {
        match self.choice.kind {
            Kind::Ntk => Err(Failure::new(
                "step has no NTK, since its slope is 0 wherever it has one; use --kind nngp, the kernel of training \
                 the last layer",
            )),
            Kind::Nngp => self.nngp(phi),
        }
    }
}
