use ntk_core::kernel::{PerLayer, Product, Sum, cross_gram, gram};
use ntk_core::vector::{axpy, dot};
use ntk_core::{
    Abs, Activation, Architecture, Cos, DerivativeDual, Erf, Exp, Gaussian, Gelu, Hermite, Identity, Kernel,
    LeakyRelu, Nngp, Ntk, Quadratic, Rbf, RectifiedPower, Relu, Rows, Scalar, Sigmoid, Sign, Silu, Sin, Sine,
    Softplus, Step, Tanh,
};

use crate::fnv::Fnv;
use crate::samples::normals;

/// Rows of 21 numbers: two groups of lanes and a rest.
pub(super) fn dot_and_axpy<T: Scalar>() -> u64 {
    let mut rows = normals::<T, 21, 4>(10);
    let mut fnv = Fnv::new();
    for i in 1..4 {
        let (head, tail) = rows.split_at_mut(i);
        fnv.number(dot(&head[i - 1], &tail[0]));
        axpy(&mut tail[0], T::from_f64(0.37), &head[i - 1]);
        fnv.numbers(&tail[0]);
    }
    fnv.finish()
}

/// Eight random inputs, and beside them one parallel to the first, one opposite, one nearly parallel, and
/// zero.
fn inputs<T: Scalar>() -> [[T; 3]; 12] {
    let mut x = normals::<T, 3, 12>(11);
    x[8] = x[0].map(|v| v * T::TWO);
    x[9] = x[0].map(|v| -v);
    x[10] = x[0];
    x[10][1] += T::from_f64(1e-3);
    x[11] = [T::ZERO; 3];
    x
}

fn of<T: Scalar>(kernel: impl Kernel<T>) -> u64 {
    let x = inputs::<T>();
    let (mut square, mut cross) = ([T::ZERO; 144], [T::ZERO; 48]);
    gram(&kernel, Rows::from(&x), &mut square).unwrap();
    cross_gram(&kernel, Rows::from(&x), Rows::from(&x[8..]), &mut cross).unwrap();
    let mut fnv = Fnv::new();
    fnv.numbers(&square);
    fnv.numbers(&cross);
    fnv.finish()
}

pub(super) fn relu_ntk<T: Scalar>() -> u64 {
    of::<T>(Ntk::new(Relu))
}

pub(super) fn relu_nngp<T: Scalar>() -> u64 {
    of::<T>(Nngp::new(Relu))
}

pub(super) fn deep_ntk<T: Scalar>() -> u64 {
    of::<T>(Ntk::with(
        Relu,
        Architecture::ONE_LAYER.depth(3).weights(T::from_f64(1.5)).bias(T::from_f64(0.1)),
    ))
}

pub(super) fn deep_nngp<T: Scalar>() -> u64 {
    of::<T>(Nngp::with(Relu, Architecture::ONE_LAYER.depth(4)))
}

/// Both kernels of two layers with biases, of a few inputs.
fn both<T: Scalar, A: DerivativeDual<T>>(phi: A, fnv: &mut Fnv) {
    let architecture = Architecture::ONE_LAYER.depth(2).weights(T::HALF).bias(T::from_f64(0.1));
    let (nngp, ntk) = (Nngp::with(phi, architecture), Ntk::with(phi, architecture));
    let x = normals::<T, 3, 4>(12);
    for (x, y) in x.iter().zip(&x[1..]) {
        fnv.numbers(&[nngp.value(x, y), ntk.value(x, y)]);
    }
}

pub(super) fn closed_duals<T: Scalar>() -> u64 {
    let mut fnv = Fnv::new();
    both::<T, _>(LeakyRelu { slope: T::from_f64(0.1) }, &mut fnv);
    both::<T, _>(Abs, &mut fnv);
    both::<T, _>(Erf, &mut fnv);
    both::<T, _>(Gelu, &mut fnv);
    both::<T, _>(Sin, &mut fnv);
    both::<T, _>(Cos, &mut fnv);
    both::<T, _>(Exp, &mut fnv);
    both::<T, _>(Gaussian, &mut fnv);
    both::<T, _>(Identity, &mut fnv);
    both::<T, _>(Quadratic, &mut fnv);
    let step = Nngp::with(Step, Architecture::ONE_LAYER.depth(2).bias(T::HALF));
    let [x, y] = normals::<T, 3, 2>(13);
    fnv.number(step.value(&x, &y));
    fnv.finish()
}

