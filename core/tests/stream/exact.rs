//! Two roads: regression while there is room; a dense Gaussian update in the coordinates of the textbook,
//! with an inverse from the start at every step, at any time.

use ntk_core::regression::Fixed;
use ntk_core::stream::{Forgetting, Learned, Occasion};
use ntk_core::{Kernel, Regression, Stream};

use crate::dense::{Matrix, inner, inverse_and_determinant, matrix, multiply};
use crate::{close, kernel, samples};

#[test]
fn while_there_is_room_it_is_the_regression() {
    for noise in [1e-3, 0.1, 3.0] {
        let mut stream = Stream::<_, Fixed<f64, 2, 20>>::with(kernel());
        let mut regression = Regression::new(kernel(), Fixed::<f64, 2, 20>::new());
        stream.set_noise(Some(noise)).unwrap();
        stream.set_forgetting(Forgetting::Never).unwrap();
        regression.set_ridge(noise).unwrap();
        let mut absorbed = 0;
        for (x, y) in samples(20, 0.3, 0.0, 1) {
            match stream.hear(&x, y).unwrap() {
                Learned::Joined => {
                    regression.push(&x, y, ntk_core::regression::WhenFull::Refuse).map(|_| ()).unwrap()
                }
                other => {
                    assert_eq!(other, Learned::Absorbed);
                    absorbed += 1;
                    break; // what is not new is no longer exact
                }
            }
            for (q, _) in samples(10, 0.0, 0.0, 2) {
                let (found, expected) = (stream.answer(&q, 0.9).unwrap(), regression.predict(&q).unwrap());
                assert!(close(found.mean, expected.mean, 1e-9), "{found:?} {expected:?}");
                assert!(close(found.deviation, expected.deviation, 1e-9), "{found:?} {expected:?}");
                assert!(close(found.novelty, expected.novelty, 1e-9), "{found:?} {expected:?}");
            }
        }
        assert!(stream.len() + absorbed >= 6, "{}", stream.len());
    }
}

/// The mean and covariance of the function at the basis, as they are published, with dense matrices.
struct Dense {
    basis: Vec<[f64; 2]>,
    /// For each output.
    mu: Vec<Vec<f64>>,
    sigma: Matrix,
}

impl Dense {
    fn gram(&self) -> Matrix {
        let (kernel, n) = (kernel::<f64>(), self.basis.len());
        matrix(n, |i, j| kernel.value(&self.basis[i], &self.basis[j]))
    }

    fn inverse(&self) -> Matrix {
        inverse_and_determinant(&self.gram()).0
    }

    /// K^-1 k, what the basis misses, and the variance of the function.
    fn at(&self, x: &[f64; 2]) -> (Vec<f64>, f64, f64) {
        let kernel = kernel::<f64>();
        let k: Vec<f64> = self.basis.iter().map(|z| kernel.value(z, x)).collect();
        let q = multiply(&self.inverse(), &k);
        let rest = kernel.value(x, x) - inner(&k, &q);
        let known = inner(&q, &multiply(&self.sigma, &q));
        (q, rest, rest + known)
    }

    fn forget(&mut self, factor: f64) {
        let gram = self.gram();
        let n = self.basis.len();
        self.sigma = matrix(n, |i, j| factor * self.sigma[i][j] + (1.0 - factor) * gram[i][j]);
        self.mu.iter_mut().flatten().for_each(|mu| *mu *= factor.sqrt());
    }

    fn join(&mut self, x: &[f64; 2]) {
        let (q, _, variance) = self.at(x);
        let (h, n) = (multiply(&self.sigma, &q), self.basis.len());
        let old = self.sigma.clone();
        self.sigma = matrix(n + 1, |i, j| match (i == n, j == n) {
            (true, true) => variance,
            (true, false) => h[j],
            (false, true) => h[i],
            (false, false) => old[i][j],
        });
        self.mu.iter_mut().for_each(|mu| mu.push(inner(&q, mu)));
        self.basis.push(*x);
    }

    fn leave(&mut self, j: usize) {
        self.basis.remove(j);
        self.sigma.remove(j);
        self.sigma.iter_mut().for_each(|row| {
            row.remove(j);
        });
        self.mu.iter_mut().for_each(|mu| {
            mu.remove(j);
        });
    }

