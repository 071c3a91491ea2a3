//! The kernels of many layers against their recursion as textbooks write it, with covariances and an arccos.

use core::f64::consts::PI;

use crate::support::dense::inner;
use crate::support::{assert_close, normal_points, rng};
use ntk_core::activation::{GaussianPair, HalfAngle};
use ntk_core::kernel::recursion::Recursion;
use ntk_core::{
    Activation, Architecture, DerivativeDual, Erf, Gelu, Kernel, Nngp, Ntk, Relu, Sigmoid, Sin, Tanh,
};

/// E[phi(u) phi(v)] and E[phi'(u) phi'(v)] for phi = sqrt 2 max(0, .) and (u, v) of covariance [[xx, xy],
/// [xy, yy]].
fn expectations(xx: f64, xy: f64, yy: f64) -> (f64, f64) {
    let length = (xx * yy).sqrt();
    let angle = (xy / length).clamp(-1.0, 1.0).acos();
    (length * (angle.sin() + (PI - angle) * angle.cos()) / PI, (PI - angle) / PI)
}

/// (NNGP, NTK) of so many hidden layers (Jacot, Gabriel and Hongler 2018, Theorem 1).
fn recursion(depth: u16, w: f64, b: f64, x: &[f64], y: &[f64]) -> (f64, f64) {
    let [mut xx, mut xy, mut yy] = [inner(x, x), inner(x, y), inner(y, y)].map(|product| w * product + b);
    let mut ntk = xy;
    for _ in 0..depth {
        let (values, slopes) = expectations(xx, xy, yy);
        xy = w * values + b;
        ntk = xy + ntk * w * slopes;
        (xx, yy) = (w * xx + b, w * yy + b); // E[phi(u)^2] is the variance of u
    }
    (xy, ntk)
}

#[test]
fn deep_kernels_follow_the_recursion() {
    let points: [[f64; 3]; 12] = normal_points(&mut rng(1));
    for (w, b) in [(1.0, 0.0), (1.0, 0.1), (1.7, 0.3), (0.6, 1.0), (0.3, 0.0)] {
        for depth in [1u16, 2, 3, 5, 8] {
            let nngp_kernel = Nngp::with(Relu, Architecture::ONE_LAYER.depth(depth).weights(w).bias(b));
            let ntk_kernel = Ntk::with(Relu, Architecture::ONE_LAYER.depth(depth).weights(w).bias(b));
            for (x, y) in points.iter().zip(&points[1..]) {
                let (nngp, ntk) = recursion(depth, w, b, x, y);
                assert_close(nngp_kernel.value(x, y), nngp, 1e-13 * nngp);
                assert_close(ntk_kernel.value(x, y), ntk, 1e-13 * ntk.abs().max(nngp));
            }
        }
    }
}

/// E[phi(u) phi(v)] and E[phi'(u) phi'(v)] of the covariances [[xx, xy], [xy, yy]] by their definition: u =
/// sqrt(xx) g, v = xy / xx u + sqrt(yy - xy^2 / xx) h, and the trapezoidal rule over the plane of g and h.
fn by_the_plane(phi: &impl Activation<f64>, [xx, xy, yy]: [f64; 3]) -> [f64; 2] {
    const STEP: f64 = 0.125;
    let (slope, rest) = (xy / xx, (yy - xy * xy / xx).max(0.0).sqrt());
    let mut sums = [0.0; 2];
    for i in -72..=72 {
        let g = STEP * f64::from(i);
        let u = xx.sqrt() * g;
        for j in -72..=72 {
            let h = STEP * f64::from(j);
            let weight = STEP * STEP / (2.0 * PI) * (-0.5 * (g * g + h * h)).exp();
            let v = slope * u + rest * h;
            sums[0] += weight * phi.value(u) * phi.value(v);
            sums[1] += weight * phi.derivative(u) * phi.derivative(v);
        }
    }
    sums
}

