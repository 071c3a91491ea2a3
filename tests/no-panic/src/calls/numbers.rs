//! Scalars, vectors, rows, data sets, lifts, random numbers, errors.

use core::fmt::{self, Write};

use ntk_core::random::{normal_from_bits, standard_normal, uniform};
use ntk_core::regression::bytes::FileError;
use ntk_core::scaling::{self, Constants, Scaling};
use ntk_core::vector::{axpy, dot, length};
use ntk_core::{Dataset, Error, Lift, Rows, Scalar, largest_eigenvalue};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    scalar::<T>();
    vectors::<T>();
    rows::<T>();
    lifts::<T>();
    columns::<T>();
    random::<T>();
    eigenvalue::<T>();
    messages();
}

#[inline(never)]
fn scalar<T: Scalar>() {
    let x = value(T::ONE);
    keep([x.sqrt(), x.exp(), x.ln(), x.sin(), x.cos(), x.tanh(), x.erf(), x.abs()]);
    keep((x.is_finite(), x.to_f32(), T::from_usize(value(7))));
    #[cfg(not(feature = "single"))]
    keep((x.to_f64(), T::from_f64(value(0.5))));
}

#[inline(never)]
fn vectors<T: Scalar>() {
    let (mut y, x) = (value([T::ONE; 20]), value([T::ONE; 30]));
    keep((dot(slice(&x), slice(&y)), length(slice(&x))));
    axpy(slice_mut(&mut y), value(T::HALF), slice(&x));
    keep(y);
}

#[inline(never)]
fn rows<T: Scalar>() {
    let (x, y) = (value([T::ONE; 30]), value([[T::ONE; 2]; 10]));
    if let Ok(rows) = Rows::new(slice(&x), value(3)) {
        keep((rows.len(), rows.is_empty(), rows.columns(), rows.values().len(), rows.row(value(2)).len()));
        rows.iter().for_each(|row| keep(row.len()));
        if let Ok(data) = Dataset::new(rows, slice(&y)) {
            keep((data.len(), data.x().len(), data.y().len()));
        }
    }
}

#[inline(never)]
fn columns<T: Scalar>() {
    let (x, constants) = (value([[T::ONE; 2]; 10]), value(Constants::ToOne));
    let (mut shift, mut scale) = (value([T::ONE; 3]), value([T::ONE; 3]));
    let (shift, scale) = (slice_mut(&mut shift), slice_mut(&mut scale));
    keep(scaling::standardize(Rows::from(slice(&x)), constants, shift, scale));
    scaling::apply(shift, scale, slice_mut(&mut value([T::ONE; 3])));
    let (low, high) = (value([T::ONE; 2]), value([T::TWO; 2]));
    let scalings = [
        Scaling::standard(Rows::from(slice(&x)), constants),
        Scaling::of_range(&low, &high),
        Ok(Scaling::none()),
    ];
    for scaling in scalings.into_iter().flatten() {
        keep((scaling.apply(&low), scaling.undo(&low), scaling.undo_deviation(&low)));
    }
    keep((Scaling::<T>::standard(Rows::from(slice(&low)), constants), Scaling::of_range(&low[0], &high[0])));
}

#[inline(never)]
fn lifts<T: Scalar>() {
    let lift = value(Lift::Circle);
    let mut z = value([T::ZERO; 3]);
    keep(lift.dimension());
    keep(lift.apply(value(T::ONE), slice_mut(&mut z)));
    keep(z);
}

#[inline(never)]
fn random<T: Scalar>() {
    let mut rng = ChaCha8Rng::seed_from_u64(value(1));
    for _ in 0..value(10) {
        keep((standard_normal::<T, _>(&mut rng), uniform::<T, _>(&mut rng)));
    }
    keep(normal_from_bits::<T>(value(3)));
}

#[inline(never)]
fn eigenvalue<T: Scalar>() {
    let (matrix, mut work) = (value([T::ONE; 25]), value([T::ONE; 10]));
    keep(largest_eigenvalue(slice(&matrix), value(5), slice_mut(&mut work)));
}

#[inline(never)]
fn messages() {
    struct Sink;
    impl Write for Sink {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            keep(text.len());
            if value(true) { Ok(()) } else { Err(fmt::Error) }
        }
    }
    let (error, file_error) = (value(Error::NotFitted), value(FileError::NotAModel));
    keep(write!(Sink, "{error}"));
    keep(write!(Sink, "{file_error}"));
}
