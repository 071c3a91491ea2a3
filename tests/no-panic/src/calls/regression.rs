//! Cholesky factorisation and kernel regression, in fixed arrays and in lent memory.

use ntk_core::cholesky::{self, Factor};
use ntk_core::dynamics::{ModeMemory, Modes, Training, decompose};
use ntk_core::kernel::{KernelGradient, gram};
use ntk_core::regression::{
    self, Algebra, ArrayStorage, Criterion, Fixed, Flat, PerSample, Row, StorageMut, Variances, WhenFull,
};
use ntk_core::{
    Cholesky, Dataset, Dynamics, Erf, Error, Kernel, Nngp, Ntk, Regression, Relu, Rows, Scalar,
    symmetric_eigen,
};

use super::kernels::architecture;

use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    factorisation::<T>();
    in_arrays::<T, _, T>(Ntk::new(Relu), value(T::ONE));
    in_arrays::<T, _, [T; 2]>(Ntk::new(Relu), value([T::ONE; 2]));
    in_arrays::<T, _, [T; 2]>(Ntk::with(Erf, architecture::<T>()), value([T::ONE; 2]));
    searched::<T>();
    with_noise::<T>();
    training::<T>();
    by_the_caller::<T>();
    in_lent_memory::<T>();
}

#[inline(never)]
fn factorisation<T: Scalar>() {
    let mut cholesky = Cholesky::<T, 6>::default();
    let k = value([[T::ONE; 6]; 6]);
    let entry = |i: usize, j: usize| k.get(i).and_then(|row| row.get(j)).copied().unwrap_or(T::ZERO);
    keep(cholesky.factor(value(5), value(T::HALF), entry));
    solve(&cholesky.view());
    let mut b = value([T::ONE; 7]);
    keep(cholesky.factor_and_solve(value(T::HALF), entry, slice_mut(&mut b)));
    solve(&cholesky.view());
    keep(cholesky.push(value(T::HALF), |j| entry(j, j)));
    keep(cholesky.remove(value(2)));
    keep(cholesky.solve(slice_mut(&mut b)));
    let (mut matrix, mut inverse) = (value([T::ONE; 42]), value([T::ONE; 6]));
    keep(cholesky::factor(slice_mut(&mut matrix), value(7), value(T::HALF), slice_mut(&mut inverse)));
    if let Ok(factor) = Factor::new(slice(&matrix), value(7), slice(&inverse)) {
        solve(&factor);
    }
    let (stride, ridge) = (value(7), value(T::HALF));
    let (square, reciprocals) = (slice_mut(&mut matrix), slice_mut(&mut inverse));
    keep(cholesky::factor_and_solve(square, stride, ridge, reciprocals, slice_mut(&mut b)));
    keep(b);
}

#[inline(never)]
fn solve<T: Scalar>(factor: &Factor<'_, T>) {
    let mut b = value([T::ONE; 7]);
    keep((factor.len(), factor.is_empty(), factor.original(value(1), value(2)), factor.log_determinant()));
    keep((factor.row(value(2)).len(), factor.reciprocals().len()));
    keep(factor.forward(slice_mut(&mut b)));
    keep(factor.backward(slice_mut(&mut b)));
    keep(factor.solve(slice_mut(&mut b)));
    keep(b);
    let (mut x, mut work) = (value([T::ONE; 7]), value([T::ONE; 7]));
    keep(factor.residual(value(T::HALF), slice(&x), slice(&b), slice_mut(&mut work)));
    keep(factor.refine(value(T::HALF), slice(&b), slice_mut(&mut x), slice_mut(&mut work)));
}