    fn update(&mut self, x: &[f64; 2], y: &[f64], noise: f64) {
        let (q, _, variance) = self.at(x);
        let (h, t, n) = (multiply(&self.sigma, &q), variance + noise, self.basis.len());
        for (mu, y) in self.mu.iter_mut().zip(y) {
            let error = y - inner(&q, mu);
            mu.iter_mut().zip(&h).for_each(|(mu, h)| *mu += h * error / t);
        }
        self.sigma = matrix(n, |i, j| self.sigma[i][j] - h[i] * h[j] / t);
    }

    /// What the mean at each basis input changes by without it: the square, all outputs together.
    fn said(&self) -> Vec<f64> {
        let inverse = self.inverse();
        let alpha: Vec<Vec<f64>> = self.mu.iter().map(|mu| multiply(&inverse, mu)).collect();
        (0..self.basis.len()).map(|j| alpha.iter().map(|a| (a[j] / inverse[j][j]).powi(2)).sum()).collect()
    }

    fn copy(&self) -> Self {
        Self { basis: self.basis.clone(), mu: self.mu.clone(), sigma: self.sigma.clone() }
    }
}

/// Three hundred samples in a basis of six, two outputs, noise and time of their own: means, deviations and
/// every choice of the basis.
#[test]
fn every_sample_is_the_exact_update() {
    for factor in [1.0, 0.98] {
        let mut stream = Stream::<_, Fixed<f64, 2, 6, [f64; 2]>>::with(kernel());
        let mut dense = Dense { basis: vec![], mu: vec![vec![]; 2], sigma: vec![] };
        stream.set_noise(Some(0.2)).unwrap();
        stream.set_amplitude(Some(1.0)).unwrap();
        stream
            .set_forgetting(if factor < 1.0 { Forgetting::Factor(factor) } else { Forgetting::Never })
            .unwrap();
        let mut changes = 0;
        for (i, (x, y)) in samples(300, 0.2, 0.01, 3).into_iter().enumerate() {
            let y = [y, 0.3 - 0.5 * y + 0.1 * x[1] * x[0]];
            let own = [0.2, 0.05, 0.6][i % 3];
            let elapsed = [1.0, 0.0, 2.5][i % 3];
            let occasion = Occasion { elapsed, noise: if i % 3 == 0 { None } else { Some(own) } };
            let learned = stream.hear_on(&x, y, occasion).unwrap();
            // The choice is made with what was known before time went by.
            let mut tried = dense.copy();
            tried.join(&x);
            tried.update(&x, &y, own);
            let mut said = tried.said();
            let newest = said.len() - 1;
            said[newest] /= 4.0;
            dense.forget(factor.powf(elapsed));
            match learned {
                Learned::Joined => dense.join(&x),
                Learned::Replaced(j) => {
                    assert!((0..=newest).all(|l| said[j] <= said[l] * (1.0 + 1e-6)), "{j}: {said:?}");
                    dense.leave(j);
                    dense.join(&x);
                    changes += 1;
                }
                Learned::Absorbed => {
                    let (_, rest, _) = dense.at(&x);
                    let is_known = rest < 1.001e-3 * kernel::<f64>().value(&x, &x);
                    assert!(
                        is_known || said.iter().all(|other| said[newest] <= other * (1.0 + 1e-6)),
                        "{said:?}"
                    );
                }
                Learned::Repeated => panic!("no sample is like the last"),
            }
            if learned == Learned::Absorbed {
                // What the basis misses is noise.
                let (_, rest, _) = dense.at(&x);
                let (q, ..) = dense.at(&x);
                let h = multiply(&dense.sigma, &q);
                let t = rest + inner(&q, &h) + own;
                for (mu, y) in dense.mu.iter_mut().zip(y) {
                    let error = y - inner(&q, mu);
                    mu.iter_mut().zip(&h).for_each(|(mu, h)| *mu += h * error / t);
                }
                let n = dense.basis.len();
                dense.sigma = matrix(n, |i, j| dense.sigma[i][j] - h[i] * h[j] / t);
            } else {
                dense.update(&x, &y, own);
            }
            for (x, _) in samples(5, 0.0, 0.0, i as u64) {
                let found = stream.answer(&x, 0.9).unwrap();
                let (q, _, variance) = dense.at(&x);
                for output in 0..2 {
                    assert!(close(found.mean[output], inner(&q, &dense.mu[output]), 1e-8), "{i}, {found:?}");
                    assert!(
                        close(found.deviation[output], variance.sqrt(), 1e-7),
                        "{i}: {found:?} {variance}"
                    );
                }
            }
        }
        assert!(changes > 5, "{changes}");
    }
}
