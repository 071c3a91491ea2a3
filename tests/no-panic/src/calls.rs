//! Every public item of the core, room by room.

use ntk_core::Scalar;

mod kernels;
mod network;
mod numbers;
mod regression;
mod training;

#[inline(never)]
pub fn all<T: Scalar>() {
    numbers::all::<T>();
    network::all::<T>();
    kernels::all::<T>();
    regression::all::<T>();
    training::all::<T>();
}
