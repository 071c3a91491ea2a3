//! NaN, infinity, nothing and wrong shapes into every function that can refuse: it refuses, and nothing has
//! changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use ntk_core::cholesky::{Factor, factor};
use ntk_core::kernel::{cross_gram, gram};
use ntk_core::train::{StopRule, Workspace, descend, workspace_len};
use ntk_core::{
    Cholesky, Dataset, EmpiricalNtk, Error, FlatParams, Lift, Linearized, Network, Ntk, Parameters,
    ParametersMut, Quantity, Relu, Rows, Setting, Shape, Tanh, hessian, largest_eigenvalue, loss,
    loss_gradient,
};
use support::{AnyWidth, network, rng, zeros};

const BAD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
const X: [[f64; 2]; 3] = [[1.0, 0.2], [0.3, -0.9], [-0.8, 0.5]];
const Y: [[f64; 1]; 3] = [[0.5], [-0.3], [1.0]];
/// What every output holds before a refused call, and after it.
const MARK: f64 = 123.0;

#[track_caller]
fn refuses_shape<V>(result: Result<V, Error>) {
    assert!(matches!(result, Err(Error::Shape { .. })), "{:?}", result.err());
}

#[track_caller]
fn refuses_index<V>(result: Result<V, Error>) {
    assert!(matches!(result, Err(Error::OutOfBounds { .. })), "{:?}", result.err());
}

fn marked(shape: Shape) -> FlatParams<Vec<f64>> {
    FlatParams::new(shape, vec![MARK; shape.parameters()]).unwrap()
}

#[test]
fn data_sets() {
    for bad in BAD {
        for i in 0..3 {
            let (mut x, mut y) = (X, Y);
            x[i][1] = bad;
            y[i][0] = bad;
            assert_eq!(Dataset::new(&x, &Y), Err(Error::NotFinite { what: Quantity::X, row: i, column: 1 }));
            assert_eq!(Dataset::new(&X, &y), Err(Error::NotFinite { what: Quantity::Y, row: i, column: 0 }));
        }
    }
    refuses_shape(Dataset::new(&X[..0], &Y[..0]));
    refuses_shape(Dataset::new(&X[..2], &Y));
    refuses_shape(Rows::new(&[1.0, 2.0, 3.0], 2));
    refuses_shape(Rows::<f64>::new(&[], 0));
}

fn two_outputs() -> AnyWidth<Tanh> {
    network(Tanh, (2, 5, 2), &mut rng(1))
}

#[test]
fn inputs_of_another_dimension() {
    let network = two_outputs();
    let line = Linearized::new(&network, zeros(network.shape())).unwrap();
    for x in [&[][..], &[1.0], &[1.0, 2.0, 3.0]] {
        let (mut f, mut block, mut roots) = ([MARK; 2], [MARK; 4], [MARK; 10]);
        let mut gradient = marked(network.shape());
        refuses_shape(network.value(x, 0));
        refuses_shape(network.output(x, &mut f));
        refuses_shape(network.gradient(x, 0, &mut gradient));
        refuses_shape(network.tangent(x, &gradient, 0));
        refuses_shape(network.ntk_block(x, &X[0], &mut block));
        refuses_shape(network.ntk_block(&X[0], x, &mut block));
        refuses_shape(line.value(x, 0));
        refuses_shape(line.output(x, &mut f));
        refuses_shape(hessian::block(&network, x, 0, 0));
        refuses_shape(hessian::spectral_norm(&network, x, 0));
        refuses_shape(hessian::eigenvalues(&network, x, 0, &mut roots));
        assert!(f == [MARK; 2] && block == [MARK; 4] && roots == [MARK; 10]);
        assert_eq!(gradient, marked(network.shape()));
    }
}

#[test]
fn outputs_and_units_that_are_not_there() {
    let network = two_outputs();
    let line = Linearized::new(&network, zeros(network.shape())).unwrap();
    let mut gradient = marked(network.shape());
    for output in [2, usize::MAX] {
        refuses_index(network.value(&X[0], output));
        refuses_index(network.gradient(&X[0], output, &mut gradient));
        refuses_index(network.tangent(&X[0], &gradient, output));
        refuses_index(line.value(&X[0], output));
        refuses_index(EmpiricalNtk::new(&network, output));
        refuses_index(hessian::block(&network, &X[0], 0, output));
        refuses_index(hessian::spectral_norm(&network, &X[0], output));
        refuses_index(hessian::eigenvalues(&network, &X[0], output, &mut [0.0; 10]));
    }
    for unit in [5, usize::MAX] {
        refuses_index(hessian::block(&network, &X[0], unit, 0));
    }
    assert_eq!(gradient, marked(network.shape()));
}

