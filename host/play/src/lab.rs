//! The experiment of the first figures: samples, the kernel's answer, and all networks.

use ntk_core::regression::Fixed;
use ntk_core::{Error, Lift, Ntk, Quantity, Regression, Scalar, Setting};

use crate::choice::Choice;
use crate::linear::Linear;
use crate::networks::{INPUTS, Networks, WIDTHS};

mod tasks;

use tasks::{Descend, Draw, Refit};

/// The most samples.
pub const ROOM: usize = 32;

/// Points of a curve, evenly spaced on [-1, 1], ends included.
pub const GRID: usize = 121;

/// The level of the interval: nine in ten.
pub const LEVEL: f64 = 0.9;

/// Returns the points of a curve.
pub fn grid() -> impl Iterator<Item = f64> {
    (0..GRID).map(|i| 2.0 * i as f64 / (GRID - 1) as f64 - 1.0)
}

/// What is drawn of a network or of the kernel: a value at each point of [`grid`].
pub type Curve = [f64; GRID];

/// Samples, settings, networks and answers.
pub struct Lab {
    choice: Choice,
    ridge: f64,
    x: [f64; ROOM],
    y: [f64; ROOM],
    inputs: [[f64; INPUTS]; ROOM],
    len: usize,
    kernel: Regression<Ntk<Choice>, Fixed<f64, INPUTS, ROOM>>,
    networks: Networks,
    linear: Linear,
    mean: Curve,
    /// Lower and upper ends; NaN where there is no interval.
    interval: [Curve; 2],
    /// The linearised networks, trained to the end.
    lines: [Curve; WIDTHS.len()],
}

