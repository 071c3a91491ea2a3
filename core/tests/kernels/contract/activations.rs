//! What every activation must satisfy, stated once; a new one is tested by one line.

use crate::support::assert_close;
use ntk_core::activation::{GaussianPair, HalfAngle};
use ntk_core::{
    Abs, Activation, Cos, DerivativeDual, Dual, Erf, Exp, Gaussian, Gelu, Hermite, Identity, LeakyRelu,
    Quadratic, Quadrature, Rbf, RectifiedPower, Relu, Scalar, Sigmoid, Sign, Silu, Sin, Sine, Softplus, Step,
    Tanh,
};

/// phi' is the slope of phi, phi'' the slope of phi'; `limits` are phi(-inf) and phi(inf), NaN where there is
/// none.
fn activation<T: Scalar, A: Activation<T>>(phi: A, limits: [f64; 2]) {
    // Central differences: rounding / step and step^2 balance at the cube root of the roundoff.
    let step = T::from_f64(T::EPSILON.to_f64().cbrt());
    let tolerance = 8.0 * (step * step).to_f64();
    for i in 0..120 {
        let z = T::from_f64(0.05 * (f64::from(i) - 59.5)); // 0.025 from the kink at 0, and the step is 0.005 at most
        let (left, right) = (z - step, z + step);
        let difference = |g: &dyn Fn(T) -> T| ((g(right) - g(left)) / (right - left)).to_f64();
        let size = 1.0_f64.max(phi.value(z).to_f64().abs());
        assert_close(phi.derivative(z).to_f64(), difference(&|z| phi.value(z)), tolerance * size);
        assert_close(phi.second_derivative(z).to_f64(), difference(&|z| phi.derivative(z)), tolerance * size);
        assert_eq!(phi.value_and_derivative(z), (phi.value(z), phi.derivative(z)));
        if A::HOMOGENEOUS {
            assert_eq!(z * phi.derivative(z), phi.value(z)); // Euler
        }
    }
    if A::HOMOGENEOUS {
        assert_eq!(phi.value(T::ZERO), T::ZERO);
    }
    assert!(phi.value(T::from_f64(f64::NAN)).to_f64().is_nan());
    for (z, limit) in [f64::NEG_INFINITY, f64::INFINITY].into_iter().zip(limits) {
        let (value, slope) = phi.value_and_derivative(T::from_f64(z));
        assert!(value.to_f64() == limit || value.to_f64().is_nan() && limit.is_nan());
        assert!(slope == T::ZERO || !limit.is_finite());
        let _no_panic = phi.second_derivative(T::from_f64(z));
    }
}

/// Standard deviations and angles of pairs, both ends of the angle among them.
fn pairs<T: Scalar>() -> Vec<GaussianPair<T>> {
    let mut pairs = Vec::new();
    for (x, y) in [(0.01, 0.02), (0.3, 1.0), (1.0, 1.0), (2.0, 0.7), (2.5, 2.0)] {
        for square in [0.0, 1e-12, 1e-4, 0.1, 0.3, 0.5] {
            for obtuse in [false, true] {
                let angle = HalfAngle { square: T::from_f64(square), obtuse };
                pairs.push(GaussianPair::at_angle(T::from_f64(x), T::from_f64(y), angle));
            }
        }
    }
    pairs
}

fn swapped<T: Scalar>(uv: &GaussianPair<T>) -> GaussianPair<T> {
    GaussianPair::at_angle(uv.y, uv.x, uv.angle)
}

/// What E[phi(u) phi(v)] must satisfy: symmetry, Cauchy-Schwarz, the limits u = v and u = -v, and no NaN
/// lost.
fn dual<T: Scalar, A: Dual<T>>(phi: A) {
    let units = |n: f64, scale: f64| n * T::EPSILON.to_f64() * scale;
    for uv in pairs::<T>() {
        let value = phi.dual(&uv);
        assert_eq!(value, phi.dual(&swapped(&uv)), "symmetric bit for bit");
        let bound = (phi.length(uv.x) * phi.length(uv.y)).to_f64();
        assert!(value.to_f64().abs() <= bound + units(16.0, bound), "{value:?} above {bound}");
        let HalfAngle { square, obtuse } = phi.angle(&uv);
        assert!(square >= T::ZERO && square <= T::HALF);
        let cosine = (1.0 - 2.0 * square.to_f64()) * if obtuse { -1.0 } else { 1.0 };
        assert_close(value.to_f64(), cosine * bound, units(32.0, bound));
    }
    for deviation in [0.01, 0.7, 2.0].map(T::from_f64) {
        let twice = GaussianPair::equal(deviation);
        let square = phi.length(deviation) * phi.length(deviation);
        assert_close(phi.dual(&twice).to_f64(), square.to_f64(), units(8.0, square.to_f64()));
        assert!(phi.angle(&twice).square <= T::from_f64(8.0) * T::EPSILON && !phi.angle(&twice).obtuse);
    }
    let angle = HalfAngle { square: T::from_f64(0.25), obtuse: true };
    assert!(!phi.dual(&GaussianPair::at_angle(T::NAN, T::ONE, angle)).is_finite(), "NaN is lost");
}

