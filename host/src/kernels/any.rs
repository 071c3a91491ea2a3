//! Builds kernels from their descriptions. All kernels of the core that the program uses are built in this
//! file.

use std::fmt;
use std::sync::Arc;

use ntk_core::kernel::{ActivationCode, KernelCode, StorableKernel, VariableKernel};
use ntk_core::{Architecture, DerivativeDual, Dual, Error, Kernel, Nngp, Ntk, Prepared, Relu, Rows};

use super::activations::{ActivationName, Visitor};
use super::gram::{self, Real, Tiled, TiledNngp, TiledNtk};
use super::{KernelSpec, Kind};
use crate::error::Failure;

/// Any NTK or NNGP of an infinitely wide network.
#[derive(Clone)]
pub struct AnyKernel<T> {
    kernel: Arc<dyn Tiled<T> + Send>,
    activation: ActivationName,
    code: KernelCode<T>,
    accurate: bool,
}

impl<T: Real> AnyKernel<T> {
    /// Writes the Gram matrix; see [`gram::gram`].
    ///
    /// # Errors
    /// As [`gram::gram`].
    pub fn gram(&self, x: Rows<'_, T>, matrix: &mut [T]) -> Result<(), Error> {
        gram::gram(&*self.kernel, x, matrix)
    }

    /// Writes the Gram matrix of two sets of inputs; see [`gram::cross_gram`].
    ///
    /// # Errors
    /// As [`gram::cross_gram`].
    pub fn cross_gram(&self, x: Rows<'_, T>, y: Rows<'_, T>, matrix: &mut [T]) -> Result<(), Error> {
        gram::cross_gram(&*self.kernel, x, y, matrix)
    }

    /// Returns the description of this kernel.
    #[must_use]
    pub fn spec(&self) -> KernelSpec {
        let Architecture { depth, weight_variance, bias_variance } = self.code.architecture;
        KernelSpec {
            kind: if self.code.is_ntk { Kind::Ntk } else { Kind::Nngp },
            activation: self.activation,
            depth,
            weight_variance: weight_variance.to_f64(),
            bias_variance: bias_variance.to_f64(),
        }
    }

    /// Builds the kernel from its parts. Returns `None` for the NTK of an activation that jumps, which does
    /// not exist.
    fn of(
        activation: ActivationName,
        kind: Kind,
        architecture: Architecture<T>,
        accurate: bool,
    ) -> Option<Self> {
        activation.visit(Build { activation, kind, architecture, accurate })
    }
}

impl<T: Real> Kernel<T> for AnyKernel<T> {
    fn prepare<'x>(&self, x: &'x [T]) -> Prepared<'x, T> {
        self.kernel.pairwise().prepare(x)
    }
    fn between(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>) -> T {
        self.kernel.pairwise().between(x, y)
    }
    fn diagonal(&self, x: &Prepared<'_, T>) -> T {
        self.kernel.pairwise().diagonal(x)
    }
    fn check(&self) -> Result<(), Error> {
        self.kernel.pairwise().check()
    }
}

impl<T: Real> VariableKernel<T> for AnyKernel<T> {
    fn architecture(&self) -> Architecture<T> {
        self.code.architecture
    }
    fn with_architecture(&self, architecture: Architecture<T>) -> Self {
        let kind = if self.code.is_ntk { Kind::Ntk } else { Kind::Nngp };
        // A kernel that exists for one architecture exists for every architecture, so the fallback is never
        // taken.
        Self::of(self.activation, kind, architecture, self.accurate).unwrap_or_else(|| self.clone())
    }
}

impl<T: Real> StorableKernel<T> for AnyKernel<T> {
    fn code(&self) -> KernelCode<T> {
        self.code
    }
    fn from_code(code: &KernelCode<T>) -> Option<Self> {
        code.architecture.check().ok()?;
        let activation = ActivationName::of_code(code.activation, code.parameter.to_f64())?;
        let kind = if code.is_ntk { Kind::Ntk } else { Kind::Nngp };
        Self::of(activation, kind, code.architecture, true).filter(|found| found.code == *code)
    }
}

impl<T> fmt::Debug for AnyKernel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyKernel")
    }
}

/// Returns the NTK of the lecture in closed form: ReLU, one hidden layer, weights of variance 1, no biases.
#[must_use]
pub const fn relu_ntk() -> Ntk<Relu> {
    Ntk::new(Relu)
}

/// Returns the NNGP of the same network in closed form.
#[must_use]
pub const fn relu_nngp() -> Nngp<Relu> {
    Nngp::new(Relu)
}

impl KernelSpec {
    /// Builds the kernel with which models are fitted: its Gram matrices have the bits of the core.
    ///
    /// # Errors
    /// If a setting is out of range, or the activation has no NTK.
    pub fn build<T: Real>(&self) -> Result<AnyKernel<T>, Failure> {
        self.build_as(true)
    }

    /// Builds the kernel. For `accurate` see [`TiledNtk::accurate`].
    ///
    /// # Errors
    /// As [`KernelSpec::build`].
    pub fn build_as<T: Real>(&self, accurate: bool) -> Result<AnyKernel<T>, Failure> {
        let architecture = Architecture {
            depth: self.depth,
            weight_variance: T::from_f64(self.weight_variance),
            bias_variance: T::from_f64(self.bias_variance),
        };
        architecture.check()?;
        AnyKernel::of(self.activation, self.kind, architecture, accurate).ok_or_else(|| {
            Failure::new(format!(
                "{} has no NTK, since its slope is 0 wherever it has one; use --kind nngp, the kernel of training \
                 the last layer",
                self.activation
            ))
        })
    }
}

struct Build<T> {
    activation: ActivationName,
    kind: Kind,
    architecture: Architecture<T>,
    accurate: bool,
}

impl<T: Real> Build<T> {
    fn nngp<A: ActivationCode<T> + Send + Sync + 'static>(&self, phi: A) -> AnyKernel<T> {
        let kernel = Nngp::with(phi, self.architecture);
        self.finish(Arc::new(TiledNngp(kernel)), kernel.code())
    }

    fn finish(&self, kernel: Arc<dyn Tiled<T> + Send>, code: KernelCode<T>) -> AnyKernel<T> {
        AnyKernel { kernel, activation: self.activation, code, accurate: self.accurate }
    }
}

impl<T: Real> Visitor<T> for Build<T> {
    type Output = Option<AnyKernel<T>>;

    fn smooth<A: DerivativeDual<T> + ActivationCode<T> + Send + Sync + 'static>(
        self,
        phi: A,
    ) -> Self::Output {
        Some(match self.kind {
            Kind::Ntk => {
                let kernel = Ntk::with(phi, self.architecture);
                // For all other activations the vector code gives the bits of the core, and it is faster.
                let differs = matches!(self.activation, ActivationName::Relu | ActivationName::LeakyRelu(_));
                let tiled = TiledNtk { kernel, accurate: self.accurate && differs };
                self.finish(Arc::new(tiled), kernel.code())
            }
            Kind::Nngp => self.nngp(phi),
        })
    }

    fn jump<A: Dual<T> + ActivationCode<T> + Send + Sync + 'static>(self, phi: A) -> Self::Output {
        (self.kind == Kind::Nngp).then(|| self.nngp(phi))
    }
}
