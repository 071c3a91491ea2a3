//! A sensor that drifts for a year: sixteen inputs are kept, every reading is heard, and a spike is noticed.

use ntk_core::{Error, Listener};

/// Readings of one day: the truth turns slowly through the year.
fn reading(hour: u16, x: f32) -> f32 {
    let noise = 0.1 * ((f32::from(hour) * 12.9).sin() * 43_758.5).fract();
    (x + f32::from(hour) / 4000.0).sin() + noise
}

fn main() -> Result<(), Error> {
    let mut model = Listener::<1, 16>::new();
    model.set_range(&[0.0], &[6.0])?;
    model.set_labels(&-1.5, &1.5)?;
    let mut alarms = 0;
    for hour in 0..8760u16 {
        let x = 3.0 + 3.0 * (f32::from(hour) * 2.4).sin();
        let mut y = reading(hour, x);
        if hour % 1000 == 999 {
            y += 2.0; // a loose contact
        }
        if hour > 100 && model.p_value(&[x], y)? < 1e-4 {
            alarms += 1; // said, and heard all the same: it moves no more than an error of four deviations
        }
        model.hear(&[x], y)?;
    }
    let at = model.answer(&[2.0], 0.9)?;
    let truth = (2.0f32 + 8760.0 / 4000.0).sin();
    println!("{at:?}, truth {truth}, {alarms} alarms, forgets by {}", model.forgetting());
    assert!((at.mean - truth).abs() < 0.1 && at.low < truth && truth < at.high);
    assert!(model.len() <= 16 && (8..=10).contains(&alarms));
    Ok(())
}
