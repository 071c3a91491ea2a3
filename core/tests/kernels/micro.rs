//! Kernels of piecewise linear activations in `Micro`, which has its own polynomials.
#![cfg(feature = "micromath")]

use ntk_core::scalar::Micro;
use ntk_core::{Kernel, Nngp, Ntk, Relu, Scalar, Step};

/// The largest error at angles from 0 to 180 degrees, over sqrt(K(x, x) K(y, y)).
fn error(micro: &impl Kernel<Micro>, exact: &impl Kernel<f64>) -> f64 {
    let mut worst = 0.0f64;
    for i in 0..=360 {
        let angle = f64::from(i) * core::f64::consts::PI / 360.0;
        let (x, y) = ([1.0f32, 0.0], [angle.cos() as f32, angle.sin() as f32]);
        let found = micro.value(&x.map(|v| Micro::from_f64(v.into())), &y.map(|v| Micro::from_f64(v.into())));
        let (x, y) = (x.map(f64::from), y.map(f64::from));
        let scale = (exact.value(&x, &x) * exact.value(&y, &y)).sqrt();
        worst = worst.max((found.to_f64() - exact.value(&x, &y)).abs() / scale);
    }
    worst
}

#[test]
fn the_polynomials_are_those_of_single_precision() {
    let worst = [
        error(&Ntk::new(Relu), &Ntk::new(Relu)),
        error(&Nngp::new(Relu), &Nngp::new(Relu)),
        error(&Nngp::new(Step), &Nngp::new(Step)),
    ];
    assert!(worst.iter().all(|error| *error < 1.2e-7), "{worst:?}");
}
