//! Gradient descent, for networks of every shape and their linearisations.

use ntk_core::train::{Exact, StopRule, Trainable, Workspace, descend, workspace_len};
use ntk_core::{
    Activation, Dataset, FlatParams, Linearized, Network, ParametersMut, Params, Relu, Rows, Scalar, Shape,
    Tanh,
};

use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    any_width::<T, _>(Relu);
    any_width::<T, _>(Tanh);
    run::<T>(&mut Network::new(Relu, value(Params::<T, 2, 10, 1>::zero())));
    run::<T>(&mut Network::new(Tanh, value(Params::<T, 5, 10, 2>::zero())));
    let network = Network::new(Tanh, value(Params::<T, 2, 10, 2>::zero()));
    if let Ok(mut line) = Linearized::new(&network, value(Params::<T, 2, 10, 2>::zero())) {
        run::<T>(&mut line);
    }
    exactly::<T, _>(value(Params::<T, 2, 10, 1>::zero()));
    exactly::<T, _>(value(Params::<T, 3, 10, 2>::zero()));
}

#[inline(never)]
fn exactly<T: Scalar, W: ParametersMut<Scalar = T>>(weights: W) {
    let mut network = Network::new(Relu, weights);
    let (mut floats, mut indices) = (value([T::ONE; 2_000]), value([1; 700]));
    let (n, shape, groups) = (value(3), value(network.shape()), value(8));
    let floats = floats.get_mut(..Exact::floats_len(n, shape, groups)).unwrap_or(&mut []);
    let indices = indices.get_mut(..Exact::indices_len(n, shape, groups)).unwrap_or(&mut []);
    if let Ok(mut exact) = Exact::new(&mut network, n, groups, slice_mut(floats), slice_mut(indices)) {
        exact.finish();
        run::<T>(&mut exact);
        exact.finish();
    }
}

#[inline(never)]
fn any_width<T: Scalar, A: Activation<T>>(activation: A) {
    let mut weights = value([T::ONE; 60]);
    let shape = value(Shape { inputs: 3, width: 10, outputs: 2 });
    if let Ok(weights) = FlatParams::new(shape, slice_mut(&mut weights)) {
        run::<T>(&mut Network::new(activation, weights));
    }
}

#[inline(never)]
fn run<T: Scalar>(model: &mut impl Trainable<T>) {
    let (x, y, mut memory) = (value([T::ONE; 30]), value([T::ONE; 20]), value([T::ONE; 300]));
    let rows = (Rows::new(slice(&x), value(3)), Rows::new(slice(&y), value(2)));
    let (Ok(x), Ok(y)) = rows else { return };
    let Ok(data) = Dataset::new(x, y) else { return };
    let mut rule = StopRule::example_3(value(10), value(15), value(T::HALF), value(50), value(100));
    rule.patience = value(rule.patience);
    let length = workspace_len(value(10), value(3), value(2));
    let lent = memory.get_mut(..length).unwrap_or(&mut []);
    let observe = |step, loss| {
        keep((step, loss));
        value(true)
    };
    keep(descend(model, &data, value(T::HALF), &rule, lent, observe));
    keep(model.shape());
    // Out of order, with memory for another data set.
    let (x, y) = (value([[T::ONE; 2]; 3]), value([[T::ONE; 1]; 3]));
    let Ok(other) = Dataset::new(&x, &y) else { return };
    if let Ok(mut work) = Workspace::new(slice_mut(&mut memory), &other) {
        model.step(&data, value(T::HALF), &mut work);
        model.start(&data, &mut work);
        model.step(&other, value(T::HALF), &mut work);
    }
}
