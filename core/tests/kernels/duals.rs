//! Roads to E[phi(u) phi(v)] other than the closed form: quadrature, Hermite coefficients, random networks.

use crate::support::{assert_close, network, rng};
use ntk_core::activation::{GaussianPair, HalfAngle};
use ntk_core::{
    Abs, Architecture, Cos, DerivativeDual, Dual, DualGradient, EmpiricalNtk, Erf, Exp, Gaussian, Gelu,
    Hermite, Identity, Kernel, LeakyRelu, Nngp, Ntk, Quadratic, Quadrature, Rbf, RectifiedPower, Relu,
    Scalar, Sigmoid, Sign, Silu, Sin, Sine, Softplus, Step, Tanh,
};

/// The half angle of a cosine.
fn angle(cosine: f64) -> HalfAngle<f64> {
    HalfAngle { square: 0.5 - 0.5 * cosine.abs(), obtuse: cosine < 0.0 }
}

/// The closed form against the trapezoidal rule, for standard deviations up to 3; error in epsilons of the
/// scale. The steps are made for poles of tanh; entire functions of order 2, such as erf, cost the rule some
/// digits more.
fn closed_is_integrated<A: DualGradient<f64>>(phi: A, allowed: f64) {
    let integrated = Quadrature(phi);
    let mut worst = 0.0f64;
    for (x, y) in [(0.1, 0.3), (1.0, 1.0), (0.5, 2.0), (3.0, 2.0)] {
        for cosine in [1.0, 0.999, 0.5, 0.0, -0.3, -0.99, -1.0] {
            let uv = GaussianPair::at_angle(x, y, angle(cosine));
            let scale = phi.length(x) * phi.length(y);
            worst = worst.max((phi.dual(&uv) - integrated.dual(&uv)).abs() / scale);
            let own = |deviation| phi.derivative_dual(&GaussianPair::equal(deviation));
            let scale = (own(x) * own(y)).sqrt();
            worst = worst.max((phi.derivative_dual(&uv) - integrated.derivative_dual(&uv)).abs() / scale);
            let scale = (1.0 + x * x) * (scale + phi.length(x) * phi.length(y));
            worst = worst.max((phi.dual_by_length(&uv) - integrated.dual_by_length(&uv)).abs() / scale);
            worst = worst.max(
                (phi.derivative_dual_by_length(&uv) - integrated.derivative_dual_by_length(&uv)).abs()
                    / scale,
            );
            worst = worst.max(
                (phi.second_derivative_dual(&uv) - integrated.second_derivative_dual(&uv)).abs() / scale,
            );
        }
    }
    assert!(worst <= allowed * f64::EPSILON, "{} epsilon", worst / f64::EPSILON);
}

#[test]
fn closed_forms_of_analytic_activations_by_quadrature() {
    closed_is_integrated(Erf, 512.0);
    closed_is_integrated(Gelu, 512.0);
    closed_is_integrated(Sin, 512.0);
    closed_is_integrated(Cos, 512.0);
    closed_is_integrated(Gaussian, 512.0);
    closed_is_integrated(Identity, 512.0);
    closed_is_integrated(Quadratic, 512.0);
    closed_is_integrated(Sine { scale: 1.2, phase: 0.4 }, 512.0);
    closed_is_integrated(Rbf { gamma: 0.6 }, 512.0);
    closed_is_integrated(Hermite::new(1).unwrap(), 512.0);
    closed_is_integrated(Hermite::new(2).unwrap(), 512.0);
    closed_is_integrated(Quadrature(Tanh), 0.0); // twice the same
}

/// E[phi(g) He_n(g)] / sqrt(n!) for n < N, g standard normal, by the trapezoidal rule with a node in the
/// kink.
fn hermite_coefficients<const N: usize>(phi: impl Fn(f64) -> f64) -> [f64; N] {
    let step = 1.0 / 256.0;
    let mut coefficients = [0.0; N];
    for i in -2816..=2816 {
        let g = f64::from(i) * step;
        let weight = step * (-0.5 * g * g).exp() / core::f64::consts::TAU.sqrt();
        let (mut before, mut now) = (0.0, 1.0);
        for (n, coefficient) in coefficients.iter_mut().enumerate() {
            *coefficient += weight * phi(g) * now;
            let n = n as f64;
            (before, now) = (now, (g * now - n.sqrt() * before) / (n + 1.0).sqrt());
        }
    }
    coefficients
}

