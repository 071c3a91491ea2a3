//! Whatever else lies in the flash: one answer, and nothing that was promised is lost.

use ntk_core::regression::bytes::{Crc, FileError};
use ntk_core::regression::{PerSample, WhenFull};
use ntk_core::{Listener, Sensor};
use ntk_store::{Change, Error, Model, Noisy, Store};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::history::Subject;
use crate::mock::{Fault, Mock};

pub(crate) type M = Sensor<1, 16>;
pub(crate) type Flash = Mock<1, 4, 1024>;
pub(crate) type Open<'f> = Store<&'f mut Flash, M>;

const REGION: u32 = 2048;
/// Of the flash: the store lies between others.
const AT: core::ops::Range<u32> = 1024..1024 + 3 * REGION;

pub(crate) fn open(flash: &mut Flash) -> Open<'_> {
    Store::open(flash, AT, 3).unwrap()
}

pub(crate) fn apply(store: &mut Open<'_>, model: &mut M, i: usize) -> Result<Option<usize>, Error<Fault>> {
    let change = model.nth(i);
    store.apply(model, &change)
}

/// A state with changes, and the model that has it.
pub(crate) fn kept(changes: usize) -> (Flash, M) {
    let (mut flash, mut model) = (Flash::new(8, 1), M::begun());
    let mut store = open(&mut flash);
    store.save(&model).unwrap();
    for i in 0..changes {
        apply(&mut store, &mut model, i).unwrap();
    }
    (flash, model)
}

pub(crate) fn restored(flash: &mut Flash) -> Result<(usize, Vec<u8>), Error<Fault>> {
    let mut model = M::blank();
    let changes = open(flash).restore(&mut model, &mut [0; 2048])?;
    Ok((changes, model.bytes()))
}

/// The last word of a save fails, as the driver says, and may stand there all the same: a change in the old
/// journal could be lost.
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

pub(crate) fn model_len() -> usize {
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
