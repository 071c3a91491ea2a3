//! Cut once, at every position, in every way; then cut again and again.

use ntk_core::{Listener, Sensor};
use ntk_store::{Error, Store};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::history::Subject;
use crate::mock::{ALL, Fault, Mock};

type Flash<'f, const R: usize, const W: usize, const E: usize> = &'f mut Mock<R, W, E>;

const CHANGES: usize = 200;
/// A save is due after so many changes even if the journal has room.
const SAVE_AFTER: usize = 47;

/// What is done next: a save if one is due, else a change. Whether it was a change.
fn next<M: Subject, const R: usize, const W: usize, const E: usize>(
    store: &mut Store<Flash<'_, R, W, E>, M>,
    model: &mut M,
    i: usize,
) -> Result<bool, Error<Fault>> {
    let is_due = store.room() == 0 || store.changes() >= SAVE_AFTER;
    if is_due && model.snapshot_len().is_ok() {
        return store.save(model).map(|()| false);
    }
    let change = model.nth(i);
    store.apply(model, &change).map(|_| true)
}

fn open<M: Subject, const R: usize, const W: usize, const E: usize>(
    flash: Flash<'_, R, W, E>,
    regions: usize,
) -> Store<Flash<'_, R, W, E>, M> {
    let end = u32::try_from(flash.cells.len()).unwrap();
    Store::open(flash, 0..end, regions).unwrap()
}

/// The state in the flash, and what the store says of it.
fn stored<M: Subject, const R: usize, const W: usize, const E: usize>(
    flash: Flash<'_, R, W, E>,
    regions: usize,
) -> Result<Vec<u8>, Error<Fault>> {
    let mut model = M::blank();
    let mut buffer = [0; 4096];
    open(flash, regions).restore(&mut model, &mut buffer)?;
    Ok(model.bytes())
}

/// One history without cuts, and at each of its steps one for each position and each kind of cut. Returns the
/// number of cuts.
fn cut_everywhere<M: Subject, const R: usize, const W: usize, const E: usize>(
    regions: usize,
    pages: usize,
    has_correction: bool,
) -> u64 {
    let mut flash = Mock::<R, W, E>::new(regions * pages, 5);
    flash.has_correction = has_correction;
    let (mut model, mut i, mut cuts) = (M::begun(), 0, 0);
    // Nothing was promised before the first save was through.
    let first = flash.clone();
    open(&mut flash, regions).save(&model).unwrap();
    for position in first.position..flash.position {
        for torn in ALL {
            let mut cut = first.clone();
            cut.cut = Some((position, torn));
            assert!(open(&mut cut, regions).save(&model).is_err());
            cut.power_on();
            let state = stored::<M, R, W, E>(&mut cut, regions);
            let nothing = [Err(Error::Empty), Err(Error::Unreadable)];
            assert!(nothing[..=usize::from(has_correction)].contains(&state) || state == Ok(model.bytes()));
            open(&mut cut, regions).save(&model).unwrap();
            assert!(stored::<M, R, W, E>(&mut cut, regions) == Ok(model.bytes()));
            cuts += 1;
        }
    }
    while i < CHANGES {
        let (before, old) = (flash.clone(), model.clone());
        let mut store = open(&mut flash, regions);
        store.restore(&mut model, &mut [0; 4096]).unwrap();
        assert!(model.bytes() == old.bytes());
        let is_change = next(&mut store, &mut model, i).unwrap();
        for position in before.position..flash.position {
            for torn in ALL {
                let mut cut = before.clone();
                // What is read when the power is back was not read before it went.
                let mut store = open(&mut cut, regions);
                let mut lost = M::blank();
                store.restore(&mut lost, &mut [0; 4096]).unwrap();
                store.release().cut = Some((position, torn));
                let mut store = open(&mut cut, regions);
                store.restore(&mut lost, &mut [0; 4096]).unwrap();
                assert!(next(&mut store, &mut lost, i).is_err());
                cut.power_on();
                let cells = cut.cells.clone();
                let state = stored::<M, R, W, E>(&mut cut, regions).unwrap();
                let is_before = state == old.bytes();
                assert!(is_before || state == model.bytes(), "step {i}, position {position}, {torn:?}");
                assert!(stored::<M, R, W, E>(&mut cut, regions) == Ok(state));
                assert!(cells == cut.cells, "opening writes nothing");
                if is_change && is_before {
                    let mut store = open(&mut cut, regions);
                    store.restore(&mut lost, &mut [0; 4096]).unwrap();
                    if store.room() == 0 && lost.snapshot_len().is_ok() {
                        store.save(&lost).unwrap();
                    }
                    assert_eq!(next(&mut store, &mut lost, i), Ok(true));
                } else if !is_change {
                    let mut store = open(&mut cut, regions);
                    store.restore(&mut lost, &mut [0; 4096]).unwrap();
                    store.save(&lost).unwrap();
                }
                assert!(stored::<M, R, W, E>(&mut cut, regions) == Ok(model.bytes()));
                cuts += 1;
            }
        }
        i += usize::from(is_change);
    }
    println!("writes of {W}, pages of {E}, {regions} regions: {cuts} cuts");
    cuts
}

