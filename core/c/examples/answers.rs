//! Prints `tests/c/answers.txt`: the bits that `tests/c/answers.c` has to find, computed in Rust.
//!
//! ```sh
//! cargo run -p ntk-c --example answers >core/c/tests/c/answers.txt
//! ```

use ntk_core::regression::bytes::Contents;
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::stream::{Answer, Forgetting, Learned, Occasion};
use ntk_core::{Error, Listener, Ntk, Reading, Regression, Relu, Sensor};

const MILLIVOLTS: [f32; 12] = [0.0, 1.2, 2.85, 4.1, 5.33, 6.94, 8.14, 9.75, 11.38, 12.62, 14.29, 15.55];
const DEGREES: [f32; 12] = [0.0, 30.0, 70.0, 100.0, 130.0, 170.0, 200.0, 240.0, 280.0, 310.0, 350.0, 380.0];

#[allow(dead_code)] // a test takes the text alone
fn main() -> Result<(), Box<dyn std::error::Error>> {
    print!("{}", text()?);
    Ok(())
}

pub(crate) fn text() -> Result<String, Box<dyn std::error::Error>> {
    let mut text = String::new();
    of_sensor(&mut |name, bits| text += &format!("{name} {bits:08x}\n"))?;
    of_model(&mut |name, bits| text += &format!("{name} {bits:08x}\n"))?;
    of_stream(&mut |name, bits| text += &format!("{name} {bits:08x}\n"))?;
    Ok(text)
}

