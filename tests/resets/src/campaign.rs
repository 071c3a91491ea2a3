//! What outlives a reset: how many there were, where they struck, and what the store has promised.

use core::sync::atomic::{AtomicU32, Ordering::SeqCst};

pub(crate) const PAGES: usize = 4;
/// What the processor was doing.
pub(crate) const RESTORING: u32 = 0;
pub(crate) const LEARNING: u32 = 1;
pub(crate) const SAVING: u32 = 2;
pub(crate) const STAGES: usize = 3;
/// No state has this number.
const NONE: u32 = u32::MAX;
const BEGUN: u32 = 0x5e77_1e55;

/// All of it. The word that says whether the rest was begun holds nothing of use after power on.
struct Campaign {
    begun: AtomicU32,
    random: AtomicU32,
    stage: AtomicU32,
    resets: [AtomicU32; STAGES],
    erases: [AtomicU32; PAGES],
    /// The state that the store has promised to keep, by the number of its changes.
    promised: AtomicU32,
    /// Numbers and checksums of that state and of the next.
    numbers: [AtomicU32; 2],
    checksums: [AtomicU32; 2],
}

// SAFETY: the section is one of memory that the start-up code leaves as it is; any bits are valid there.
#[unsafe(link_section = ".uninit.campaign")]
static CAMPAIGN: Campaign = Campaign {
    begun: AtomicU32::new(0),
    random: AtomicU32::new(0),
    stage: AtomicU32::new(0),
    resets: [const { AtomicU32::new(0) }; STAGES],
    erases: [const { AtomicU32::new(0) }; PAGES],
    promised: AtomicU32::new(0),
    numbers: [const { AtomicU32::new(0) }; 2],
    checksums: [const { AtomicU32::new(0) }; 2],
};

/// Counts the reset that has led here, if one has. Returns how many there were.
pub(crate) fn resets() -> u32 {
    let Campaign { begun, random, stage, resets, erases, promised, numbers, checksums } = &CAMPAIGN;
    if begun.load(SeqCst) == BEGUN {
        if let Some(count) = resets.get(stage.load(SeqCst) as usize) {
            add(count, 1);
        }
    } else {
        for word in resets.iter().chain(erases).chain(checksums) {
            word.store(0, SeqCst);
        }
        for word in numbers.iter().chain([promised]) {
            word.store(NONE, SeqCst);
        }
        random.store(0x2545_f491, SeqCst);
        begun.store(BEGUN, SeqCst);
    }
    struck().iter().sum()
}

/// Resets by stage.
pub(crate) fn struck() -> [u32; STAGES] {
    CAMPAIGN.resets.each_ref().map(|count| count.load(SeqCst))
}

pub(crate) fn erases() -> [u32; PAGES] {
    CAMPAIGN.erases.each_ref().map(|count| count.load(SeqCst))
}

pub(crate) fn count_erase(page: usize) {
    if let Some(count) = CAMPAIGN.erases.get(page) {
        add(count, 1);
    }
}

fn add(word: &AtomicU32, more: u32) {
    word.store(word.load(SeqCst).wrapping_add(more), SeqCst);
}

pub(crate) fn enter(stage: u32) {
    CAMPAIGN.stage.store(stage, SeqCst);
}

/// A number below `limit`: Marsaglia's xorshift.
pub(crate) fn random(limit: u32) -> u32 {
    let mut x = CAMPAIGN.random.load(SeqCst);
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    CAMPAIGN.random.store(x, SeqCst);
    ((u64::from(x) * u64::from(limit)) >> 32) as u32
}

/// Before a change: the state that it leads to.
pub(crate) fn announce(number: u32, checksum: u32) {
    let place = (number & 1) as usize;
    CAMPAIGN.numbers[place].store(NONE, SeqCst);
    CAMPAIGN.checksums[place].store(checksum, SeqCst);
    CAMPAIGN.numbers[place].store(number, SeqCst);
}

/// After it: from now on no older state will do.
pub(crate) fn promise(number: u32) {
    CAMPAIGN.promised.store(number, SeqCst);
}

/// The state that was promised, if any was.
pub(crate) fn promised() -> Option<u32> {
    Some(CAMPAIGN.promised.load(SeqCst)).filter(|&number| number != NONE)
}

/// Which state it is, of that promised and the one announced after it.
pub(crate) fn recognise(checksum: u32) -> Option<u32> {
    let is = |number: u32| {
        let place = (number & 1) as usize;
        CAMPAIGN.numbers[place].load(SeqCst) == number && CAMPAIGN.checksums[place].load(SeqCst) == checksum
    };
    let candidates = promised().map_or([0, 0], |number| [number, number + 1]);
    candidates.into_iter().find(|&number| is(number))
}
