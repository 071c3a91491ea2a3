//! Kernels and their matrices.

use ntk_core::activation::{GaussianPair, HalfAngle};
use ntk_core::kernel::recursion::Recursion;
use ntk_core::kernel::{
    KernelGradient, Layers, OneLayer, PerLayer, Product, SameLayers, Sum, VariableKernel, cross_gram, gram,
};
use ntk_core::{
    Abs, Activation, Architecture, Cos, DerivativeDual, Dual, DualGradient, EmpiricalNtk, Erf, Exp, Gaussian,
    Gelu, Hermite, Identity, Kernel, LeakyRelu, Network, Nngp, Ntk, Params, Prepared, Quadratic, Quadrature,
    Rbf, RectifiedPower, Relu, Rows, Scalar, Sigmoid, Sign, Silu, Sin, Sine, Softplus, Step, Tanh,
};

use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    of::<T, _>(&Ntk::new(Relu));
    of::<T, _>(&Nngp::new(Relu));
    gradient::<T, _>(&Ntk::new(Relu));
    gradient::<T, _>(&Nngp::new(Relu));
    of::<T, _>(&Ntk::new(Erf));
    of::<T, _>(&Nngp::new(Step));
    keep((OneLayer::from_architecture(&architecture::<T>()), architecture::<T>().check()));
    deep::<T, _>(Relu);
    deep::<T, _>(LeakyRelu { slope: value(T::HALF) });
    deep::<T, _>(Abs);
    deep::<T, _>(Erf);
    deep::<T, _>(Gelu);
    deep::<T, _>(Sin);
    deep::<T, _>(Cos);
    deep::<T, _>(Exp);
    deep::<T, _>(Gaussian);
    deep::<T, _>(Identity);
    deep::<T, _>(Quadratic);
    deep::<T, _>(Tanh);
    deep::<T, _>(Sigmoid);
    deep::<T, _>(Softplus);
    deep::<T, _>(Silu);
    deep::<T, _>(Quadrature(Erf));
    family::<T>();
    by_layer::<T>();
    nngp::<T, _>(Step);
    nngp::<T, _>(Sign);
    let network = Network::new(Erf, value(Params::<T, 3, 10, 2>::zero()));
    if let Ok(kernel) = EmpiricalNtk::new(&network, value(1)) {
        of::<T, _>(&kernel);
    }
}

fn family<T: Scalar>() {
    let phi = if value(true) { RectifiedPower::Square } else { RectifiedPower::Cube };
    keep(phi.order());
    points::<T, _>(phi);
    deep::<T, _>(phi);
    if let Some(phi) = Hermite::new(value(5)) {
        keep(phi.degree());
        points::<T, _>(phi);
        deep::<T, _>(phi);
    }
    let sine = Sine { scale: value(T::TWO), phase: value(T::HALF) };
    points::<T, _>(sine);
    deep::<T, _>(sine);
    let rbf = Rbf { gamma: value(T::HALF) };
    points::<T, _>(rbf);
    deep::<T, _>(rbf);
    points::<T, _>(Sign);
}

#[inline(never)]
fn points<T: Scalar, A: Activation<T>>(phi: A) {
    let z = value(T::HALF);
    keep((phi.value(z), phi.derivative(z), phi.second_derivative(z)));
}

fn by_layer<T: Scalar>() {
    let layers = PerLayer::new(value([T::ONE; 2]), value([[T::HALF; 2]; 3]));
    keep((layers.layer(value(7)), layers.check_all()));
    let (ntk, nngp) = (Ntk::with(Relu, layers), Nngp::with(Erf, layers));
    of::<T, _>(&ntk);
    of::<T, _>(&nngp);
    gradient::<T, _>(&ntk);
    of::<T, _>(&Sum(ntk, nngp));
    of::<T, _>(&Product(ntk, nngp));
    gradient::<T, _>(&Sum(ntk, nngp));
    gradient::<T, _>(&Product(ntk, nngp));
}

/// Any, in range or not.
pub(super) fn architecture<T: Scalar>() -> Architecture<T> {
    let usual = Architecture::ONE_LAYER.depth(value(3)).weights(value(T::ONE)).bias(value(T::HALF));
    keep(Architecture::from_architecture(&usual));
    value(usual)
}

#[inline(never)]
fn deep<T: Scalar, A: DualGradient<T>>(phi: A) {
    let kernel = Ntk::with(phi, architecture::<T>());
    of::<T, _>(&kernel);
    gradient::<T, _>(&kernel);
    gradient::<T, _>(&kernel.nngp());
    keep((
        VariableKernel::<T>::architecture(&kernel),
        kernel.with_architecture(architecture()).layers().check(),
    ));
    nngp(phi);
    recursion(phi);
    let angle = HalfAngle { square: value(T::HALF), obtuse: value(true) };
    let uv = GaussianPair::at_angle(value(T::ONE), value(T::HALF), angle);
    keep((phi.dual_by_length(&uv), phi.derivative_dual_by_length(&uv), phi.second_derivative_dual(&uv)));
    keep(uv.determinant_by_length(value(T::TWO)));
}

#[inline(never)]
fn gradient<T: Scalar, K: KernelGradient<T>>(kernel: &K) {
    let (x, y, mut gradient) = (value([T::ONE; 15]), value([T::ONE; 15]), value([T::ONE; 15]));
    let (x, y) = (kernel.prepare(slice(&x)), kernel.prepare(slice(&y)));
    kernel.add_gradient(&x, &y, value(T::HALF), slice_mut(&mut gradient));
    keep(gradient);
}

#[inline(never)]
fn nngp<T: Scalar, A: Dual<T>>(phi: A) {
    let kernel = Nngp::with(phi, architecture::<T>());
    of::<T, _>(&kernel);
    keep((
        VariableKernel::<T>::architecture(&kernel),
        kernel.with_architecture(architecture()).layers().check(),
    ));
}

#[inline(never)]
fn recursion<T: Scalar, A: DerivativeDual<T>>(activation: A) {
    let recursion = Recursion { activation, architecture: architecture::<T>() };
    let (x, y) = (recursion.next_deviation(value(T::ONE)), recursion.next_deviation(value(T::HALF)));
    let first = GaussianPair::at_angle(
        value(T::ONE),
        value(T::HALF),
        HalfAngle { square: value(T::HALF), obtuse: false },
    );
    let pair = recursion.next(x, y, recursion.angle(&first), |v| v.sqrt());
    keep((recursion.nngp(&pair), recursion.ntk(&pair, value(Some(T::ONE)))));
    keep((
        pair.covariance(),
        pair.variances(),
        pair.half_sine_and_cosine(),
        pair.difference_and_sum_variance(),
    ));
    keep(pair.determinant(value(T::TWO)));
}

#[inline(never)]
fn of<T: Scalar, K: Kernel<T>>(kernel: &K) {
    let (x, y) = (value([T::ONE; 15]), value([T::ONE; 15]));
    let (left, right) =
        (kernel.prepare(slice(&x)), Prepared::affine(slice(&y), value(T::ONE), value(T::HALF)));
    keep((kernel.between(&left, &right), kernel.value(slice(&x), slice(&y)), kernel.diagonal(&right)));
    keep(kernel.check());
    let (mut matrix, columns) = (value([T::ONE; 30]), value(3));
    let (Ok(x), Ok(y)) = (Rows::new(slice(&x), columns), Rows::new(slice(&y), value(3))) else { return };
    keep(gram(kernel, x, slice_mut(&mut matrix)));
    keep(cross_gram(kernel, x, y, slice_mut(&mut matrix)));
    keep(matrix);
}
