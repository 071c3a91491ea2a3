//! Numbers as bytes, least significant first, as files of models have them.

/// A number's code and bytes. In a private module: it seals [`super::Scalar`].
pub trait Wire: Sized {
    /// Which type of number: 1 `f32`, 2 `f64`, 3 `Micro`.
    const CODE: u8;
    /// As many bytes as the number has.
    type Bytes: AsRef<[u8]>;

    /// Its bits.
    fn to_le(self) -> Self::Bytes;
    /// The number at the front, and what follows it.
    fn of_le(bytes: &[u8]) -> Option<(Self, &[u8])>;
}

impl Wire for f32 {
    const CODE: u8 = 1;
    type Bytes = [u8; 4];

    #[inline(always)]
    fn to_le(self) -> [u8; 4] {
        self.to_le_bytes()
    }
    #[inline(always)]
    fn of_le(bytes: &[u8]) -> Option<(Self, &[u8])> {
        bytes.split_first_chunk().map(|(first, rest)| (Self::from_le_bytes(*first), rest))
    }
}

impl Wire for f64 {
    const CODE: u8 = 2;
    type Bytes = [u8; 8];

    #[inline(always)]
    fn to_le(self) -> [u8; 8] {
        self.to_le_bytes()
    }
    #[inline(always)]
    fn of_le(bytes: &[u8]) -> Option<(Self, &[u8])> {
        bytes.split_first_chunk().map(|(first, rest)| (Self::from_le_bytes(*first), rest))
    }
}

#[cfg(feature = "micromath")]
impl Wire for super::Micro {
    const CODE: u8 = 3;
    type Bytes = [u8; 4];

    #[inline(always)]
    fn to_le(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }
    #[inline(always)]
    fn of_le(bytes: &[u8]) -> Option<(Self, &[u8])> {
        f32::of_le(bytes).map(|(first, rest)| (Self(first), rest))
    }
}