#[test]
fn writes_of_1_pages_of_1_kb() {
    assert!(cut_everywhere::<Sensor<1, 16>, 1, 1, 1024>(2, 2, false) > 4 * 200 * 16);
}

#[test]
fn writes_of_4_pages_of_1_kb() {
    assert!(cut_everywhere::<Sensor<1, 16>, 4, 4, 1024>(3, 2, false) > 4 * 200 * 4);
}

#[test]
fn writes_of_8_pages_of_2_kb_with_correction() {
    assert!(cut_everywhere::<Sensor<1, 16>, 1, 8, 2048>(4, 1, true) > 4 * 200 * 2);
}

#[test]
fn writes_of_4_pages_of_16_kb() {
    assert!(cut_everywhere::<Sensor<1, 16>, 1, 4, 16_384>(3, 1, false) > 4 * 200 * 4);
}

#[test]
fn writes_of_32_pages_of_128_kb_with_correction() {
    assert!(cut_everywhere::<Sensor<1, 16>, 1, 32, 131_072>(2, 1, true) > 4 * 200);
}

#[test]
fn writes_of_4_reads_of_8_pages_of_4_kb_and_a_stream() {
    assert!(cut_everywhere::<Listener<1, 12>, 8, 4, 4096>(3, 1, false) > 4 * 200 * 6);
}

/// Cut over and over, on average once in a few hundred words, while the history goes on.
fn cut_again_and_again<const W: usize, const E: usize>(regions: usize, pages: usize, seed: u64) {
    type M = Sensor<1, 16>;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut flash = Mock::<1, W, E>::new(regions * pages, seed);
    let mut model = M::begun();
    open(&mut flash, regions).save(&model).unwrap();
    let mut i = 0;
    for _ in 0..300 {
        let torn = ALL[random.next_u32() as usize % ALL.len()];
        flash.cut = Some((flash.position + u64::from(random.next_u32() % (2400 / W as u32)), torn));
        let mut store = open::<M, 1, W, E>(&mut flash, regions);
        store.restore(&mut model, &mut [0; 4096]).unwrap();
        let (mut old, mut new) = (model.clone(), model.clone());
        loop {
            let was_change = match next(&mut store, &mut model, i) {
                Ok(is_change) => is_change,
                Err(Error::Flash(Fault::Cut)) => break,
                // Words that a cut has touched without a trace: more than a change tries. A save helps.
                Err(Error::Flash(Fault::Twice)) => match store.save(&model) {
                    Ok(()) => true,
                    Err(_) => break,
                },
                Err(error) => panic!("{error}"),
            };
            i += usize::from(was_change);
            old = model.clone();
        }
        flash.power_on();
        let state = stored::<M, 1, W, E>(&mut flash, regions).unwrap();
        // What was cut off was a change or a save of what is in memory.
        new.clone_from(&old);
        let change = new.nth(i);
        ntk_store::Model::change(&mut new, &change).unwrap();
        assert!(state == old.bytes() || state == new.bytes(), "after change {i}");
        i += usize::from(state == new.bytes() && state != old.bytes());
    }
    println!("writes of {W}, pages of {E}: {i} changes, erases {:?}", flash.erases);
    // Only as even as the cuts leave it: a region whose saves are cut off is erased again and again while
    // that of the state must stay, and of two regions it is always the same.
    if regions > 3 {
        let (least, most) = (flash.erases.iter().min(), flash.erases.iter().max());
        assert!(most.unwrap() - least.unwrap() <= 3);
    }
}

#[test]
fn three_hundred_cuts_in_a_row() {
    for seed in 0..4 {
        cut_again_and_again::<1, 1024>(2, 2, seed);
        cut_again_and_again::<4, 1024>(4, 2, seed);
        cut_again_and_again::<8, 2048>(3, 1, seed);
        cut_again_and_again::<32, 4096>(5, 1, seed);
    }
}
