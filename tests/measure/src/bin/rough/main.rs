//! `f32` beside `Micro`: counts what each operation takes, as `work` does, and on a host prints how far
//! kernels and predictions are off instead. One line each, `name = ticks`; README.md has the table and the
//! commands.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
#[path = "../instructions/counter.rs"]
mod counter;

use device as _; // start-up, panics and faults
use measure::{N, opaque, samples};
use ntk_core::regression::Fixed;
use ntk_core::scalar::Micro;
#[cfg(target_os = "none")]
use ntk_core::{Dataset, Network, cholesky, train::Trainable, train::Workspace, train::workspace_len};
use ntk_core::{Erf, Gaussian, Kernel, Ntk, Regression, Relu, Scalar};

#[cfg(target_os = "none")]
mod counted {
    use super::*;
    use crate::counter::count;

    pub(crate) fn all<T: Scalar>([relu, erf, gaussian]: [&str; 3], [factor, mean, step]: [&str; 3]) {
        let (x, y) = ([T::HALF, T::ONE], [T::from_f64(-0.25), T::ONE]);
        entry(relu, Ntk::new(Relu), &x, &y);
        entry(erf, Ntk::new(Erf), &x, &y);
        entry(gaussian, Ntk::new(Gaussian), &x, &y);
        let (x, y) = samples::<T, N>();
        let data = Dataset::new(&x, &y).unwrap();
        let mut model = Regression::new_low_precision(Ntk::new(Relu), Fixed::<T, 2, N>::new());
        model.fit(&x, &y, T::from_f64(0.01)).unwrap();
        let mut matrix: [[T; N]; N] =
            core::array::from_fn(|i| core::array::from_fn(|j| Ntk::new(Relu).value(&x[i], &x[j])));
        let mut inverse = [T::ZERO; N];
        let (square, ridge) = opaque((matrix.as_flattened_mut(), T::from_f64(0.01)));
        count(factor, || cholesky::factor(&mut *square, N, ridge, &mut inverse));
        let (model, query) = (opaque(&model), opaque([T::from_f64(0.3), T::ONE]));
        count(mean, || model.mean(&query));
        let mut network = Network::new(Relu, measure::weights::<T, 64>());
        let mut memory = [T::ZERO; workspace_len(N, 2, 1)];
        let mut work = Workspace::new(opaque(&mut memory), &data).unwrap();
        network.start(&data, &mut work);
        count(step, || network.step(&data, opaque(T::from_f64(0.01)), &mut work));
    }

    #[inline(never)]
    fn entry<T: Scalar, K: Kernel<T>>(name: &str, kernel: K, x: &[T; 2], y: &[T; 2]) {
        let (x, y) = (opaque(x), opaque(y));
        let (x, y) = (kernel.prepare(x), kernel.prepare(y));
        let (x, y) = (opaque(&x), opaque(&y));
        count(name, || kernel.between(x, y));
    }
}

#[cfg(target_os = "none")]
#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    counter::start();
    counter::count("loop of 2000 instructions", || counter::turns(1000));
    counted::all::<f32>(
        ["f32: relu NTK entry", "f32: erf NTK entry", "f32: gaussian NTK entry"],
        ["f32: factor N = 15", "f32: mean", "f32: training step"],
    );
    counted::all::<Micro>(
        ["Micro: relu NTK entry", "Micro: erf NTK entry", "Micro: gaussian NTK entry"],
        ["Micro: factor N = 15", "Micro: mean", "Micro: training step"],
    );
    semihosting::process::exit(0)
}

/// The largest error of a kernel in roundings of |x||y|, over angles of 1 to 180 degrees and three lengths.
#[cfg(not(target_os = "none"))]
fn worst<T: Scalar, K: Kernel<T>, W: Kernel<f64>>(kernel: K, wide: W) -> f64 {
    let mut worst = 0.0f64;
    for degrees in 1..=180 {
        for length in [0.1, 1.0, 10.0] {
            let angle = f64::from(degrees).to_radians();
            let (x, y) =
                ([1.0, 0.0], [length * angle.cos(), length * angle.sin()].map(|v| f64::from(v as f32)));
            let found = kernel.value(&x.map(T::from_f64), &y.map(T::from_f64)).to_f64();
            worst = worst.max((found - wide.value(&x, &y)).abs() / (length * 2f64.powi(-24)));
        }
    }
    worst
}

#[cfg(not(target_os = "none"))]
fn errors<T: Scalar>(name: &str) {
    println!("{name}: relu NTK {:.1}", worst::<T, _, _>(Ntk::new(Relu), Ntk::new(Relu)));
    println!("{name}: erf NTK {:.1}", worst::<T, _, _>(Ntk::new(Erf), Ntk::new(Erf)));
    println!("{name}: gaussian NTK {:.1}", worst::<T, _, _>(Ntk::new(Gaussian), Ntk::new(Gaussian)));
    for ridge in [0.0, 1e-3] {
        let mut model = Regression::new_low_precision(Ntk::new(Relu), Fixed::<T, 2, N>::new());
        let mut wide = Regression::new(Ntk::new(Relu), Fixed::<f64, 2, N>::new());
        let (x, y) = samples::<f64, N>();
        wide.fit(&x, &y, ridge).unwrap();
        let (x, y) = samples::<T, N>();
        match model.fit(&x, &y, T::from_f64(ridge)) {
            Err(error) => println!("{name}: ridge {ridge}: {error}"),
            Ok(()) => {
                let error = |i: i32| {
                    let query = [f64::from(i) / 100.0, 1.0];
                    let found = model.mean(&query.map(T::from_f64)).unwrap().to_f64();
                    (found - wide.mean(&query).unwrap()).abs()
                };
                println!(
                    "{name}: ridge {ridge}: mean off by {:.1e}",
                    (-100..=100).map(error).fold(0.0, f64::max)
                );
            }
        }
    }
}

#[cfg(not(target_os = "none"))]
fn main() {
    opaque(());
    errors::<f32>("f32");
    errors::<Micro>("Micro");
}