/// On the unit sphere the dual is sum_n a_n^2 xi^n; what N terms leave out is at most |xi|^N times what is
/// left of E[phi^2].
fn closed_is_a_power_series<A: Dual<f64>>(phi: A, rounding: f64) {
    let a = hermite_coefficients::<120>(|z| phi.value(z));
    let all = phi.dual(&GaussianPair::equal(1.0));
    let left = all - a.iter().map(|a| a * a).sum::<f64>();
    assert!(left > -rounding);
    for xi in [-1.0, -0.9, -0.5, -0.1, 0.0, 0.3, 0.7, 0.9, 1.0f64] {
        let series: f64 = a.iter().rev().fold(0.0, |sum, a| sum * xi + a * a);
        let cut = left.max(0.0) * xi.abs().powi(120);
        assert_close(phi.dual(&GaussianPair::at_angle(1.0, 1.0, angle(xi))), series, rounding + cut);
    }
}

#[test]
fn duals_are_power_series_of_the_hermite_coefficients() {
    closed_is_a_power_series(Erf, 1e-12);
    closed_is_a_power_series(Gelu, 1e-12);
    closed_is_a_power_series(Sin, 1e-12);
    closed_is_a_power_series(Cos, 1e-12);
    closed_is_a_power_series(Exp, 1e-12);
    closed_is_a_power_series(Gaussian, 1e-12);
    closed_is_a_power_series(Identity, 1e-12);
    closed_is_a_power_series(Quadratic, 1e-12);
    closed_is_a_power_series(Tanh, 1e-12);
    closed_is_a_power_series(Sigmoid, 1e-12);
    closed_is_a_power_series(Softplus, 1e-12);
    closed_is_a_power_series(Silu, 1e-12);
    // A kink costs the rule step^2 / 12 times its height, a jump the step squared too, its middle being a
    // node.
    closed_is_a_power_series(Relu, 2e-5);
    closed_is_a_power_series(Abs, 2e-5);
    closed_is_a_power_series(LeakyRelu { slope: 0.2 }, 2e-5);
    closed_is_a_power_series(Sign, 2e-5);
    closed_is_a_power_series(RectifiedPower::Square, 1e-7);
    closed_is_a_power_series(RectifiedPower::Cube, 1e-7);
    closed_is_a_power_series(Sine { scale: 1.2, phase: 0.4 }, 1e-12);
    closed_is_a_power_series(Rbf { gamma: 0.6 }, 1e-12);
    closed_is_a_power_series(Hermite::new(5).unwrap(), 1e-9);
}

/// The NTK of random networks of 4,096 units is the infinite one on average: 6 standard errors of 60 draws.
fn networks_tend_to<A: DerivativeDual<f64>>(phi: A) {
    let (x, y) = ([0.6, 0.8], [-0.28, 1.1]);
    let mut rng = rng(8);
    let draws: Vec<f64> = (0..60)
        .map(|_| EmpiricalNtk::new(&network(phi, (2, 4096, 1), &mut rng), 0).unwrap().value(&x, &y))
        .collect();
    let mean = draws.iter().sum::<f64>() / 60.0;
    let deviation = (draws.iter().map(|k| (k - mean).powi(2)).sum::<f64>() / 59.0).sqrt();
    let limit = Ntk::with(phi, Architecture::ONE_LAYER).value(&x, &y);
    assert_close(mean, limit, 6.0 * deviation / 60f64.sqrt());
    assert!(deviation < 0.2 * (1.0 + limit.abs()), "wide networks agree: {deviation}");
}