/// (NNGP, NTK) of each depth up to `deepest`, of any smooth activation.
fn smooth_recursion(
    phi: &impl Activation<f64>,
    deepest: u16,
    [w, b]: [f64; 2],
    [x, y]: [&[f64]; 2],
) -> Vec<[f64; 2]> {
    let [mut xx, mut xy, mut yy] = [inner(x, x), inner(x, y), inner(y, y)].map(|product| w * product + b);
    let mut ntk = xy;
    let mut all = Vec::new();
    for _ in 0..deepest {
        let [values, slopes] = by_the_plane(phi, [xx, xy, yy]);
        let [own_x, own_y] = [xx, yy].map(|square| w * by_the_plane(phi, [square, square, square])[0] + b);
        xy = w * values + b;
        ntk = xy + ntk * w * slopes;
        (xx, yy) = (own_x, own_y);
        all.push([xy, ntk]);
    }
    all
}

/// The kernels, the NTK of an input with itself, and the recursion driven by hand as a Gram matrix does it.
fn follows<A: DerivativeDual<f64>>(phi: A) {
    let points: [[f64; 2]; 3] = [[0.9, 0.3], [-0.4, 0.7], [0.8, 0.5]];
    for variances in [[0.8, 0.2], [0.5, 0.0]] {
        let [w, b] = variances;
        for (x, y) in [(&points[0], &points[1]), (&points[1], &points[2]), (&points[2], &points[2])] {
            for (layer, [nngp, ntk]) in smooth_recursion(&phi, 4, variances, [x, y]).into_iter().enumerate() {
                let architecture = Architecture::ONE_LAYER.depth(layer as u16 + 1).weights(w).bias(b);
                let (of_ntk, of_nngp) = (Ntk::with(phi, architecture), Nngp::with(phi, architecture));
                let size = (of_ntk.value(x, x) * of_ntk.value(y, y)).sqrt();
                assert_close(of_nngp.value(x, y), nngp, 1e-11 * size);
                assert_close(of_ntk.value(x, y), ntk, 1e-11 * size);
                if x == y {
                    assert_close(of_ntk.diagonal(&of_ntk.prepare(x)), ntk, 1e-11 * size);
                    assert_close(of_nngp.diagonal(&of_nngp.prepare(x)), nngp, 1e-11 * size);
                }
                let [by_hand_nngp, by_hand_ntk] = by_hand(Recursion { activation: phi, architecture }, x, y);
                assert_close(by_hand_nngp, nngp, 1e-11 * size);
                assert_close(by_hand_ntk, ntk, 1e-11 * size);
            }
        }
    }
}

/// (NNGP, NTK) by the steps of [`Recursion`].
fn by_hand<A: DerivativeDual<f64>>(recursion: Recursion<A, f64>, x: &[f64; 2], y: &[f64; 2]) -> [f64; 2] {
    let Architecture { depth, weight_variance: w, bias_variance: b } = recursion.architecture;
    let first = |x: &[f64; 2]| (w * inner(x, x) + b).sqrt();
    let (p, q) = (first(x), first(y));
    let cosine = ((w * inner(x, y) + b) / (p * q)).clamp(-1.0, 1.0);
    let square = 0.5 * (1.0 - cosine.abs());
    let mut pair = GaussianPair::at_angle(p, q, HalfAngle { square, obtuse: cosine < 0.0 });
    let mut ntk = None;
    for _ in 1..depth {
        ntk = Some(recursion.ntk(&pair, ntk));
        let (of_x, of_y) = (recursion.next_deviation(pair.x), recursion.next_deviation(pair.y));
        pair = recursion.next(of_x, of_y, recursion.angle(&pair), f64::sqrt);
    }
    [recursion.nngp(&pair), recursion.ntk(&pair, ntk)]
}

#[test]
fn kernels_of_smooth_activations_follow_the_recursion() {
    follows(Erf);
    follows(Gelu);
    follows(Sin);
    follows(Tanh);
    follows(Sigmoid);
}

/// By hand the ReLU, too, whose Gram matrices take this road.
#[test]
fn the_steps_of_the_recursion_are_those_of_the_textbook() {
    let (x, y) = ([0.9, 0.3], [-0.4, 0.7]);
    for depth in [1u16, 2, 3, 8] {
        for (w, b) in [(1.0, 0.0), (1.7, 0.3)] {
            let architecture = Architecture::ONE_LAYER.depth(depth).weights(w).bias(b);
            let (nngp, ntk) = recursion(depth, w, b, &x, &y);
            let found = by_hand(Recursion { activation: Relu, architecture }, &x, &y);
            assert_close(found[0], nngp, 1e-13 * nngp);
            assert_close(found[1], ntk, 1e-13 * ntk.abs().max(nngp));
        }
    }
}
