//! A stream that forgets all comes back without samples, and goes on from there where the journal is full.

use ntk_core::Listener;
use ntk_core::stream::Occasion;
use ntk_store::{Error, Event, Model, Store};

use crate::history::Subject;
use crate::mock::{ALL, Fault, Mock};

type M = Listener<1, 12>;
type Flash = Mock<1, 4, 1024>;

const END: u32 = 2 * 1024;
const HEAR: Event<1> = Event::Hear { x: [4.0], y: 20.5, occasion: Occasion::USUAL };

fn open(flash: &mut Flash) -> Store<&mut Flash, M> {
    Store::open(flash, 0..END, 2).unwrap()
}

fn restored(flash: &mut Flash) -> M {
    let mut model = M::new();
    open(flash).restore(&mut model, &mut [0; 1024]).unwrap();
    model
}

/// One change after a restart. The model as the store has it then, which is that before or that after.
fn applied(flash: &mut Flash, change: &Event<1>) -> (Result<(), Error<Fault>>, M) {
    let mut model = restored(flash);
    let (before, mut after) = (model.bytes(), model.clone());
    after.change(change).unwrap();
    let mut store = open(flash);
    store.restore(&mut model, &mut [0; 1024]).unwrap();
    let result = store.apply(&mut model, change).map(|_| ());
    flash.power_on();
    let model = restored(flash);
    assert!(model.bytes() == after.bytes() || result.is_err() && model.bytes() == before);
    (result, model)
}

/// A store with room for one change.
fn nearly_full() -> Flash {
    let (mut flash, mut model) = (Flash::new(2, 3), M::begun());
    let mut store = open(&mut flash);
    store.save(&model).unwrap();
    for i in 0..store.room() - 1 {
        let (x, y) = (i as f32 / 4.0, 20.0 + (i % 3) as f32);
        store.apply(&mut model, &Event::Hear { x: [x], y, occasion: Occasion::USUAL }).unwrap();
    }
    assert!(store.room() == 1 && model.heard() > 20);
    flash
}

#[test]
fn cleared_with_the_last_place_of_the_journal_and_cut_everywhere() {
    let first = nearly_full();
    let mut whole = first.clone();
    let (result, model) = applied(&mut whole, &Event::Clear);
    assert!(result.is_ok() && model.is_empty() && model.heard() == 0);
    // The settings of the stream stay, so that it goes on as one that was never kept.
    let mut twin = restored(&mut first.clone());
    twin.clear();
    let (mut flash, mut never_kept) = (whole.clone(), twin);
    never_kept.hear(&[4.0], 20.5).unwrap();
    assert_eq!(open(&mut flash).room(), 0);
    let (result, model) = applied(&mut flash, &HEAR);
    assert!(result.is_ok() && model.bytes() == never_kept.bytes());

    for change in [Event::Clear, HEAR] {
        let before = if change == HEAR { &whole } else { &first };
        let mut after = before.clone();
        assert_eq!(applied(&mut after, &change).0, Ok(()));
        for position in before.position..after.position {
            for torn in ALL {
                let mut flash = before.clone();
                flash.cut = Some((position, torn));
                let (result, model) = applied(&mut flash, &change);
                assert_eq!(result, Err(Error::Flash(Fault::Cut)));
                let is_new = model.is_empty() == (change == Event::Clear);
                if !is_new && change == Event::Clear && open(&mut flash).room() == 0 {
                    // A stream with samples leaves the last places alone, and can be saved.
                    assert_eq!(applied(&mut flash, &change).0, Err(Error::Full));
                    let model = restored(&mut flash);
                    open(&mut flash).save(&model).unwrap();
                }
                if !is_new {
                    assert_eq!(applied(&mut flash, &change).0, Ok(()));
                }
                assert_eq!(restored(&mut flash).is_empty(), change == Event::Clear);
            }
        }
    }
}

#[test]
fn a_stream_without_samples_is_saved_with_the_first_one() {
    let mut flash = nearly_full();
    assert_eq!(applied(&mut flash, &Event::Clear).0, Ok(()));
    let mut model = restored(&mut flash);
    let nothing = Err(Error::Model(ntk_core::Error::NotFitted.into()));
    assert_eq!(open(&mut flash).save(&model), nothing);
    // Two cuts take both places that are left; nothing was promised in between.
    for _ in 0..2 {
        flash.cut = Some((flash.position + 1, ALL[1]));
        assert!(applied(&mut flash, &HEAR).1.is_empty());
    }
    assert_eq!(applied(&mut flash, &HEAR).0, Err(Error::Full));
    model.change(&HEAR).unwrap();
    open(&mut flash).save(&model).unwrap();
    assert!(restored(&mut flash).bytes() == model.bytes() && model.heard() == 1);
}
