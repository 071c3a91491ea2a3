//! Derivatives of duals and gradients of kernels against central differences, for every activation.

use crate::support::assert_close;
use crate::support::dense::inner;
use ntk_core::activation::{GaussianPair, HalfAngle};
use ntk_core::kernel::KernelGradient;
use ntk_core::{
    Abs, Architecture, Cos, DualGradient, Erf, Exp, Gaussian, Gelu, Hermite, Identity, Kernel, LeakyRelu,
    Nngp, Ntk, Quadratic, Quadrature, Rbf, RectifiedPower, Relu, Scalar, Sigmoid, Silu, Sin, Sine, Softplus,
    Tanh,
};

/// f'(0) by five points. The error is the fourth power of the step, plus a rounding divided by the step.
fn derivative<T: Scalar>(f: impl Fn(T) -> T, step: T) -> f64 {
    let rise = |h: T| (f(h) - f(-h)).to_f64();
    (8.0 * rise(step) - rise(T::TWO * step)) / (12.0 * step.to_f64())
}

/// Compares the derivatives of the duals with differences of the duals.
fn duals<T: Scalar, A: DualGradient<T>>(phi: A) {
    let step = T::from_f64(0.4 * T::EPSILON.to_f64().powf(0.2));
    for (x, y, cosine) in [(1.0, 1.0, 0.5), (0.5, 1.5, -0.3), (1.2, 0.7, 0.8), (0.8, 1.3, -0.7)] {
        let (x, y) = (T::from_f64(x), T::from_f64(y));
        let at = |change: T, turn: T| {
            let cosine = T::from_f64(cosine) + turn;
            let square = T::HALF * (T::ONE - cosine.abs());
            GaussianPair::at_angle(x * change.exp(), y, HalfAngle { square, obtuse: cosine < T::ZERO })
        };
        let uv = at(T::ZERO, T::ZERO);
        let check = |got: T, expected: f64| {
            let size = (phi.length(x) * phi.length(y)).to_f64() + got.to_f64().abs();
            assert_close(got.to_f64(), expected, 16.0 * T::EPSILON.to_f64().powf(0.8) * size);
        };
        let (stretched, turned) = (|h| at(h, T::ZERO), |h| at(T::ZERO, h));
        check(phi.dual_by_length(&uv), derivative(|h| phi.dual(&stretched(h)), step));
        check(phi.derivative_dual_by_length(&uv), derivative(|h| phi.derivative_dual(&stretched(h)), step));
        let per_covariance = derivative(|h| phi.derivative_dual(&turned(h)), step) / (x * y).to_f64();
        check(phi.second_derivative_dual(&uv), per_covariance);
        let swapped = GaussianPair::at_angle(uv.y, uv.x, uv.angle);
        assert_eq!(
            phi.second_derivative_dual(&uv),
            phi.second_derivative_dual(&swapped),
            "symmetric bit for bit"
        );
    }
}

const POINTS: [[f64; 3]; 5] =
    [[0.3, -1.2, 0.5], [1.0, 0.4, -0.2], [-0.3, 1.1, -0.5], [0.31, -1.19, 0.5], [1e-2, 0.0, 0.0]];

/// dK/dx, computed by adding it to 1 with weight 2.
fn gradient<T: Scalar, K: KernelGradient<T>>(kernel: &K, x: &[f64; 3], y: &[f64; 3]) -> [f64; 3] {
    let (x, y, mut gradient) = (x.map(T::from_f64), y.map(T::from_f64), [T::ONE; 3]);
    kernel.add_gradient(&kernel.prepare(&x), &kernel.prepare(&y), T::TWO, &mut gradient);
    gradient.map(|g| (g.to_f64() - 1.0) / 2.0)
}

fn against_differences<K: KernelGradient<f64>>(kernel: &K) {
    for x in &POINTS {
        for y in POINTS.iter().filter(|y| *y != x) {
            let got = gradient(kernel, x, y);
            let length = inner(x, x).sqrt();
            let scale = (kernel.value(x, x) * kernel.value(y, y)).sqrt() / length;
            for i in 0..3 {
                let moved = |h: f64| {
                    let mut x = *x;
                    x[i] += h;
                    kernel.value(&x, y)
                };
                let expected = derivative(moved, 1e-5 * length.min(1.0));
                assert_close(got[i], expected, 5e-10 * scale + f64::EPSILON);
            }
        }
    }
}

