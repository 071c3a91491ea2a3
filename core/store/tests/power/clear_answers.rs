//! Whatever else lies in the flash: one answer, and nothing that was promised is lost.

use ntk_core::regression::bytes::{Crc, FileError};
use ntk_core::regression::{PerSample, WhenFull};
use ntk_core::{Listener, Sensor};
use ntk_store::{Change, Error, Model, Noisy, Store};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::history::Subject;
use crate::mock::{ALL, Fault, Mock, Torn};

type M = Sensor<1, 16>;
type Flash = Mock<1, 4, 1024>;
type Open<'f> = Store<&'f mut Flash, M>;

const REGION: u32 = 2048;
/// Of the flash: the store lies between others.
const AT: core::ops::Range<u32> = 1024..1024 + 3 * REGION;

fn open(flash: &mut Flash) -> Open<'_> {
    Store::open(flash, AT, 3).unwrap()
}

fn apply(store: &mut Open<'_>, model: &mut M, i: usize) -> Result<Option<usize>, Error<Fault>> {
    let change = model.nth(i);
    store.apply(model, &change)
}

/// A state with changes, and the model that has it.
fn kept(changes: usize) -> (Flash, M) {
    let (mut flash, mut model) = (Flash::new(8, 1), M::begun());
    let mut store = open(&mut flash);
    store.save(&model).unwrap();
    for i in 0..changes {
        apply(&mut store, &mut model, i).unwrap();
    }
    (flash, model)
}

fn restored(flash: &mut Flash) -> Result<(usize, Vec<u8>), Error<Fault>> {
    let mut model = M::blank();
    let changes = open(flash).restore(&mut model, &mut [0; 2048])?;
    Ok((changes, model.bytes()))
}

#[test]
fn a_full_journal_refuses_and_keeps_all() {
    let (mut flash, mut model) = kept(0);
    let mut store = open(&mut flash);
    store.restore(&mut model, &mut [0; 2048]).unwrap();
    let room = store.room();
    assert_eq!(room, store.costs(model.snapshot_len().unwrap()).changes);
    for i in 0..room {
        assert_eq!((store.changes(), store.room()), (i, room - i));
        apply(&mut store, &mut model, i).unwrap();
    }
    let before = model.bytes();
    assert_eq!(apply(&mut store, &mut model, room), Err(Error::Full));
    assert!(model.bytes() == before, "a refused change changes nothing");
    assert_eq!(restored(&mut flash), Ok((room, before.clone())));
    let mut store = open(&mut flash);
    store.restore(&mut model, &mut [0; 2048]).unwrap();
    assert_eq!(apply(&mut store, &mut model, room), Err(Error::Full));
    store.save(&model).unwrap();
    assert_eq!((store.changes(), store.room() > 0), (0, true));
    assert_eq!(restored(&mut flash), Ok((0, before)));
}

#[test]
fn a_region_too_small_for_a_snapshot_is_named_before_anything_is_erased() {
    let mut flash = Flash::new(2, 1);
    let mut store = Store::<_, M>::open(&mut flash, 0..2048, 2).unwrap();
    let model = {
        let mut model = M::begun();
        for i in [1, 2, 4, 5, 6, 8] {
            model.change(&Change::Push { x: [i as f32 * 1.7], y: 1.0, when_full: WhenFull::Refuse }).unwrap();
        }
        model
    };
    let snapshot = model.snapshot_len().unwrap();
    let needed = 52 + snapshot + 4 + 3 * 16;
    assert_eq!(store.save(&model), Err(Error::Room { needed, found: 1024 }));
    let nothing = FileError::Model(ntk_core::Error::NotFitted);
    assert_eq!(store.save(&M::blank()), Err(Error::Model(nothing)));
    assert_eq!(flash.erases, [0, 0]);
}