/// Sign, rectified powers, Hermite polynomials and sines: phi itself too.
pub(super) fn family<T: Scalar>() -> u64 {
    fn of<T: Scalar>(phi: impl DerivativeDual<T>, fnv: &mut Fnv) {
        both(phi, fnv);
        for i in -8..=8 {
            let z = T::from_f64(f64::from(i) / 4.0);
            fnv.numbers(&[phi.value(z), phi.derivative(z), phi.second_derivative(z)]);
        }
    }
    let mut fnv = Fnv::new();
    of::<T>(RectifiedPower::Square, &mut fnv);
    of::<T>(RectifiedPower::Cube, &mut fnv);
    for phi in (1..=Hermite::MOST_DEGREE).filter_map(Hermite::new) {
        of::<T>(phi, &mut fnv);
    }
    of(Sine { scale: T::from_f64(1.3), phase: T::from_f64(0.4) }, &mut fnv);
    of(Rbf { gamma: T::HALF }, &mut fnv);
    let [x, y] = normals::<T, 3, 2>(13);
    let sign = Nngp::with(Sign, Architecture::ONE_LAYER.depth(2).bias(T::HALF));
    fnv.numbers(&[sign.value(&x, &y), Sign.value(x[0])]);
    fnv.finish()
}

/// Layers with variances of their own, and what kernels make together.
pub(super) fn by_layer<T: Scalar>() -> u64 {
    let [tenth, one] = [T::from_f64(0.1), T::ONE];
    let layers = PerLayer::new([T::HALF, T::ZERO], [[one, tenth], [T::TWO, T::HALF]]);
    let (ntk, nngp) = (Ntk::with(Relu, layers), Nngp::with(Gelu, layers));
    let mut fnv = Fnv::new();
    let x = normals::<T, 3, 4>(12);
    for (x, y) in x.iter().zip(&x[1..]) {
        let (sum, product) = (Sum(ntk, nngp).value(x, y), Product(ntk, nngp).value(x, y));
        fnv.numbers(&[ntk.value(x, y), nngp.value(x, y), sum, product]);
    }
    fnv.finish()
}

/// One small pair: on a part without floating-point unit the rule takes its time.
pub(super) fn integrated_duals<T: Scalar>() -> u64 {
    let mut fnv = Fnv::new();
    let (x, y) = ([T::from_f64(0.1), T::from_f64(0.2)], [T::from_f64(0.15), T::from_f64(0.1)]);
    let mut of = |value: T| fnv.number(value);
    of(Ntk::new(Tanh).value(&x, &y));
    of(Nngp::new(Sigmoid).value(&x, &y));
    of(Nngp::new(Softplus).value(&x, &y));
    of(Nngp::new(Silu).value(&x, &y));
    fnv.finish()
}

/// NaN, infinities and numbers whose squares overflow or underflow.
pub(super) fn bad_inputs<T: Scalar>() -> u64 {
    let mut fnv = Fnv::new();
    let (ntk, nngp) = (Ntk::new(Relu), Nngp::new(Relu));
    let deep = Ntk::with(Relu, Architecture::ONE_LAYER.depth(2).bias(T::HALF));
    let values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e30, 1e-30, 0.0, -0.0, 1.0];
    for a in values {
        for b in values {
            let (x, y) = ([T::from_f64(a), T::ONE], [T::ONE, T::from_f64(b)]);
            fnv.numbers(&[ntk.value(&x, &y), nngp.value(&x, &y), deep.value(&x, &y)]);
        }
    }
    fnv.finish()
}
