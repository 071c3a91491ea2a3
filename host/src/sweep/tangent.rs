//! How far a trained network is from its linearisation at the start, and from the NTK that replaces it
//! (lecture, Section 2).

use ntk_core::dynamics::Training;
use ntk_core::hessian::spectral_norm;
use ntk_core::vector::{axpy, dot};
use ntk_core::{
    Activation, Dataset, EmpiricalNtk, Gelu, Kernel, Linearized, Network, ParametersMut, Scalar,
    symmetric_eigen,
};

use crate::error::Failure;
use crate::experiment::example3::{Settings, Trained, test_points};
use crate::files::weights::{self, Weights};

/// The most samples for which this is measured: with more, the eigenvectors would cost more than the
/// training.
pub(super) const MOST_SAMPLES: usize = 256;

/// Measurements that only a network of finite width has. Distances between functions are root mean squares
/// over the test points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tangent {
    /// `||K_t - K_0||`, how far training has moved the NTK of the samples (Frobenius norm).
    pub ntk_change: f64,
    /// Norm of the Hessian before training, maximum over the samples; sqrt(2 / k) on the circle if any unit
    /// sees a sample.
    pub hessian_norm: f64,
    /// That norm for a smooth network, with GELU in place of ReLU and the same weights.
    pub hessian_norm_gelu: f64,
    /// Distance from the trained network to the NTK's prediction in the lecture's figure, with labels as
    /// given.
    pub gap_uncorrected: f64,
    /// Distance from the trained network to f(w0; x) plus the empirical NTK's prediction of y - f(w0), after
    /// as many steps of the same gradient descent.
    pub gap_corrected: f64,
}

impl Tangent {
    /// Measures a trained network, given its values and those of the NTK at the test points. Cost: three
    /// passes over the test points and n^2 values of the empirical NTK before and after.
    ///
    /// # Errors
    /// If the empirical NTK's eigenvalues cannot be found.
    pub fn of(
        trained: &Trained<'_>,
        settings: &Settings,
        values: &[f64],
        limit: &[f64],
    ) -> Result<Self, Failure> {
        let (draw, initial) = (trained.draw(), trained.initial());
        let data = draw.dataset()?;
        let (before, after) = (gram(initial, &data)?, gram(trained.network(), &data)?);
        let change =
            before.iter().zip(&after).map(|(k0, kt)| (kt - k0) * (kt - k0)).fold(0.0, |sum, d| sum + d);

        let corrected = linearized(initial, &data, before, settings.learning_rate, trained.outcome.steps)?;
        let (mut uncorrected_sum, mut corrected_sum, mut points) = (0.0, 0.0, 0.0);
        for ((x, f), limit) in test_points().zip(values).zip(limit) {
            let (z, d) = draw.lifted(x)?;
            let (far, near) = (f - limit, f - corrected.value(&z[..d], 0)?);
            uncorrected_sum += far * far;
            corrected_sum += near * near;
            points += 1.0;
        }
        let gelu = Network::new(Gelu, weights::copy(&initial.weights)?);
        Ok(Self {
            ntk_change: Scalar::sqrt(change),
            hessian_norm: hessian_norm(initial, &data)?,
            hessian_norm_gelu: hessian_norm(&gelu, &data)?,
            gap_uncorrected: Scalar::sqrt(uncorrected_sum / points),
            gap_corrected: Scalar::sqrt(corrected_sum / points),
        })
    }
}

/// Returns the empirical NTK of all pairs of samples.
fn gram<A: Activation<f64>>(
    network: &Network<A, Weights>,
    data: &Dataset<'_, f64>,
) -> Result<Vec<f64>, Failure> {
    let kernel = EmpiricalNtk::new(network, 0)?;
    Ok(data.x().iter().flat_map(|x| data.x().iter().map(|y| kernel.value(x, y))).collect())
}

fn hessian_norm<A: Activation<f64>>(
    network: &Network<A, Weights>,
    data: &Dataset<'_, f64>,
) -> Result<f64, Failure> {
    let norms = data.x().iter().map(|x| spectral_norm(network, x, 0)).collect::<Result<Vec<f64>, _>>()?;
    Ok(norms.into_iter().fold(0.0, |most, norm| if norm <= most { most } else { norm })) // NaN comes through
}

