//! Cholesky factorisation and kernel regression, in fixed arrays and in lent memory.

use ntk_core::cholesky::{self, Factor};
use ntk_core::dynamics::Training;
use ntk_core::regression::{
    self, Criterion, Fitted, Labels, Memory, ScaledRegression, Scaling, Variances, WhenFull,
};
use ntk_core::{
    Cholesky, Dataset, DeepRelu, Dynamics, Kernel, Regression, ReluNngp, ReluNtk, Rows, Scalar, eigen,
};

use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    factorisation::<T>();
    in_arrays::<T, _>(ReluNtk);
    if let Ok(kernel) = DeepRelu::ntk(value(2), value(T::ONE), value(T::HALF)) {
        in_arrays::<T, _>(kernel);
    }
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
    let (mut matrix, mut inverse) = (value([T::ONE; 42]), value([T::ONE; 6]));
    keep(cholesky::factor(slice_mut(&mut matrix), value(7), value(T::HALF), slice_mut(&mut inverse)));
    if let Ok(factor) = Factor::new(slice(&matrix), value(7), slice(&inverse)) {
        solve(&factor);
    }
    let (stride, ridge) = (value(7), value(T::HALF));
    let (square, reciprocals) = (slice_mut(&mut matrix), slice_mut(&mut inverse));
    keep(cholesky::factor_and_solve(square, stride, ridge, reciprocals, slice_mut(&mut b)));
    keep(b);
    keep(cholesky::remove(slice_mut(&mut matrix), value(7), slice_mut(&mut inverse), value(3)));
}

#[inline(never)]
fn solve<T: Scalar>(factor: &Factor<'_, T>) {
    let mut b = value([T::ONE; 7]);
    keep((factor.len(), factor.is_empty(), factor.original(value(1), value(2)), factor.log_determinant()));
    keep(factor.forward(slice_mut(&mut b)));
    keep(factor.backward(slice_mut(&mut b)));
    keep(factor.solve(slice_mut(&mut b)));
    keep(b);
    let (mut x, mut work) = (value([T::ONE; 7]), value([T::ONE; 7]));
    keep(factor.residual(value(T::HALF), slice(&x), slice(&b), slice_mut(&mut work)));
    keep(factor.refine(value(T::HALF), slice(&b), slice_mut(&mut x), slice_mut(&mut work)));
}

#[inline(never)]
fn in_arrays<T: Scalar, K: Kernel<T>>(kernel: K) {
    let mut model = Regression::<T, K, 2, 6, 2>::new(kernel);
    let (x, y) = (value([[T::ONE; 2]; 8]), value([[T::ONE; 2]; 8]));
    let (initial, query) = (value([[T::ONE; 2]; 8]), value([T::ONE; 2]));
    if let Ok(data) = Dataset::new(slice(&x), slice(&y)) {
        keep(model.fit(&data, value(T::HALF), Labels::AsGiven));
        ask(&model, &query);
        keep(model.fit(&data, value(T::HALF), Labels::Corrected(Rows::from(slice(&initial)))));
    }
    let (Ok(x), Ok(y)) =
        (Rows::new(slice(x.as_flattened()), value(2)), Rows::new(slice(y.as_flattened()), value(2)))
    else {
        return;
    };
    if let Ok(data) = Dataset::new(x, y) {
        keep(model.fit(&data, value(T::HALF), Labels::AsGiven));
        ask(&model, &query);
        if value(true) {
            model.clear();
        }
        keep(model.fit_first(&data, value(T::HALF), Labels::AsGiven));
        scaled(&data);
        searched(&data);
        training(&data);
    }
    change(&mut model);
}

#[inline(never)]
fn change<T: Scalar, K: Kernel<T>>(model: &mut Regression<T, K, 2, 6, 2>) {
    let (x, y) = (value([T::ONE; 2]), value([T::ONE; 2]));
    for when_full in [WhenFull::Refuse, WhenFull::DropOldest, WhenFull::DropRedundant] {
        keep(model.push(&x, &y, value(when_full)));
    }
    keep(model.remove(value(2)));
    keep(model.replace(value(2), &x, &y));
    keep(model.set_ridge(value(T::HALF)));
    keep(model.refresh());
    keep(model.refine());
    keep(model.tune_ridge(value(Criterion::LeaveOneOut)));
    keep(model.tune_ridge(value(Criterion::MarginalLikelihood)));
    keep((model.drift(), model.novelty_of(value(2)), model.ridge()));
    keep(model.sample(value(2)).map(|(x, y)| (*x, y)));
}

#[inline(never)]
fn ask<T: Scalar, K: Kernel<T>>(model: &Regression<T, K, 2, 6, 2>, query: &[T; 2]) {
    keep((model.len(), model.is_empty()));
    keep((model.mean(query), model.predict(query)));
    keep((model.leave_one_out(value(3), value(1)), model.log_marginal_likelihood(value(1))));
    keep((model.likelihood_slope(value(1)), model.ensemble_deviation(&ReluNngp, query)));
}

