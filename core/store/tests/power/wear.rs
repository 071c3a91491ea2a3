//! Erases are spread evenly and are as many as the documentation says; a worn page costs a save, no state.

use ntk_core::Sensor;
use ntk_store::{Costs, Error, Model, Store};

use crate::history::Subject;
use crate::mock::Mock;

type M = Sensor<1, 16>;

/// A long history, saved when it is full: bytes and erases are as the costs say.
fn spent<const W: usize, const E: usize>(regions: usize, pages: usize) {
    let mut flash = Mock::<1, W, E>::new(regions * pages, 2);
    let end = u32::try_from(flash.cells.len()).unwrap();
    let mut model = M::begun();
    for i in 0..40 {
        model.change(&model.clone().nth(i)).unwrap(); // a full model, whose snapshots are the largest
    }
    let mut store = Store::<_, M>::open(&mut flash, 0..end, regions).unwrap();
    store.save(&model).unwrap();
    let costs = store.costs(M::capacity_snapshot());
    let mut saves: u64 = 1;
    let changes: u64 = 3000.max(3 * costs.changes_per_erase());
    for i in 0..changes {
        if store.room() == 0 {
            store.save(&model).unwrap();
            saves += 1;
        }
        let change = model.nth(i as usize);
        store.apply(&mut model, &change).unwrap();
    }
    let told = store.erases().to_vec();
    let (least, most) = (flash.erases.iter().min().unwrap(), flash.erases.iter().max().unwrap());
    assert!(most - least <= 1, "{:?}", flash.erases);
    for (page, &count) in flash.erases.iter().enumerate() {
        assert_eq!(told[page / pages], count);
    }
    assert!(u64::from(*most) <= 1 + costs.erases(changes), "{most} {costs:?}");
    let written = costs.change as u64 * changes + costs.save as u64 * saves;
    assert!(flash.written as u64 <= written, "{} {written}", flash.written);
    assert!(flash.written as u64 * 10 > written * 9, "{} {written}", flash.written);
}

trait Capacity {
    fn capacity_snapshot() -> usize;
}

impl Capacity for M {
    /// Of a full model.
    fn capacity_snapshot() -> usize {
        28 + (5 + 16 * 4 + 16 + 16 * 17 / 2 + 4) * 4
    }
}

#[test]
fn long_histories() {
    spent::<1, 1024>(2, 2);
    spent::<4, 1024>(5, 2);
    spent::<4, 4096>(2, 1);
    spent::<8, 2048>(4, 1);
    spent::<32, 131_072>(2, 1);
}

#[test]
fn a_worn_page_costs_a_save_and_no_state() {
    for worn in 0..3 {
        let mut flash = Mock::<1, 4, 2048>::new(3, 4);
        flash.worn = vec![(worn, 20)];
        let mut model = M::begun();
        let mut store = Store::<_, M>::open(&mut flash, 0..6144, 3).unwrap();
        for i in 0..700 {
            if store.changes() == 0 && i == 0 || store.room() == 0 {
                store.save(&model).unwrap(); // takes another region than the worn one
            }
            let change = model.nth(i);
            store.apply(&mut model, &change).unwrap();
        }
        let mut other = M::blank();
        let mut store = Store::<_, M>::open(&mut flash, 0..6144, 3).unwrap();
        store.restore(&mut other, &mut [0; 2048]).unwrap();
        assert!(other.bytes() == model.bytes());
    }
    // With two regions there is no other one: the error says so, and the state stays.
    let mut flash = Mock::<1, 4, 2048>::new(2, 4);
    let mut model = M::begun();
    let mut store = Store::<_, M>::open(&mut flash, 0..4096, 2).unwrap();
    store.save(&model).unwrap();
    store.release().worn = vec![(1, 20)];
    let mut store = Store::<_, M>::open(&mut flash, 0..4096, 2).unwrap();
    store.restore(&mut model, &mut [0; 2048]).unwrap();
    for i in 0..20 {
        assert_eq!(store.save(&model), Err(Error::Worn { region: 1 }));
        let change = model.nth(i);
        store.apply(&mut model, &change).unwrap();
    }
    let mut other = M::blank();
    let mut store = Store::<_, M>::open(&mut flash, 0..4096, 2).unwrap();
    assert_eq!(store.restore(&mut other, &mut [0; 2048]), Ok(20));
    assert!(other.bytes() == model.bytes());
}

/// Cells that fail in the journal cost the slots that they are in, here two of five; if four in a row fail,
/// the change is written by a save.
#[test]
fn a_journal_steps_over_failed_cells() {
    let mut flash = Mock::<1, 4, 4096>::new(2, 4);
    let mut model = M::begun();
    let mut store = Store::<_, M>::open(&mut flash, 0..8192, 2).unwrap();
    store.save(&model).unwrap();
    let room = store.room();
    store.release().worn = vec![(0, 1500)];
    let mut store = Store::<_, M>::open(&mut flash, 0..8192, 2).unwrap();
    store.restore(&mut model, &mut [0; 2048]).unwrap();
    let mut changes = 0;
    while store.room() > 0 {
        let change = model.nth(changes);
        match store.apply(&mut model, &change) {
            Ok(_) => changes += 1,
            Err(error) => assert_eq!((error, store.room()), (Error::Worn { region: 0 }, 0)),
        }
    }
    assert!(room / 2 < changes && changes < room, "{changes} of {room}");
    let mut other = M::blank();
    let mut store = Store::<_, M>::open(&mut flash, 0..8192, 2).unwrap();
    assert_eq!(store.restore(&mut other, &mut [0; 2048]), Ok(changes));
    store.save(&model).unwrap();
}

#[test]
fn costs_add_up() {
    let costs = Costs { change: 16, changes: 100, save: 1100, regions: 3 };
    assert_eq!(costs.changes_per_erase(), 300);
    assert_eq!([0, 1, 300, 301].map(|n| costs.erases(n)), [0, 1, 1, 2]);
    assert_eq!(costs.lifetime(10_000), 3_000_000);
    let none = Costs { changes: 0, ..costs };
    assert_eq!((none.erases(0), none.erases(1), none.lifetime(9)), (0, u64::MAX, 0));
    assert_eq!(Costs { regions: usize::MAX, ..costs }.lifetime(u64::MAX), u64::MAX);
}
