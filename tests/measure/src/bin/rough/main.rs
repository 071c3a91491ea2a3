//! `f32` beside `Micro`: counts what each operation takes, as `work` does, and on a host prints how far kernels and predictions are
//! off instead. One line each, `name = ticks`; README.md has the table and the commands.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
#[path = "../instructions/counter.rs"]
mod counter;

use device as _; // start-up, panics and faults
use measure::{N, opaque, samples};
use ntk_core::regression::Labels;
use ntk_core::scalar::Micro;
use ntk_core::{Dataset, Deep, Erf, Gaussian, Kernel, Regression, ReluNtk, Scalar};
#[cfg(target_os = "none")]
use ntk_core::{Network, Relu, cholesky, train::Trainable, train::Workspace, train::workspace_len};

#[cfg(target_os = "none")]
mod counted {
    use super::*;
    use crate::counter::count;

    pub(crate) fn all<T: Scalar>([relu, erf, gaussian]: [&str; 3], [factor, mean, step]: [&str; 3]) {
        let (x, y) = ([T::HALF, T::ONE], [T::from_f64(-0.25), T::ONE]);
        entry(relu, ReluNtk, &x, &y);
        entry(erf, Deep::<Erf, T>::ntk(1, T::ONE, T::ZERO).unwrap(), &x, &y);
        entry(gaussian, Deep::<Gaussian, T>::ntk(1, T::ONE, T::ZERO).unwrap(), &x, &y);
        let (x, y) = samples::<T, N>();
        let data = Dataset::new(&x, &y).unwrap();
        let mut model = Regression::<T, ReluNtk, 2, N>::rough(ReluNtk);
        model.fit(&data, T::from_f64(0.01), Labels::AsGiven).unwrap();
        let mut matrix: [[T; N]; N] =
            core::array::from_fn(|i| core::array::from_fn(|j| ReluNtk.value(&x[i], &x[j])));
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
    fn deep<A: ntk_core::SlopeDual<T> + Default, T: Scalar>() -> Deep<A, T> {
        Deep::ntk(1, T::ONE, T::ZERO).unwrap()
    }
    println!("{name}: relu NTK {:.1}", worst::<T, _, _>(ReluNtk, ReluNtk));
    println!("{name}: erf NTK {:.1}", worst(deep::<Erf, T>(), deep::<Erf, f64>()));
    println!("{name}: gaussian NTK {:.1}", worst(deep::<Gaussian, T>(), deep::<Gaussian, f64>()));
    for ridge in [0.0, 1e-3] {
        let fitted = |model: &mut Regression<T, ReluNtk, 2, N>| {
            let (x, y) = samples::<T, N>();
            model.fit(&Dataset::new(&x, &y).unwrap(), T::from_f64(ridge), Labels::AsGiven)
        };
        let (mut model, mut wide) = (Regression::rough(ReluNtk), Regression::<f64, _, 2, N>::new(ReluNtk));
        let (x, y) = samples::<f64, N>();
        wide.fit(&Dataset::new(&x, &y).unwrap(), ridge, Labels::AsGiven).unwrap();
        match fitted(&mut model) {
            Err(error) => println!("{name}: ridge {ridge}: {error}"),
            Ok(()) => {
                let error = |i: i32| {
                    let query = [f64::from(i) / 100.0, 1.0];
                    let found = model.mean(&query.map(T::from_f64)).unwrap()[0].to_f64();
                    (found - wide.mean(&query).unwrap()[0]).abs()
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
