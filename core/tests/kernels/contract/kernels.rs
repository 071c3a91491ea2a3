//! What every kernel must satisfy, stated once; a new one is tested by one line.

use crate::support::{assert_close, network, normal_points, rng};
use ntk_core::kernel::{cross_gram, gram};
use ntk_core::random::uniform;
use ntk_core::{
    Abs, Architecture, Cholesky, Cos, DerivativeDual, EmpiricalNtk, Erf, Gaussian, Gelu, Hermite, Identity,
    Kernel, LeakyRelu, Nngp, Ntk, Quadratic, Rbf, RectifiedPower, Relu, Rows, Scalar, Sign, Sin, Sine,
    Softplus, Step, Tanh,
};

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

/// Two roads to the same kernel: one layer as a value goes through the recursion, `OneLayer` does not.
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