#[test]
fn sampled_networks_converge_to_the_closed_forms() {
    networks_tend_to(Relu);
    networks_tend_to(LeakyRelu { slope: 0.2 });
    networks_tend_to(Abs);
    networks_tend_to(Erf);
    networks_tend_to(Sin);
    networks_tend_to(Cos);
    networks_tend_to(Identity);
    networks_tend_to(Quadratic);
    networks_tend_to(Exp);
    networks_tend_to(Gaussian);
    networks_tend_to(Gelu);
    networks_tend_to(Tanh);
    networks_tend_to(Sigmoid);
    networks_tend_to(Softplus);
    networks_tend_to(Silu);
    networks_tend_to(RectifiedPower::Square);
    networks_tend_to(Hermite::new(2).unwrap());
    networks_tend_to(Sine { scale: 1.5, phase: 0.7 });
    networks_tend_to(Rbf { gamma: 0.5 });
}

/// What jumps has an NNGP only: the mean of phi phi over the units.
fn sampled_jumps_tend_to<A: Dual<f64>>(phi: A) {
    let (x, y) = ([0.6, 0.8], [-0.28, 1.1]);
    let mut rng = rng(9);
    let network = network::<f64, _>(phi, (2, 200_000, 1), &mut rng);
    let units = 200_000usize;
    let b = &network.weights.values()[units..];
    let h = |x: [f64; 2], i: usize| phi.value(b[i] * x[0] + b[units + i] * x[1]);
    let mean = (0..units).map(|i| h(x, i) * h(y, i)).sum::<f64>() / units as f64;
    let limit = Nngp::with(phi, Architecture::<f64>::ONE_LAYER).value(&x, &y);
    assert_close(mean, limit, 6.0 / (units as f64).sqrt());
}

#[test]
fn sampled_jumps_converge_to_their_nngp() {
    sampled_jumps_tend_to(Step);
    sampled_jumps_tend_to(Sign);
}

/// Where the poles come so near that the steps no longer follow: still 1e-7.
#[test]
fn quadrature_beyond_its_range() {
    let at = |deviation: f64| {
        let uv = GaussianPair::at_angle(deviation, deviation, angle(0.3));
        let mut sum = 0.0;
        let step = 1.0 / 512.0;
        for i in -4608..=4608 {
            // E[tanh(v) | g] has no closed form, so the plain rule with a step a quarter as wide.
            let g = f64::from(i) * step;
            let (c, s) = ((0.65f64).sqrt(), (0.35f64).sqrt());
            for j in -576..=576 {
                let h = f64::from(j) / 64.0;
                let weight = step / 64.0 * (-0.5 * (g * g + h * h)).exp() / core::f64::consts::TAU;
                sum += weight * (deviation * (c * g + s * h)).tanh() * (deviation * (c * g - s * h)).tanh();
            }
        }
        (Tanh.dual(&uv) - sum).abs()
    };
    assert!(at(3.0) < 1e-12);
    let far = at(12.0);
    assert!(far < 1e-7, "{far:e}");
}

/// Constants of the family: slope 0 is the ReLU over sqrt 2, slope 1 the identity, slope -1 the absolute
/// value.
#[test]
fn leaky_relu_contains_its_relatives() {
    for cosine in [1.0, 0.9, 0.1, -0.4, -0.99, -1.0] {
        let uv = GaussianPair::at_angle(0.7, 2.0, angle(cosine));
        let leaky = |slope: f64| LeakyRelu { slope };
        let close = |a: f64, b: f64| assert_close(a, b, 4.0 * f64::EPSILON * uv.product);
        close(leaky(0.0).dual(&uv), 0.5 * Relu.dual(&uv));
        close(leaky(1.0).dual(&uv), Identity.dual(&uv));
        close(leaky(-1.0).dual(&uv), Abs.dual(&uv));
        close(leaky(0.0).derivative_dual(&uv), 0.5 * Relu.derivative_dual(&uv));
        close(leaky(-1.0).derivative_dual(&uv), Abs.derivative_dual(&uv));
    }
    let _same_in_f32 = LeakyRelu { slope: 0.1f32 }.dual(&GaussianPair::equal(1.0));
    assert!(Scalar::is_finite(_same_in_f32));
}
