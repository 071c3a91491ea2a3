//! Weights in fixed arrays and in a flat slice give the same bits, on the networks of `networks.json`.

use ntk_core::hessian::{eigenvalues, spectral_norm};
use ntk_core::{Activation, Erf, Network, ParametersMut, Params, Relu, Tanh};

use crate::data::Weights;
use crate::networks::{Case, cases};

fn array<const D: usize, const K: usize, const C: usize>(weights: &Weights) -> Params<f64, D, K, C> {
    assert_eq!((weights.a.len(), weights.b.len(), weights.b[0].len()), (C, K, D));
    Params {
        a: std::array::from_fn(|output| std::array::from_fn(|unit| weights.a[output][unit])),
        b: std::array::from_fn(|input| std::array::from_fn(|unit| weights.b[unit][input])),
    }
}

/// Everything that can be asked of a network at its samples.
fn answers<A, W>(network: &Network<A, W>, delta: &W, case: &Case) -> Vec<u64>
where
    A: Activation<f64>,
    W: ParametersMut<Scalar = f64> + Clone,
{
    let shape = network.shape();
    let (c, mut gradient) = (shape.outputs, delta.clone());
    let mut all = Vec::new();
    for x in &case.x {
        let (mut f, mut ntk, mut roots) = (vec![0.0; c], vec![0.0; c * c], vec![0.0; 2 * shape.width]);
        network.output(x, &mut f).unwrap();
        network.ntk_block(x, &case.x[0], &mut ntk).unwrap();
        all.extend([f, ntk].concat());
        for output in 0..c {
            network.gradient(x, output, &mut gradient).unwrap();
            eigenvalues(network, x, output, &mut roots).unwrap();
            all.extend([gradient.a(), gradient.b(), &roots].concat());
            all.push(network.tangent(x, delta, output).unwrap());
            all.push(spectral_norm(network, x, output).unwrap());
        }
    }
    all.into_iter().map(f64::to_bits).collect()
}

fn agree<A: Activation<f64>, const D: usize, const K: usize, const C: usize>(activation: A, name: &str) {
    let cases = cases();
    let case = cases.iter().find(|case| case.name == name).unwrap();
    let (weights, delta) = (array::<D, K, C>(&case.weights), array(&case.delta));
    let in_arrays = answers(&Network::new(activation, weights), &delta, case);
    let in_a_slice = answers(&Network::new(activation, case.weights.flat()), &case.delta.flat(), case);
    assert_eq!(in_arrays, in_a_slice, "{name}");
}

#[test]
fn one_input() {
    agree::<_, 1, 5, 1>(Relu, "relu-1-5-1");
    agree::<_, 1, 5, 1>(Erf, "erf-1-5-1");
}

#[test]
fn three_inputs_and_two_outputs() {
    agree::<_, 3, 6, 1>(Tanh, "tanh-3-6-1");
    agree::<_, 3, 7, 2>(Tanh, "tanh-3-7-2");
}
