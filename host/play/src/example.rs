//! Example 3 of the lecture, draw by draw: the same numbers as `ntk sweep`, bit for bit.

use ntk_core::regression::Fixed;
use ntk_core::train::{Exact, Outcome, StopRule, Trainable, descend, workspace_len};
use ntk_core::{
    Dataset, Error, FlatParams, Lift, Network, Ntk, Regression, Relu, Rows, Scalar, Shape, random,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::lab::{Curve, GRID, grid};
use crate::networks::{INPUTS, MOST_WIDTH, PER_UNIT};

/// Points at which the test error is measured, evenly spaced on [-1, 1], ends included.
pub const TEST_POINTS: usize = 1000;

/// Samples of a draw.
const SAMPLES: usize = 15;

/// The defaults of `ntk sweep`: learning rate, target, patience, most steps, and the width up to which the
/// plain engine is the faster one.
const RATE: f64 = 0.01;
const TARGET: f64 = 2e-3;
const PATIENCE: u32 = 50;
const MOST_STEPS: u32 = 1_000_000;
const NARROW: usize = 32;

const LARGEST: Shape = Shape { inputs: INPUTS, width: MOST_WIDTH, outputs: 1 };

/// One draw of samples, and memory to train a network on it.
pub struct Example {
    seed: u64,
    x: [f64; SAMPLES],
    y: [f64; SAMPLES],
    inputs: [[f64; INPUTS]; SAMPLES],
    kernel: Regression<Ntk<Relu>, Fixed<f64, INPUTS, SAMPLES>>,
    weights: [f64; PER_UNIT * MOST_WIDTH],
    work: [f64; workspace_len(SAMPLES, INPUTS, 1)],
    floats: [f64; Exact::floats_len(SAMPLES, LARGEST, 0)],
    indices: [u32; Exact::indices_len(SAMPLES, LARGEST, 0)],
}

/// What came of a training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trained {
    /// Mean squared error against g at the test points.
    pub test_mse: f64,
    /// How the training ended.
    pub outcome: Outcome<f64>,
    /// What was learned.
    pub curve: Curve,
}

impl Example {
    /// Creates the state before the first draw; all zeros.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            seed: 0,
            x: [0.0; SAMPLES],
            y: [0.0; SAMPLES],
            inputs: [[0.0; INPUTS]; SAMPLES],
            kernel: Regression::new(Ntk::new(Relu), Fixed::new()),
            weights: [0.0; PER_UNIT * MOST_WIDTH],
            work: [0.0; workspace_len(SAMPLES, INPUTS, 1)],
            floats: [0.0; Exact::floats_len(SAMPLES, LARGEST, 0)],
            indices: [0; Exact::indices_len(SAMPLES, LARGEST, 0)],
        }
    }

    /// Draws 15 samples of g(x) = x + sin 10x, x uniform on (-1, 1): `ChaCha8` with this seed, stream 0.
    ///
    /// # Errors
    /// None.
    pub fn draw(&mut self, seed: u64) -> Result<(), Error> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        self.seed = seed;
        for ((x, y), input) in self.x.iter_mut().zip(&mut self.y).zip(&mut self.inputs) {
            *x = random::uniform(&mut rng);
            *y = truth(*x);
            Lift::Circle.apply(*x, input)?;
        }
        Ok(())
    }

    /// Returns x and g(x), sample by sample.
    pub fn samples(&self) -> impl Iterator<Item = [f64; 2]> {
        self.x.iter().zip(&self.y).map(|(&x, &y)| [x, y])
    }

    /// Returns the NTK's test error and curve: kernel regression without ridge, labels uncorrected as in the
    /// lecture.
    ///
    /// # Errors
    /// If no jitter makes the kernel matrix factor.
    pub fn kernel(&mut self) -> Result<(f64, Curve), Error> {
        self.kernel.fit_with_jitter(&self.inputs, &self.y, 0.0, 13)?;
        let predict = |x: f64| self.kernel.mean(&lifted(x)?);
        Ok((test_mse(predict)?, curve(predict)?))
    }

    /// Trains a network of this width, 1 to [`MOST_WIDTH`], by the rules of Example 3 and its footnote.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] or [`Error::Shape`] for another width.
    pub fn train(&mut self, width: usize) -> Result<Trained, Error> {
        let shape = Shape { inputs: INPUTS, width, outputs: 1 };
        let weights = self.weights.get_mut(..shape.parameters()).unwrap_or(&mut []);
        let mut network = Network::new(Relu, FlatParams::new(shape, weights)?);
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(width as u64);
        network.initialize(&mut rng);
        let data = Dataset::new(&self.inputs, Rows::new(&self.y, 1)?)?;
        let rule = StopRule::example_3(width, SAMPLES, TARGET, PATIENCE, MOST_STEPS);
        let outcome = if width <= NARROW {
            descend(&mut network, &data, RATE, &rule, &mut self.work, |_, _| true)?
        } else {
            let floats = self.floats.get_mut(..Exact::floats_len(SAMPLES, shape, 0)).unwrap_or(&mut []);
            let indices = self.indices.get_mut(..Exact::indices_len(SAMPLES, shape, 0)).unwrap_or(&mut []);
            let mut exact = Exact::new(&mut network, SAMPLES, 0, floats, indices)?;
            exact.check(&data)?;
            descend(&mut exact, &data, RATE, &rule, &mut self.work, |_, _| true)?
        };
        let predict = |x: f64| network.value(&lifted(x)?, 0);
        Ok(Trained { test_mse: test_mse(predict)?, outcome, curve: curve(predict)? })
    }
}

impl Default for Example {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns g(x) = x + sin 10x.
fn truth(x: f64) -> f64 {
    x + Scalar::sin(10.0 * x)
}

fn lifted(x: f64) -> Result<[f64; INPUTS], Error> {
    let mut z = [0.0; INPUTS];
    Lift::Circle.apply(x, &mut z)?;
    Ok(z)
}

fn test_mse(predict: impl Fn(f64) -> Result<f64, Error>) -> Result<f64, Error> {
    let mut sum = 0.0;
    for i in 0..TEST_POINTS {
        let x = 2.0 * i as f64 / (TEST_POINTS - 1) as f64 - 1.0;
        let error = predict(x)? - truth(x);
        sum += error * error;
    }
    Ok(sum / TEST_POINTS as f64)
}

fn curve(predict: impl Fn(f64) -> Result<f64, Error>) -> Result<Curve, Error> {
    let mut curve = [0.0; GRID];
    for (value, x) in curve.iter_mut().zip(grid()) {
        *value = predict(x)?;
    }
    Ok(curve)
}
