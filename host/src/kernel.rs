//! An infinite-width kernel whose activation and kind are known at run time only.

use std::fmt;
use std::sync::Arc;

use ntk_core::kernel::{Coded, Identity, Portable};
use ntk_core::{Deep, Error, Kernel, Point, Scalar, SlopeDual, Step};

use crate::activation::Visitor;
use crate::cli::{KernelChoice, Kind};
use crate::error::Failure;

/// Any [`Deep`].
#[derive(Clone)]
pub struct AnyKernel<T>(Arc<dyn Kernel<T> + Send + Sync>, Identity<T>);

impl<T: Scalar> AnyKernel<T> {
    /// By what numbers a file knows it.
    #[must_use]
    pub fn identity(&self) -> &Identity<T> {
        &self.1
    }
}

impl<T: Scalar> Kernel<T> for AnyKernel<T> {
    fn prepare<'x>(&self, x: &'x [T]) -> Point<'x, T> {
        self.0.prepare(x)
    }
    fn between(&self, x: &Point<'_, T>, y: &Point<'_, T>) -> T {
        self.0.between(x, y)
    }
}

impl<T> fmt::Debug for AnyKernel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyKernel")
    }
}

impl KernelChoice {
    /// The kernel itself.
    ///
    /// # Errors
    /// If a setting is out of range, or the activation has no NTK.
    pub fn build<T: Scalar>(&self) -> Result<AnyKernel<T>, Failure> {
        self.activation.visit(Build {
            choice: self,
            w: T::from_f64(self.weight_variance),
            b: T::from_f64(self.bias_variance),
        })
    }
}

struct Build<'c, T> {
    choice: &'c KernelChoice,
    w: T,
    b: T,
}

impl<T: Scalar> Build<'_, T> {
    fn nngp<A: Coded<T> + Send + Sync + 'static>(&self, phi: A) -> Result<AnyKernel<T>, Failure> {
        any(Deep::nngp_with(phi, self.choice.depth, self.w, self.b))
    }
}

fn any<T: Scalar, A: Coded<T> + Send + Sync + 'static>(
    kernel: Result<Deep<A, T>, Error>,
) -> Result<AnyKernel<T>, Failure> {
    let kernel = kernel?;
    let identity = kernel.identity();
    Ok(AnyKernel(Arc::new(kernel), identity))
}

impl<T: Scalar> Visitor<T> for Build<'_, T> {
    type Output = Result<AnyKernel<T>, Failure>;

    fn smooth<A: SlopeDual<T> + Coded<T> + Send + Sync + 'static>(self, phi: A) -> Self::Output {
        match self.choice.kind {
            Kind::Ntk => any(Deep::ntk_with(phi, self.choice.depth, self.w, self.b)),
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
