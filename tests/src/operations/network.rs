use ntk_core::kernel::gram;
use ntk_core::{
    Activation, Dataset, EmpiricalNtk, FlatParams, Linearized, Network, Parameters, Rows, Scalar, hessian,
    loss, loss_gradient,
};

use crate::close::{all_close, close, rounded};
use crate::reference::NetworkCase;

/// Output, gradient, tangent, linearisation, loss, NTK and Hessian of a network of finite width.
///
/// # Panics
/// If a value is too far from its reference.
pub fn network<T: Scalar, A: Activation<T>>(activation: A, case: &NetworkCase) {
    let (d, c, p) = (case.shape.inputs, case.shape.outputs, case.shape.parameters());
    let (weights, direction) = (rounded::<T, 40>(case.weights), rounded::<T, 40>(case.direction));
    let (x, y) = (rounded::<T, 12>(case.x), rounded::<T, 8>(case.y));
    let (x, y) = (&x[..case.x.len()], &y[..case.y.len()]);
    let (mut gradient, mut f) = ([T::ZERO; 40], [T::ZERO; 2]);
    let flat = |values| FlatParams::new(case.shape, values).unwrap();
    let network = Network::new(activation, flat(&weights[..p]));
    let line = Linearized::new(&network, flat(&direction[..p])).unwrap();
    for (i, x) in x.chunks_exact(d).enumerate() {
        network.output(x, &mut f[..c]).unwrap();
        all_close(&f[..c], &case.f[i * c..][..c], 64.0);
        line.output(x, &mut f[..c]).unwrap();
        all_close(&f[..c], &case.linearized[i * c..][..c], 64.0);
        for output in 0..c {
            let mut g = FlatParams::new(case.shape, &mut gradient[..p]).unwrap();
            network.gradient(x, output, &mut g).unwrap();
            let along = g.inner(&line.displacement).unwrap();
            let expected = &case.gradients[(i * c + output) * p..][..p];
            all_close(g.values(), expected, 32.0);
            close(network.tangent(x, &line.displacement, output).unwrap(), along.to_f64(), 4.0, 32.0);
        }
    }
    let data = Dataset::new(Rows::new(x, d).unwrap(), Rows::new(y, c).unwrap()).unwrap();
    close(loss(&network, &data).unwrap(), case.loss, case.loss, 32.0);
    let mut g = FlatParams::new(case.shape, &mut gradient[..p]).unwrap();
    loss_gradient(&network, &data, &mut g).unwrap();
    all_close(g.values(), case.loss_gradient, 64.0);
    tangent_kernel(&network, case, data.x());
    curvature(&network, case, data.x());
}

fn tangent_kernel<T, A, W>(network: &Network<A, W>, case: &NetworkCase, x: Rows<'_, T>)
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
{
    let (n, c) = (x.len(), case.shape.outputs);
    let (mut matrix, mut block) = ([T::ZERO; 64], [T::ZERO; 4]);
    for i in 0..n {
        for j in 0..n {
            network.ntk_block(x.row(i), x.row(j), &mut block[..c * c]).unwrap();
            for (o, row) in block[..c * c].chunks_exact(c).enumerate() {
                matrix[(i * c + o) * n * c + j * c..][..c].copy_from_slice(row);
            }
        }
    }
    all_close(&matrix[..n * c * n * c], case.ntk, 64.0);
    let kernel = EmpiricalNtk::new(network, 0).unwrap();
    let mut first = [T::ZERO; 16];
    gram(&kernel, x, &mut first[..n * n]).unwrap();
    for i in 0..n {
        for j in 0..n {
            assert!(first[i * n + j] == matrix[i * c * n * c + j * c]);
        }
    }
}

/// All eigenvalues of the Hessian in order: two per unit, and zeros for the directions across the input.
fn curvature<T, A, W>(network: &Network<A, W>, case: &NetworkCase, x: Rows<'_, T>)
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
{
    let p = case.shape.parameters();
    let mut found = [T::ZERO; 40];
    let expected = case.hessian_eigenvalues.chunks_exact(p).zip(case.hessian_norms);
    for (x, (eigenvalues, &norm)) in x.iter().zip(expected) {
        found.fill(T::ZERO);
        hessian::eigenvalues(network, x, 0, &mut found[..2 * case.shape.width]).unwrap();
        found[..p].sort_unstable_by(|a, b| a.to_f64().total_cmp(&b.to_f64()));
        all_close(&found[..p], eigenvalues, 64.0);
        close(hessian::spectral_norm(network, x, 0).unwrap(), norm, norm, 64.0);
    }
}
