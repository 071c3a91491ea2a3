//! What every activation and every kernel must satisfy, stated once; a new one is tested by one line.

use crate::support::{assert_close, network, normal_points, rng};
use ntk_core::activation::{GaussianPair, HalfAngle};
use ntk_core::kernel::{cross_gram, gram};
use ntk_core::random::uniform;
use ntk_core::{
    Abs, Activation, Architecture, Cholesky, Cos, DerivativeDual, Dual, EmpiricalNtk, Erf, Exp, Gaussian,
    Gelu, Hermite, Identity, Kernel, LeakyRelu, Nngp, Ntk, Quadratic, Quadrature, Rbf, RectifiedPower, Relu,
    Rows, Scalar, Sigmoid, Sign, Silu, Sin, Sine, Softplus, Step, Tanh,
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

const D: usize = 3;
const N: usize = 12;

/// Points of norms from about 0.1 to 10, the first three on one line.
fn points<T: Scalar>() -> [[T; D]; N] {
    let mut points: [[T; D]; N] = normal_points(&mut rng(1));
    for (i, x) in points.iter_mut().enumerate() {
        let length = T::from_f64(10f64.powf(i as f64 / 5.5 - 1.0));
        *x = x.map(|v| length * v);
    }
    points[1] = points[0].map(|v| T::from_f64(1.5) * v);
    points[2] = points[0].map(|v| -v);
    points
}

/// Symmetric, positive semidefinite, blind to no NaN; if homogeneous, K(s x, t y) = s t K(x, y) and K(0, y) =
/// 0.
fn kernel<T: Scalar, K: Kernel<T>>(k: &K, homogeneous: bool) {
    let x = points();
    let scale = |x: &[T; D], y: &[T; D]| (k.value(x, x) * k.value(y, y)).sqrt();
    for x_i in &x {
        assert!(k.value(x_i, x_i) > T::ZERO);
        assert_eq!(k.diagonal(&k.prepare(x_i)), k.value(x_i, x_i));
        for x_j in &x {
            let value = k.value(x_i, x_j);
            assert_eq!(value, k.value(x_j, x_i), "symmetric bit for bit");
            assert_eq!(value, k.between(&k.prepare(x_i), &k.prepare(x_j)));
            let bound = scale(x_i, x_j).to_f64(); // Cauchy-Schwarz
            assert!(value.to_f64().abs() <= bound * (1.0 + 8.0 * T::EPSILON.to_f64()));
            if homogeneous {
                is_homogeneous(k, x_i, x_j, 16.0 * T::EPSILON.to_f64() * bound);
            }
        }
        lets_no_bad_number_pass(k, x_i);
    }
    gram_matrices(k, &x);
}

fn is_homogeneous<T: Scalar, K: Kernel<T>>(k: &K, x: &[T; D], y: &[T; D], tolerance: f64) {
    let value = k.value(x, y);
    assert_eq!(k.value(x, &[T::ZERO; D]), T::ZERO);
    let [half, sixteen, s, t] = [0.5, 16.0, 3.7, 0.3].map(T::from_f64);
    // Powers of two round nothing away, so here the bits are the same.
    assert_eq!(k.value(&x.map(|v| half * v), &y.map(|v| sixteen * v)), T::from_f64(8.0) * value);
    let scaled = k.value(&x.map(|v| s * v), &y.map(|v| t * v));
    assert_close(scaled.to_f64(), (s * t * value).to_f64(), 1.11 * tolerance);
}

fn lets_no_bad_number_pass<T: Scalar, K: Kernel<T>>(k: &K, x: &[T; D]) {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for place in 0..D {
            let mut y = *x;
            y[place] = T::from_f64(bad);
            assert!(
                !k.value(x, &y).is_finite() && !k.value(&y, x).is_finite() && !k.value(&y, &y).is_finite()
            );
            assert!(!k.value(&y, &[T::ZERO; D]).is_finite());
        }
    }
}

fn gram_matrices<T: Scalar, K: Kernel<T>>(k: &K, x: &[[T; D]; N]) {
    let mut matrix = [T::ZERO; N * N];
    gram(k, Rows::from(x), &mut matrix).unwrap();
    let mut cross = [T::ZERO; N * 2];
    cross_gram(k, Rows::from(x), Rows::from(&x[4..6]), &mut cross).unwrap();
    for i in 0..N {
        for j in 0..N {
            assert_eq!(matrix[i * N + j], k.value(&x[i], &x[j]));
        }
        assert_eq!(cross[2 * i..2 * i + 2], matrix[i * N + 4..i * N + 6]);
    }
    // Positive semidefinite: with unit diagonal, a ridge of the size of the rounding makes it definite.
    let length = |i: usize| matrix[i * N + i].sqrt();
    let ridge = T::from_f64(8.0 * N as f64) * T::EPSILON;
    let factored =
        Cholesky::<T, N>::new().factor(N, ridge, |i, j| matrix[i * N + j] / (length(i) * length(j)));
    assert_eq!(factored, Ok(()));
}

fn shallow_kernels<T: Scalar>() {
    kernel::<T, _>(&Ntk::new(Relu), true);
    kernel::<T, _>(&Nngp::new(Relu), true);
}

