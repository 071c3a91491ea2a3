//! What the store refuses, and that a refusal changes nothing.

use ntk_core::regression::WhenFull;
use ntk_core::regression::bytes::FileError;
use ntk_store::{Change, Error, Model, Store};

use crate::clear_answers::{Flash, M, apply, kept, model_len, open, restored};
use crate::history::Subject;
use crate::mock::{ALL, Fault, Mock, Torn};

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