#[test]
fn before_restore_no_change_is_taken_and_what_a_model_refuses_is_not_written() {
    let (mut flash, mut model) = kept(5);
    let state = (5, model.bytes());
    let mut store = open(&mut flash);
    let change = model.nth(5);
    assert_eq!(store.apply(&mut model, &change), Err(Error::NotRestored));
    let snapshot = model_len();
    let mut short = vec![0; snapshot - 1];
    let buffer = Error::Buffer { needed: snapshot, found: snapshot - 1 };
    assert_eq!(store.restore(&mut model, &mut short), Err(buffer));
    assert_eq!(store.apply(&mut model, &change), Err(Error::NotRestored));
    assert!(store.restore(&mut model, &mut [0; 2048]).is_ok());
    for x in [f32::NAN, f32::INFINITY] {
        let change = Change::Push { x: [x], y: 1.0, when_full: WhenFull::DropOldest };
        assert!(matches!(store.apply(&mut model, &change), Err(Error::Change(_))), "{x}");
    }
    let change = Change::Replace { index: 70_000, x: [1.0], y: 1.0 };
    assert!(matches!(store.apply(&mut model, &change), Err(Error::Change(_))));
    assert_eq!(store.apply(&mut model, &Change::Remove { index: 99 }).ok(), None);
    assert_eq!((store.changes(), model.bytes()), state);
    assert_eq!(restored(&mut flash), Ok(state));
}

#[test]
fn a_change_is_tried_four_times_and_then_none_is_taken_before_a_save() {
    for refusals in 0..6 {
        let (mut flash, mut model) = kept(3);
        flash.refusals = refusals;
        let mut store = open(&mut flash);
        store.restore(&mut model, &mut [0; 2048]).unwrap();
        let result = apply(&mut store, &mut model, 3);
        if refusals < 4 {
            assert!(result.is_ok(), "{refusals}");
        } else {
            assert_eq!(result, Err(Error::Flash(Fault::Refused)));
            let learned = model.bytes();
            assert_eq!(apply(&mut store, &mut model, 4), Err(Error::NotRestored));
            assert!(model.bytes() == learned);
            // Of five refusals the last one meets the note of the erase; the save does without.
            store.save(&model).unwrap();
        }
        apply(&mut store, &mut model, 4).unwrap();
        assert_eq!(restored(&mut flash).map(|(_, state)| state), Ok(model.bytes()));
    }
}

/// The last word of a save fails, as the driver says, and may stand there all the same: a change in the old
/// journal could be lost.
#[test]
fn after_a_commit_that_failed_no_change_is_taken_before_a_save() {
    let (flash, mut model) = kept(3);
    let mut whole = flash.clone();
    open(&mut whole).save(&model).unwrap();
    for torn in ALL {
        let mut flash = flash.clone();
        flash.cut = Some((whole.position - 1, torn));
        let mut store = open(&mut flash);
        store.restore(&mut model, &mut [0; 2048]).unwrap();
        let before = model.bytes();
        assert_eq!(store.save(&model), Err(Error::Flash(Fault::Cut)));
        assert_eq!(apply(&mut store, &mut model, 3), Err(Error::NotRestored));
        flash.power_on();
        let changes = if torn == Torn::Done { 0 } else { 3 };
        assert_eq!(restored(&mut flash), Ok((changes, before)));
    }
}

#[test]
fn new_flash_and_garbage_hold_no_state_and_take_one() {
    let mut random = ChaCha8Rng::seed_from_u64(9);
    for kind in 0..200 {
        let mut flash = Flash::new(8, kind);
        for cell in &mut flash.cells {
            *cell = match kind {
                0 => 0,
                1 => 0xff,
                _ => random.next_u32() as u8,
            };
        }
        assert_eq!(restored(&mut flash), Err(Error::Empty));
        let model = M::begun();
        let change = model.nth(0);
        assert_eq!(open(&mut flash).apply(&mut model.clone(), &change), Err(Error::Empty));
        open(&mut flash).save(&model).unwrap();
        assert_eq!(restored(&mut flash), Ok((0, model.bytes())));
    }
}

