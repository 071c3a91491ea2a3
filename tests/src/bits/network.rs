use ntk_core::kernel::gram;
use ntk_core::{
    Abs, Activation, Cos, Dataset, EmpiricalNtk, Erf, Exp, Gaussian, Gelu, Identity, LeakyRelu, Linearized,
    Network, Parameters, Params, Quadratic, Relu, Rows, Scalar, Sigmoid, Silu, Sin, Softplus, Step, Tanh,
    hessian, loss_gradient,
};

use crate::fnv::Fnv;
use crate::samples::{network, normals};

fn activation<T: Scalar>(phi: impl Activation<T>, fnv: &mut Fnv) {
    for i in -40..=40 {
        let z = T::from_f64(f64::from(i) / 8.0);
        fnv.numbers(&[phi.value(z), phi.derivative(z), phi.second_derivative(z)]);
    }
}

pub(super) fn activations<T: Scalar>() -> u64 {
    let mut fnv = Fnv::new();
    activation::<T>(Relu, &mut fnv);
    activation::<T>(Erf, &mut fnv);
    activation::<T>(Tanh, &mut fnv);
    activation::<T>(Sin, &mut fnv);
    activation::<T>(Identity, &mut fnv);
    activation::<T>(LeakyRelu { slope: T::from_f64(0.1) }, &mut fnv);
    activation::<T>(Abs, &mut fnv);
    activation::<T>(Step, &mut fnv);
    activation::<T>(Gelu, &mut fnv);
    activation::<T>(Cos, &mut fnv);
    activation::<T>(Exp, &mut fnv);
    activation::<T>(Gaussian, &mut fnv);
    activation::<T>(Quadratic, &mut fnv);
    activation::<T>(Sigmoid, &mut fnv);
    activation::<T>(Softplus, &mut fnv);
    activation::<T>(Silu, &mut fnv);
    fnv.finish()
}

/// 11 units: one group of lanes and a part of the next.
type Weights<T> = Params<T, 3, 11, 2>;

/// A network, a direction to move its weights in, and inputs.
type Sample<T, A> = (Network<A, Weights<T>>, Weights<T>, [[T; 3]; 6]);

fn sample<T: Scalar, A: Activation<T>>(phi: A) -> Sample<T, A> {
    let direction = network::<T, _, 3, 11, 2>(Identity, 21).weights;
    (network(phi, 20), direction, normals(22))
}

pub(super) fn forward<T: Scalar>() -> u64 {
    let (network, _, x) = sample::<T, _>(Erf);
    let mut fnv = Fnv::new();
    for x in &x {
        let mut f = [T::ZERO; 2];
        network.output(x, &mut f).unwrap();
        fnv.numbers(&f);
    }
    fnv.finish()
}

pub(super) fn gradient<T: Scalar>() -> u64 {
    let (network, _, x) = sample::<T, _>(Tanh);
    let (mut fnv, mut gradient) = (Fnv::new(), Weights::zero());
    for x in &x {
        network.gradient(x, 1, &mut gradient).unwrap();
        fnv.numbers(gradient.a());
        fnv.numbers(gradient.b());
        fnv.number(gradient.norm2());
    }
    fnv.finish()
}

pub(super) fn tangent<T: Scalar>() -> u64 {
    let (network, direction, x) = sample::<T, _>(Sin);
    let mut fnv = Fnv::new();
    x.iter().for_each(|x| fnv.result(network.tangent(x, &direction, 0)));
    fnv.finish()
}

pub(super) fn linearized<T: Scalar>() -> u64 {
    let (network, direction, x) = sample::<T, _>(Relu);
    let line = Linearized::new(&network, direction).unwrap();
    let mut fnv = Fnv::new();
    x.iter().for_each(|x| fnv.result(line.value(x, 1)));
    fnv.finish()
}

pub(super) fn hessian<T: Scalar>() -> u64 {
    let (network, _, x) = sample::<T, _>(Tanh);
    let (mut fnv, mut eigenvalues) = (Fnv::new(), [T::ZERO; 22]);
    for x in &x {
        hessian::eigenvalues(&network, x, 0, &mut eigenvalues).unwrap();
        fnv.numbers(&eigenvalues);
        fnv.result(hessian::spectral_norm(&network, x, 1));
    }
    fnv.finish()
}

pub(super) fn empirical_ntk<T: Scalar>() -> u64 {
    let (network, _, x) = sample::<T, _>(Erf);
    let mut matrix = [T::ZERO; 36];
    gram(&EmpiricalNtk::new(&network, 1).unwrap(), Rows::from(&x), &mut matrix).unwrap();
    let mut fnv = Fnv::new();
    fnv.numbers(&matrix);
    fnv.finish()
}

pub(super) fn ntk_block<T: Scalar>() -> u64 {
    let (network, _, x) = sample::<T, _>(Relu);
    let (mut fnv, mut block) = (Fnv::new(), [T::ZERO; 4]);
    for pair in x.windows(2) {
        network.ntk_block(&pair[0], &pair[1], &mut block).unwrap();
        fnv.numbers(&block);
    }
    fnv.finish()
}

pub(super) fn loss<T: Scalar>() -> u64 {
    let (network, _, x) = sample::<T, _>(Tanh);
    let y = normals::<T, 2, 6>(23);
    let data = Dataset::new(&x, &y).unwrap();
    let (mut fnv, mut gradient) = (Fnv::new(), Weights::zero());
    fnv.result(ntk_core::loss(&network, &data));
    loss_gradient(&network, &data, &mut gradient).unwrap();
    fnv.numbers(gradient.a());
    fnv.numbers(gradient.b());
    fnv.finish()
}
