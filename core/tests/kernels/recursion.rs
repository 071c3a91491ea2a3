//! The kernels of many layers against their recursion as textbooks write it, with covariances and an arccos.

use core::f64::consts::PI;

use crate::support::dense::inner;
use crate::support::{assert_close, normal_points, rng};
use ntk_core::{Architecture, Kernel, Nngp, Ntk, Relu};

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
