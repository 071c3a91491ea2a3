//! Example 3 of the lecture: 15 samples of g(x) = x + sin(10 x), networks of width k, and the NTK.

use ntk_core::train::{Outcome, StopRule};
use ntk_core::{Dataset, Lift, Network, Relu, Rows, Scalar, Shape, random};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

use super::interrupt::Interrupt;
use super::{Engine, LiftName, engine};
use crate::error::Failure;
use crate::files::weights::{self, Weights};
use crate::kernels::dense::Blocks;
use crate::kernels::regression::{self, Model};
use crate::kernels::{ActivationName, AnyKernel, KernelSpec, Kind};

/// Test points, evenly spaced on [-1, 1], ends included.
pub const TEST_POINTS: usize = 1000;

/// Everything that two runs must share for their rows to stand in one table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The lift of x.
    pub lift: LiftName,
    /// The training engine; see [`Engine::for_shape`].
    pub engine: Engine,
    /// Number of samples.
    pub samples: usize,
    /// Learning rate.
    pub learning_rate: f64,
    /// Mean squared error at which wide networks stop.
    pub target_mse: f64,
    /// Steps without improvement after which narrow networks stop.
    pub patience: u32,
    /// Most steps of a run.
    pub max_steps: u32,
}

/// Returns g(x) = x + sin(10 x), the function to be learned.
#[must_use]
pub fn truth(x: f64) -> f64 {
    x + Scalar::sin(10.0 * x)
}

/// Returns the test points.
pub fn test_points() -> impl Iterator<Item = f64> {
    (0..TEST_POINTS).map(|i| 2.0 * i as f64 / (TEST_POINTS - 1) as f64 - 1.0)
}

/// Returns the mean squared error against g of values at the test points.
#[must_use]
pub fn test_mse(values: &[f64]) -> f64 {
    let squares = test_points().zip(values).map(|(x, value)| (value - truth(x)) * (value - truth(x)));
    squares.sum::<f64>() / TEST_POINTS as f64
}

/// The data of one seed.
#[derive(Clone, Debug)]
pub struct Draw {
    seed: u64,
    lift: Lift,
    /// Samples x, uniform on (-1, 1).
    pub x: Vec<f64>,
    /// Labels g(x).
    pub y: Vec<f64>,
    z: Vec<f64>,
}

impl Draw {
    /// Draws the samples of a seed: `ChaCha8` seeded with it, stream 0.
    ///
    /// # Errors
    /// None for the lifts that exist.
    pub fn new(seed: u64, settings: &Settings) -> Result<Self, Failure> {
        let lift = Lift::from(settings.lift);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let x: Vec<f64> = (0..settings.samples).map(|_| random::uniform(&mut rng)).collect();
        let mut z = vec![0.0; x.len() * lift.dimension()];
        for (z, &x) in z.chunks_exact_mut(lift.dimension()).zip(&x) {
            lift.apply(x, z)?;
        }
        let y = x.iter().map(|&x| truth(x)).collect();
        Ok(Self { seed, lift, x, y, z })
    }

    pub(crate) fn dataset(&self) -> Result<Dataset<'_, f64>, Failure> {
        Ok(Dataset::new(Rows::new(&self.z, self.lift.dimension())?, Rows::new(&self.y, 1)?)?)
    }

    pub(crate) fn lifted(&self, x: f64) -> Result<([f64; 2], usize), Failure> {
        let (mut z, d) = ([0.0; 2], self.lift.dimension());
        self.lift.apply(x, &mut z[..d])?;
        Ok((z, d))
    }

    /// Returns the least mean squared error that any two straight lines through the origin leave, one for
    /// each sign of x: all that a bias-free ReLU network of a scalar can represent, whatever its width.
    #[must_use]
    pub fn two_slope_floor(&self) -> f64 {
        let mut rest = 0.0;
        for positive in [true, false] {
            let side = || self.x.iter().zip(&self.y).filter(move |(x, _)| (**x > 0.0) == positive);
            let (xy, xx) = side().fold((0.0, 0.0), |(xy, xx), (x, y)| (xy + x * y, xx + x * x));
            let slope = if xx > 0.0 { xy / xx } else { 0.0 };
            rest += side().map(|(x, y)| (y - slope * x) * (y - slope * x)).sum::<f64>();
        }
        rest / self.x.len() as f64
    }
}

/// A network after training.
#[derive(Debug)]
pub struct Trained<'d> {
    draw: &'d Draw,
    initial: Network<Relu, Weights>,
    network: Network<Relu, Weights>,
    /// How the training went.
    pub outcome: Outcome<f64>,
}