/// Returns the network's linearisation after so many steps of gradient descent, in closed form: its
/// displacement is sum_i alpha_i (gradient of f at w0 and x_i), alpha = sum_l v g(l) (v . (y - f(w0; X)))
/// over eigenvalues l and eigenvectors v of K_0.
fn linearized<'n, A: Activation<f64>>(
    network: &'n Network<A, Weights>,
    data: &Dataset<'_, f64>,
    mut gram: Vec<f64>,
    rate: f64,
    steps: u32,
) -> Result<Linearized<'n, A, Weights, Weights>, Failure> {
    let n = data.len();
    let pairs = data.x().iter().zip(data.y().iter());
    let residuals = pairs
        .map(|(x, y)| Ok(y.first().copied().unwrap_or(0.0) - network.value(x, 0)?))
        .collect::<Result<Vec<f64>, Failure>>()?;
    let (mut values, mut vectors) = (vec![0.0; n], vec![0.0; n * n]);
    symmetric_eigen(&mut gram, n, &mut values, &mut vectors)?;
    let training = Training::Descent { rate, steps: u64::from(steps) };
    let mut alpha = vec![0.0; n];
    for (&value, v) in values.iter().zip(vectors.chunks_exact(n)) {
        axpy(&mut alpha, training.spectral_filter(value) * dot(v, &residuals), v);
    }
    let shape = network.shape();
    let (mut displacement, mut gradient) = (weights::zeros(shape)?, weights::zeros(shape)?);
    for (x, &alpha) in data.x().iter().zip(&alpha) {
        network.gradient(x, 0, &mut gradient)?;
        displacement.add_scaled(alpha, &gradient)?;
    }
    Ok(Linearized::new(network, displacement)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::experiment::example3::{Draw, KernelPredictor};
    use crate::experiment::interrupt::Interrupt;
    use crate::experiment::{Engine, LiftName};
    use ntk_core::train::{StopRule, descend, workspace_len};

    /// The linearised network trained step by step, its gap formed from predictions one by one.
    #[test]
    fn the_corrected_prediction_is_that_of_the_linearised_network() {
        let settings = Settings {
            lift: LiftName::Circle,
            engine: Engine::Plain,
            samples: 7,
            learning_rate: 0.01,
            target_mse: 0.05,
            patience: 50,
            max_steps: 500,
        };
        let draw = Draw::new(4, &settings).unwrap();
        let trained = Trained::new(&draw, &settings, 20, &Interrupt::default()).unwrap();
        let limit = KernelPredictor::new(&draw).unwrap().values().unwrap();
        let found = Tangent::of(&trained, &settings, &trained.values().unwrap(), &limit).unwrap();
        let (data, network) = (draw.dataset().unwrap(), trained.initial());
        let mut line = Linearized::new(network, network.weights.clone()).unwrap();
        line.displacement.clear();
        let mut memory = vec![0.0; workspace_len(7, 2, 1)];
        let rule = StopRule { target_mse: None, patience: None, max_steps: trained.outcome.steps };
        descend(&mut line, &data, 0.01, &rule, &mut memory, |_, _| true).unwrap();
        let mut sum = 0.0;
        for x in test_points() {
            let (z, d) = draw.lifted(x).unwrap();
            let gap: f64 = trained.predict(x).unwrap() - line.value(&z[..d], 0).unwrap();
            sum += gap * gap;
        }
        let expected = (sum / 1000.0).sqrt();
        assert!((found.gap_corrected - expected).abs() < 1e-11 * expected, "{found:?} {expected}");
        assert!(found.ntk_change > 0.0 && found.gap_uncorrected > found.gap_corrected, "{found:?}");
        assert!((found.hessian_norm - (2.0f64 / 20.0).sqrt()).abs() < 1e-15, "{found:?}");
        assert!(found.hessian_norm_gelu > 0.0);
    }
}