/// Every bit of a state, turned: the changes before it, or one of three errors; never another state.
#[test]
fn a_changed_bit_is_never_taken_for_a_state() {
    let (flash, model) = kept(6);
    let region = AT.start as usize;
    let states: Vec<Vec<u8>> = (0..=6).map(|n| kept(n).1.bytes()).collect();
    let (mut empty, mut damaged, mut less) = (0, 0, 0);
    for bit in 0..8 * REGION as usize {
        let mut flash = flash.clone();
        flash.cells[region + bit / 8] ^= 1 << (bit % 8);
        match restored(&mut flash) {
            Ok((6, state)) => assert!(state == states[6]),
            Ok((5, state)) => {
                less += 1;
                assert!(state == states[5], "the youngest change, which a cut could have torn");
            }
            Err(Error::Empty) => empty += 1,
            Err(Error::Damaged { before }) => {
                damaged += 1;
                let mut salvaged = M::blank();
                let mut store = open(&mut flash);
                assert_eq!(store.salvage(&mut salvaged, &mut [0; 2048]), Ok(before));
                assert!(salvaged.bytes() == states[before]);
                let change = salvaged.nth(before);
                assert_eq!(store.apply(&mut salvaged, &change), Err(Error::NotRestored));
                store.save(&salvaged).unwrap();
                assert_eq!(restored(&mut flash), Ok((0, states[before].clone())));
            }
            other => panic!("bit {bit}: {other:?}"),
        }
    }
    let written = 52 + model_len() + 4;
    assert_eq!((empty, damaged, less), (8 * written, 5 * 8 * 16, 8 * 16));
    assert!(model.len() <= 16);
}

fn model_len() -> usize {
    M::begun().snapshot_len().unwrap()
}

#[test]
fn another_version_another_type_and_another_unit_are_named_and_spared() {
    let (mut flash, model) = kept(3);
    let at = AT.start as usize;
    // The same header, of version 2.
    flash.cells[at + 4] = 2;
    let mut crc = Crc::new();
    crc.add(&flash.cells[at..at + 48]);
    flash.cells[at + 48..at + 52].copy_from_slice(&crc.value().to_le_bytes());
    assert_eq!(restored(&mut flash), Err(Error::Version { found: 2 }));
    let version_2 = flash.cells[at..at + REGION as usize].to_vec();
    open(&mut flash).save(&model).unwrap();
    assert_eq!(restored(&mut flash), Ok((0, model.bytes())));
    assert!(version_2 == flash.cells[at..at + REGION as usize], "who goes back finds his state");

    let (mut flash, _) = kept(3);
    let mut other = Store::<_, Sensor<2, 16>>::open(&mut flash, AT, 3).unwrap();
    let mut model = Sensor::<2, 16>::new();
    assert_eq!(other.restore(&mut model, &mut [0; 2048]), Err(Error::Foreign));
    // Of the same size, but less room, or another kind of model.
    let mut other = Store::<_, Sensor<1, 8>>::open(&mut flash, AT, 3).unwrap();
    let capacity = FileError::Model(ntk_core::Error::Capacity { capacity: 8, found: 10 });
    assert_eq!(other.restore(&mut Sensor::new(), &mut [0; 2048]), Err(Error::Model(capacity)));
    let mut other = Store::<_, Listener<1, 16>>::open(&mut flash, AT, 3).unwrap();
    assert_eq!(other.restore(&mut Listener::new(), &mut [0; 2048]), Err(Error::Foreign));

    let mut wide = Mock::<1, 8, 1024>::new(8, 1);
    wide.cells.clone_from(&kept(0).0.cells);
    let mut store = Store::<_, M>::open(&mut wide, AT, 3).unwrap();
    assert_eq!(store.restore(&mut M::new(), &mut [0; 2048]), Err(Error::Foreign));
}