impl Lab {
    /// Creates the state without samples; all zeros, so that it costs nothing in a module.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            choice: Choice::Relu,
            ridge: 0.0,
            x: [0.0; ROOM],
            y: [0.0; ROOM],
            inputs: [[0.0; INPUTS]; ROOM],
            len: 0,
            kernel: Regression::new(Ntk::new(Choice::Relu), Fixed::new()),
            networks: Networks::new(),
            linear: Linear::new(),
            mean: [0.0; GRID],
            interval: [[0.0; GRID]; 2],
            lines: [[0.0; GRID]; WIDTHS.len()],
        }
    }

    /// Draws all networks' weights and puts them back to the start.
    ///
    /// # Errors
    /// As [`Self::fit`].
    pub fn draw(&mut self, seed: u64) -> Result<(), Error> {
        self.networks.draw(seed);
        self.networks.restart();
        self.refit()
    }

    /// Puts the networks back to the start.
    pub fn restart(&mut self) {
        self.networks.restart();
    }

    /// Sets activation and noise, the standard deviation of the labels in units of y. Another activation puts
    /// the networks back to the start.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a noise that is negative or not finite, and as [`Self::fit`], among them
    /// [`Error::NotPositiveDefinite`] for a noise of 0, as a narrow network's own kernel is then singular.
    /// After an error all is as before.
    pub fn set(&mut self, choice: Choice, noise: f64) -> Result<(), Error> {
        if !(noise >= 0.0 && noise.is_finite()) {
            return Err(Error::OutOfRange(Setting::Noise));
        }
        let before = (self.choice, self.ridge);
        (self.choice, self.ridge) = (choice, noise * noise);
        if let Err(why) = self.refit() {
            (self.choice, self.ridge) = before;
            let _ = self.refit(); // as it was, to the bit
            return Err(why);
        }
        if choice != before.0 {
            self.networks.restart();
        }
        Ok(())
    }

    /// Takes samples, at most [`ROOM`], and computes all that needs no training: the kernel's answer and the
    /// linearised networks. The networks go on from where they are.
    ///
    /// # Errors
    /// [`Error::Capacity`] for too many samples, [`Error::NotFinite`] for one that is not finite, and those
    /// of [`Regression::fit`]. After an error the answers are as before.
    pub fn fit(&mut self, samples: &[[f64; 2]]) -> Result<(), Error> {
        if samples.len() > ROOM {
            return Err(Error::Capacity { capacity: ROOM, found: samples.len() });
        }
        if let Some(row) = samples.iter().position(|s| !s.iter().all(|v| v.is_finite())) {
            return Err(Error::NotFinite { what: Quantity::X, row, column: 0 });
        }
        let before = (self.x, self.y, self.len);
        for ((x, y), [new_x, new_y]) in self.x.iter_mut().zip(&mut self.y).zip(samples) {
            (*x, *y) = (*new_x, *new_y);
        }
        self.len = samples.len();
        let outcome = self.refit();
        if outcome.is_err() {
            (self.x, self.y, self.len) = before;
            let _ = self.refit(); // as it was, to the bit
        }
        outcome
    }

    fn refit(&mut self) -> Result<(), Error> {
        let gain = self.choice.gain();
        for (input, &x) in self.inputs.iter_mut().zip(&self.x) {
            *input = lifted(x, gain)?;
        }
        if self.len == 0 {
            return Ok(());
        }
        let (inputs, labels) = (self.inputs.get(..self.len), self.y.get(..self.len));
        self.kernel.reset(Ntk::new(self.choice));
        self.kernel.fit_empty(inputs.unwrap_or(&[]), labels.unwrap_or(&[]), self.ridge)?;
        self.answer(gain)?;
        self.choice.visit(Refit(self))
    }

    /// Returns the mean and the interval of the kernel.
    fn answer(&mut self, gain: f64) -> Result<(), Error> {
        let intervals = self.kernel.intervals()?;
        let [lows, highs] = &mut self.interval;
        for (((x, mean), low), high) in grid().zip(&mut self.mean).zip(lows).zip(highs) {
            let z = lifted(x, gain)?;
            *mean = self.kernel.mean(&z)?;
            // Fewer than nine samples have no interval of this level.
            (*low, *high) = intervals.at(&z, LEVEL).map_or((f64::NAN, f64::NAN), |at| (at.low, at.high));
        }
        Ok(())
    }

    /// Takes steps of gradient descent with the network of this number.
    ///
    /// # Errors
    /// None for a network that exists.
    pub fn descend(&mut self, index: usize, steps: u32) -> Result<(), Error> {
        self.choice.visit(Descend { lab: self, index, steps })
    }

    /// Returns the kernel's answer: its mean.
    #[must_use]
    pub const fn mean(&self) -> &Curve {
        &self.mean
    }

    /// Returns the ends of the kernel's interval; NaN if there are too few samples for one.
    #[must_use]
    pub const fn interval(&self) -> &[Curve; 2] {
        &self.interval
    }

    /// Returns the linearised network of this number, trained to the end.
    #[must_use]
    pub fn line(&self, index: usize) -> Option<&Curve> {
        self.lines.get(index)
    }

    /// Returns the network of this number as it is: f(w; x) - f(w0; x).
    ///
    /// # Errors
    /// None for a network that exists.
    pub fn network(&self, index: usize) -> Result<Curve, Error> {
        self.choice.visit(Draw { lab: self, index })
    }

    /// Returns the root of the mean squared distance from the kernel's mean, over the points of a curve.
    #[must_use]
    pub fn distance(&self, curve: &Curve) -> f64 {
        let squares = curve.iter().zip(&self.mean).map(|(value, mean)| (value - mean) * (value - mean));
        Scalar::sqrt(squares.sum::<f64>() / GRID as f64)
    }

    /// Steps that the network has taken since its start, mean squared residual after the last, learning rate.
    #[must_use]
    pub fn progress(&self, index: usize) -> [f64; 3] {
        self.networks.progress(index)
    }

    /// Returns |w - w0|^2 of a network: how far training has moved its weights.
    #[must_use]
    pub fn moved(&self, index: usize) -> f64 {
        self.networks.moved(index)
    }
}

impl Default for Lab {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns the input of a network: Example 3's on the circle, times the activation's factor.
fn lifted(x: f64, gain: f64) -> Result<[f64; INPUTS], Error> {
    let mut z = [0.0; INPUTS];
    Lift::Circle.apply(x, &mut z)?;
    Ok(z.map(|z| gain * z))
}
