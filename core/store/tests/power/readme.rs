//! The table of costs in README.md is what the store computes.

use ntk_core::Sensor;
use ntk_store::Store;

use crate::mock::Mock;

const A_YEAR: u64 = 365 * 24 * 60;

/// A line: name, bytes of a unit and of a page, pages of a region, regions, endurance.
fn line<const W: usize, const E: usize>(name: &str, pages: usize, regions: usize, endurance: u64) -> String {
    let mut flash = Mock::<1, W, E>::new(pages * regions, 0);
    let end = u32::try_from(flash.cells.len()).unwrap();
    let costs = Store::<_, Sensor<1, 16>>::open(&mut flash, 0..end, regions).unwrap().costs(928);
    let (region, years) = (pages * E, costs.lifetime(endurance) / A_YEAR);
    format!(
        "| {name} | {region} | {regions} | {} | {} | {} | {} | {years} |\n",
        costs.change,
        costs.changes,
        costs.save,
        costs.erases(A_YEAR),
    )
}

#[test]
fn the_table_of_costs() {
    let table = [
        line::<4, 1024>("nRF51, unit 4, pages of 1 KB, 20,000 erases", 2, 4, 20_000),
        line::<4, 4096>("nRF52, unit 4, 4 KB, 10,000", 1, 3, 10_000),
        line::<1, 4096>("RP2040 with serial flash, unit 1, 4 KB, 100,000", 1, 3, 100_000),
        line::<4, 4096>("ESP32-C3, unit 4, 4 KB, 100,000", 1, 3, 100_000),
        line::<8, 2048>("STM32L4, G4, unit 8, 2 KB, 10,000", 1, 4, 10_000),
        line::<4, 16_384>("STM32F4, unit 4, 16 KB, 10,000", 1, 3, 10_000),
        line::<32, 131_072>("STM32H7, unit 32, 128 KB, 10,000", 1, 2, 10_000),
    ]
    .concat();
    let page = include_str!("../../README.md");
    assert!(page.contains(&table), "README.md must hold this table:\n{table}");
}

#[test]
fn a_full_sensor_has_928_bytes() {
    let (x, y): (Vec<f32>, Vec<f32>) = (0..16i16).map(|i| (f32::from(i), f32::from(i * i % 7))).unzip();
    let mut sensor = Sensor::<1, 16>::new();
    sensor.fit(x.as_slice(), y.as_slice()).unwrap();
    assert_eq!(ntk_store::Model::snapshot_len(&sensor), Ok(928));
}
