//! The streams: inputs, truths that stand still, drift or jump, noise, and what goes wrong with sensors.

use ntk_core::random::{standard_normal, uniform};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Standard deviation of the noise; labels have one of about 1.
pub const NOISE: f64 = 0.25;

/// How the truth changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    Still,
    /// One turn of the phase in 8,000 samples.
    Drift,
    /// The phase jumps by a third of a turn at sample 2,000 of each 4,000.
    Jump,
    /// The truth stands still; inputs come from a quarter of the range, which moves through it once.
    Wander,
}

/// What else happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    None,
    /// One label in a hundred is off by 5 to 10.
    Outliers,
    /// Samples 2,000 to 2,999 are all equal.
    Stuck,
}

#[derive(Clone, Copy, Debug)]
pub struct Task {
    pub inputs: usize,
    pub change: Change,
    pub fault: Fault,
    pub samples: usize,
    pub seed: u64,
}

pub struct Sample {
    pub x: Vec<f64>,
    pub y: f64,
}

impl Task {
    pub fn name(&self) -> String {
        let fault = match self.fault {
            Fault::None => "",
            Fault::Outliers => ", outliers",
            Fault::Stuck => ", stuck",
        };
        format!("{}-d, {:?}{fault}", self.inputs, self.change).to_lowercase()
    }

    pub fn phase(&self, i: usize) -> f64 {
        let turn = std::f64::consts::TAU;
        match self.change {
            Change::Drift => turn * i as f64 / 8000.0,
            Change::Jump if i >= self.samples / 2 => turn / 3.0,
            _ => 0.0,
        }
    }

    /// The truth at sample i, inputs being on (-1, 1).
    pub fn truth(&self, x: &[f64], i: usize) -> f64 {
        let phase = self.phase(i);
        match *x {
            [a] => (4.0 * a + phase).sin() + 0.8 * a,
            [a, b] => 1.2 * (3.0 * a + phase).sin() * (2.0 * b).cos() + 0.8 * b,
            [a, b, c, d] => (2.0 * a + phase).sin() + 1.5 * b * c + 0.8 * (2.5 * d).cos(),
            _ => f64::NAN,
        }
    }

    /// An input as the stream has them at sample i.
    pub fn input(&self, rng: &mut ChaCha8Rng, i: usize) -> Vec<f64> {
        let mut x: Vec<f64> = (0..self.inputs).map(|_| uniform(rng)).collect();
        if self.change == Change::Wander {
            let centre = -0.75 + 1.5 * i as f64 / self.samples as f64;
            x[0] = centre + 0.25 * x[0];
        }
        x
    }

    pub fn stream(&self) -> Vec<Sample> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut all: Vec<Sample> = Vec::with_capacity(self.samples);
        for i in 0..self.samples {
            let x = self.input(&mut rng, i);
            let noise: f64 = standard_normal(&mut rng);
            let (chance, size): (f64, f64) = (uniform(&mut rng), uniform(&mut rng));
            let mut y = self.truth(&x, i) + NOISE * noise;
            if self.fault == Fault::Outliers && chance.abs() < 0.01 {
                y += chance.signum() * (7.5 + 2.5 * size);
            }
            let stuck = self.fault == Fault::Stuck && i / 1000 == 2 && i % 1000 > 0;
            all.push(match all.last() {
                Some(Sample { x, y }) if stuck => Sample { x: x.clone(), y: *y },
                _ => Sample { x, y },
            });
        }
        all
    }

    /// Whether answers count from this sample on: the second half, and of a stuck sensor what comes after.
    pub fn counts(&self, i: usize) -> bool {
        match self.fault {
            Fault::Stuck => (3000..3100).contains(&i),
            _ => i >= self.samples / 2,
        }
    }
}
