//! A flash whose power can be cut: writes only clear bits, and what is interrupted is left half done.

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Why the flash refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The power is gone.
    Cut,
    /// A word is written again without an erase.
    Twice,
    /// The driver is asked to refuse.
    Refused,
    /// A word whose writing was cut off is not read by a flash with error correction.
    Correction,
    Argument(NorFlashErrorKind),
}

impl NorFlashError for Fault {
    fn kind(&self) -> NorFlashErrorKind {
        if let Self::Argument(kind) = self { *kind } else { NorFlashErrorKind::Other }
    }
}

/// What a cut leaves of a word, or of a page that is being erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Torn {
    /// As before.
    Untouched,
    /// Some bits of what was meant.
    Some,
    /// All of what was meant.
    Done,
    /// Bits that nobody meant: only of an erase.
    Noise,
}

pub(crate) const ALL: [Torn; 4] = [Torn::Untouched, Torn::Some, Torn::Done, Torn::Noise];

/// A flash of words and pages of these sizes.
#[derive(Clone, Debug)]
pub(crate) struct Mock<const READ: usize, const WRITE: usize, const ERASE: usize> {
    pub(crate) cells: Vec<u8>,
    /// For each word: it was written, or the writing was cut off, since the last whole erase.
    touched: Vec<bool>,
    unreadable: Vec<bool>,
    /// The driver refuses to read torn words.
    pub(crate) has_correction: bool,
    /// Whole and begun erases of each page.
    pub(crate) erases: Vec<u32>,
    pub(crate) written: usize,
    /// Words written and pages erased so far, and that at which the power goes.
    pub(crate) position: u64,
    pub(crate) cut: Option<(u64, Torn)>,
    is_off: bool,
    /// So many writes are refused, for no reason.
    pub(crate) refusals: u32,
    /// Pages in which bits are stuck at 0, a bit in each 37th byte from here on.
    pub(crate) worn: Vec<(usize, usize)>,
    random: ChaCha8Rng,
}

impl<const READ: usize, const WRITE: usize, const ERASE: usize> Mock<READ, WRITE, ERASE> {
    pub(crate) fn new(pages: usize, seed: u64) -> Self {
        let words = pages * ERASE / WRITE;
        Self {
            cells: vec![0; pages * ERASE],
            touched: vec![true; words],
            unreadable: vec![false; words],
            has_correction: false,
            erases: vec![0; pages],
            written: 0,
            position: 0,
            cut: None,
            is_off: false,
            refusals: 0,
            worn: Vec::new(),
            random: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// The power is back.
    pub(crate) fn power_on(&mut self) {
        (self.is_off, self.cut) = (false, None);
    }

    /// Counts a step; what is left of it if the power goes now.
    fn step(&mut self) -> Result<Option<Torn>, Fault> {
        if self.is_off {
            return Err(Fault::Cut);
        }
        let torn = self.cut.filter(|(at, _)| *at == self.position).map(|(_, torn)| torn);
        self.is_off = torn.is_some();
        self.position += 1;
        Ok(torn)
    }

    fn wear(&mut self) {
        for &(page, from) in &self.worn {
            for cell in self.cells[page * ERASE..][..ERASE].iter_mut().skip(from).step_by(37) {
                *cell &= 0xfb;
            }
        }
    }
}

impl<const READ: usize, const WRITE: usize, const ERASE: usize> ErrorType for Mock<READ, WRITE, ERASE> {
    type Error = Fault;
}

impl<const READ: usize, const WRITE: usize, const ERASE: usize> ReadNorFlash for Mock<READ, WRITE, ERASE> {
    const READ_SIZE: usize = READ;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Fault> {
        check_read(self, offset, bytes.len()).map_err(Fault::Argument)?;
        if self.is_off {
            return Err(Fault::Cut);
        }
        let from = offset as usize;
        bytes.copy_from_slice(&self.cells[from..][..bytes.len()]);
        let words = from / WRITE..(from + bytes.len()).div_ceil(WRITE);
        if self.has_correction && self.unreadable[words].contains(&true) {
            return Err(Fault::Correction);
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.cells.len()
    }
}

impl<const READ: usize, const WRITE: usize, const ERASE: usize> NorFlash for Mock<READ, WRITE, ERASE> {
    const WRITE_SIZE: usize = WRITE;
    const ERASE_SIZE: usize = ERASE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Fault> {
        check_erase(self, from, to).map_err(Fault::Argument)?;
        for page in from as usize / ERASE..to as usize / ERASE {
            let torn = self.step()?;
            self.erases[page] += 1;
            let words = page * ERASE / WRITE..(page + 1) * ERASE / WRITE;
            for cell in &mut self.cells[page * ERASE..][..ERASE] {
                let noise = self.random.next_u32() as u8;
                *cell = match torn {
                    None | Some(Torn::Done) => 0xff,
                    Some(Torn::Some) => *cell | noise,
                    Some(Torn::Noise) => noise,
                    Some(Torn::Untouched) => *cell,
                };
            }
            self.wear();
            if torn.is_some() {
                // Whatever the cells read as, they may not be written before a whole erase.
                self.touched[words].fill(true);
                return Err(Fault::Cut);
            }
            self.touched[words.clone()].fill(false);
            self.unreadable[words].fill(false);
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Fault> {
        check_write(self, offset, bytes.len()).map_err(Fault::Argument)?;
        if self.refusals > 0 {
            self.refusals -= 1;
            return Err(Fault::Refused);
        }
        for (i, data) in bytes.chunks_exact(WRITE).enumerate() {
            let word = offset as usize / WRITE + i;
            if self.touched[word] && !self.is_off {
                return Err(Fault::Twice);
            }
            let torn = self.step()?;
            self.touched[word] = true;
            self.written += WRITE;
            for (cell, &byte) in self.cells[word * WRITE..][..WRITE].iter_mut().zip(data) {
                let kept = match torn {
                    None | Some(Torn::Done) => 0,
                    Some(Torn::Untouched) => 0xff,
                    Some(Torn::Some | Torn::Noise) => self.random.next_u32() as u8,
                };
                *cell &= byte | kept;
            }
            self.wear();
            if let Some(torn) = torn {
                self.unreadable[word] = torn != Torn::Done;
                return Err(Fault::Cut);
            }
        }
        Ok(())
    }
}

#[test]
fn writes_clear_bits_once_and_an_erase_sets_them() {
    let mut flash = Mock::<1, 4, 64>::new(2, 0);
    assert_eq!(flash.write(0, &[0x0f; 4]), Err(Fault::Twice));
    flash.erase(0, 64).unwrap();
    flash.write(4, &[0x5a; 4]).unwrap();
    assert_eq!(flash.write(4, &[0; 4]), Err(Fault::Twice));
    assert_eq!(flash.write(6, &[0; 4]), Err(Fault::Argument(NorFlashErrorKind::NotAligned)));
    assert_eq!(flash.cells[..12], [0xff, 0xff, 0xff, 0xff, 0x5a, 0x5a, 0x5a, 0x5a, 0xff, 0xff, 0xff, 0xff]);
    flash.cut = Some((flash.position + 1, Torn::Some));
    assert_eq!(flash.write(8, &[0; 12]), Err(Fault::Cut));
    assert_eq!(flash.write(20, &[0; 4]), Err(Fault::Cut));
    flash.power_on();
    assert_eq!(flash.cells[8..12], [0; 4]);
    assert_eq!(flash.cells[16..20], [0xff; 4]);
    flash.has_correction = true;
    assert_eq!(flash.read(12, &mut [0; 4]), Err(Fault::Correction));
    assert_eq!(flash.erases, [1, 0]);
}