#[test]
fn results_that_do_not_fit() {
    let network = two_outputs();
    let line = Linearized::new(&network, zeros(network.shape())).unwrap();
    for len in [0, 1, 3, 5, 8, 11] {
        let mut buffer = vec![MARK; len];
        refuses_shape(network.output(&X[0], &mut buffer));
        refuses_shape(line.output(&X[0], &mut buffer));
        refuses_shape(network.ntk_block(&X[0], &X[1], &mut buffer));
        refuses_shape(hessian::eigenvalues(&network, &X[0], 0, &mut buffer));
        refuses_shape(gram(&Ntk::new(Relu), Rows::from(&X), &mut buffer));
        refuses_shape(cross_gram(&Ntk::new(Relu), Rows::from(&X), Rows::from(&X[..2]), &mut buffer));
        if len != 1 {
            refuses_shape(Lift::Raw.apply(0.5, &mut buffer));
        }
        refuses_shape(Lift::Circle.apply(0.5, &mut buffer));
        assert_eq!(buffer, vec![MARK; len]);
    }
    let mut buffer = [MARK; 9];
    refuses_shape(cross_gram(&Ntk::new(Relu), Rows::from(&X), Rows::from(&Y), &mut buffer));
    assert_eq!(buffer, [MARK; 9]);
}

#[test]
fn parameters_of_another_shape() {
    let network = two_outputs();
    let shape = network.shape();
    let data = Dataset::new(&X, &X).unwrap();
    for (inputs, width, outputs) in [(3, 5, 2), (2, 4, 2), (2, 6, 2), (2, 5, 1), (1, 5, 3)] {
        let mut other = marked(Shape { inputs, width, outputs });
        let before = other.clone();
        refuses_shape(network.gradient(&X[0], 0, &mut other));
        refuses_shape(network.tangent(&X[0], &other, 0));
        refuses_shape(Linearized::new(&network, other.clone()));
        refuses_shape(loss_gradient(&network, &data, &mut other));
        refuses_shape(other.add_scaled(2.0, &network.weights));
        refuses_shape(other.inner(&network.weights));
        assert_eq!(other, before);
    }
    refuses_shape(FlatParams::new(shape, [0.0; 19].as_slice()));
    for empty in [Shape { inputs: 0, ..shape }, Shape { width: 0, ..shape }, Shape { outputs: 0, ..shape }] {
        assert!(matches!(FlatParams::new(empty, [0.0; 0].as_slice()), Err(Error::OutOfRange(_))));
    }
}

#[test]
fn training() {
    let mut network = network(Relu, (2, 5, 1), &mut rng(2));
    let before = network.clone();
    let rule = StopRule { target_mse: None, patience: None, max_steps: 3 };
    let mut memory = [MARK; workspace_len(3, 2, 1)];
    let data = Dataset::new(&X, &Y).unwrap();
    for rate in [0.0, -0.1, f64::NAN, f64::INFINITY] {
        let refused = descend(&mut network, &data, rate, &rule, &mut memory, |_, _| true);
        assert!(matches!(refused, Err(Error::OutOfRange(Setting::LearningRate))));
    }
    for other in [Dataset::new(&Y, &Y).unwrap(), Dataset::new(&X, &X).unwrap()] {
        refuses_shape(descend(&mut network, &other, 0.1, &rule, &mut memory, |_, _| true));
        refuses_shape(loss(&network, &other));
        refuses_shape(loss_gradient(&network, &other, &mut zeros(network.shape())));
    }
    for len in [0, 1, memory.len() - 1] {
        refuses_shape(descend(&mut network, &data, 0.1, &rule, &mut memory[..len], |_, _| true));
        refuses_shape(Workspace::new(&mut memory[..len], &data));
    }
    assert!(network == before && memory == [MARK; workspace_len(3, 2, 1)]);
    // A network that is not finite already is no panic and no success.
    let mut broken = Network::new(Relu, marked(network.shape()));
    broken.weights.parts_mut().0[3] = f64::NAN;
    let outcome = descend(&mut broken, &data, 0.1, &rule, &mut memory, |_, _| true).unwrap();
    assert_eq!((outcome.steps, outcome.reason), (0, ntk_core::train::StopReason::Diverged));
}

