//! Variances of each layer's own: the recursion as textbooks write it, sampled networks, one architecture.

use core::f64::consts::PI;

use crate::support::dense::inner;
use crate::support::{assert_close, normal_points, rng};
use ntk_core::kernel::{KernelGradient, PerLayer};
use ntk_core::random::standard_normal;
use ntk_core::regression::Fixed;
use ntk_core::{
    Activation, Architecture, DerivativeDual, Erf, Error, Gelu, Kernel, Nngp, Ntk, Regression, Relu,
};

/// E[phi(u) phi(v)] and E[phi'(u) phi'(v)] of the covariances [[xx, xy], [xy, yy]].
type Expectations = fn(f64, f64, f64) -> [f64; 2];

fn of_relu(xx: f64, xy: f64, yy: f64) -> [f64; 2] {
    let length = (xx * yy).sqrt();
    let angle = (xy / length).clamp(-1.0, 1.0).acos();
    [length * (angle.sin() + (PI - angle) * angle.cos()) / PI, (PI - angle) / PI]
}

fn of_erf(xx: f64, xy: f64, yy: f64) -> [f64; 2] {
    let (a, b) = (1.0 + 2.0 * xx, 1.0 + 2.0 * yy);
    [2.0 / PI * (2.0 * xy / (a * b).sqrt()).asin(), 4.0 / PI / (a * b - 4.0 * xy * xy).sqrt()]
}

/// (NNGP, NTK), layer by layer.
fn slow(expectations: Expectations, layers: &[[f64; 2]], x: &[f64], y: &[f64]) -> [f64; 2] {
    let [w, b] = layers[0];
    let [mut xx, mut xy, mut yy] = [inner(x, x), inner(x, y), inner(y, y)].map(|product| w * product + b);
    let mut ntk = xy;
    for &[w, b] in &layers[1..] {
        let [value, slope] = expectations(xx, xy, yy);
        (xx, yy) = (w * expectations(xx, xx, xx)[0] + b, w * expectations(yy, yy, yy)[0] + b);
        xy = w * value + b;
        ntk = xy + ntk * w * slope;
    }
    [xy, ntk]
}

fn follows<A: DerivativeDual<f64>, const DEPTH: usize>(
    phi: A,
    expectations: Expectations,
    first: [f64; 2],
    hidden: [[f64; 2]; DEPTH],
) {
    let ntk = Ntk::with(phi, PerLayer::new(first, hidden));
    let all: Vec<[f64; 2]> = [first].into_iter().chain(hidden).collect();
    let points: [[f64; 3]; 8] = normal_points(&mut rng(1));
    for x in &points {
        for y in &points {
            let [nngp, expected] = slow(expectations, &all, x, y);
            let scale = (ntk.value(x, x) * ntk.value(y, y)).sqrt();
            assert_close(ntk.nngp().value(x, y), nngp, 1e-13 * scale);
            assert_close(ntk.value(x, y), expected, 1e-13 * scale);
            assert_eq!(ntk.value(x, y), ntk.value(y, x), "symmetric bit for bit");
        }
        let point = ntk.prepare(x);
        assert_eq!(ntk.diagonal(&point), ntk.between(&point, &point));
        assert_eq!(ntk.nngp().diagonal(&point), ntk.nngp().between(&point, &point));
    }
}

#[test]
fn kernels_follow_the_recursion_with_each_layers_variances() {
    follows(Relu, of_relu, [0.5, 0.2], [[1.7, 0.0]]);
    follows(Relu, of_relu, [1.0, 0.0], [[0.5, 0.3], [2.0, 0.1]]);
    follows(Relu, of_relu, [0.3, 1.0], [[2.0, 0.0], [0.7, 0.4], [1.5, 0.0], [1.0, 2.0]]);
    follows(Erf, of_erf, [0.5, 0.2], [[1.7, 0.0]]);
    follows(Erf, of_erf, [1.0, 0.0], [[0.5, 0.3], [2.0, 0.1], [0.1, 0.0]]);
}

/// The same variances in all layers: the bits of an architecture, gradients too.
#[test]
fn equal_layers_are_an_architecture() {
    fn is_same<A: ntk_core::DualGradient<f64>>(phi: A) {
        let one = Ntk::with(phi, Architecture::ONE_LAYER.depth(3).weights(1.3).bias(0.2));
        let each = Ntk::with(phi, PerLayer::new([1.3, 0.2], [[1.3, 0.2]; 3]));
        let points: [[f64; 3]; 6] = normal_points(&mut rng(2));
        for x in &points {
            for y in &points {
                assert_eq!(one.value(x, y).to_bits(), each.value(x, y).to_bits());
                assert_eq!(one.nngp().value(x, y).to_bits(), each.nngp().value(x, y).to_bits());
                let [mut a, mut b] = [[0.0; 3]; 2];
                one.add_gradient(&one.prepare(x), &one.prepare(y), 1.0, &mut a);
                each.add_gradient(&each.prepare(x), &each.prepare(y), 1.0, &mut b);
                assert_eq!(a, b);
            }
        }
    }
    is_same(Relu);
    is_same(Gelu);
}

