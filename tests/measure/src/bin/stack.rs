//! Peak stack of each operation, by painting: prints one line `name = bytes` for each, to be read by
//! tools/measure.py.
//!
//! Models, network and lent memory stand in statics, and so do the samples: what is left is what the core
//! itself needs.

#![no_std]
#![no_main]

use device::stack::peak;
use measure::{N, Place, Real, opaque, readings, samples, weights};
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::train::{StopRule, descend, workspace_len};
use ntk_core::{Dataset, Network, Ntk, Params, Regression, Relu, Sensor};
use semihosting::println;

type Model<const N: usize> = Regression<Ntk<Relu>, Fixed<Real, 2, N>>;

static OF_15: Place<Model<15>> = Place::new(Regression::new(Ntk::new(Relu), Fixed::new()));
static OF_32: Place<Model<32>> = Place::new(Regression::new(Ntk::new(Relu), Fixed::new()));
static SENSOR: Place<Sensor<1, N, Real>> = Place::new(Sensor::new());
static NETWORK: Place<Network<Relu, Params<Real, 2, 64>>> = Place::new(Network::new(Relu, Params::zero()));
static MEMORY: Place<[Real; workspace_len(N, 2, 1)]> = Place::new([0.0; _]);

fn report<R>(what: &str, n: usize, f: impl FnOnce() -> R) -> R {
    let (bytes, result) = peak(usize::MAX, f);
    println!("{what}, N = {n} = {bytes}");
    opaque(result)
}

fn regression<const N: usize>(model: &'static mut Model<N>) {
    println!("static model, N = {N} = {}", size_of_val(model));
    let (x, y) = samples::<Real, N>();
    let (ridge, query) = (opaque(0.01), opaque([0.3, 1.0]));
    report("fit", N, || model.fit(&x, &y, ridge)).unwrap();
    report("fit in place of another", N, || model.fit(&x, &y, ridge)).unwrap();
    report("mean", N, || model.mean(&query)).unwrap();
    report("mean and deviation", N, || model.predict(&query)).unwrap();
    report("interval, all of it", N, || model.intervals().and_then(|all| all.at(&query, opaque(0.9))))
        .unwrap();
    report("push and drop the oldest", N, || model.push(&query, opaque(0.5), WhenFull::DropOldest)).unwrap();
}

fn sensor<const N: usize>(sensor: &'static mut Sensor<1, N, Real>) {
    println!("static sensor, N = {N} = {}", size_of_val(sensor));
    let ((x, y), level) = (readings::<Real, N>(), opaque(0.9));
    report("sensor: fit", N, || sensor.fit(&x, &y)).unwrap();
    report("sensor: fit in place of another", N, || sensor.fit(&x, &y)).unwrap();
    report("sensor: read", N, || sensor.read(&opaque([2.3]), level)).unwrap();
    report("sensor: push and drop the oldest", N, || sensor.push(&[2.3], 15.0, WhenFull::DropOldest))
        .unwrap();
}

fn training<const N: usize>(memory: &mut [Real]) {
    let network = unsafe { NETWORK.get() };
    network.weights = weights();
    let (x, y) = samples::<Real, N>();
    let (data, rate) = (Dataset::new(&x, &y).unwrap(), opaque(0.01));
    let rule = StopRule { target_mse: None, patience: None, max_steps: opaque(3) };
    report("training run k = 64", N, || descend(network, &data, rate, &rule, memory, |_, _| true)).unwrap();
}

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    regression(unsafe { OF_15.get() });
    regression(unsafe { OF_32.get() });
    sensor(unsafe { SENSOR.get() });
    training::<15>(unsafe { MEMORY.get() });
    semihosting::process::exit(0)
}
