use ntk_core::dynamics::Training;
use ntk_core::kernel::gram;
use ntk_core::regression::{Criterion, Labels, WhenFull};
use ntk_core::vector::dot;
use ntk_core::{Cholesky, Dataset, DeepRelu, Dynamics, Regression, ReluNngp, ReluNtk, Rows, Scalar};

use crate::fnv::Fnv;
use crate::samples::{example_3, normals};

const N: usize = 13;

/// Factors A A^T + 1/2 for random A, and hands the factorisation on.
fn factored<T: Scalar>(f: impl FnOnce(&Cholesky<T, N>, &mut Fnv)) -> u64 {
    let a = normals::<T, N, N>(30);
    let mut cholesky = Cholesky::new();
    cholesky.factor(N, T::HALF, |i, j| dot(&a[i], &a[j])).unwrap();
    let mut fnv = Fnv::new();
    f(&cholesky, &mut fnv);
    fnv.finish()
}

/// The solutions for unit vectors after the first half of a solve are the columns of the inverse factor.
pub(super) fn cholesky<T: Scalar>() -> u64 {
    factored::<T>(|cholesky, fnv| {
        for i in 0..N {
            let mut column = [T::ZERO; N];
            column[i] = T::ONE;
            cholesky.view().forward(&mut column).unwrap();
            fnv.numbers(&column);
        }
        fnv.number(cholesky.view().log_determinant());
    })
}

pub(super) fn solve<T: Scalar>() -> u64 {
    factored::<T>(|cholesky, fnv| {
        for mut b in normals::<T, N, 4>(31) {
            let mut at_once = b;
            cholesky.view().solve(&mut b).unwrap();
            fnv.numbers(&b);
            let entry = |i, j| cholesky.view().original(i, j).unwrap();
            Cholesky::<T, N>::new().factor_and_solve(T::HALF, entry, &mut at_once).unwrap();
            assert!(at_once == b, "factored and solved at once, other bits");
        }
    })
}

/// Example 3 with 15 samples, regressed on with the NTK at a small ridge.
fn fitted<T: Scalar>(f: impl FnOnce(&Regression<T, ReluNtk, 2, 15>, &mut Fnv)) -> u64 {
    let (x, y) = example_3::<T, 15>(32);
    let mut model = Regression::rough(ReluNtk); // in `Micro` too
    model.fit(&Dataset::new(&x, &y).unwrap(), T::from_f64(1e-3), Labels::AsGiven).unwrap();
    let mut fnv = Fnv::new();
    f(&model, &mut fnv);
    fnv.finish()
}

pub(super) fn fit_and_mean<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        for x in normals::<T, 2, 20>(33) {
            fnv.result(model.mean(&x).map(|[mean]| mean));
        }
    })
}

pub(super) fn predict<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        for x in normals::<T, 2, 20>(34) {
            let prediction = model.predict(&x).unwrap();
            fnv.numbers(&[prediction.mean[0], prediction.deviation]);
        }
    })
}

pub(super) fn leave_one_out<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        for i in 0..15 {
            let left_out = model.leave_one_out(i, 0).unwrap();
            fnv.numbers(&[left_out.mean, left_out.deviation]);
        }
    })
}

pub(super) fn marginal_likelihood<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| fnv.result(model.log_marginal_likelihood(0)))
}

/// A window of 15 samples that ten more pass through, each policy in turn, then a few that leave.
pub(super) fn push_and_remove<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        let mut model = model.clone();
        let (x, y) = example_3::<T, 10>(36);
        for (i, (x, y)) in x.iter().zip(&y).enumerate() {
            let policy = [WhenFull::DropOldest, WhenFull::DropRedundant][i % 2];
            let left = model.push(x, y, policy).unwrap();
            fnv.number(T::from_usize(left.unwrap()));
            fnv.number(model.drift());
        }
        for i in [7, 0, 12] {
            model.remove(i).unwrap();
        }
        model.replace(3, &x[0].map(|v| v + T::HALF), &y[1]).unwrap();
        for x in normals::<T, 2, 10>(37) {
            fnv.result(model.mean(&x).map(|[mean]| mean));
        }
        model.refresh().unwrap();
        fnv.result(model.predict(&x[2]).map(|prediction| prediction.deviation));
    })
}

pub(super) fn refine<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        let mut model = model.clone();
        fnv.result(model.refine());
        for x in normals::<T, 2, 10>(38) {
            fnv.result(model.mean(&x).map(|[mean]| mean));
        }
    })
}

/// Both criteria, and the slopes of mean and likelihood.
pub(super) fn tuned_ridge<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        let mut model = model.clone();
        fnv.result(model.likelihood_slope(0));
        for criterion in [Criterion::LeaveOneOut, Criterion::MarginalLikelihood] {
            fnv.result(model.tune_ridge(criterion));
        }
        for x in normals::<T, 2, 5>(39) {
            fnv.numbers(&model.mean_gradient(&x, 0).unwrap());
        }
    })
}

/// In the course of training, by flow and by steps, one network and the ensemble.
pub(super) fn dynamics<T: Scalar>() -> u64 {
    let (x, y) = example_3::<T, 10>(40);
    let mut network = Dynamics::<T, _, 2, 10>::new(ReluNtk);
    network.fit(&Dataset::new(&x, &y).unwrap()).unwrap();
    let mut fnv = Fnv::new();
    fnv.numbers(network.eigenvalues());
    let rate = network.largest_learning_rate().unwrap();
    for training in [Training::Flow(T::HALF), Training::Descent { rate: T::HALF * rate, steps: 1000 }] {
        for x in normals::<T, 2, 5>(41) {
            fnv.result(network.mean(&x, training).map(|[mean]| mean));
            fnv.result(network.deviation(&ReluNngp, &x, training));
        }
    }
    fnv.finish()
}

pub(super) fn largest_eigenvalue<T: Scalar>() -> u64 {
    let (x, _) = example_3::<T, 12>(35);
    let (mut matrix, mut work) = ([T::ZERO; 144], [T::ZERO; 24]);
    gram(&DeepRelu::ntk(2, T::ONE, T::HALF).unwrap(), Rows::from(&x), &mut matrix).unwrap();
    let mut fnv = Fnv::new();
    fnv.result(ntk_core::largest_eigenvalue(&matrix, 12, &mut work));
    fnv.numbers(&work);
    fnv.finish()
}