fn deep_kernels<T: Scalar>() {
    let [one, half, tenth] = [1.0, 0.5, 0.1].map(T::from_f64);
    kernel(&Ntk::with(Relu, Architecture::ONE_LAYER.weights(one).bias(T::ZERO)), true);
    kernel(&Nngp::with(Relu, Architecture::ONE_LAYER.weights(one).bias(tenth)), false);
    kernel(&Ntk::with(Relu, Architecture::ONE_LAYER.depth(2).weights(half).bias(T::ZERO)), true);
    kernel(&Ntk::with(Relu, Architecture::ONE_LAYER.depth(10).weights(one).bias(T::ZERO)), true);
    kernel(&Ntk::with(Relu, Architecture::ONE_LAYER.depth(3).weights(T::from_f64(1.7)).bias(tenth)), false);
    kernel(&Nngp::with(Relu, Architecture::ONE_LAYER.depth(4).weights(T::from_f64(1.3)).bias(tenth)), false);
}

/// Two layers with biases of any activation, both kinds.
fn of<T: Scalar, A: DerivativeDual<T> + core::fmt::Debug>(phi: A) {
    let (w, b) = (T::from_f64(0.2), T::from_f64(0.1));
    kernel(&Ntk::with(phi, Architecture::ONE_LAYER.weights(w).bias(b)), false);
    kernel(&Nngp::with(phi, Architecture::ONE_LAYER.depth(2).weights(w).bias(b)), false);
}

fn kernels_of_every_activation<T: Scalar>() {
    of::<T, _>(Abs);
    of::<T, _>(LeakyRelu { slope: T::from_f64(0.1) });
    of::<T, _>(Erf);
    of::<T, _>(Gelu);
    of::<T, _>(Sin);
    of::<T, _>(Cos);
    of::<T, _>(Gaussian);
    of::<T, _>(Identity);
    of::<T, _>(Quadratic);
    of::<T, _>(RectifiedPower::Square);
    of::<T, _>(RectifiedPower::Cube);
    of::<T, _>(Hermite::new(3).unwrap());
    of::<T, _>(Sine { scale: T::HALF, phase: T::ONE });
    of::<T, _>(Rbf { gamma: T::HALF });
    of::<T, _>(Softplus);
    kernel(&Nngp::with(Sign, Architecture::<T>::ONE_LAYER.depth(2).bias(T::from_f64(0.1))), false);
    kernel(
        &Nngp::with(Step, Architecture::<T>::ONE_LAYER.depth(2).weights(T::ONE).bias(T::from_f64(0.1))),
        false,
    );
    kernel(&Ntk::with(Abs, Architecture::<T>::ONE_LAYER.depth(3).weights(T::ONE).bias(T::ZERO)), true);
}

fn empirical_kernels<T: Scalar>() {
    let relu = network::<T, _>(Relu, (D, 20, 2), &mut rng(3));
    kernel(&EmpiricalNtk::new(&relu, 1).unwrap(), true);
    let tanh = network::<T, _>(Tanh, (D, 21, 1), &mut rng(4));
    kernel(&EmpiricalNtk::new(&tanh, 0).unwrap(), false);
}

#[test]
fn kernels_of_one_hidden_layer() {
    shallow_kernels::<f32>();
    shallow_kernels::<f64>();
}

#[test]
fn kernels_of_many_layers() {
    deep_kernels::<f32>();
    deep_kernels::<f64>();
}

#[test]
fn kernels_of_other_activations() {
    kernels_of_every_activation::<f32>();
    kernels_of_every_activation::<f64>();
}

#[test]
fn kernels_of_a_network() {
    empirical_kernels::<f32>();
    empirical_kernels::<f64>();
}

/// What the diagonal is worth: |x|^2 for the NNGP, 2 |x|^2 for the NTK, depth + 1 times for deeper ones.
#[test]
fn the_diagonal_follows_from_the_gain() {
    for x in &points::<f64>() {
        let square: f64 = x.iter().map(|v| v * v).sum();
        let tolerance = 16.0 * f64::EPSILON * square;
        assert_close(Nngp::new(Relu).value(x, x), square, tolerance);
        assert_close(Ntk::new(Relu).value(x, x), 2.0 * square, tolerance);
        for depth in 1..6u16 {
            let deep = Ntk::with(Relu, Architecture::ONE_LAYER.depth(depth));
            assert_close(deep.value(x, x), f64::from(depth + 1) * square, 6.0 * tolerance);
        }
    }
}

/// Another road to the same kernel: DeepRelu computes lengths and the angle by its own formulas.
#[test]
fn depth_one_is_the_shallow_kernel() {
    let mut rng = rng(5);
    let deep = Ntk::with(Relu, Architecture::ONE_LAYER.weights(1.0f32));
    for _ in 0..100 {
        let [x, y]: [[f32; D]; 2] = core::array::from_fn(|_| core::array::from_fn(|_| uniform(&mut rng)));
        assert_close(
            deep.value(&x, &y).into(),
            Ntk::new(Relu).value(&x, &y).into(),
            8.0 * f64::from(f32::EPSILON),
        );
    }
}
