//! Numbers as bytes, least significant first, as in the files of models.

/// The code of a scalar type, and its numbers as bytes. Its module is private, which seals [`super::Scalar`].
pub trait Wire: Sized {
    /// The code of the type: 1 for `f32`, 2 for `f64`, 3 for `Micro`.
    const CODE: u8;
    /// An array of the bytes of a number.
    type Bytes: AsRef<[u8]>;

    /// Returns the bits of the number.
    fn to_le(self) -> Self::Bytes;
    /// Returns the number at the front, and the bytes after it.
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
