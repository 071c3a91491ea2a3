//! What a region begins with.
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 4 | `NTKR` |
//! | 4 | 1 | version of the format: 1 |
//! | 5 | 1 | unit of writing in bytes |
//! | 6 | 2 | bytes of a slot |
//! | 8 | 4 | generation: saves that were begun |
//! | 12 | 4 | bytes of the snapshot |
//! | 16 | 32 | how often each region was erased |
//! | 48 | 4 | CRC-32 of all before |
//!
//! Little endian. Name, version, generation and checksum stand in the same places in every version.

use ntk_core::regression::bytes::Crc;

use crate::layout::MOST_REGIONS;

pub(crate) const BYTES: usize = 52;
const MAGIC: [u8; 4] = *b"NTKR";
pub(crate) const VERSION: u8 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) version: u8,
    pub(crate) unit: u8,
    pub(crate) slot: u16,
    pub(crate) generation: u32,
    pub(crate) snapshot: u32,
    pub(crate) erases: [u32; MOST_REGIONS],
}

impl Header {
    pub(crate) fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        let mut rest = bytes.iter_mut();
        let mut crc = Crc::new();
        let mut put = |field: &[u8]| {
            for (&byte, place) in field.iter().zip(rest.by_ref()) {
                *place = byte;
            }
        };
        let mut add = |field: &[u8]| {
            crc.add(field);
            put(field);
        };
        add(&MAGIC);
        add(&[self.version, self.unit]);
        add(&self.slot.to_le_bytes());
        for word in [self.generation, self.snapshot].iter().chain(&self.erases) {
            add(&word.to_le_bytes());
        }
        put(&crc.value().to_le_bytes());
        bytes
    }

    /// Returns the header in these bytes, if it is whole.
    pub(crate) fn of_bytes(bytes: &[u8; BYTES]) -> Option<Self> {
        let (body, stored) = bytes.split_last_chunk::<4>()?;
        let mut crc = Crc::new();
        crc.add(body);
        let (magic, rest) = body.split_first_chunk::<4>()?;
        if *magic != MAGIC || crc.value() != u32::from_le_bytes(*stored) {
            return None;
        }
        let (&[version, unit, low, high], rest) = rest.split_first_chunk::<4>()?;
        let mut words = rest.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
        let (generation, snapshot) = (words.next()?, words.next()?);
        let erases = [(); MOST_REGIONS].map(|()| words.next().unwrap_or(0));
        Some(Self { version, unit, slot: u16::from_le_bytes([low, high]), generation, snapshot, erases })
    }

    /// Returns whether a is younger than b, as long as they lie less than 2^31 saves apart.
    pub(crate) fn is_after(&self, other: &Self) -> bool {
        let distance = self.generation.wrapping_sub(other.generation);
        distance != 0 && distance < 1 << 31
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_and_every_changed_bit_is_noticed() {
        let header = Header {
            version: VERSION,
            unit: 8,
            slot: 24,
            generation: 0x0102_0304,
            snapshot: 972,
            erases: [1, 2, 3, 4, 5, 6, 7, u32::MAX],
        };
        let bytes = header.to_bytes();
        assert_eq!(bytes[..12], *b"NTKR\x01\x08\x18\x00\x04\x03\x02\x01");
        assert_eq!(Header::of_bytes(&bytes), Some(header));
        for bit in 0..8 * BYTES {
            let mut other = bytes;
            other[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Header::of_bytes(&other), None, "{bit}");
        }
        assert_eq!(Header::of_bytes(&[0; BYTES]), None);
        assert_eq!(Header::of_bytes(&[0xff; BYTES]), None);
    }

    #[test]
    fn generations_go_round() {
        let of = |generation| Header {
            version: VERSION,
            unit: 4,
            slot: 16,
            generation,
            snapshot: 0,
            erases: [0; MOST_REGIONS],
        };
        for (old, new) in [(0, 1), (u32::MAX, 0), (u32::MAX - 3, 4), (7, 7 + (1 << 31) - 1)] {
            assert!(of(new).is_after(&of(old)) && !of(old).is_after(&of(new)), "{old} {new}");
        }
        assert!(!of(5).is_after(&of(5)));
    }
}
