//! Gradient descent against slow references: gradients computed one by one, matrix powers, kernel regression.

use crate::support::dense::{matrix, multiply};
use crate::support::{AnyWidth, assert_close, network, rng, uniforms, zeros};
use ntk_core::kernel::gram;
use ntk_core::regression::Fixed;
use ntk_core::train::{StopReason, StopRule, Trainable, descend, workspace_len};
use ntk_core::vector::dot;
use ntk_core::{
    Activation, Dataset, EmpiricalNtk, Erf, FlatParams, Lift, Linearized, Network, Parameters, ParametersMut,
    Params, Regression, Relu, Rows, Scalar, Tanh, largest_eigenvalue, loss_gradient,
};

/// phi(z) = cos z. phi(0) is not 0, so an error in lanes past the last unit would show.
#[derive(Clone, Copy)]
struct Cosine;

impl Activation<f64> for Cosine {
    fn value(self, z: f64) -> f64 {
        z.cos()
    }
    fn derivative(self, z: f64) -> f64 {
        -z.sin()
    }
    fn second_derivative(self, z: f64) -> f64 {
        -z.cos()
    }
}

/// Takes some steps, whatever the loss, and returns the loss after the last one.
fn steps<T: Scalar>(model: &mut impl Trainable<T>, data: &Dataset<'_, T>, rate: T, steps: u32) -> T {
    let rule = StopRule { target_mse: None, patience: None, max_steps: steps };
    let mut memory = vec![T::ZERO; workspace_len(data.len(), data.x().columns(), data.y().columns())];
    let outcome = descend(model, data, rate, &rule, &mut memory, |_, _| true).unwrap();
    assert_eq!((outcome.steps, outcome.reason), (steps, StopReason::MaxSteps));
    outcome.loss
}

/// f(x_i) - y_i, n rows of c.
fn residuals<A: Activation<f64>>(network: &AnyWidth<A>, data: &Dataset<'_, f64>) -> Vec<f64> {
    let mut residuals = Vec::new();
    for (x, y) in data.x().iter().zip(data.y().iter()) {
        residuals.extend(y.iter().enumerate().map(|(output, y)| network.value(x, output).unwrap() - y));
    }
    residuals
}

/// A step of descent is w - rate * gradient to rounding. Its residuals are those of the new weights to the
/// bit, because the step and the forward pass sum in the same order.
fn one_step<A: Activation<f64>>(phi: A, shape: (usize, usize, usize), samples: usize) {
    let mut rng = rng(shape.1 as u64);
    let mut fused = network(phi, shape, &mut rng);
    let (x, y): (Vec<f64>, Vec<f64>) =
        (uniforms(samples * shape.0, &mut rng), uniforms(samples * shape.2, &mut rng));
    let data = Dataset::new(Rows::new(&x, shape.0).unwrap(), Rows::new(&y, shape.2).unwrap()).unwrap();
    let rate = 0.05;

    let (mut slow, mut gradient) = (fused.clone(), zeros(fused.shape()));
    loss_gradient(&slow, &data, &mut gradient).unwrap();
    slow.weights.add_scaled(-rate, &gradient).unwrap();
    let loss = steps(&mut fused, &data, rate, 1);

    for (&fused, &slow) in fused.weights.values().iter().zip(slow.weights.values()) {
        assert_close(fused, slow, 4e-15);
    }
    let fresh = residuals(&fused, &data);
    assert_eq!(loss, 0.5 * dot(&fresh, &fresh), "{shape:?}");
}

fn one_step_of_every_shape<A: Activation<f64>>(phi: A) {
    for width in [1, 2, 7, 8, 9, 10, 16, 33] {
        for (inputs, outputs) in [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (1, 2), (2, 3), (5, 3)] {
            one_step(phi, (inputs, width, outputs), 1);
            one_step(phi, (inputs, width, outputs), 5);
        }
    }
}

#[test]
fn a_step_of_relu_networks() {
    one_step_of_every_shape(Relu);
}

#[test]
fn a_step_of_erf_networks() {
    one_step_of_every_shape(Erf);
}

#[test]
fn a_step_of_tanh_networks() {
    one_step_of_every_shape(Tanh);
}

#[test]
fn a_step_of_networks_whose_activation_is_not_0_at_0() {
    one_step_of_every_shape(Cosine);
}

/// Fixed arrays and flat slices have the same bits after fifty steps.
#[test]
fn arrays_and_slices_train_alike() {
    let (x, y) = ([[0.3f32, 1.0], [-0.4, 1.0], [0.9, 1.0]], [[0.5], [-0.2], [0.1]]);
    let data = Dataset::new(&x, &y).unwrap();
    let mut arrays = Network::new(Relu, Params::<f32, 2, 19>::zero());
    arrays.initialize(&mut rng(1));
    let mut slices: AnyWidth<Relu, f32> = network(Relu, (2, 19, 1), &mut rng(1));
    assert_eq!(steps(&mut arrays, &data, 0.1, 50), steps(&mut slices, &data, 0.1, 50));
    assert_eq!(arrays.weights.a(), slices.weights.a());
    assert_eq!(arrays.weights.b(), slices.weights.b());

    let mut values = [0.0; 3 * 19];
    let borrowed = FlatParams::new(arrays.shape(), values.as_mut_slice()).unwrap();
    let mut borrowed = Network::new(Relu, borrowed);
    borrowed.initialize(&mut rng(1));
    steps(&mut borrowed, &data, 0.1, 50);
    assert_eq!(values, slices.weights.values());
}

