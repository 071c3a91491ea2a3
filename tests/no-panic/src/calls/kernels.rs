//! Kernels and their matrices.

use ntk_core::kernel::{cross_gram, gram};
use ntk_core::{
    DeepRelu, EmpiricalNtk, Erf, Kernel, Network, Params, Point, ReluNngp, ReluNtk, Rows, Scalar,
};

use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    of::<T, _>(&ReluNtk);
    of::<T, _>(&ReluNngp);
    let settings = (value(3), value(T::ONE), value(T::HALF));
    if let Ok(deep) = DeepRelu::ntk(settings.0, settings.1, settings.2) {
        of::<T, _>(&deep);
    }
    if let Ok(deep) = DeepRelu::nngp(settings.0, settings.1, settings.2) {
        of::<T, _>(&deep);
    }
    let network = Network::new(Erf, value(Params::<T, 3, 10, 2>::zero()));
    if let Ok(kernel) = EmpiricalNtk::new(&network, value(1)) {
        of::<T, _>(&kernel);
    }
}

#[inline(never)]
fn of<T: Scalar, K: Kernel<T>>(kernel: &K) {
    let (x, y) = (value([T::ONE; 15]), value([T::ONE; 15]));
    let (left, right) = (kernel.prepare(slice(&x)), Point::new(slice(&y), value(T::ONE)));
    keep((kernel.between(&left, &right), kernel.value(slice(&x), slice(&y))));
    let (mut matrix, columns) = (value([T::ONE; 30]), value(3));
    let (Ok(x), Ok(y)) = (Rows::new(slice(&x), columns), Rows::new(slice(&y), value(3))) else { return };
    keep(gram(kernel, x, slice_mut(&mut matrix)));
    keep(cross_gram(kernel, x, y, slice_mut(&mut matrix)));
    keep(matrix);
}
