//! A humidity sensor that ages for a year. Once a day a reference instrument is read beside it: a stream
//! hears the pair, follows the drift, and finds the day on which the reference was read wrong.

use ntk_core::{Error, Listener, Sensor};
use semihosting::println;

use crate::degrees::{down, nearest, up};

/// One input; six of those heard are kept, 0.5 KB.
pub(crate) type Drifting = Listener<1, 6>;

const SEED: u32 = 100;
const DAYS: i32 = 365;
/// Days on which the converter is read at two humidities that no reference was taken at.
const SHOWN: [i32; 3] = [60, 180, 364];
/// On this day someone misreads the reference by 15 %.
const MISREAD: (i32, i32) = (200, 150);
/// Nine of ten references lie in the interval of this level.
const LEVEL: f32 = 0.9;
/// At most one good reference in a hundred looks as strange as this share says: some four in a year.
const STRANGE: f32 = 0.01;

/// What the converter shows, in counts: less of a bent curve with every day. Humidities are in tenths of a
/// per cent.
fn counts(day: i32, humidity: i32) -> i32 {
    500 - day / 2 + humidity * (4000 - 2 * day) / 1000 - humidity * humidity / 2000
}

/// Numbers that look random, of 16 bits; `expected.py` draws the same.
struct Draws(u32);

impl Draws {
    fn next(&mut self, below: u32) -> i32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((self.0 >> 16) % below) as i32
    }

    /// The counts and the reference of a day, with noise of up to 32 counts.
    fn day(&mut self, day: i32) -> [i32; 2] {
        let humidity = 100 + self.next(801);
        let noise = self.next(33) + self.next(33) - 32;
        [counts(day, humidity) + noise, humidity]
    }
}

/// Hears a year, and prints what the stream says beside a calibration with the first days, which stays as it
/// is.
pub(crate) fn run(stream: &mut Drifting, once: &mut Sensor<1, 15>) -> Result<(), Error> {
    stream.set_range(&[500.0], &[5000.0])?; // of the converter, in counts
    stream.set_labels(&0.0, &1000.0)?;
    println!("humidity sensor that drifts, a reference a day, in tenths of a per cent");
    println!("day  counts  predicted  from    to  calibrated once  truth");
    let (mut draws, mut first) = (Draws(SEED), [[0.0; 15]; 2]);
    for day in 0..DAYS {
        let [x, mut y] = draws.day(day);
        if day == MISREAD.0 {
            y += MISREAD.1;
        }
        let (x, y) = (x as f32, y as f32);
        if day > 30 && stream.p_value(&[x], y)? < STRANGE {
            println!("{day:3}    the reference does not fit the others");
        }
        stream.hear(&[x], y)?; // all the same: it counts as an error of four deviations
        if let [Some(place), Some(label)] = first.each_mut().map(|column| column.get_mut(day as usize)) {
            (*place, *label) = (x, y);
        }
        if day == 14 {
            once.fit(&first[0], &first[1])?;
        }
        if SHOWN.contains(&day) {
            for truth in [250, 800] {
                show(stream, once, day, truth)?;
            }
        }
    }
    println!("{} references heard, {} inputs kept", stream.heard(), stream.len());
    Ok(())
}

fn show(stream: &Drifting, once: &Sensor<1, 15>, day: i32, truth: i32) -> Result<(), Error> {
    let reading = counts(day, truth);
    let (at, fixed) = (stream.answer(&[reading as f32], LEVEL)?, once.mean(&[reading as f32])?);
    let [value, low, high, fixed] = [nearest(at.mean), down(at.low), up(at.high), nearest(fixed)];
    println!("{day:3} {reading:7} {value:10} {low:5} {high:5} {fixed:16} {truth:6}");
    Ok(())
}
