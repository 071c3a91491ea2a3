//! Calibrate a type K thermocouple from sixteen points, choose its settings on the device, and read temperatures between them.

use ntk_core::regression::{Criterion, Labels, Variances};
use ntk_core::{Dataset, Deep, Erf, Error, Regression};

/// Millivolts at 0, 50, .., 750 degrees Celsius (ITS-90).
const MILLIVOLTS: [f32; 16] = [
    0.000, 2.023, 4.096, 6.138, 8.138, 10.153, 12.209, 14.293, 16.397, 18.516, 20.644, 22.776, 24.905,
    27.025, 29.129, 31.213,
];

/// Voltage and temperature in units of the order of one.
fn scaled(millivolts: f32) -> [f32; 1] {
    [millivolts / 15.0 - 1.0]
}

fn main() -> Result<(), Error> {
    let x = MILLIVOLTS.map(scaled);
    let mut y = [[0.0f32]; 16];
    for (i, [y]) in y.iter_mut().enumerate() {
        *y = i as f32 / 7.5 - 1.0;
    }
    let mut model = Regression::<f32, Deep<Erf, f32>, 1, 16>::new(Deep::ntk(1, 1.0, 1.0)?);
    model.fit(&Dataset::new(&x, &y)?, 1e-4, Labels::AsGiven)?;
    let found = model.tune_variances(Criterion::LeaveOneOut, Variances::Bias)?;
    println!("{found:?}");
    for (millivolts, celsius) in [(3.267, 80.0), (9.343, 230.0), (19.792, 480.0), (28.289, 680.0)] {
        let [mean] = model.mean(&scaled(millivolts))?;
        let read = 375.0 * (mean + 1.0);
        println!("{millivolts:6.3} mV: {read:6.1} C, truth {celsius:6.1} C");
        assert!((read - celsius).abs() < 1.5);
    }
    Ok(())
}