impl<'d> Trained<'d> {
    /// Draws a network of width k (`ChaCha8`, the draw's seed, stream k) and trains it by the rules of
    /// Example 3.
    ///
    /// # Errors
    /// If the settings are out of range, or the training is interrupted.
    pub fn new(
        draw: &'d Draw,
        settings: &Settings,
        width: usize,
        interrupt: &Interrupt,
    ) -> Result<Self, Failure> {
        interrupt.check()?;
        let shape = Shape { inputs: draw.lift.dimension(), width, outputs: 1 };
        let mut network = Network::new(Relu, weights::zeros(shape)?);
        let mut rng = ChaCha8Rng::seed_from_u64(draw.seed);
        rng.set_stream(width as u64);
        network.initialize(&mut rng);
        let initial = Network::new(Relu, weights::copy(&network.weights)?);
        let (target, patience, cap) = (settings.target_mse, settings.patience, settings.max_steps);
        let rule = StopRule::example_3(width, settings.samples, target, patience, cap);
        let (data, rate) = (draw.dataset()?, settings.learning_rate);
        let engine = settings.engine.for_shape(shape);
        let outcome = engine::train(engine, &mut network, &data, rate, &rule, |_, _| interrupt.is_silent())?;
        interrupt.check()?;
        Ok(Self { draw, initial, network, outcome })
    }

    /// Returns the draw it was trained on.
    #[must_use]
    pub fn draw(&self) -> &'d Draw {
        self.draw
    }

    /// Returns the network before training.
    #[must_use]
    pub fn initial(&self) -> &Network<Relu, Weights> {
        &self.initial
    }

    /// Returns the network after training.
    #[must_use]
    pub fn network(&self) -> &Network<Relu, Weights> {
        &self.network
    }

    /// Returns f(x).
    ///
    /// # Errors
    /// None: the lift has the network's dimension.
    pub fn predict(&self, x: f64) -> Result<f64, Failure> {
        let (z, d) = self.draw.lifted(x)?;
        Ok(self.network.value(&z[..d], 0)?)
    }

    /// Returns f at the test points.
    ///
    /// # Errors
    /// As [`Trained::predict`].
    pub fn values(&self) -> Result<Vec<f64>, Failure> {
        test_points().map(|x| self.predict(x)).collect()
    }
}

/// The NTK's prediction: the limit of infinite width, labels uncorrected as in the lecture's figure.
#[derive(Debug)]
pub struct KernelPredictor<'d> {
    draw: &'d Draw,
    model: Model<AnyKernel<f64>>,
    /// The number that was added to the diagonal; 0 unless the kernel matrix is singular, as for the raw
    /// lift.
    pub jitter: f64,
}

impl<'d> KernelPredictor<'d> {
    /// Fits kernel regression without ridge. If the matrix is singular, the least of 1, 10, 100, .. roundings
    /// of its mean diagonal that makes it factor is added, which gives the least-squares solution to about
    /// that accuracy.
    ///
    /// # Errors
    /// If no jitter helps.
    pub fn new(draw: &'d Draw) -> Result<Self, Failure> {
        let data = draw.dataset()?;
        let kernel = KernelSpec::one_layer(Kind::Ntk, ActivationName::Relu).build::<f64>()?;
        let mut model = regression::empty(kernel, [data.x().columns(), data.len(), 1])?;
        let mut blocks = Blocks::new(data.len())?;
        let jitter = model.fit_empty_with_jitter_by(data.x(), data.y(), 0.0, 13, &mut blocks)?;
        Ok(Self { draw, model, jitter })
    }

    /// Returns the prediction at x.
    ///
    /// # Errors
    /// If x is not finite.
    pub fn predict(&self, x: f64) -> Result<f64, Failure> {
        let (z, d) = self.draw.lifted(x)?;
        Ok(regression::mean(&self.model, &z[..d], 1)?[0])
    }

    /// Returns the predictions at the test points.
    ///
    /// # Errors
    /// As [`KernelPredictor::predict`].
    pub fn values(&self) -> Result<Vec<f64>, Failure> {
        test_points().map(|x| self.predict(x)).collect()
    }

    /// Returns the mean squared error on the samples.
    ///
    /// # Errors
    /// As [`KernelPredictor::predict`].
    pub fn train_mse(&self) -> Result<f64, Failure> {
        let mut sum = 0.0;
        for (&x, &y) in self.draw.x.iter().zip(&self.draw.y) {
            let r = self.predict(x)? - y;
            sum += r * r;
        }
        Ok(sum / self.draw.x.len() as f64)
    }
}
