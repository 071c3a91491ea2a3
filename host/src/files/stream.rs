//! Streams as `ntk stream` and devices write them.

use ntk_core::Stream;
use ntk_core::regression::Flat;

use crate::error::Failure;
use crate::kernels::gram::Real;
use crate::kernels::{ActivationName, AnyKernel, KernelSpec, Kind};

/// A stream of any kernel and shape.
pub type AnyStream<T> = Stream<AnyKernel<T>, Flat<T, Vec<T>>>;

/// A stream of either precision.
#[derive(Debug)]
pub enum Any {
    /// `f32`.
    Single(AnyStream<f32>),
    /// `f64`.
    Double(AnyStream<f64>),
}

/// Returns whether the bytes are those of the file of a stream.
#[must_use]
pub fn is_stream(bytes: &[u8]) -> bool {
    bytes.starts_with(b"NTKS")
}

/// Reads a stream from the bytes of a file; see [`ntk_core::stream::file`].
///
/// # Errors
/// If the bytes are no stream.
pub fn read(bytes: &[u8]) -> Result<Any, Failure> {
    match bytes.get(5) {
        Some(2) => Ok(Any::Double(load(bytes)?)),
        _ => Ok(Any::Single(load(bytes)?)),
    }
}

fn load<T: Real>(bytes: &[u8]) -> Result<AnyStream<T>, Failure> {
    let count = |at: usize| {
        let word = bytes.get(at..at.saturating_add(4)).and_then(|b| b.try_into().ok());
        word.map_or(1, |word| u32::from_le_bytes(word) as usize).clamp(1, bytes.len())
    };
    // The counts that the file claims are limited to what its bytes can hold. The file itself is checked when
    // it is read.
    let (n, c) = (count(16), count(20));
    let numbers = n.saturating_mul(n + 1) / 2 + 4 * c + 2;
    let d = count(numbers.saturating_mul(size_of::<T>()).saturating_add(24 + 12));
    if Flat::<T>::len(d, n, c) > bytes.len().saturating_mul(8) {
        return Err(Failure::new("the file claims more numbers than it has; write it again"));
    }
    let kernel = KernelSpec::one_layer(Kind::Nngp, ActivationName::Relu).build()?;
    let basis = Flat::new(d, n, c, vec![T::ZERO; Flat::<T>::len(d, n, c)])?;
    let mut stream = Stream::in_blocks(kernel, basis, vec![T::ZERO; 2 * (d + c) + 4 * c])?;
    let (mut x, mut y) = (vec![T::ZERO; d], vec![T::ZERO; d]);
    stream.load_into(bytes, [&mut x, &mut y]).map_err(|e| Failure::new(e.to_string()))?;
    Ok(stream)
}