/// The dual of the slope: d/dc E[phi(u) phi(v)] = E[phi'(u) phi'(v)], c = E[uv] (Price's theorem).
fn derivative_dual<T: Scalar, A: DerivativeDual<T>>(phi: A) {
    let step = T::from_f64(T::EPSILON.to_f64().cbrt());
    for (x, y, cosine) in [(1.0, 1.0, 0.5), (0.5, 1.5, -0.3), (2.0, 1.0, 0.8), (1.5, 2.0, -0.7)] {
        let (x, y) = (T::from_f64(x), T::from_f64(y));
        let at = |cosine: T| {
            let square = T::HALF * (T::ONE - cosine.abs());
            GaussianPair::at_angle(x, y, HalfAngle { square, obtuse: cosine < T::ZERO })
        };
        let (left, right) = (T::from_f64(cosine) - step, T::from_f64(cosine) + step);
        let rise = phi.dual(&at(right)) - phi.dual(&at(left));
        let slope = phi.derivative_dual(&at(T::from_f64(cosine)));
        let scale = 1.0 + slope.to_f64().abs() + (phi.length(x) * phi.length(y) / (x * y)).to_f64();
        let difference = rise / ((right - left) * x * y);
        assert_close(slope.to_f64(), difference.to_f64(), 64.0 * (step * step).to_f64() * scale);
    }
    for uv in pairs::<T>() {
        assert_eq!(phi.derivative_dual(&uv), phi.derivative_dual(&swapped(&uv)), "symmetric bit for bit");
        let sum = phi.dual(&uv) + uv.covariance() * phi.derivative_dual(&uv);
        let scale = phi.dual(&uv).abs() + (uv.covariance() * phi.derivative_dual(&uv)).abs();
        let units = 8.0 * T::EPSILON.to_f64() * (scale + uv.product).to_f64();
        assert_close(phi.ntk(&uv).to_f64(), sum.to_f64(), units);
    }
}

fn of_a_network<A: Activation<f32> + Activation<f64>>(phi: A, limits: [f64; 2]) {
    activation::<f32, A>(phi, limits);
    activation::<f64, A>(phi, limits);
}

fn of_infinite_width<A: DerivativeDual<f32> + DerivativeDual<f64>>(phi: A, limits: [f64; 2]) {
    of_a_network(phi, limits);
    dual::<f32, A>(phi);
    dual::<f64, A>(phi);
    derivative_dual::<f32, A>(phi);
    derivative_dual::<f64, A>(phi);
}

#[test]
fn activations() {
    let (inf, none) = (f64::INFINITY, f64::NAN);
    of_infinite_width(Relu, [0.0, inf]);
    of_infinite_width(Abs, [inf, inf]);
    of_infinite_width(Erf, [-1.0, 1.0]);
    of_infinite_width(Sin, [none, none]);
    of_infinite_width(Cos, [none, none]);
    of_infinite_width(Exp, [0.0, inf]);
    of_infinite_width(Gaussian, [0.0, 0.0]);
    of_infinite_width(Gelu, [0.0, inf]);
    of_infinite_width(Identity, [-inf, inf]);
    of_infinite_width(Quadratic, [inf, inf]);
    of_infinite_width(Tanh, [-1.0, 1.0]);
    of_infinite_width(Sigmoid, [0.0, 1.0]);
    of_infinite_width(Softplus, [0.0, inf]);
    of_infinite_width(Silu, [0.0, inf]);
    of_infinite_width(Quadrature(Erf), [-1.0, 1.0]);
    activation::<f32, _>(Step, [0.0, f64::from(core::f32::consts::SQRT_2)]);
    activation::<f64, _>(Step, [0.0, core::f64::consts::SQRT_2]);
    dual::<f32, _>(Step);
    dual::<f64, _>(Step);
    activation::<f32, _>(Sign, [-1.0, 1.0]);
    activation::<f64, _>(Sign, [-1.0, 1.0]);
    dual::<f32, _>(Sign);
    dual::<f64, _>(Sign);
    of_infinite_width(RectifiedPower::Square, [0.0, inf]);
    of_infinite_width(RectifiedPower::Cube, [0.0, inf]);
    of_infinite_width(Hermite::new(1).unwrap(), [-inf, inf]);
    of_infinite_width(Hermite::new(2).unwrap(), [inf, inf]);
    of_infinite_width(Hermite::new(3).unwrap(), [-inf, inf]);
}

/// Activations whose parameters have the type of the numbers.
fn of_one_precision<T: Scalar, A: DerivativeDual<T>>(phi: A) {
    activation(phi, [f64::NAN; 2]);
    dual(phi);
    derivative_dual(phi);
}

#[test]
fn sines_of_any_scale_and_phase() {
    for (scale, phase) in [(1.0, 0.0), (0.5, 1.0), (-1.5, -2.0), (1.0, core::f64::consts::FRAC_PI_2)] {
        of_one_precision(Sine { scale, phase });
        of_one_precision(Sine { scale: scale as f32, phase: phase as f32 });
    }
    for gamma in [0.1, 0.5, 1.0] {
        of_one_precision(Rbf { gamma });
        of_one_precision(Rbf { gamma: gamma as f32 });
    }
}

fn leaky<T: Scalar>(slope: f64, left: f64) {
    let phi = LeakyRelu { slope: T::from_f64(slope) };
    activation(phi, [left, f64::INFINITY]);
    dual(phi);
    derivative_dual(phi);
}

#[test]
fn leaky_relu_of_any_slope() {
    for (slope, left) in [(0.1, -f64::INFINITY), (-0.5, f64::INFINITY), (1.0, -f64::INFINITY)] {
        leaky::<f32>(slope, left);
        leaky::<f64>(slope, left);
    }
}
