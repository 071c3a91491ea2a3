//! The operations that are counted. Arguments are opaque: no result is known before the image runs.

use measure::{N, Place, Real, opaque, readings, samples, weights};
#[cfg(target_os = "none")]
use nalgebra::SMatrix;
use ntk_core::cholesky;
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::train::{Exact, Trainable, Workspace, workspace_len};
use ntk_core::{Dataset, Kernel, Network, Ntk, Params, Regression, Relu, Sensor, Shape};

use crate::counter::count;

/// Width of the network that takes training steps.
const K: usize = 64;
/// Steps of the exact engine; in the last one it gathers free units into groups.
const STEPS: usize = 64;

static MODEL: Place<Regression<Ntk<Relu>, Fixed<Real, 2, N>>> =
    Place::new(Regression::new(Ntk::new(Relu), Fixed::new()));
static SENSOR: Place<Sensor<1, N, Real>> = Place::new(Sensor::new());
static NETWORK: Place<Network<Relu, Params<Real, 2, K>>> = Place::new(Network::new(Relu, Params::zero()));
/// The shape of the network.
const SHAPE: Shape = Shape { inputs: 2, width: K, outputs: 1 };
static FLOATS: Place<[Real; Exact::floats_len(N, SHAPE, 0)]> = Place::new([0.0; _]);
static INDICES: Place<[u32; Exact::indices_len(N, SHAPE, 0)]> = Place::new([0; _]);

pub fn all() {
    kernel();
    factor::<15>(["factor N = 15", "solve N = 15", "both at once, N = 15"]);
    factor::<64>(["factor N = 64", "solve N = 64", "both at once, N = 64"]);
    #[cfg(target_os = "none")]
    {
        factor_of_nalgebra::<15>("factor N = 15, nalgebra");
        factor_of_nalgebra::<64>("factor N = 64, nalgebra");
    }
    regression();
    sensor();
    training();
}

fn kernel() {
    let (x, y): ([Real; 2], [Real; 2]) = opaque(([0.5, 1.0], [-0.25, 1.0]));
    let kernel = Ntk::new(Relu);
    let (left, right) = (kernel.prepare(opaque(&x)), kernel.prepare(opaque(&y)));
    let (left, right) = (opaque(&left), opaque(&right));
    count("kernel entry", || kernel.between(left, right));
}

/// A matrix as a kernel gives it: 1 on the diagonal, falling with the distance from it.
fn entry(i: usize, j: usize) -> Real {
    1.0 / (1 + i.abs_diff(j)) as Real
}

#[inline(never)]
fn factor<const N: usize>([factor, solve, at_once]: [&str; 3]) {
    let mut matrix: [[Real; N]; N] = core::array::from_fn(|i| core::array::from_fn(|j| entry(i, j)));
    let mut inverse = [0.0; N];
    let (square, stride, ridge) = opaque((matrix.as_flattened_mut(), N, 0.01));
    let reciprocals = opaque(inverse.as_mut_slice());
    count(factor, || cholesky::factor(&mut *square, stride, ridge, &mut *reciprocals));
    assert!(reciprocals.iter().all(|&r| r > 0.0));
    let triangle = cholesky::Factor::new(square, stride, reciprocals).unwrap();
    let (triangle, mut b) = (opaque(triangle), opaque([1.0; N]));
    count(solve, || triangle.solve(&mut b));
    let solution = opaque(b);
    assert!(solution.iter().all(|b| b.is_finite()));
    let mut again = opaque([1.0; N]);
    count(at_once, || cholesky::factor_and_solve(&mut *square, stride, ridge, &mut *reciprocals, &mut again));
    assert!(opaque(again) == solution);
}

#[cfg(target_os = "none")]
#[inline(never)]
fn factor_of_nalgebra<const N: usize>(name: &str) {
    let matrix = opaque(SMatrix::<Real, N, N>::from_fn(|i, j| entry(i, j) + if i == j { 0.01 } else { 0.0 }));
    let mut place = None;
    count(name, || place = matrix.cholesky());
    assert!(opaque(&place).is_some());
}

fn regression() {
    let model = opaque(unsafe { MODEL.get() });
    let (x, y) = samples::<Real, N>();
    let (x, y, ridge) = (opaque(x), opaque(y), opaque(0.01));
    count("fit", || model.fit(&x, &y, ridge));
    assert_eq!(model.len(), N);
    count("fit in place of another", || model.fit(&x, &y, ridge));
    let (model, query) = (opaque(&*model), opaque([0.3, 1.0]));
    count("mean", || model.mean(&query));
    count("mean and deviation", || model.predict(&query));
    let (intervals, level) = (model.intervals().unwrap(), opaque(0.9));
    count("prepare intervals", || model.intervals());
    let intervals = opaque(&intervals);
    count("interval", || intervals.at(&query, level));
    count("p-value", || intervals.p_value(&query, opaque(0.1)));
    pushing(&x, &y, ridge);
}

/// The youngest of N samples comes alone, then one more in place of the oldest.
fn pushing(x: &[[Real; 2]; N], y: &[[Real; 1]; N], ridge: Real) {
    let model = opaque(unsafe { MODEL.get() });
    model.fit(&x[..N - 1], &y[..N - 1], ridge).unwrap();
    count("push, the 15th", || model.push(&x[N - 1], y[N - 1][0], WhenFull::Refuse));
    assert_eq!(model.len(), N);
    let (new, label) = opaque(([0.35, 1.0], 0.5));
    count("push and drop the oldest of 15", || model.push(&new, label, WhenFull::DropOldest));
    assert_eq!(model.len(), N);
}

/// A sensor: a search for ridge and bias variance, a reading with its interval, one sample more.
fn sensor() {
    let sensor = opaque(unsafe { SENSOR.get() });
    let (x, y) = opaque(readings::<Real, N>());
    count("sensor: fit", || sensor.fit(&x, &y));
    assert_eq!(sensor.len(), N);
    let (query, level) = opaque(([2.3], 0.9));
    count("sensor: read", || sensor.read(&query, level));
    count("sensor: push and drop the oldest of 15", || {
        sensor.push(&query, opaque(15.0), WhenFull::DropOldest)
    });
    assert_eq!(sensor.len(), N);
}

fn training() {
    let network = opaque(unsafe { NETWORK.get() });
    network.weights = weights();
    let (x, y) = samples::<Real, N>();
    let (x, y, rate) = (opaque(x), opaque(y), opaque(0.01));
    let data = Dataset::new(&x, &y).unwrap();
    let mut memory = [0.0; workspace_len(N, 2, 1)];
    let mut work = Workspace::new(opaque(&mut memory), &data).unwrap();
    network.start(&data, &mut work);
    count("training step", || network.step(&data, rate, &mut work));
    network.weights = weights();
    let memory = unsafe { (FLOATS.get(), INDICES.get()) };
    let mut exact = Exact::new(network, N, 0, memory.0, memory.1).unwrap();
    exact.start(&data, &mut work);
    count("64 steps, exact engine", || {
        for _ in 0..STEPS {
            exact.step(&data, rate, &mut work);
        }
    });
}
