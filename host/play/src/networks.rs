//! Networks of eleven widths and their training.
//!
//! A network of width k starts from random weights w0 and is trained on corrected labels, y + f(w0; x), so
//! that g(x) = f(w; x) - f(w0; x) starts as 0 and is what is drawn. The loss is that of kernel regression,
//!
//! ```text
//! L(w) = 1/2 sum_i (g(x_i) - y_i)^2 + ridge/2 |w - w0|^2,
//! ```
//!
//! whose minimum for the linearised network is the kernel regression with the network's own NTK at w0, and
//! for k to infinity that of [`ntk_core::Ntk`] (lecture, Section 2). A step is one of gradient descent on the
//! sum, followed by the implicit step on the ridge's part:
//!
//! ```text
//! w <- (w - rate gradient + rate ridge w0) / (1 + rate ridge).
//! ```
//!
//! The two have the minimum of L as their common fixed point, at any rate.

use ntk_core::train::{StopReason, StopRule, Trainable, Workspace, descend, workspace_len};
use ntk_core::{Activation, Dataset, Error, FlatParams, Network, Parameters, ParametersMut, Shape};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::lab::ROOM;

/// The widths, 1 to 1,024.
pub const WIDTHS: [usize; 11] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/// The largest of them.
pub const MOST_WIDTH: usize = WIDTHS[WIDTHS.len() - 1];

/// Inputs of a network: the lift's two coordinates.
pub(crate) const INPUTS: usize = 2;

/// Weights of a unit: one of A and two of B.
pub(crate) const PER_UNIT: usize = INPUTS + 1;

/// Units of all networks together: 1 + 2 + .. + 1,024.
const UNITS: usize = 2 * MOST_WIDTH - 1;

/// A network over lent weights.
pub(crate) type Lent<'w, A> = Network<A, FlatParams<&'w [f64]>>;

/// The weights of all networks, their start, and how far each has come.
pub(crate) struct Networks {
    now: [f64; PER_UNIT * UNITS],
    start: [f64; PER_UNIT * UNITS],
    /// f(w0; x_i) for each width.
    offsets: [[f64; ROOM]; WIDTHS.len()],
    rates: [f64; WIDTHS.len()],
    losses: [f64; WIDTHS.len()],
    steps: [u32; WIDTHS.len()],
    labels: [f64; ROOM],
    work: [f64; workspace_len(ROOM, INPUTS, 1)],
}

/// Returns the shape of the network with this number; one without units if there is none, which the core
/// refuses.
pub(crate) fn shape(index: usize) -> Shape {
    Shape { inputs: INPUTS, width: WIDTHS.get(index).copied().unwrap_or(0), outputs: 1 }
}

/// Returns where its weights stand: widths are powers of two, so those before it have k - 1 units together.
fn place(index: usize) -> core::ops::Range<usize> {
    let width = shape(index).width;
    PER_UNIT * width.saturating_sub(1)..PER_UNIT * (2 * width).saturating_sub(1)
}

impl Networks {
    /// Creates the state before the first draw; all zeros.
    pub(crate) const fn new() -> Self {
        Self {
            now: [0.0; PER_UNIT * UNITS],
            start: [0.0; PER_UNIT * UNITS],
            offsets: [[0.0; ROOM]; WIDTHS.len()],
            rates: [0.0; WIDTHS.len()],
            losses: [0.0; WIDTHS.len()],
            steps: [0; WIDTHS.len()],
            labels: [0.0; ROOM],
            work: [0.0; workspace_len(ROOM, INPUTS, 1)],
        }
    }

    /// Draws all weights: `ChaCha8` with this seed, stream k for width k, as `ntk sweep` does.
    pub(crate) fn draw(&mut self, seed: u64) {
        for (index, &width) in WIDTHS.iter().enumerate() {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(width as u64);
            let weights = self.start.get_mut(place(index)).unwrap_or(&mut []);
            if let Ok(weights) = FlatParams::new(shape(index), weights) {
                // Drawing weights does not ask the activation.
                Network::new(ntk_core::Relu, weights).initialize(&mut rng);
            }
        }
    }

    /// Sets the networks back to the start.
    pub(crate) fn restart(&mut self) {
        self.now = self.start;
        self.steps = [0; WIDTHS.len()];
    }

