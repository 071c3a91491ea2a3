use ntk_core::dynamics::Training;
use ntk_core::kernel::gram;
use ntk_core::regression::bytes::Contents;
use ntk_core::regression::{Criterion, Fixed, WhenFull};
use ntk_core::vector::dot;
use ntk_core::{Architecture, Cholesky, Dataset, Dynamics, Nngp, Ntk, Regression, Relu, Rows, Scalar};

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
            cholesky.solve(&mut b).unwrap();
            fnv.numbers(&b);
            let entry = |i, j| cholesky.view().original(i, j).unwrap();
            Cholesky::<T, N>::new().factor_and_solve(T::HALF, entry, &mut at_once).unwrap();
            assert!(at_once == b, "factored and solved at once, other bits");
        }
    })
}

type Model<T> = Regression<Ntk<Relu>, Fixed<T, 2, 15>>;

/// Example 3 with 15 samples, regressed on with the NTK at a small ridge, and with amplitude 1: deviations
/// are in units of the kernel. [`amplitude`] has those in units of y.
fn fitted<T: Scalar>(f: impl FnOnce(&mut Model<T>, &mut Fnv)) -> u64 {
    let (x, y) = example_3::<T, 15>(32);
    let mut model = Regression::new_low_precision(Ntk::new(Relu), Fixed::new()); // in `Micro` too
    model.fit(&x, &y, T::from_f64(1e-3)).unwrap();
    model.set_amplitude(Some(T::ONE)).unwrap();
    let mut fnv = Fnv::new();
    f(&mut model, &mut fnv);
    fnv.finish()
}

pub(super) fn fit_and_mean<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        for x in normals::<T, 2, 20>(33) {
            fnv.result(model.mean(&x));
        }
    })
}

pub(super) fn predict<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        for x in normals::<T, 2, 20>(34) {
            let prediction = model.predict(&x).unwrap();
            fnv.numbers(&[prediction.mean, prediction.deviation]);
        }
    })
}

pub(super) fn leave_one_out<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        for i in 0..15 {
            let left_out = model.leave_one_out(i).unwrap();
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
        let (x, y) = example_3::<T, 10>(36);
        for (i, (x, y)) in x.iter().zip(&y).enumerate() {
            let policy = [WhenFull::DropOldest, WhenFull::DropRedundant][i % 2];
            let left = model.push(x, y[0], policy).unwrap();
            fnv.number(T::from_usize(left.unwrap()));
            fnv.number(model.drift());
        }
        for i in [7, 0, 12] {
            model.remove(i).unwrap();
        }
        model.replace(3, &x[0].map(|v| v + T::HALF), y[1][0]).unwrap();
        for x in normals::<T, 2, 10>(37) {
            fnv.result(model.mean(&x));
        }
        model.refresh().unwrap();
        fnv.result(model.predict(&x[2]).map(|prediction| prediction.deviation));
    })
}

pub(super) fn refine<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        fnv.result(model.refine());
        for x in normals::<T, 2, 10>(38) {
            fnv.result(model.mean(&x));
        }
    })
}

pub(super) fn tuned_ridge<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        for criterion in [Criterion::LeaveOneOut, Criterion::MarginalLikelihood] {
            fnv.result(model.tune_ridge(criterion));
        }
    })
}

/// The criteria that have changed with the amplitude, or are new.
pub(super) fn tuned_amplitude<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        fnv.result(model.tune_ridge(Criterion::LeaveOneOutDensity));
        model.set_amplitude(None).unwrap();
        for criterion in [Criterion::LeaveOneOutDensity, Criterion::MarginalLikelihood] {
            fnv.result(model.tune_ridge(criterion));
        }
    })
}

pub(super) fn mean_gradient<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        for x in normals::<T, 2, 5>(39) {
            fnv.numbers(&model.mean_gradient(&x, 0).unwrap());
        }
    })
}

/// The amplitude of the labels, and what is multiplied with it.
pub(super) fn amplitude<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        model.set_amplitude(None).unwrap();
        fnv.result(model.amplitude(0));
        for x in normals::<T, 2, 5>(34) {
            let prediction = model.predict(&x).unwrap();
            fnv.numbers(&[prediction.deviation, prediction.observation_deviation, prediction.novelty]);
        }
        fnv.result(model.leave_one_out(3).map(|left_out| left_out.deviation));
        fnv.result(model.log_marginal_likelihood(0));
        fnv.result(model.ensemble_deviation(&Nngp::new(Relu), &[T::HALF, T::ONE]));
    })
}

pub(super) fn intervals<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        let intervals = model.intervals().unwrap();
        for x in normals::<T, 2, 10>(42) {
            for level in [T::HALF, T::from_f64(0.9)] {
                let interval = intervals.at(&x, level).unwrap();
                fnv.numbers(&[interval.low, interval.high]);
            }
            fnv.result(intervals.p_value(&x, T::HALF));
        }
    })
}

/// The bytes of a file, which every machine can read.
pub(super) fn file<T: Scalar>() -> u64 {
    fitted::<T>(|model, fnv| {
        let mut bytes = [0; 28 + 8 * (4 + 1 + 15 * 5 + 15 + 120)];
        for contents in [Contents::Means, Contents::Everything] {
            let length = model.write(contents, &mut bytes).unwrap();
            bytes[..length].iter().for_each(|&byte| fnv.word(u64::from(byte)));
        }
    })
}

/// In the course of training, by flow and by steps, one network and the ensemble.
pub(super) fn dynamics<T: Scalar>() -> u64 {
    let (x, y) = example_3::<T, 10>(40);
    let mut network = Dynamics::<T, _, 2, 10>::new(Ntk::new(Relu));
    network.fit(&Dataset::new(&x, &y).unwrap()).unwrap();
    let mut fnv = Fnv::new();
    fnv.numbers(network.eigenvalues());
    let rate = network.largest_learning_rate().unwrap();
    for training in [Training::Flow(T::HALF), Training::Descent { rate: T::HALF * rate, steps: 1000 }] {
        for x in normals::<T, 2, 5>(41) {
            fnv.result(network.mean(&x, training).map(|[mean]| mean));
            fnv.result(network.deviation(&Nngp::new(Relu), &x, training));
        }
    }
    fnv.finish()
}

pub(super) fn largest_eigenvalue<T: Scalar>() -> u64 {
    let (x, _) = example_3::<T, 12>(35);
    let (mut matrix, mut work) = ([T::ZERO; 144], [T::ZERO; 24]);
    let kernel = Ntk::with(Relu, Architecture::ONE_LAYER.depth(2).bias(T::HALF));
    gram(&kernel, Rows::from(&x), &mut matrix).unwrap();
    let mut fnv = Fnv::new();
    fnv.result(ntk_core::largest_eigenvalue(&matrix, 12, &mut work));
    fnv.numbers(&work);
    fnv.finish()
}
