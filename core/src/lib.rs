#![doc = include_str!("../README.md")]
#![no_std]

pub mod activation;
mod calibration;
pub mod cholesky;
mod dataset;
pub mod dynamics;
mod eigen;
mod error;
mod gradient;
pub mod hessian;
pub mod kernel;
mod lift;
mod linearize;
mod loss;
mod network;
mod params;
pub mod random;
pub mod regression;
mod rows;
pub mod scalar;
pub mod scaling;
mod slices;
pub mod stream;
pub mod train;
#[doc(hidden)]
pub mod vector;

pub use activation::{
    Abs, Activation, Cos, DerivativeDual, Dual, DualGradient, Erf, Exp, Gaussian, Gelu, Hermite, Identity,
    LeakyRelu, Quadratic, Quadrature, Rbf, RectifiedPower, Relu, Sigmoid, Sign, Silu, Sin, Sine, Softplus,
    Step, Tanh,
};
pub use calibration::{Calibration, Reading, Sensor};
pub use cholesky::Cholesky;
pub use dataset::Dataset;
pub use dynamics::Dynamics;
pub use eigen::{largest_eigenvalue, symmetric_eigen};
pub use error::{Error, Quantity, Setting};
pub use kernel::{Architecture, EmpiricalNtk, Kernel, Nngp, Ntk, OneLayer, Prepared};
pub use lift::Lift;
pub use linearize::Linearized;
pub use loss::{loss, loss_gradient};
pub use network::Network;
pub use params::{FlatParams, Parameters, ParametersMut, Params, Shape};
pub use regression::Regression;
pub use rows::Rows;
pub use scalar::Scalar;
pub use stream::{Listener, Stream};