    /// Returns the network before training.
    pub(crate) fn initial<A: Activation<f64>>(&self, phi: A, index: usize) -> Result<Lent<'_, A>, Error> {
        let weights = self.start.get(place(index)).unwrap_or(&[]);
        Ok(Network::new(phi, FlatParams::new(shape(index), weights)?))
    }

    /// Returns the network as it is.
    pub(crate) fn current<A: Activation<f64>>(&self, phi: A, index: usize) -> Result<Lent<'_, A>, Error> {
        let weights = self.now.get(place(index)).unwrap_or(&[]);
        Ok(Network::new(phi, FlatParams::new(shape(index), weights)?))
    }

    /// Prepares a network for these inputs: f(w0; x_i), and a rate of 1 / largest, the largest eigenvalue of
    /// the kernel matrix and ridge.
    pub(crate) fn prepare<A: Activation<f64>>(
        &mut self,
        phi: A,
        index: usize,
        inputs: &[[f64; INPUTS]],
        largest: f64,
    ) -> Result<(), Error> {
        let mut offsets = [0.0; ROOM];
        let network = self.initial(phi, index)?;
        for (offset, x) in offsets.iter_mut().zip(inputs) {
            *offset = network.value(x, 0)?;
        }
        if let Some(place) = self.offsets.get_mut(index) {
            *place = offsets;
        }
        set(&mut self.rates, index, 1.0 / largest);
        Ok(())
    }

    /// Takes steps with one network. One that diverges starts again, with half the rate.
    pub(crate) fn descend<A: Activation<f64>>(
        &mut self,
        phi: A,
        index: usize,
        inputs: &[[f64; INPUTS]],
        labels: &[f64],
        ridge: f64,
        steps: u32,
    ) -> Result<(), Error> {
        let offsets = self.offsets.get(index).map_or(&[][..], |offsets| offsets);
        for ((corrected, &y), &offset) in self.labels.iter_mut().zip(labels).zip(offsets) {
            *corrected = y + offset;
        }
        let data = Dataset::new(inputs, self.labels.get(..labels.len()).unwrap_or(&[]))?;
        let rate = self.rates.get(index).copied().unwrap_or(1.0);
        let start = self.start.get(place(index)).unwrap_or(&[]);
        let weights = self.now.get_mut(place(index)).unwrap_or(&mut []);
        let network = Network::new(phi, FlatParams::new(shape(index), weights)?);
        let work = self.work.get_mut(..workspace_len(labels.len(), INPUTS, 1)).unwrap_or(&mut []);
        let rule = StopRule { target_mse: None, patience: None, max_steps: steps };
        let pull = rate * ridge / (1.0 + rate * ridge);
        let outcome = descend(&mut Pulled { network, start, pull }, &data, rate, &rule, work, |_, _| true)?;
        if outcome.reason == StopReason::Diverged {
            set(&mut self.rates, index, 0.5 * rate);
            set(&mut self.steps, index, 0);
            if let (Some(now), Some(start)) = (self.now.get_mut(place(index)), self.start.get(place(index))) {
                now.iter_mut().zip(start).for_each(|(now, &start)| *now = start);
            }
            return Ok(());
        }
        set(&mut self.losses, index, outcome.mse);
        let taken = self.steps.get(index).copied().unwrap_or(0);
        set(&mut self.steps, index, taken.saturating_add(outcome.steps));
        Ok(())
    }

    /// Steps since the start, mean squared residual after the last, and the rate.
    pub(crate) fn progress(&self, index: usize) -> [f64; 3] {
        let of = |values: &[f64]| values.get(index).copied().unwrap_or(f64::NAN);
        let steps = self.steps.get(index).copied().unwrap_or(0);
        [f64::from(steps), of(&self.losses), of(&self.rates)]
    }
}

fn set<V>(values: &mut [V], index: usize, value: V) {
    if let Some(place) = values.get_mut(index) {
        *place = value;
    }
}

/// A network whose every step is followed by one of the ridge's part: w <- w + pull (w0 - w).
struct Pulled<'w, A> {
    network: Network<A, FlatParams<&'w mut [f64]>>,
    start: &'w [f64],
    pull: f64,
}

impl<A: Activation<f64>> Trainable<f64> for Pulled<'_, A> {
    fn shape(&self) -> Shape {
        self.network.shape()
    }

    fn start(&mut self, data: &Dataset<'_, f64>, work: &mut Workspace<'_, f64>) {
        Trainable::start(&mut self.network, data, work);
    }

    #[inline(always)]
    fn step(&mut self, data: &Dataset<'_, f64>, rate: f64, work: &mut Workspace<'_, f64>) {
        self.network.step(data, rate, work);
        if self.pull > 0.0 {
            let split = self.network.weights.a().len();
            let (start_a, start_b) = self.start.split_at_checked(split).unwrap_or((&[], &[]));
            let (a, b) = self.network.weights.parts_mut();
            for (w, start) in [(a, start_a), (b, start_b)] {
                w.iter_mut().zip(start).for_each(|(w, &start)| *w += self.pull * (start - *w));
            }
            Trainable::start(&mut self.network, data, work); // the residuals of the weights as they are now
        }
    }
}

impl Networks {
    /// Returns |w - w0|^2 of a network.
    pub(crate) fn moved(&self, index: usize) -> f64 {
        let (now, start) = (self.now.get(place(index)), self.start.get(place(index)));
        let pairs = now.unwrap_or(&[]).iter().zip(start.unwrap_or(&[]));
        pairs.map(|(now, start)| (now - start) * (now - start)).sum()
    }
}
