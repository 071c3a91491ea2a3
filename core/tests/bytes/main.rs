//! Models as bytes: the same predictions to the bit, the layout as its table says, and nothing corrupted is
//! accepted.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub)]

mod corruption;
mod layout;
mod own_noise;
mod pieces;
mod round_trip;
mod scaling;
#[cfg(feature = "serde")]
mod through_serde;

use ntk_core::kernel::{StorableKernel, VariableKernel};
use ntk_core::regression::Fixed;
use ntk_core::regression::bytes::Contents;
use ntk_core::{Architecture, Calibration, Ntk, Regression, Relu, Scalar};

pub(crate) type Model<T, K = Ntk<Relu>> = Regression<K, Fixed<T, 2, 7, [T; 2]>>;
pub(crate) type General<A, T> = Ntk<A, Architecture<T>>;
pub(crate) type Scaled<T, K = General<Relu, T>> = Calibration<K, Fixed<T, 2, 7, [T; 2]>>;

/// Five samples of two inputs and two outputs, of no simple numbers.
pub(crate) fn samples<T: Scalar>() -> ([[T; 2]; 5], [[T; 2]; 5]) {
    let x = [[0.3, -1.2], [1.0, 0.4], [-0.3, 1.1], [0.31, -1.19], [2.5, 0.1]];
    let y = [[0.1, 3.0], [-2.0, 0.7], [1.9, -0.3], [0.2, 2.9], [0.6, 10.0]];
    (x.map(|row| row.map(T::from_f64)), y.map(|row| row.map(T::from_f64)))
}

pub(crate) fn fitted<T: Scalar, K: StorableKernel<T>>(kernel: K) -> Model<T, K> {
    let (x, y) = samples();
    let mut model = Model::new_low_precision(kernel, Fixed::new());
    model.fit(&x, &y, T::from_f64(0.01)).unwrap();
    model
}

pub(crate) fn empty_scaled<T: Scalar, K: VariableKernel<T>>(kernel: K) -> Scaled<T, K> {
    Scaled::with(kernel, Fixed::new())
}

pub(crate) fn scaled<T: Scalar, K: StorableKernel<T> + VariableKernel<T>>(kernel: K) -> Scaled<T, K> {
    let (x, y) = samples();
    let mut model = empty_scaled(kernel);
    model.fit(&x, &y).unwrap();
    model
}

/// One layer without biases by its general name, of which a search can set the variances.
pub(crate) fn relu<T: Scalar>() -> General<Relu, T> {
    Ntk::with(Relu, Architecture::ONE_LAYER)
}

pub(crate) fn file<T: Scalar, K: StorableKernel<T>>(model: &Model<T, K>, contents: Contents) -> Vec<u8> {
    let mut bytes = vec![0; model.written_len(contents)];
    assert_eq!(model.write(contents, &mut bytes), Ok(bytes.len()));
    bytes
}

pub(crate) fn scaled_file<T: Scalar, K: StorableKernel<T>>(
    model: &Scaled<T, K>,
    contents: Contents,
) -> Vec<u8> {
    let mut bytes = vec![0; model.written_len(contents)];
    assert_eq!(model.write(contents, &mut bytes), Ok(bytes.len()));
    bytes
}

/// CRC-32 bit by bit, as it is defined.
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, bit: u32| if (crc ^ bit) & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    let byte = |crc, &byte: &u8| (0..8).fold(crc, |crc, i| step(crc, u32::from(byte) >> i));
    !bytes.iter().fold(u32::MAX, byte)
}

/// With the checksum made right again.
pub(crate) fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let body = bytes.len() - 4;
    let checksum = crc(&bytes[..body]).to_le_bytes();
    bytes[body..].copy_from_slice(&checksum);
    bytes
}

/// Inputs near, at and far from the samples, and one that overflows.
pub(crate) fn queries<T: Scalar>() -> Vec<[T; 2]> {
    let mut queries = samples::<T>().0.to_vec();
    for i in 0..40 {
        let t = f64::from(i) - 20.0;
        queries.push([0.37 * t, 0.011 * t * t - 1.0].map(T::from_f64));
    }
    for far in [[0.0, 0.0], [1e6, -3e5], [-1e-7, 1e-9], [1e18, 1.0], [1e300, 1e300]] {
        queries.push(far.map(T::from_f64));
    }
    queries
}
