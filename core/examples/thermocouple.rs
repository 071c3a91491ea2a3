//! Calibrate a type K thermocouple from sixteen points, choose its settings on the device, and read
//! temperatures between them.

use ntk_core::{Error, Sensor};

/// Millivolts at 0, 50, .., 750 degrees Celsius (ITS-90).
const MILLIVOLTS: [f32; 16] = [
    0.000, 2.023, 4.096, 6.138, 8.138, 10.153, 12.209, 14.293, 16.397, 18.516, 20.644, 22.776, 24.905,
    27.025, 29.129, 31.213,
];

fn main() -> Result<(), Error> {
    let celsius: [f32; 16] = core::array::from_fn(|i| 50.0 * i as f32);
    let mut sensor = Sensor::<1, 16>::new();
    let found = sensor.fit(&MILLIVOLTS, &celsius)?;
    println!("{found:?}");
    for (millivolts, celsius) in [(3.267, 80.0), (9.343, 230.0), (19.792, 480.0), (28.289, 680.0)] {
        let read = sensor.read(&[millivolts], 0.9)?;
        println!(
            "{millivolts:6.3} mV: {:6.1} C, {:6.1} to {:6.1}, truth {celsius:6.1} C",
            read.value, read.low, read.high
        );
        assert!((read.value - celsius).abs() < 1.5);
        assert!(read.low < celsius && celsius < read.high);
    }
    Ok(())
}
