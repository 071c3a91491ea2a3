//! Kernels and their matrices.

use ntk_core::activation::{HalfAngle, Pair};
use ntk_core::kernel::{KernelGradient, cross_gram, gram};
use ntk_core::{
    Abs, Cos, Deep, DeepRelu, Dual, DualGradient, EmpiricalNtk, Erf, Exp, Gaussian, Gelu, Identity, Kernel,
    LeakyRelu, Network, Params, Point, Quadratic, Quadrature, ReluNngp, ReluNtk, Rows, Scalar, Sigmoid, Silu,
    Sin, Softplus, Step, Tanh,
};

use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    of::<T, _>(&ReluNtk);
    of::<T, _>(&ReluNngp);
    gradient::<T, _>(&ReluNtk);
    gradient::<T, _>(&ReluNngp);
    let settings = (value(3), value(T::ONE), value(T::HALF));
    if let Ok(deep) = DeepRelu::ntk(settings.0, settings.1, settings.2) {
        of::<T, _>(&deep);
    }
    if let Ok(deep) = DeepRelu::nngp(settings.0, settings.1, settings.2) {
        of::<T, _>(&deep);
    }
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
    nngp::<T, _>(Step);
    let network = Network::new(Erf, value(Params::<T, 3, 10, 2>::zero()));
    if let Ok(kernel) = EmpiricalNtk::new(&network, value(1)) {
        of::<T, _>(&kernel);
    }
}

#[inline(never)]
fn deep<T: Scalar, A: DualGradient<T>>(phi: A) {
    if let Ok(kernel) = Deep::ntk_with(phi, value(3), value(T::ONE), value(T::HALF)) {
        of::<T, _>(&kernel);
        gradient::<T, _>(&kernel);
        keep(kernel.both(slice(&value([T::ONE; 15])), slice(&value([T::ONE; 15]))));
    }
    nngp(phi);
    let angle = HalfAngle { square: value(T::HALF), obtuse: value(true) };
    let uv = Pair::at_angle(value(T::ONE), value(T::HALF), angle);
    keep((phi.value_by_length(&uv), phi.slope_by_length(&uv), phi.curvature_dual(&uv)));
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
    if let Ok(kernel) = Deep::nngp_with(phi, value(3), value(T::ONE), value(T::HALF)) {
        of::<T, _>(&kernel);
    }
}

#[inline(never)]
fn of<T: Scalar, K: Kernel<T>>(kernel: &K) {
    let (x, y) = (value([T::ONE; 15]), value([T::ONE; 15]));
    let (left, right) = (kernel.prepare(slice(&x)), Point::affine(slice(&y), value(T::ONE), value(T::HALF)));
    keep((kernel.between(&left, &right), kernel.value(slice(&x), slice(&y))));
    let (mut matrix, columns) = (value([T::ONE; 30]), value(3));
    let (Ok(x), Ok(y)) = (Rows::new(slice(&x), columns), Rows::new(slice(&y), value(3))) else { return };
    keep(gram(kernel, x, slice_mut(&mut matrix)));
    keep(cross_gram(kernel, x, y, slice_mut(&mut matrix)));
    keep(matrix);
}