#[test]
fn regions_that_do_not_fit_are_refused() {
    fn geometry<const R: usize, const W: usize, const E: usize>(from: u32, to: u32, regions: usize) -> bool {
        let mut flash = Mock::<R, W, E>::new(8, 1);
        match Store::<_, M>::open(&mut flash, from..to, regions) {
            Ok(_) => true,
            Err(Error::Geometry(what)) => {
                assert!(!what.is_empty());
                false
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(geometry::<1, 4, 1024>(0, 8192, 8));
    assert!(geometry::<1, 4, 1024>(2048, 8192, 2));
    for (from, to, regions) in [(0, 8192, 1), (0, 8192, 0), (0, 9 * 1024, 9), (0, 8192, 3), (0, 5120, 2)] {
        assert!(!geometry::<1, 4, 1024>(from, to, regions), "{from} {to} {regions}");
    }
    for (from, to) in [(512, 2560), (2048, 2048), (4096, 2048), (0, 16384), (0, u32::MAX)] {
        assert!(!geometry::<1, 4, 1024>(from, to, 2), "{from} {to}");
    }
    assert!(geometry::<32, 32, 1024>(0, 8192, 2) && geometry::<4, 2, 1024>(0, 8192, 2));
    assert!(!geometry::<1, 64, 1024>(0, 8192, 2) && !geometry::<1, 3, 1536>(0, 6144, 2));
    assert!(!geometry::<64, 4, 1024>(0, 8192, 2));
}

/// A sensor whose samples have noise of their own keeps that too.
#[test]
fn noise_of_a_samples_own_is_replayed() {
    type Own = Sensor<1, 12, f64, f64, PerSample>;
    let (x, y) = ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [0.0, 0.9, 2.1, 2.9, 4.2, 5.0]);
    let mut model = Own::new();
    model.fit_with_noise(&x, &y, &[0.1, 0.0, 0.1, 0.2, 0.1, 0.1]).unwrap();
    let mut flash = Mock::<1, 8, 2048>::new(4, 3);
    let mut store = Store::<_, Own>::open(&mut flash, 0..8192, 2).unwrap();
    store.save(&model).unwrap();
    let push = |x, y| Change::Push { x: [x], y, when_full: WhenFull::DropOldest };
    for (change, noise) in [
        (push(2.5, 2.4), 0.3),
        (push(1.5, 1.6), 0.0),
        (Change::Remove { index: 2 }, f64::NAN),
        (Change::Replace { index: 1, x: [3.3], y: 3.4 }, 0.05),
    ] {
        store.apply(&mut model, &Noisy { change, noise }).unwrap();
    }
    let mut other = Own::new();
    let mut store = Store::<_, Own>::open(&mut flash, 0..8192, 2).unwrap();
    assert_eq!(store.restore(&mut other, &mut [0; 4096]), Ok(4));
    for i in 0..50 {
        let x = [0.1 * f64::from(i)];
        assert_eq!(other.interval_with_noise(&x, 0.1, 0.5), model.interval_with_noise(&x, 0.1, 0.5));
    }
    assert_eq!(other.noise_of(model.len() - 1), model.noise_of(model.len() - 1));
}

#[test]
fn errors_name_the_remedy() {
    let errors: [(Error<Fault>, &str); 9] = [
        (Error::Empty, "save"),
        (Error::Unreadable, "save"),
        (Error::Version { found: 7 }, "version 7"),
        (Error::Foreign, "save"),
        (Error::Full, "save"),
        (Error::NotRestored, "restore"),
        (Error::Worn { region: 2 }, "region 2"),
        (Error::Damaged { before: 3 }, "salvage"),
        (Error::Room { needed: 9, found: 3 }, "larger regions"),
    ];
    for (error, remedy) in errors {
        assert!(error.to_string().contains(remedy), "{error}");
    }
}
