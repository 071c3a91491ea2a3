//! Every public item of the core, room by room.

use ntk_core::Scalar;

mod bytes;
mod calibration;
mod kernels;
mod network;
mod numbers;
mod regression;
mod stream;
mod training;

#[inline(never)]
pub fn all<T: Scalar>() {
    numbers::all::<T>();
    network::all::<T>();
    kernels::all::<T>();
    regression::all::<T>();
    bytes::all::<T>();
    calibration::all::<T>();
    stream::all::<T>();
    training::all::<T>();
}

/// For a scalar that differs from `f32` in its elementary functions alone.
#[inline(never)]
pub fn elementary<T: Scalar>() {
    numbers::all::<T>();
    kernels::all::<T>();
}
