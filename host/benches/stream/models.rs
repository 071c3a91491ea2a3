//! The models that are compared, behind one trait.

use ntk_core::regression::{Flat, WhenFull};
use ntk_core::stream::{Forgetting, Occasion};
use ntk_core::{Architecture, Erf, Kernel, Ntk, Regression, Scalar, Stream};

pub type TheKernel<T> = Ntk<Erf, Architecture<T>>;

/// The default kernel of a stream.
pub fn kernel<T: Scalar>() -> TheKernel<T> {
    Ntk::with(Erf, Architecture { depth: 1, weight_variance: T::ONE, bias_variance: T::ONE })
}

/// Inputs are uniform on (-1, 1): all models see them at standard deviation 1.
pub fn scaled<T: Scalar>(x: &[f64]) -> Vec<T> {
    x.iter().map(|x| T::from_f64(x * 3f64.sqrt())).collect()
}

pub trait Model {
    /// Mean and standard deviation of an observation.
    fn predict(&self, x: &[f64]) -> Option<(f64, f64)>;
    fn hear(&mut self, x: &[f64], y: f64);
}

pub struct Window<T: Scalar> {
    model: Regression<TheKernel<T>, Flat<T, Vec<T>>>,
    when_full: WhenFull,
}

impl<T: Scalar> Window<T> {
    pub fn new(d: usize, room: usize, ridge: f64, when_full: WhenFull) -> Self {
        let block = vec![T::ZERO; Flat::<T>::len(d, room, 1)];
        let mut model = Regression::new(kernel(), Flat::new(d, room, 1, block).unwrap());
        model.set_ridge(T::from_f64(ridge)).unwrap();
        Self { model, when_full }
    }
}

impl<T: Scalar> Model for Window<T> {
    fn predict(&self, x: &[f64]) -> Option<(f64, f64)> {
        let (mut work, mut mean) = (vec![T::ZERO; self.model.len()], [T::ZERO]);
        let at = self.model.predict_into(&scaled(x), &mut work, &mut mean).ok()?;
        let s = self.model.amplitude(0).ok()?;
        Some((mean[0].to_f64(), (at.observation_deviation * s).to_f64()))
    }
    fn hear(&mut self, x: &[f64], y: f64) {
        let _ = self.model.push(&scaled(x), &[T::from_f64(y)], self.when_full);
    }
}

pub struct Streaming<T: Scalar> {
    pub model: Stream<TheKernel<T>, Flat<T, Vec<T>>>,
    d: usize,
}

impl<T: Scalar> Streaming<T> {
    pub fn new(d: usize, room: usize, noise: Option<f64>, forgetting: Forgetting<T>) -> Self {
        let block = vec![T::ZERO; Flat::<T>::len(d, room, 1)];
        let basis = Flat::new(d, room, 1, block).unwrap();
        let mut model = Stream::in_blocks(kernel(), basis, vec![T::ZERO; 2 * d + 6]).unwrap();
        model.set_noise(noise.map(T::from_f64)).unwrap();
        model.set_forgetting(forgetting).unwrap();
        Self { model, d }
    }

    /// Mean, deviation of the function, low and high.
    pub fn answer(&self, x: &[f64], level: f64) -> Option<[f64; 4]> {
        let mut work = vec![T::ZERO; self.d + self.model.len()];
        let [mut a, mut b, mut c, mut e] = [[T::ZERO]; 4];
        self.model
            .answer_into(&scaled(x), T::from_f64(level), &mut work, [&mut a, &mut b, &mut c, &mut e])
            .ok()?;
        Some([a, b, c, e].map(|v| v[0].to_f64()))
    }
}

impl<T: Scalar> Model for Streaming<T> {
    fn predict(&self, x: &[f64]) -> Option<(f64, f64)> {
        let mut work = vec![T::ZERO; self.d + self.model.len() + 1];
        let (mean, deviation) = self.model.observation_into(&scaled(x), &mut work, 0).ok()?;
        Some((mean.to_f64(), deviation.to_f64()))
    }
    fn hear(&mut self, x: &[f64], y: f64) {
        let mut work = vec![T::ZERO; self.d + 1];
        self.model.hear_into(&scaled(x), &[T::from_f64(y)], Occasion::USUAL, &mut work).unwrap();
    }
}

