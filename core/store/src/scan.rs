//! What lies in the regions: the newest whole state, and where its journal ends.

use embedded_storage::nor_flash::NorFlash;
use ntk_core::regression::bytes::Crc;

use crate::error::Error;
use crate::flash::{offset, read};
use crate::header::{self, Header, VERSION};
use crate::journal::{ERASE, Journal, Slot};
use crate::layout::{CHECKSUM, CHUNK, Layout, MOST_REGIONS};

/// The newest state.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Newest {
    Nothing,
    /// Nothing, and some of it cannot be read.
    Unreadable,
    Whole(Journal),
    /// One that this store cannot read, in this region: of this other version, or else foreign.
    Other {
        region: usize,
        version: Option<u8>,
    },
}

/// What a scan found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) newest: Newest,
    /// The generation of the next save, above all that were begun.
    pub(crate) generation: u32,
    pub(crate) erases: [u32; MOST_REGIONS],
}

impl Newest {
    /// Returns the region that must not be erased.
    pub(crate) fn region(&self) -> Option<usize> {
        match self {
            Self::Nothing | Self::Unreadable => None,
            Self::Whole(journal) => Some(journal.region),
            Self::Other { region, .. } => Some(*region),
        }
    }

    /// Returns the journal, or why there is none.
    pub(crate) fn journal<E>(&self) -> Result<Journal, Error<E>> {
        match *self {
            Self::Nothing => Err(Error::Empty),
            Self::Unreadable => Err(Error::Unreadable),
            Self::Whole(journal) => Ok(journal),
            Self::Other { version: Some(found), .. } => Err(Error::Version { found }),
            Self::Other { version: None, .. } => Err(Error::Foreign),
        }
    }
}

/// Reads all headers, then snapshots from the youngest on until one is whole. A region that cannot be read
/// holds no state, as its writing may have been cut off.
pub(crate) fn scan<F: NorFlash>(flash: &mut F, layout: &Layout) -> Found {
    let mut headers = [None; MOST_REGIONS];
    let mut found = Found { newest: Newest::Nothing, generation: 0, erases: [0; MOST_REGIONS] };
    for (region, place) in headers.iter_mut().enumerate().take(layout.regions) {
        *place = header(flash, layout, region).unwrap_or_else(|_| {
            found.newest = Newest::Unreadable;
            None
        });
    }
    let mut is_youngest = true;
    while let Some((region, header)) = youngest(&headers) {
        if let Some(place) = headers.get_mut(region) {
            *place = None;
        }
        if is_youngest {
            found.generation = header.generation.wrapping_add(1);
            is_youngest = false;
        }
        if header.version != VERSION {
            found.newest = Newest::Other { region, version: Some(header.version) };
            return found;
        }
        let is_ours = (usize::from(header.unit), usize::from(header.slot)) == (layout.unit, layout.slot);
        let written = Layout { unit: usize::from(header.unit).max(1), ..*layout };
        match is_whole(flash, &written, region, &header) {
            Ok(true) if is_ours => {
                found.erases = header.erases;
                let journal = journal(flash, layout, region, &header, &mut found.erases);
                found.newest = Newest::Whole(journal);
                return found;
            }
            Ok(true) => {
                found.newest = Newest::Other { region, version: None };
                return found;
            }
            Ok(false) => (),
            Err(_) => found.newest = Newest::Unreadable,
        }
    }
    found
}

fn youngest(headers: &[Option<Header>]) -> Option<(usize, Header)> {
    let mut best: Option<(usize, Header)> = None;
    for (region, header) in headers.iter().enumerate() {
        if let Some(header) = *header
            && best.is_none_or(|(_, other)| header.is_after(&other))
        {
            best = Some((region, header));
        }
    }
    best
}

fn header<F: NorFlash>(flash: &mut F, layout: &Layout, region: usize) -> Result<Option<Header>, F::Error> {
    let (mut bytes, mut filled) = ([0; header::BYTES], 0);
    read(flash, layout.at(region), layout.header(), |part| {
        for (place, &byte) in bytes.iter_mut().skip(filled).zip(part) {
            *place = byte;
        }
        filled += part.len();
    })?;
    Ok(Header::of_bytes(&bytes))
}

/// Returns whether the commit of a region is there and says that all before it is as it was written.
fn is_whole<F: NorFlash>(
    flash: &mut F,
    layout: &Layout,
    region: usize,
    header: &Header,
) -> Result<bool, F::Error> {
    let snapshot = usize::try_from(header.snapshot).unwrap_or(usize::MAX);
    if !CHUNK.is_multiple_of(layout.unit) || layout.journal(snapshot) > layout.region {
        return Ok(false);
    }
    let (at, commit) = (layout.at(region), layout.commit(snapshot));
    let mut crc = Crc::new();
    read(flash, at, commit, |part| crc.add(part))?;
    holds(flash, layout, offset(at, commit), crc.value())
}

/// Returns whether a checksum stands here.
pub(crate) fn holds<F: NorFlash>(
    flash: &mut F,
    layout: &Layout,
    at: u32,
    checksum: u32,
) -> Result<bool, F::Error> {
    let (mut bytes, mut filled) = ([0; CHECKSUM], 0);
    read(flash, at, layout.commit(CHECKSUM).saturating_sub(layout.header()), |part| {
        for (place, &byte) in bytes.iter_mut().skip(filled).zip(part) {
            *place = byte;
        }
        filled += part.len();
    })?;
    Ok(u32::from_le_bytes(bytes) == checksum)
}

/// Returns the journal of a whole region: records in an unbroken line, and the first slot behind all that was
/// written. A record may stand twice, where its first writing seemed to have failed.
fn journal<F: NorFlash>(
    flash: &mut F,
    layout: &Layout,
    region: usize,
    header: &Header,
    erases: &mut [u32; MOST_REGIONS],
) -> Journal {
    let snapshot = usize::try_from(header.snapshot).unwrap_or(usize::MAX);
    let mut journal = Journal {
        region,
        generation: header.generation,
        snapshot,
        slots: layout.slots(snapshot),
        used: 0,
        records: 0,
        changes: 0,
        is_damaged: false,
    };
    for slot in 0..journal.slots {
        match journal.slot(flash, layout, slot) {
            Slot::Blank => continue,
            Slot::Whole { code, index, first } if !journal.is_damaged => {
                journal.is_damaged = index > journal.records;
                if index == journal.records {
                    journal.records = journal.records.saturating_add(1);
                    journal.changes += usize::from(code < ERASE);
                    if code == ERASE
                        && let Some(count) = erases.get_mut(usize::from(first))
                    {
                        *count = count.saturating_add(1);
                    }
                }
            }
            Slot::Whole { .. } | Slot::Torn => (),
        }
        journal.used = slot + 1;
    }
    journal
}
