use ntk_core::{Architecture, Kernel, Lift, Nngp, Ntk, Relu, Scalar};

use crate::close::{close, rounded};
use crate::reference::{KERNELS_DEEP, KernelCase};

/// NNGP and NTK of one hidden layer.
///
/// # Panics
/// If a value is too far from its reference.
pub fn kernels<T: Scalar>(cases: &[KernelCase]) {
    for case in cases {
        let (x, y) = (rounded::<T, 16>(case.x), rounded::<T, 16>(case.y));
        let (x, y) = (&x[..case.x.len()], &y[..case.y.len()]);
        let scale = Scalar::sqrt(case_norm2(case.x) * case_norm2(case.y));
        close(Nngp::new(Relu).value(x, y), case.nngp, scale, 8.0);
        close(Ntk::new(Relu).value(x, y), case.ntk, scale, 8.0);
    }
}

fn case_norm2(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

/// Both kernels of deeper networks.
///
/// The inputs are rounded to the precision under test, which moves the kernels by a few roundings of their
/// size.
///
/// # Panics
/// If a value is too far from its reference.
pub fn deep_kernels<T: Scalar>() {
    for case in KERNELS_DEEP {
        let (x, y) = (rounded::<T, 16>(case.x), rounded::<T, 16>(case.y));
        let (x, y) = (&x[..case.x.len()], &y[..case.y.len()]);
        let (weight, bias) = (T::from_f64(case.weight), T::from_f64(case.bias));
        let ntk =
            Ntk::with(Relu, Architecture { depth: case.depth, weight_variance: weight, bias_variance: bias });
        let units = 8.0 * f64::from(case.depth);
        of_size::<T, _>(&ntk.nngp(), x, y, case.nngp, units);
        of_size::<T, _>(&ntk, x, y, case.ntk, units);
    }
}

/// The scale is that of K(x, x) and K(y, y).
fn of_size<T: Scalar, K: Kernel<T>>(kernel: &K, x: &[T], y: &[T], expected: f64, units: f64) {
    let scale = Scalar::sqrt(kernel.value(x, x).to_f64() * kernel.value(y, y).to_f64());
    close(kernel.value(x, y), expected, scale, units);
}

/// Two lifts end on the unit circle.
///
/// # Panics
/// If a value is too far from its reference.
pub fn lifts<T: Scalar>() {
    for lift in [Lift::Sphere, Lift::Circle] {
        for i in -8..=8 {
            let mut z = [T::ZERO; 2];
            lift.apply(T::from_f64(f64::from(i) / 8.0), &mut z).unwrap();
            close(z[0] * z[0] + z[1] * z[1], 1.0, 1.0, 4.0);
        }
    }
}
