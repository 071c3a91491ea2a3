//! CRC-32 as in zlib, Ethernet and the CRC units of many chips (polynomial 0x04c11db7, bits reflected).

/// A running checksum of files: the CRC-32 of zlib, for those who keep bytes of their own beside a model's.
///
/// ```
/// use ntk_core::regression::bytes::Crc;
/// let mut crc = Crc::new();
/// crc.add(b"1234");
/// crc.add(b"56789");
/// assert_eq!(crc.value(), 0xcbf4_3926);
/// ```
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Crc(u32);

/// The change of the checksum by each value of four bits. The table takes 64 bytes; one for whole bytes would
/// take a kilobyte and half the steps.
const TABLE: [u32; 16] = {
    let mut table = [0; 16];
    let mut i = 0;
    while i < 16 {
        let (mut crc, mut bit) = (i as u32, 0);
        while bit < 4 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
};

impl Crc {
    /// Creates the checksum of no bytes.
    #[must_use]
    pub const fn new() -> Self {
        Self(u32::MAX)
    }

    /// Adds bytes. Cost: two table look-ups for each byte.
    pub fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let crc = self.0 ^ u32::from(byte);
            let crc = crc >> 4 ^ TABLE[(crc & 15) as usize];
            self.0 = crc >> 4 ^ TABLE[(crc & 15) as usize];
        }
    }

    /// Returns the checksum of all bytes so far.
    #[must_use]
    pub const fn value(self) -> u32 {
        !self.0
    }
}

impl Default for Crc {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_values_of_the_catalogue() {
        let crc = |bytes: &[u8]| {
            let mut crc = Crc::new();
            crc.add(bytes);
            crc.value()
        };
        assert_eq!(crc(b""), 0);
        assert_eq!(crc(b"123456789"), 0xcbf4_3926); // Rocksoft model, CRC-32/ISO-HDLC
        assert_eq!(crc(b"The quick brown fox jumps over the lazy dog"), 0x414f_a339);
        assert_eq!(crc(&[0xff; 32]), 0xff6c_ab0b);
    }
}
