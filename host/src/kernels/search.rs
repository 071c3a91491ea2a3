//! Fits of any size, with settings that are given or chosen by a criterion.
//!
//! The searches are those of the core ([`ntk_core::Regression::tune_variances`] and similar functions).
//! Kernel matrices, factors and leave-one-out variances are computed by blocks ([`super::dense`]) with the
//! core's bits, so the settings that are found have the core's bits too.

use ntk_core::regression::{Criterion, MOST_FACTORISATIONS, Variances, bias_variances};
use ntk_core::{Dataset, Error, Kernel};

use super::dense::Blocks;
use super::regression::{self, Model, Refused};
use super::{AnyKernel, KernelSpec};

/// The settings that are given or chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Settings {
    /// The ridge is given, and nothing is chosen.
    Given(f64),
    /// One of three bias variances, with this ridge.
    Bias(f64),
    /// The ridge: [`ntk_core::Regression::tune_ridge`].
    Ridge,
    /// One of three bias variances and one of seven ridges: [`ntk_core::Regression::fit_tuned`].
    BiasAndRidge,
    /// Variances and the ridge: [`ntk_core::Regression::tune_variances`].
    Variances(Variances),
}

impl Settings {
    /// Returns the largest number of matrices that are factored, the last of them with the chosen settings.
    #[must_use]
    pub const fn factorisations(self) -> usize {
        match self {
            Self::Given(_) => 1,
            Self::Bias(_) => 4,
            Self::Ridge => 63,
            Self::BiasAndRidge => 23,
            Self::Variances(Variances::Both) => MOST_FACTORISATIONS + 1,
            Self::Variances(_) => 178,
        }
    }

    /// Returns the largest number of Gram matrices that are computed.
    #[must_use]
    pub const fn gram_matrices(self) -> usize {
        match self {
            Self::Given(_) | Self::Ridge => 1,
            Self::Bias(_) => 4,
            Self::BiasAndRidge => 5,
            Self::Variances(_) => self.factorisations(),
        }
    }
}

/// The samples that are fitted, and the criterion of the fit.
#[derive(Clone, Copy, Debug)]
pub struct Task<'d> {
    /// The samples.
    pub data: &'d Dataset<'d, f64>,
    /// The standard deviation of each sample's own noise; `None`: no sample has noise of its own.
    pub noise: Option<&'d [f64]>,
    /// The amplitude of all outputs; `None`: for each output the one of largest likelihood.
    pub amplitude: Option<f64>,
    /// The criterion by which the settings are chosen.
    pub criterion: Criterion,
}

impl Task<'_> {
    /// Fits a model to these samples, with settings that are given or chosen.
    ///
    /// # Errors
    /// As the search of the core, or if there is no memory.
    pub fn fit(&self, spec: KernelSpec, settings: Settings) -> Result<Model<AnyKernel<f64>>, Refused> {
        let mut blocks = Blocks::new(self.data.len())?;
        let fitted = self.fit_by(spec, settings, &mut blocks);
        fitted.map_err(|refused| blocks.failure().map_or(refused, Refused::Memory))
    }

    fn fit_by(
        &self,
        spec: KernelSpec,
        settings: Settings,
        blocks: &mut Blocks<f64>,
    ) -> Result<Model<AnyKernel<f64>>, Refused> {
        let criterion = self.criterion;
        match settings {
            Settings::Given(ridge) => self.given(spec, Some(ridge), blocks),
            Settings::Bias(ridge) => self.bias(spec, ridge, blocks),
            Settings::Ridge => {
                let mut model = self.given(spec, None, blocks)?;
                model.tune_ridge_by(criterion, blocks)?;
                Ok(model)
            }
            Settings::BiasAndRidge => {
                // If there is no fit with the largest bias variance and the largest ridge, there is none at
                // all.
                let [bias_variance, ..] = bias_variances();
                let mut model = self.given(KernelSpec { bias_variance, ..spec }, None, blocks)?;
                model.tune_grid_by(criterion, blocks)?;
                Ok(model)
            }
            Settings::Variances(which) => {
                let mut model = self.given(spec, None, blocks)?;
                model.tune_variances_by(criterion, which, blocks)?;
                Ok(model)
            }
        }
    }

    /// Fits with the given ridge, or with one as large as the largest K(x, x), with which K can be factored.
    fn given(
        &self,
        spec: KernelSpec,
        ridge: Option<f64>,
        blocks: &mut Blocks<f64>,
    ) -> Result<Model<AnyKernel<f64>>, Refused> {
        let (x, y) = (self.data.x(), self.data.y());
        let kernel = spec.build::<f64>()?;
        let largest = || {
            let diagonal = x.iter().map(|x| kernel.value(x, x)).filter(|k| k.is_finite());
            Some(diagonal.fold(0.0, f64::max)).filter(|largest| *largest > 0.0).unwrap_or(1.0)
        };
        let ridge = ridge.unwrap_or_else(largest);
        let mut model = regression::empty(kernel, [x.columns(), x.len(), y.columns()])?;
        model.set_amplitude(self.amplitude)?;
        match self.noise {
            Some(noise) => model.fit_empty_with_noise_by(x, y, noise, ridge, blocks)?,
            None => model.fit_empty_by(x, y, ridge, blocks)?,
        }
        Ok(model)
    }

    /// Fits with the best of three bias variances.
    fn bias(
        &self,
        spec: KernelSpec,
        ridge: f64,
        blocks: &mut Blocks<f64>,
    ) -> Result<Model<AnyKernel<f64>>, Refused> {
        let with = |bias_variance| KernelSpec { bias_variance, ..spec };
        let (mut best, mut refusal) = (None::<(f64, f64)>, None);
        for b in bias_variances::<f64>().into_iter().rev() {
            let loss = self
                .given(with(b), Some(ridge), blocks)
                .and_then(|mut model| Ok(model.criterion_by(self.criterion, blocks)?));
            match loss {
                Ok(loss) if best.is_none_or(|(least, _)| loss < least) => best = Some((loss, b)),
                Ok(_) => (),
                Err(Refused::Samples(why)) => refusal = refusal.or(Some(why)),
                Err(why) => return Err(why),
            }
        }
        let (_, b) = best.ok_or(refusal.unwrap_or(Error::NotFitted))?;
        self.given(with(b), Some(ridge), blocks)
    }
}

#[cfg(test)]
mod tests;