/// One to three layers with and without biases, NNGP and NTK.
fn kernels<A: DualGradient<f64>>(phi: A) {
    for (depth, w, b) in [(1, 1.3, 0.0), (1, 0.7, 0.2), (2, 0.4, 0.0), (3, 0.15, 0.1)] {
        against_differences(&Nngp::with(phi, Architecture::ONE_LAYER.depth(depth).weights(w).bias(b)));
        against_differences(&Ntk::with(phi, Architecture::ONE_LAYER.depth(depth).weights(w).bias(b)));
    }
}

fn of<A: DualGradient<f32> + DualGradient<f64>>(phi: A) {
    duals::<f32, A>(phi);
    duals::<f64, A>(phi);
    kernels(phi);
}

#[test]
fn of_every_activation() {
    of(Relu);
    of(Abs);
    of(Erf);
    of(Gelu);
    of(Sin);
    of(Cos);
    of(Exp);
    of(Gaussian);
    of(Identity);
    of(Quadratic);
    duals(LeakyRelu { slope: 0.1f32 });
    duals(LeakyRelu { slope: 0.1f64 });
    kernels(LeakyRelu { slope: -0.3 });
    of(RectifiedPower::Square);
    of(RectifiedPower::Cube);
    of(Hermite::new(1).unwrap());
    of(Hermite::new(2).unwrap());
    of(Hermite::new(3).unwrap());
    duals(Sine { scale: 1.2f32, phase: 0.4 });
    duals(Sine { scale: -1.2f64, phase: 0.4 });
    kernels(Sine { scale: 1.2, phase: 0.4 });
    duals(Rbf { gamma: 0.6f32 });
    duals(Rbf { gamma: 0.6f64 });
    kernels(Rbf { gamma: 0.6 });
}

#[test]
fn of_every_activation_that_is_integrated() {
    of(Tanh);
    of(Sigmoid);
    of(Softplus);
    of(Silu);
    of(Quadrature(Erf));
}

/// Kernels with a known gradient: 2 <x, y>, |x|^2 |y|^2 + 2 <x, y>^2 and exp(|x + y|^2 / 2).
#[test]
fn gradients_that_are_known() {
    let identity = Ntk::with(Identity, Architecture::<f64>::ONE_LAYER);
    let quadratic = Nngp::with(Quadratic, Architecture::<f64>::ONE_LAYER);
    let exp = Nngp::with(Exp, Architecture::<f64>::ONE_LAYER);
    for x in &POINTS {
        for y in &POINTS {
            let (xy, yy) = (inner(x, y), inner(y, y));
            let sum: f64 = x.iter().zip(y).map(|(x, y)| (x + y).powi(2)).sum();
            let known: [&dyn Fn(usize) -> f64; 3] =
                [&|i| 2.0 * y[i], &|i| 2.0 * x[i] * yy + 4.0 * xy * y[i], &|i| {
                    (x[i] + y[i]) * (0.5 * sum).exp()
                }];
            let got = [gradient(&identity, x, y), gradient(&quadratic, x, y), gradient(&exp, x, y)];
            for (got, known) in got.iter().zip(known) {
                for (i, &got) in got.iter().enumerate() {
                    assert_close(got, known(i), 32.0 * f64::EPSILON * (1.0 + known(i).abs() + sum.exp()));
                }
            }
        }
    }
}