#[test]
fn factorisations() {
    let mut cholesky = Cholesky::<f64, 3>::new();
    cholesky.factor(2, 0.0, |i, j| if i == j { 2.0 } else { 1.0 }).unwrap();
    let before = cholesky.clone();
    assert_eq!(cholesky.factor(4, 0.0, |_, _| 1.0), Err(Error::Capacity { capacity: 3, found: 4 }));
    assert_eq!(cholesky, before);
    let mut b = [MARK; 4];
    let too_many = cholesky.factor_and_solve(0.0, |_, _| 1.0, &mut b);
    assert_eq!(too_many, Err(Error::Capacity { capacity: 3, found: 4 }));
    assert_eq!((&cholesky, b), (&before, [MARK; 4]));
    let mut b = [MARK; 3];
    for len in [0, 1, 3] {
        refuses_shape(cholesky.view().forward(&mut b[..len]));
        refuses_shape(cholesky.view().backward(&mut b[..len]));
        refuses_shape(cholesky.solve(&mut b[..len]));
    }
    assert_eq!(b, [MARK; 3]);
    for bad in BAD {
        for place in [(0, 0), (1, 0), (1, 1), (2, 1)] {
            let entry = |i, j| if (i, j) == place { bad } else { f64::from(u8::from(i == j)) };
            assert!(matches!(cholesky.factor(3, 0.0, entry), Err(Error::NotPositiveDefinite { .. })));
            assert!(cholesky.view().is_empty());
            cholesky.factor(2, 0.0, |i, j| if i == j { 2.0 } else { 1.0 }).unwrap();
            let failed = cholesky.factor_and_solve(0.0, entry, &mut [1.0; 3]);
            assert!(matches!(failed, Err(Error::NotPositiveDefinite { .. })) && cholesky.view().is_empty());
        }
    }
    let mut array = [MARK; 6];
    refuses_shape(factor(&mut array, 2, 0.0, &mut [0.0; 3]));
    refuses_shape(factor(&mut array, 3, 0.0, &mut [0.0; 3]));
    refuses_shape(factor(&mut array, usize::MAX, 0.0, &mut [0.0; 3]));
    refuses_shape(Factor::new(&array, 3, &[0.0; 3]));
    assert_eq!(array, [MARK; 6]);
    assert_eq!(factor::<f64>(&mut [], 0, 0.0, &mut []), Ok(()));
}

#[test]
fn eigenvalues() {
    let (matrix, mut work) = ([2.0, 1.0, 1.0, 2.0], [MARK; 4]);
    refuses_shape(largest_eigenvalue(&matrix, 3, &mut work));
    refuses_shape(largest_eigenvalue(&matrix, usize::MAX, &mut work));
    refuses_shape(largest_eigenvalue(&matrix, 2, &mut work[..3]));
    for bad in BAD {
        let refused = largest_eigenvalue(&[2.0, bad, 1.0, 2.0], 2, &mut work);
        assert_eq!(refused, Err(Error::NotFinite { what: Quantity::Matrix, row: 0, column: 1 }));
    }
    assert_eq!(work, [MARK; 4]);
    assert_eq!(largest_eigenvalue::<f64>(&[], 0, &mut []), Ok(0.0));
}

/// No size of finite entries makes the bound on the learning rate vanish.
#[test]
fn eigenvalues_scale_with_the_matrix() {
    for exponent in [-100, -60, -30, 0, 30, 60, 100] {
        let scale = 2f32.powi(exponent);
        let matrix = [2.0, 1.0, 1.0, 2.0].map(|v| scale * v);
        let largest = largest_eigenvalue(&matrix, 2, &mut [0.0; 4]).unwrap() / scale;
        assert!((largest - 3.0).abs() < 1e-5, "2^{exponent}: {largest}");
    }
}

/// Far from the origin the sphere lift is still on the circle.
#[test]
fn lifts_of_far_points() {
    for x in [1e10f32, 1e20, f32::MAX] {
        let mut z = [0.0; 2];
        Lift::Sphere.apply(x, &mut z).unwrap();
        assert_eq!(z[0], 1.0, "of {x}");
    }
}