fn fnv(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn reading(at: Reading<f32>, say: &mut impl FnMut(&str, u32)) {
    say("value", at.value.to_bits());
    say("low", at.low.to_bits());
    say("high", at.high.to_bits());
    say("deviation", at.deviation.to_bits());
    say("familiarity", at.familiarity.to_bits());
}

fn of_sensor(say: &mut impl FnMut(&str, u32)) -> Result<(), Box<dyn std::error::Error>> {
    let mut sensor = Sensor::<1, 16>::new();
    sensor.fit(&MILLIVOLTS, &DEGREES)?;
    reading(sensor.read(&[10.15], 0.9)?, say);
    reading(sensor.read(&[60.0], 0.8)?, say);
    say("value", sensor.mean(&[60.0])?.to_bits());
    say("p_value", sensor.p_value(&[10.15], 300.0)?.to_bits());
    let left = sensor.leave_one_out(3)?;
    say("left_out", left.mean.to_bits());
    say("left_out", left.deviation.to_bits());
    sensor.push(&[10.15], 250.0, WhenFull::Refuse)?;
    sensor.remove(2)?;
    sensor.replace(0, &[MILLIVOLTS[2]], 70.5)?;
    reading(sensor.read(&[10.15], 0.9)?, say);
    let ([x], y) = sensor.sample(11).ok_or("no such sample")?;
    say("sample", x.to_bits());
    say("sample", y.to_bits());
    let mut page = [0; 2048];
    let written = sensor.write(Contents::Everything, &mut page)?;
    say("written", u32::try_from(written)?);
    say("file", fnv(&page[..written]));
    let mut loaded = Sensor::<1, 32>::new();
    loaded.load(&page[..written])?;
    let mut dropped = None;
    for n in 0..21_u8 {
        let x = 0.4 * f32::from(n);
        dropped = loaded.push(&[x], 25.0 * x, WhenFull::DropOldest)?;
    }
    say("dropped", u32::try_from(dropped.unwrap_or(32))?);
    dropped = loaded.push(&[60.0], 1500.0, WhenFull::DropRedundant)?;
    say("dropped", u32::try_from(dropped.unwrap_or(32))?);
    say("count", u32::try_from(loaded.len())?);
    reading(loaded.read(&[10.15], 0.9)?, say);
    let mut sensor = Sensor::<1, 16>::new();
    sensor.set_range(&[-1.0], &[20.0])?;
    sensor.fit(&MILLIVOLTS, &DEGREES)?;
    reading(sensor.read(&[10.15], 0.75)?, say);
    Ok(())
}

fn of_model(say: &mut impl FnMut(&str, u32)) -> Result<(), Box<dyn std::error::Error>> {
    let x = MILLIVOLTS.map(|x| [x / 8.0 - 1.0, 1.0]);
    let y = DEGREES.map(|y| y / 256.0 - 1.0);
    let mut model: Regression<_, Fixed<f32, 2, 16>> = Regression::new(Ntk::new(Relu), Fixed::new());
    model.fit_empty(&x, &y, 0.001)?;
    let at = model.predict(&[0.3, 1.0])?;
    say("mean", at.mean.to_bits());
    say("deviation", at.deviation.to_bits());
    say("observation_deviation", at.observation_deviation.to_bits());
    say("novelty", at.novelty.to_bits());
    model.fit(&x[..11], &y[..11], 0.01)?;
    model.push(&[0.3, 1.0], 0.31, WhenFull::Refuse)?;
    model.remove(4)?;
    let left = model.leave_one_out(10)?;
    say("left_out", left.mean.to_bits());
    say("left_out", left.deviation.to_bits());
    let mut page = [0; 2048];
    let written = model.write(Contents::Everything, &mut page)?;
    say("file", fnv(&page[..written]));
    say("mean", model.mean(&[0.3, 1.0])?.to_bits());
    Ok(())
}

fn answer(at: Answer<f32>, say: &mut impl FnMut(&str, u32)) {
    say("mean", at.mean.to_bits());
    say("low", at.low.to_bits());
    say("high", at.high.to_bits());
    say("deviation", at.deviation.to_bits());
    say("novelty", at.novelty.to_bits());
}

fn state(stream: &Listener<1, 16>, say: &mut impl FnMut(&str, u32)) {
    say("kept", stream.len() as u32);
    say("heard", stream.heard());
    say("noise", stream.noise().to_bits());
    say("forgetting", stream.forgetting().to_bits());
}

/// The thermocouple again and again, drifting by a degree a round.
fn hear_rounds(stream: &mut Listener<1, 16>, rounds: u8, changes: &mut u32) -> Result<(), Error> {
    for round in 0..rounds {
        for (x, y) in MILLIVOLTS.into_iter().zip(DEGREES) {
            let code = match stream.hear(&[x], y + f32::from(round))? {
                Learned::Joined => 0,
                Learned::Replaced(place) => 1 + ((place as u32) << 8),
                Learned::Absorbed => 2,
                Learned::Repeated => 3,
            };
            *changes = changes.wrapping_mul(31).wrapping_add(code);
        }
    }
    Ok(())
}

fn of_stream(say: &mut impl FnMut(&str, u32)) -> Result<(), Box<dyn std::error::Error>> {
    let (mut stream, mut changes) = (Listener::<1, 16>::new(), 0);
    stream.begin(&MILLIVOLTS, &DEGREES)?;
    hear_rounds(&mut stream, 5, &mut changes)?;
    say("changes", changes);
    answer(stream.answer(&[10.15], 0.9)?, say);
    answer(stream.answer(&[60.0], 0.5)?, say);
    say("p_value", stream.p_value(&[10.15], 300.0)?.to_bits());
    say("familiarity", stream.familiarity(&[60.0])?.to_bits());
    state(&stream, say);
    let mut page = [0; 2048];
    let written = stream.write(&mut page)?;
    say("written", u32::try_from(written)?);
    say("file", fnv(&page[..written]));
    let mut stream = Listener::<1, 16>::new();
    stream.load(&page[..written])?;
    hear_rounds(&mut stream, 2, &mut changes)?;
    answer(stream.answer(&[10.15], 0.9)?, say);
    stream.clear();
    stream.set_range(&[-1.0], &[20.0])?;
    stream.set_labels(&0.0, &400.0)?;
    stream.set_forgetting(Forgetting::Factor(0.98))?;
    stream.set_noise(Some(0.25))?;
    stream.set_amplitude(Some(0.5))?;
    hear_rounds(&mut stream, 1, &mut changes)?;
    stream.set_noise(None)?;
    stream.set_forgetting(Forgetting::Never)?;
    stream.set_amplitude(None)?;
    hear_rounds(&mut stream, 3, &mut changes)?;
    let noise = Some(stream.noise_of(&[2.0])?);
    stream.hear_on(&[10.15], 250.0, Occasion { elapsed: 0.5, noise })?;
    stream.set_forgetting(Forgetting::Auto)?;
    stream.hear_on(&[10.15], 251.0, Occasion { elapsed: 24.0, noise: None })?;
    answer(stream.answer(&[10.15], 0.75)?, say);
    state(&stream, say);
    say("changes", changes);
    Ok(())
}