/// The tracker of Van Vaerenbergh, Lazaro-Gredilla and Santamaria 2012 as it is published: mean mu and
/// covariance of the function at the basis, and the inverse Q of the kernel matrix, in f64.
pub struct Tracker {
    room: usize,
    noise: f64,
    factor: f64,
    basis: Vec<Vec<f64>>,
    mu: Vec<f64>,
    sigma: Vec<Vec<f64>>,
    q: Vec<Vec<f64>>,
    gram: Vec<Vec<f64>>,
    /// The sums for the amplitude of largest likelihood.
    squares: [f64; 2],
    kernel: TheKernel<f64>,
}

impl Tracker {
    pub fn new(room: usize, noise: f64, factor: f64) -> Self {
        let none = Vec::new;
        Self {
            room,
            noise,
            factor,
            basis: none_of(),
            mu: none(),
            sigma: none_of(),
            q: none_of(),
            gram: none_of(),
            squares: [0.0; 2],
            kernel: kernel(),
        }
    }

    /// q, h and the variances of f and of an observation.
    fn at(&self, x: &[f64]) -> (Vec<f64>, Vec<f64>, f64, f64) {
        let k: Vec<f64> = self.basis.iter().map(|z| self.kernel.value(z, x)).collect();
        let q = times(&self.q, &k);
        let h = times(&self.sigma, &q);
        let rest = (self.kernel.value(x, x) - inner(&k, &q)).max(1e-12);
        let f = rest + inner(&q, &h);
        (q, h, rest, f)
    }
}

fn none_of() -> Vec<Vec<f64>> {
    Vec::new()
}

fn inner(u: &[f64], v: &[f64]) -> f64 {
    u.iter().zip(v).map(|(u, v)| u * v).sum()
}

fn times(m: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
    m.iter().map(|row| inner(row, v)).collect()
}

impl Model for Tracker {
    fn predict(&self, x: &[f64]) -> Option<(f64, f64)> {
        if self.basis.is_empty() {
            return None;
        }
        let (q, _, _, f) = self.at(&scaled::<f64>(x));
        let amplitude = self.squares[1] / self.squares[0].max(1.0);
        Some((inner(&q, &self.mu), ((f + self.noise) * amplitude).sqrt()))
    }

    fn hear(&mut self, x: &[f64], y: f64) {
        let x = scaled::<f64>(x);
        let own = self.kernel.value(&x, &x);
        let (lambda, n) = (self.factor, self.basis.len());
        for i in 0..n {
            for j in 0..n {
                self.sigma[i][j] = lambda * self.sigma[i][j] + (1.0 - lambda) * self.gram[i][j];
            }
            self.mu[i] *= lambda.sqrt();
        }
        let (q, mut h, rest, f) = self.at(&x);
        let mean = inner(&q, &self.mu);
        let t = f + self.noise;
        self.squares[0] += 1.0;
        self.squares[1] += (y - mean).powi(2) / t;
        let k: Vec<f64> = self.basis.iter().map(|z| self.kernel.value(z, &x)).collect();
        for i in 0..n {
            self.q[i].push(0.0);
            self.sigma[i].push(h[i]);
            self.gram[i].push(k[i]);
        }
        self.q.push(vec![0.0; n + 1]);
        self.sigma.push([h.clone(), vec![f]].concat());
        self.gram.push([k, vec![own]].concat());
        let p = [q, vec![-1.0]].concat();
        for i in 0..=n {
            for j in 0..=n {
                self.q[i][j] += p[i] * p[j] / rest;
            }
        }
        self.mu.push(mean);
        self.basis.push(x);
        h.push(f);
        for i in 0..=n {
            self.mu[i] += h[i] * (y - mean) / t;
            for j in 0..=n {
                self.sigma[i][j] -= h[i] * h[j] / t;
            }
        }
        let full = n + 1 > self.room;
        if full || rest < 1e-8 * own {
            let errors = times(&self.q, &self.mu);
            let cost = |i: usize| (errors[i] / self.q[i][i]).powi(2);
            let drop = if full { (0..=n).min_by(|&a, &b| cost(a).total_cmp(&cost(b))).unwrap() } else { n };
            let column: Vec<f64> = self.q.iter().map(|row| row[drop]).collect();
            let pivot = column[drop];
            for i in 0..=n {
                for j in 0..=n {
                    self.q[i][j] -= column[i] * column[j] / pivot;
                }
            }
            for matrix in [&mut self.q, &mut self.sigma, &mut self.gram] {
                matrix.remove(drop);
                matrix.iter_mut().for_each(|row| {
                    row.remove(drop);
                });
            }
            self.mu.remove(drop);
            self.basis.remove(drop);
        }
    }
}