#[test]
fn gradients_are_central_differences() {
    let kernel = Ntk::with(Gelu, PerLayer::new([0.6, 0.1], [[1.5, 0.0], [0.8, 0.3]]));
    let points: [[f64; 3]; 5] = normal_points(&mut rng(3));
    for x in &points {
        for y in points.iter().filter(|y| *y != x) {
            let [mut ntk, mut nngp] = [[0.0; 3]; 2];
            kernel.add_gradient(&kernel.prepare(x), &kernel.prepare(y), 1.0, &mut ntk);
            let start = kernel.nngp();
            start.add_gradient(&start.prepare(x), &start.prepare(y), 1.0, &mut nngp);
            for i in 0..3 {
                let moved = |h: f64| {
                    let mut x = *x;
                    x[i] += h;
                    [kernel.value(&x, y), start.value(&x, y)]
                };
                let (right, left) = (moved(1e-5), moved(-1e-5));
                assert_close(ntk[i], (right[0] - left[0]) / 2e-5, 1e-8 * (1.0 + ntk[i].abs()));
                assert_close(nngp[i], (right[1] - left[1]) / 2e-5, 1e-8 * (1.0 + nngp[i].abs()));
            }
        }
    }
}

/// The covariance of the outputs of drawn networks with two hidden layers of 128 units: 6 standard errors.
#[test]
fn sampled_networks_have_the_covariance_of_the_nngp() {
    const UNITS: usize = 128;
    const DRAWS: usize = 4000;
    let layers = [[0.8, 0.3], [1.6, 0.2], [0.7, 0.5]];
    let (x, y) = ([0.6, 0.8], [-0.28, 1.1]);
    let mut rng = rng(5);
    let mut products = Vec::new();
    for _ in 0..DRAWS {
        let mut states = [x.to_vec(), y.to_vec()];
        for (layer, [w, b]) in layers.into_iter().enumerate() {
            let (inputs, outputs) = (states[0].len(), if layer < 2 { UNITS } else { 1 });
            // Inputs are not divided by their number, what units say is.
            let scale = if layer == 0 { f64::sqrt(w) } else { (w / inputs as f64).sqrt() };
            let mut next = [Vec::new(), Vec::new()];
            for _ in 0..outputs {
                let bias = b.sqrt() * standard_normal::<f64, _>(&mut rng);
                let weights: Vec<f64> =
                    (0..inputs).map(|_| scale * standard_normal::<f64, _>(&mut rng)).collect();
                for (next, state) in next.iter_mut().zip(&states) {
                    let sum = bias + inner(&weights, state);
                    next.push(if layer < 2 { Erf.value(sum) } else { sum });
                }
            }
            states = next;
        }
        products.push(states[0][0] * states[1][0]);
    }
    let mean = products.iter().sum::<f64>() / DRAWS as f64;
    let variance = products.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / (DRAWS - 1) as f64;
    let limit = Nngp::with(Erf, PerLayer::new(layers[0], [layers[1], layers[2]])).value(&x, &y);
    assert_close(mean, limit, 6.0 * (variance / DRAWS as f64).sqrt());
}

#[test]
fn a_fit_checks_each_layer() {
    let fit = |layers: PerLayer<f64, 2>| {
        let mut model = Regression::new(Ntk::with(Erf, layers), Fixed::<f64, 1, 3>::new());
        model.fit(&[[0.1], [0.5], [0.9]], &[1.0, 2.0, 0.5], 1e-6)?;
        model.mean(&[0.5])
    };
    assert_close(fit(PerLayer::new([4.0, 1.0], [[1.0, 0.0], [2.0, 0.5]])).unwrap(), 2.0, 1e-3);
    let refused = fit(PerLayer::new([4.0, 1.0], [[1.0, 0.0], [2.0, -0.5]]));
    assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{refused:?}");
}

/// What [`Kernel::check`] refuses is refused before a model is changed.
#[test]
fn settings_out_of_range_are_refused_by_either_kernel() {
    for bad in [
        Architecture::<f64>::ONE_LAYER.weights(-1.0),
        Architecture::ONE_LAYER.bias(f64::NAN),
        Architecture::ONE_LAYER.depth(0),
    ] {
        let (ntk, nngp) = (Ntk::with(Erf, bad), Nngp::with(Erf, bad));
        assert!(matches!(ntk.check(), Err(Error::OutOfRange { .. })), "{bad:?}: {:?}", ntk.check());
        assert_eq!(nngp.check(), ntk.check());
        let mut model = Regression::new(nngp, Fixed::<f64, 1, 2>::new());
        assert_eq!(model.fit(&[[1.0], [2.0]], &[1.0, 2.0], 0.1), ntk.check());
    }
    assert_eq!(Nngp::with(Erf, Architecture::<f64>::ONE_LAYER).check(), Ok(()));
}