#[inline(never)]
fn in_arrays<T: Scalar, K: KernelGradient<T>, Y: Row<Scalar = T>>(kernel: K, label: Y) {
    let mut model = Regression::new(kernel, Fixed::<T, 2, 6, Y>::new());
    let (x, y, query) = (value([[T::ONE; 2]; 8]), value([[T::ONE; 2]; 8]), value([T::ONE; 2]));
    keep(model.fit(slice(&x), slice(&y), value(T::HALF)));
    ask(&model, &query);
    keep(model.mean_gradient(&query, value(1)));
    keep(model.ensemble_deviation(&Nngp::new(Relu), &query));
    let (Ok(x), Ok(y)) =
        (Rows::new(slice(x.as_flattened()), value(2)), Rows::new(slice(y.as_flattened()), value(2)))
    else {
        return;
    };
    keep(model.fit(x, y, value(T::HALF)));
    ask(&model, &query);
    keep(model.fit_with_jitter(x, y, value(T::HALF), value(3)));
    if value(true) {
        model.clear();
    }
    keep(model.fit_empty(x, y, value(T::HALF)));
    change(&mut model, &query, label, || label);
    keep(model.sample(value(2)));
}

/// What every storage has in which a model can learn. `again` is the label once more: it may be borrowed.
#[inline(never)]
fn change<'y, T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>>(
    model: &mut Regression<K, M>,
    x: &M::Sample,
    y: M::Label<'y>,
    again: impl Fn() -> M::Label<'y>,
) {
    keep(model.replace(value(2), x, y));
    for when_full in [WhenFull::Refuse, WhenFull::DropOldest, WhenFull::DropRedundant] {
        keep(model.push(x, again(), value(when_full)));
    }
    keep(model.remove(value(2)));
    keep(model.set_ridge(value(T::HALF)));
    keep(model.set_amplitude(value(Some(T::HALF))));
    keep(model.refresh());
    keep(model.refine());
    keep(model.tune_ridge(value(Criterion::LeaveOneOut)));
    keep(model.criterion(value(Criterion::MarginalLikelihood)));
    keep((model.drift(), model.ridge(), model.factor().len()));
    keep((model.inputs().len(), model.labels(value(1)).len(), model.coefficients(value(1)).len()));
}

#[inline(never)]
pub(super) fn ask<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T>>(
    model: &Regression<K, M>,
    x: &M::Input,
) where
    M::Output: Copy,
{
    keep((model.len(), model.is_empty(), model.ridge(), model.amplitude(value(1))));
    keep((model.mean(x), model.predict(x), model.leave_one_out(value(3)), model.novelty_of(value(2))));
    keep((model.log_marginal_likelihood(value(1)), model.familiarity(x)));
    if let (Ok(intervals), Ok(y)) = (model.intervals(), model.mean(x)) {
        keep((intervals.at(x, value(T::HALF)), intervals.p_value(x, value(y))));
    }
}

#[inline(never)]
fn searched<T: Scalar>() {
    let (x, y) = (value([[T::ONE; 2]; 8]), value([[T::ONE; 2]; 8]));
    let mut model = Regression::new(Ntk::with(Relu, architecture::<T>()), Fixed::<T, 2, 6, [T; 2]>::new());
    keep(model.fit(slice(&x), slice(&y), value(T::HALF)));
    keep(model.tune_variances(value(Criterion::LeaveOneOut), value(Variances::Both)));
    keep(model.fit_tuned(slice(&x), slice(&y), value(Criterion::LeaveOneOutDensity)));
    keep(model.kernel().layers().check());
    keep(regression::bias_variances::<T>());
    keep(regression::rank(value(T::HALF), value(15)));
    let mut rounded = Regression::new(Ntk::new(Relu), Fixed::<T, 2, 7, [T; 2]>::new());
    keep(rounded.round_from(&model));
}