#[inline(never)]
fn searched<T: Scalar>(data: &Dataset<'_, T>) {
    let Ok(kernel) = DeepRelu::<T>::ntk(value(2), value(T::ONE), value(T::HALF)) else { return };
    let mut model = Regression::<T, _, 2, 6, 2>::new(kernel);
    keep(model.fit(data, value(T::HALF), Labels::AsGiven));
    keep(model.tune_variances(value(Criterion::LeaveOneOut), value(Variances::Both)));
}

#[inline(never)]
fn scaled<T: Scalar>(data: &Dataset<'_, T>) {
    let mut model = ScaledRegression::<T, ReluNtk, 2, 6, 2>::new(ReluNtk);
    keep(model.fit(data, value(T::HALF)));
    let (x, y) = (value([T::ONE; 2]), value([T::ONE; 2]));
    keep(model.push(&x, &y, value(WhenFull::DropOldest)));
    keep((model.mean(&x), model.predict(&x)));
    keep(model.model_mut().fit_with_jitter(data, value(T::HALF), Labels::AsGiven, value(3)));
    keep((
        model.model().mean_gradient(&x, value(1)),
        model.scaling().0.undo(&x),
        model.scaling().1.apply(&y),
    ));
    keep((Scaling::<T, 2>::none(), model.scaling().0.undo_deviation(value(T::ONE))));
}

#[inline(never)]
fn training<T: Scalar>(data: &Dataset<'_, T>) {
    let mut network = Dynamics::<T, ReluNtk, 2, 6, 2>::new(ReluNtk);
    keep(network.fit(data));
    let x = value([T::ONE; 2]);
    let steps = Training::Descent { rate: value(T::HALF), steps: value(9) };
    for training in [Training::Flow(value(T::HALF)), steps] {
        keep((network.mean(&x, value(training)), network.deviation(&ReluNngp, &x, value(training))));
        keep(value(training).learned(value(T::HALF)));
    }
    keep(network.largest_learning_rate());
    keep(network.eigenvalues().len());
    let (mut matrix, mut values, mut vectors) = (value([T::ONE; 9]), value([T::ONE; 3]), value([T::ONE; 9]));
    keep(eigen(slice_mut(&mut matrix), value(3), slice_mut(&mut values), slice_mut(&mut vectors)));
}

#[inline(never)]
fn in_lent_memory<T: Scalar>() {
    let (x, y) = (value([T::ONE; 12]), value([T::ONE; 12]));
    let rows = (Rows::new(slice(&x), value(2)), Rows::new(slice(&y), value(2)));
    let (Ok(samples), Ok(labels)) = rows else { return };
    let Ok(data) = Dataset::new(samples, labels) else { return };
    let (mut own_x, mut lengths) = (value([T::ONE; 12]), value([[T::ONE; 2]; 6]));
    let (mut matrix, mut inverse) = (value([T::ONE; 42]), value([T::ONE; 6]));
    let (mut own_labels, mut coefficients) = (value([T::ONE; 12]), value([T::ONE; 12]));
    let memory = Memory {
        x: slice_mut(&mut own_x),
        lengths: slice_mut(&mut lengths),
        matrix: slice_mut(&mut matrix),
        stride: value(7),
        inverse: slice_mut(&mut inverse),
        labels: slice_mut(&mut own_labels),
        coefficients: slice_mut(&mut coefficients),
    };
    keep(regression::fit(&ReluNtk, &data, value(T::HALF), Labels::AsGiven, memory));
    let Ok(samples) = Rows::new(slice(&own_x), value(2)) else { return };
    let Ok(factor) = Factor::new(slice(&matrix), value(7), slice(&inverse)) else { return };
    let fitted = Fitted::new(
        &ReluNtk,
        samples,
        slice(&lengths),
        factor,
        value(T::HALF),
        slice(&own_labels),
        slice(&coefficients),
    );
    let Ok(fitted) = fitted else { return };
    let (query, mut work, mut mean) = (value([T::ONE; 4]), value([T::ONE; 6]), value([T::ONE; 4]));
    keep(fitted.outputs());
    keep(fitted.mean(slice(&query), slice_mut(&mut work), slice_mut(&mut mean)));
    keep(fitted.predict(slice(&query), slice_mut(&mut work), slice_mut(&mut mean)));
    keep(fitted.leave_one_out(value(1), value(1), slice_mut(&mut work)));
    keep(fitted.log_marginal_likelihood(value(1)));
    keep(fitted.novelty_of(value(1), slice_mut(&mut work)));
    keep(fitted.likelihood_slope(value(1), slice_mut(&mut work)));
    keep(fitted.mean_gradient(slice(&query), value(1), slice_mut(&mut mean)));
    keep(fitted.ensemble_deviation(&ReluNngp, slice(&query), slice_mut(&mut work)));
    keep(regression::ensemble_deviation(&ReluNngp, slice(&query), samples, slice(&work)));
    let part = (slice_mut(&mut matrix), value(7), slice_mut(&mut inverse));
    let coefficients = slice_mut(&mut coefficients);
    keep(regression::tune_ridge(
        value(Criterion::LeaveOneOut),
        part,
        slice(&own_labels),
        coefficients,
        slice_mut(&mut work),
    ));
}