/// An observer ends a run at the step for which it returns false, with the weights of that step. A stop rule
/// precedes it.
#[test]
fn an_observer_can_end_it() {
    let (x, y, network) = on_the_circle();
    let data = Dataset::new(&x, &y).unwrap();
    let mut memory = [0.0; workspace_len(4, 2, 1)];
    for (last, max_steps, reason) in
        [(0, 9, StopReason::Observer), (7, 9, StopReason::Observer), (9, 9, StopReason::MaxSteps)]
    {
        let mut stopped = network.clone();
        let rule = StopRule { target_mse: None, patience: None, max_steps };
        let mut seen = 0;
        let observe = |step, _| {
            seen += 1;
            step < last
        };
        let outcome = descend(&mut stopped, &data, 0.2, &rule, &mut memory, observe).unwrap();
        assert_eq!((outcome.steps, outcome.reason, seen), (last, reason, last + 1));
        let mut counted = network.clone();
        let loss = steps(&mut counted, &data, 0.2, last);
        assert_eq!((outcome.loss, stopped.weights.values()), (loss, counted.weights.values()));
    }
}

/// Four samples on the circle with labels of Example 3, and a network of 40 units.
fn on_the_circle() -> ([[f64; 2]; 4], [[f64; 1]; 4], AnyWidth<Tanh>) {
    let scalars = [-0.8, -0.1, 0.35, 0.9f64];
    let x = scalars.map(|x| {
        let mut z = [0.0; 2];
        Lift::Circle.apply(x, &mut z).unwrap();
        z
    });
    (x, scalars.map(|x| [x + (10.0 * x).sin()]), network(Tanh, (2, 40, 1), &mut rng(5)))
}

/// A step on the linearisation multiplies the residuals by I - rate K, with K the empirical NTK.
#[test]
fn residuals_of_the_linearization_decay_by_the_kernel() {
    let (x, y, network) = on_the_circle();
    let data = Dataset::new(&x, &y).unwrap();
    let mut k = [0.0; 16];
    gram(&EmpiricalNtk::new(&network, 0).unwrap(), data.x(), &mut k).unwrap();
    let rate = 0.2;
    let decay = matrix(4, |i, j| if i == j { 1.0 } else { 0.0 } - rate * k[i * 4 + j]);
    let mut expected = residuals(&network, &data);
    let mut line = Linearized::new(&network, zeros(network.shape())).unwrap();
    for _ in 0..30 {
        expected = multiply(&decay, &expected);
        let loss = steps(&mut line, &data, rate, 1);
        assert_close(loss, 0.5 * dot(&expected, &expected), 1e-13);
        for ((x, y), &expected) in x.iter().zip(&y).zip(&expected) {
            assert_close(line.value(x, 0).unwrap() - y[0], expected, 1e-13);
        }
    }
}

/// The remark of Section 2: trained to the end, the linearisation is kernel regression with the empirical NTK
/// on the labels y - f(w0), with f(w0) added back. It is not kernel regression on the labels as given.
#[test]
fn the_trained_linearization_is_kernel_regression() {
    let (x, y, network) = on_the_circle();
    let data = Dataset::new(&x, &y).unwrap();
    let kernel = || EmpiricalNtk::new(&network, 0).unwrap();
    let mut k = [0.0; 16];
    gram(&kernel(), data.x(), &mut k).unwrap();
    let rate = 1.0 / largest_eigenvalue(&k, 4, &mut [0.0; 8]).unwrap();

    let mut line = Linearized::new(&network, zeros(network.shape())).unwrap();
    let rule = StopRule { target_mse: Some(1e-22), patience: None, max_steps: 100_000 };
    let mut memory = [0.0; workspace_len(4, 2, 1)];
    let outcome = descend(&mut line, &data, rate, &rule, &mut memory, |_, _| true).unwrap();
    assert_eq!(outcome.reason, StopReason::Target);

    let rest: Vec<_> = x.iter().zip(&y).map(|(x, [y])| [y - network.value(x, 0).unwrap()]).collect();
    let mut corrected = Regression::new(kernel(), Fixed::<f64, 2, 4>::new());
    corrected.fit(data.x(), rest.as_slice(), 0.0).unwrap();
    let mut as_given = Regression::new(kernel(), Fixed::<f64, 2, 4>::new());
    as_given.fit(data.x(), data.y(), 0.0).unwrap();
    let mut gap = 0.0f64;
    for i in 0..=100 {
        let angle = 0.02 * f64::from(i) * core::f64::consts::FRAC_PI_2 - core::f64::consts::FRAC_PI_2;
        let z = [angle.cos(), angle.sin()];
        let trained = line.value(&z, 0).unwrap();
        let at_start = network.value(&z, 0).unwrap();
        assert_close(trained, corrected.mean(&z).unwrap() + at_start, 1e-6);
        gap = gap.max((trained - as_given.mean(&z).unwrap()).abs());
    }
    assert!(gap > 1e-2, "the correction is worth {gap}");
}