#[inline(never)]
fn with_noise<T: Scalar>() {
    let (x, y, noise) = (value([[T::ONE; 2]; 8]), value([T::ONE; 8]), value([T::HALF; 8]));
    let storage = Fixed::<T, 2, 6, T, PerSample>::new();
    let mut model = Regression::new(Ntk::with(Relu, architecture::<T>()), storage);
    keep(model.push_with_noise(
        &value([T::ONE; 2]),
        value(T::ONE),
        value(T::HALF),
        value(WhenFull::DropOldest),
    ));
    keep(model.fit_with_noise(slice(&x), slice(&y), slice(&noise), value(T::HALF)));
    keep(model.replace_with_noise(value(2), &value([T::ONE; 2]), value(T::ONE), value(T::HALF)));
    keep(model.fit_tuned_with_noise(slice(&x), slice(&y), slice(&noise), value(Criterion::LeaveOneOut)));
    keep(model.tune_variances(value(Criterion::MarginalLikelihood), value(Variances::Both)));
    keep((model.set_ridge(value(T::HALF)), model.set_amplitude(value(None)), model.remove(value(1))));
    keep((model.noise_of(value(2)), model.noise_unit()));
    if let Ok(intervals) = model.intervals().and_then(|intervals| intervals.with_noise(value(T::HALF))) {
        keep((intervals.at(&value([T::ONE; 2]), value(T::HALF)), intervals.p_value(&x[0], value(T::ONE))));
    }
    let mut rounded = Regression::new(Ntk::new(Relu), Fixed::<T, 2, 7, T, PerSample>::new());
    keep(rounded.round_from(&model));
    keep(Flat::<T>::len_with_noise(value(2), value(6), value(1)));
    let mut memory = value([T::ONE; 140]);
    let flat = Flat::<T, _, PerSample>::with_noise(value(2), value(6), value(1), slice_mut(&mut memory));
    let Ok(flat) = flat else { return };
    let mut model = Regression::new(Ntk::new(Relu), flat);
    keep(model.fit_empty_with_noise_by(
        &value([[T::ONE; 2]; 6]),
        &value([T::ONE; 6]),
        slice(&noise),
        value(T::HALF),
        &mut Caller,
    ));
    keep(model.fit_with_noise(slice(&x), slice(&y), slice(&noise), value(T::HALF)));
}

#[inline(never)]
fn training<T: Scalar>() {
    let (x, y) = (value([[T::ONE; 2]; 8]), value([[T::ONE; 2]; 8]));
    let Ok(data) = Dataset::new(slice(&x), slice(&y)) else { return };
    let mut network = Dynamics::<T, _, 2, 6, 2>::new(Ntk::new(Relu));
    keep(network.fit(&data));
    let x = value([T::ONE; 2]);
    let steps = Training::Descent { rate: value(T::HALF), steps: value(9) };
    for training in [Training::Flow(value(T::HALF)), steps] {
        keep((network.mean(&x, value(training)), network.deviation(&Nngp::new(Relu), &x, value(training))));
        keep(value(training).spectral_filter(value(T::HALF)));
    }
    keep(network.largest_learning_rate());
    keep(network.eigenvalues().len());
    let (mut matrix, mut values, mut vectors) = (value([T::ONE; 9]), value([T::ONE; 3]), value([T::ONE; 9]));
    keep(symmetric_eigen(slice_mut(&mut matrix), value(3), slice_mut(&mut values), slice_mut(&mut vectors)));
    let (mut labels, mut work, mut mean) = (value([T::ONE; 6]), value([[T::ONE; 3]; 2]), value([T::ONE; 2]));
    let memory = ModeMemory {
        gram: slice_mut(&mut matrix),
        eigenvalues: slice_mut(&mut values),
        eigenvectors: slice_mut(&mut vectors),
        projected_labels: slice_mut(&mut labels),
        stride: value(3),
    };
    keep(decompose(&Ntk::new(Relu), &data, memory));
    let modes = Modes {
        kernel: &Ntk::new(Relu),
        x: data.x(),
        eigenvalues: slice(&values),
        eigenvectors: slice(&vectors),
        projected_labels: slice(&labels),
        stride: value(3),
    };
    let [k, projections] = work.each_mut().map(|work| slice_mut(work));
    keep(modes.mean_into(slice(&x), steps, [&mut *k, &mut *projections], slice_mut(&mut mean)));
    keep(modes.deviation(&Nngp::new(Relu), slice(&x), steps, [k, projections]));
}

/// Linear algebra of the caller's own.
struct Caller;

impl<T: Scalar, K: Kernel<T>> Algebra<T, K> for Caller {
    fn fill(&mut self, kernel: &K, x: Rows<'_, T>, matrix: &mut [T], _: usize) -> Result<(), Error> {
        gram(kernel, x, matrix)
    }