/// The ReLU kernels have gradients of their own. They agree with the general ones at, near and opposite of
/// the kink, and at the zero vector.
#[test]
fn the_relus_kernels_by_both_roads() {
    let (ntk, nngp) =
        (Ntk::with(Relu, Architecture::<f64>::ONE_LAYER), Nngp::with(Relu, Architecture::<f64>::ONE_LAYER));
    let x = [0.6, 0.8, 0.0];
    let turned = |t: f64, length: f64| [0.6 - 0.8 * t, 0.8 + 0.6 * t, 0.3 * t].map(|v| length * v);
    let mut pairs = vec![([0.0; 3], x), (x, [0.0; 3]), ([0.0; 3], [0.0; 3])];
    for t in [0.0, 1e-12, -1e-7, 1e-3, 0.5, 3.0] {
        pairs.extend([(x, turned(t, 2.0)), (x, turned(t, -0.5)), (turned(t, 1.0), x)]);
    }
    for (x, y) in &pairs {
        let length = inner(y, y).sqrt();
        for (one, other) in [
            (gradient(&ntk, x, y), gradient::<f64, _>(&Ntk::new(Relu), x, y)),
            (gradient(&nngp, x, y), gradient::<f64, _>(&Nngp::new(Relu), x, y)),
        ] {
            for (one, other) in one.into_iter().zip(other) {
                assert_close(one, other, 16.0 * f64::EPSILON * (1.0 + length));
            }
        }
    }
}

/// In deeper networks, near the kink, the gradient is a difference of nearly equal numbers. It is still
/// accurate.
#[test]
fn deep_kinks() {
    let x = [0.6, 0.8, 0.0];
    for b in [0.0, 0.2] {
        let kernel = Ntk::with(Relu, Architecture::<f64>::ONE_LAYER.depth(3).weights(0.9).bias(b));
        for t in [1e-3, 1e-5] {
            let y = [0.6 - 0.8 * t, 0.8 + 0.6 * t, 0.3 * t];
            let got = gradient(&kernel, &x, &y);
            for i in 0..3 {
                let moved = |h: f64| {
                    let mut x = x;
                    x[i] += h;
                    kernel.value(&x, &y)
                };
                assert_close(got[i], derivative(moved, 0.005 * t), 1e-12 / t);
            }
        }
        let (at, sides) = (
            gradient(&kernel, &x, &x),
            [1e-7, -1e-7].map(|t| gradient(&kernel, &[0.6 - 0.8 * t, 0.8 + 0.6 * t, 0.0], &x)),
        );
        for i in 0..3 {
            assert_close(at[i], 0.5 * (sides[0][i] + sides[1][i]), 1e-6); // the mean of both sides
        }
    }
}

/// In single precision the gradients are accurate to its rounding.
#[test]
fn in_single_precision() {
    fn check<A: DualGradient<f32> + DualGradient<f64>>(phi: A) {
        for depth in [1, 3] {
            let single = Ntk::with(phi, Architecture::<f32>::ONE_LAYER.depth(depth).weights(0.5).bias(0.25));
            let double = Ntk::with(phi, Architecture::<f64>::ONE_LAYER.depth(depth).weights(0.5).bias(0.25));
            for x in &POINTS[..3] {
                for y in &POINTS[..3] {
                    let (x, y) = (x.map(|v| f64::from(v as f32)), y.map(|v| f64::from(v as f32)));
                    let pairs = gradient(&single, &x, &y).into_iter().zip(gradient(&double, &x, &y));
                    pairs.for_each(|(single, double)| assert_close(single, double, 1e-6));
                }
            }
        }
    }
    check(Relu);
    check(Erf);
    check(Gelu);
    check(Sin);
    check(Gaussian);
    check(Tanh);
}

/// An input of length 0 has no direction: of a kernel of a homogeneous activation nothing is then infinite.
#[test]
fn at_the_origin_the_gradient_is_finite() {
    for depth in [1, 2, 3] {
        let architecture = Architecture::<f64>::ONE_LAYER.depth(depth);
        for (x, y) in [([0.0, 0.0], [1.0, 2.0]), ([0.0, 0.0], [0.0, 0.0]), ([1.0, 2.0], [0.0, 0.0])] {
            let mut gradients = [[0.0; 2]; 2];
            let (ntk, nngp) = (Ntk::with(Relu, architecture), Nngp::with(Relu, architecture));
            ntk.add_gradient(&ntk.prepare(&x), &ntk.prepare(&y), 1.0, &mut gradients[0]);
            nngp.add_gradient(&nngp.prepare(&x), &nngp.prepare(&y), 1.0, &mut gradients[1]);
            assert!(
                gradients.as_flattened().iter().all(|v| v.is_finite()),
                "{depth}, {x:?}, {y:?}: {gradients:?}"
            );
        }
    }
}
