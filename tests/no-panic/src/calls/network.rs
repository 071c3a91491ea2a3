//! Networks and what is known about them: gradient, tangent, linearisation, NTK, Hessian, loss.

use ntk_core::hessian::{self, Block};
use ntk_core::{
    Activation, Dataset, Erf, FlatParams, Identity, Linearized, Network, Parameters, ParametersMut, Params,
    Relu, Rows, Scalar, Shape, Sin, Tanh, loss, loss_gradient,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    activation::<T, _>(Relu);
    activation::<T, _>(Erf);
    activation::<T, _>(Tanh);
    activation::<T, _>(Sin);
    activation::<T, _>(Identity);
    of::<T, _, _>(Tanh, value(Params::<T, 3, 10, 2>::zero()));
    of::<T, _, _>(Relu, value(Params::<T, 2, 16, 1>::zero()));
    flat::<T>();
    block::<T>();
}

#[inline(never)]
fn activation<T: Scalar, A: Activation<T>>(phi: A) {
    let z = value(T::ONE);
    keep((phi.value(z), phi.derivative(z), phi.second_derivative(z), phi.value_and_derivative(z)));
}

#[inline(never)]
fn flat<T: Scalar>() {
    let shape = value(Shape { inputs: 3, width: 10, outputs: 2 });
    keep((shape.check(), shape.parameters()));
    let (mut weights, direction) = (value([T::ONE; 60]), value([T::ONE; 60]));
    if let Ok(weights) = FlatParams::new(shape, slice(&direction)) {
        keep(weights.values().len());
    }
    if let Ok(weights) = FlatParams::new(shape, slice_mut(&mut weights)) {
        of::<T, _, _>(Sin, weights);
    }
}

#[inline(never)]
fn of<T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>>(activation: A, weights: W) {
    let mut network = Network::new(activation, weights);
    network.initialize(&mut ChaCha8Rng::seed_from_u64(value(1)));
    let (x, mut f) = (value([T::ONE; 8]), value([T::ONE; 8]));
    let (x, output) = (slice(&x), value(1));
    keep((network.shape(), network.scale(), network.value(x, output)));
    keep(network.output(x, slice_mut(&mut f)));
    keep(network.ntk_block(x, slice(&value([T::ONE; 8])), slice_mut(&mut f)));
    let mut gradient = value(Params::<T, 3, 10, 2>::zero());
    keep(network.gradient(x, output, &mut gradient));
    keep(network.tangent(x, &gradient, output));
    parameters(&mut network.weights, &gradient);
    if let Ok(line) = Linearized::new(&network, gradient) {
        keep((line.value(x, output), line.output(x, slice_mut(&mut f))));
        keep(line.network().shape());
    }
    keep(hessian::block(&network, x, value(3), output));
    keep(hessian::spectral_norm(&network, x, output));
    keep(hessian::eigenvalues(&network, x, output, slice_mut(&mut value([T::ONE; 20]))));
    let (x, y) = (value([T::ONE; 30]), value([T::ONE; 20]));
    let rows = (Rows::new(slice(&x), value(3)), Rows::new(slice(&y), value(2)));
    let (Ok(x), Ok(y)) = rows else { return };
    let Ok(data) = Dataset::new(x, y) else { return };
    keep(loss(&network, &data));
    keep(loss_gradient(&network, &data, &mut gradient));
    keep(gradient);
}

#[inline(never)]
fn parameters<T: Scalar>(w: &mut impl ParametersMut<Scalar = T>, v: &impl Parameters<Scalar = T>) {
    keep((w.shape(), w.a().len(), w.b().len(), w.a_row(value(1)).len(), w.b_row(value(1)).len()));
    keep((w.inner(v), w.norm2(), w.add_scaled(value(T::HALF), v)));
    keep(w.parts_mut().0.len());
    if value(false) {
        w.clear();
    }
}

#[inline(never)]
fn block<T: Scalar>() {
    let block = Block { mixed: value(T::ONE), curvature: value(T::HALF) };
    keep((block.eigenvalues(), block.norm()));
}