    fn factor(
        &mut self,
        matrix: &mut [T],
        stride: usize,
        ridge: T,
        reciprocals: &mut [T],
    ) -> Result<(), Error> {
        cholesky::factor(matrix, stride, ridge, reciprocals)
    }

    fn precisions(&mut self, factor: Factor<'_, T>, precisions: &mut [T]) -> Result<(), Error> {
        factor.forward(precisions)
    }
}

#[inline(never)]
fn by_the_caller<T: Scalar>() {
    let (x, y) = (value([[T::ONE; 2]; 6]), value([[T::ONE; 2]; 6]));
    let mut model = Regression::new(Ntk::with(Relu, architecture::<T>()), Fixed::<T, 2, 6, [T; 2]>::new());
    keep(model.fit_empty_by(slice(&x), slice(&y), value(T::HALF), &mut Caller));
    keep(model.criterion_by(value(Criterion::LeaveOneOutDensity), &mut Caller));
    model.clear();
    keep(model.fit_empty_with_jitter_by(slice(&x), slice(&y), value(T::ZERO), value(3), &mut Caller));
    keep(model.tune_ridge_by(value(Criterion::LeaveOneOut), &mut Caller));
    keep(model.tune_grid_by(value(Criterion::LeaveOneOut), &mut Caller));
    keep(model.tune_variances_by(value(Criterion::LeaveOneOut), value(Variances::Both), &mut Caller));
}

#[inline(never)]
fn in_lent_memory<T: Scalar>() {
    keep(Flat::<T>::len(value(2), value(6), value(2)));
    let mut memory = value([T::ONE; 140]);
    let Ok(flat) = Flat::new(value(2), value(6), value(2), slice_mut(&mut memory)) else { return };
    let mut model = Regression::new(Ntk::new(Relu), flat);
    let (x, y) = (value([T::ONE; 12]), value([T::ONE; 12]));
    let rows = (Rows::new(slice(&x), value(2)), Rows::new(slice(&y), value(2)));
    let (Ok(samples), Ok(labels)) = rows else { return };
    keep(model.fit_empty(samples, labels, value(T::HALF)));
    keep(model.fit(samples, labels, value(T::HALF)));
    keep(model.fit_with_jitter(samples, labels, value(T::HALF), value(3)));
    ask_run_time(&model);
    let (query, mut work, mut mean) = (value([T::ONE; 4]), value([T::ONE; 6]), value([T::ONE; 4]));
    let (query, work, mean) = (slice(&query), slice_mut(&mut work), slice_mut(&mut mean));
    keep(model.mean_gradient_into(query, value(1), mean));
    keep(model.ensemble_deviation_into(&Nngp::new(Relu), query, work));
    keep(regression::ensemble_deviation(&Nngp::new(Relu), query, samples, work));
    change(&mut model, query, slice(&y), || slice(&y));
}

/// What can be asked of a model whose shape is known at run time only.
#[inline(never)]
pub(super) fn ask_run_time<T: Scalar, K: Kernel<T>>(model: &Regression<K, Flat<T, &mut [T]>>) {
    let (query, mut work, mut mean) = (value([T::ONE; 4]), value([T::ONE; 18]), value([T::ONE; 4]));
    let (query, work, mean) = (slice(&query), slice_mut(&mut work), slice_mut(&mut mean));
    let (mut variances, mut high) = (value([T::ONE; 6]), value([T::ONE; 4]));
    keep((model.len(), model.amplitude(value(1)), model.log_marginal_likelihood(value(1))));
    keep(model.familiarity_of(query));
    keep((model.mean_into(query, work, mean), model.predict_into(query, work, mean)));
    keep((model.leave_one_out_into(value(1), work, mean), model.novelty_of_into(value(1), work)));
    let Ok(intervals) = model.intervals_into(slice_mut(&mut variances)) else { return };
    keep(intervals.at_into(query, value(T::HALF), work, mean, slice_mut(&mut high)));
    keep(intervals.p_value_into(query, slice(&high), work, mean));
}
