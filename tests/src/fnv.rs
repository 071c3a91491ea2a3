//! FNV-1a, 64 bits, over the bits of results; every NaN counts as one value.

use ntk_core::{Error, Scalar};

/// A running fingerprint.
#[derive(Clone, Copy)]
pub struct Fnv(u64);

impl Fnv {
    /// The offset basis.
    pub fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Takes eight bytes, lowest first.
    pub fn word(&mut self, word: u64) {
        for byte in word.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// Takes a number. An `f32` is widened, which loses nothing; sign and payload of a NaN differ between
    /// processors.
    pub fn number<T: Scalar>(&mut self, x: T) {
        let x = x.to_f64();
        self.word(if x.is_nan() { f64::NAN.to_bits() & !(1 << 63) } else { x.to_bits() });
    }

    /// Takes numbers in order.
    pub fn numbers<T: Scalar>(&mut self, x: &[T]) {
        x.iter().for_each(|&x| self.number(x));
    }

    /// Takes a result: the number, or which kind of error it is.
    pub fn result<T: Scalar>(&mut self, x: Result<T, Error>) {
        match x {
            Ok(x) => self.number(x),
            Err(Error::NotPositiveDefinite { pivot, value }) => {
                self.word(pivot as u64);
                self.number(value);
            }
            Err(_) => self.word(u64::MAX),
        }
    }

    /// The fingerprint.
    pub fn finish(self) -> u64 {
        self.0
    }
}

impl Default for Fnv {
    fn default() -> Self {
        Self::new()
    }
}
