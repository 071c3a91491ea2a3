use ntk_core::regression::bytes::Flash;
use ntk_core::stream::{Forgetting, Learned, Occasion};
use ntk_core::{Architecture, Erf, Error, Listener, Ntk, Scalar, Stream};

use crate::fnv::Fnv;
use crate::samples::normals;

/// Room for so many basis inputs.
const M: usize = 6;
/// Samples of most operations: several times the room.
const SAMPLES: usize = 40;

/// Inputs around (300, 0.5) in units of a sensor, and labels around 20 of a truth that turns as they come.
fn samples<T: Scalar, const N: usize>(seed: u64) -> impl Iterator<Item = ([T; 2], T)> {
    let c = T::from_f64;
    normals::<T, 3, N>(seed).into_iter().enumerate().map(move |(i, [u, v, noise])| {
        let phase = T::from_usize(i) / c(16.0);
        let y = (u + phase).sin() + v / T::TWO + noise / c(10.0);
        ([c(300.0) + c(10.0) * u, c(0.5) + v], c(20.0) + T::TWO * y)
    })
}

/// Empty, scaled by ranges.
fn listener<T: Scalar>() -> Listener<2, M, T> {
    let c = T::from_f64;
    let mut stream = Listener::new();
    stream.set_range(&[c(280.0), c(-1.5)], &[c(320.0), c(2.5)]).unwrap();
    stream.set_labels(&c(16.0), &c(24.0)).unwrap();
    stream
}

/// What a sample did to the basis.
fn learned(fnv: &mut Fnv, learned: Learned) {
    fnv.word(match learned {
        Learned::Joined => 1,
        Learned::Absorbed => 2,
        Learned::Repeated => 3,
        Learned::Replaced(place) => 4 + place as u64,
    });
}

/// Hears samples of a seed as usual; returns how many took the place of another.
fn hear<T: Scalar, const N: usize>(stream: &mut Listener<2, M, T>, seed: u64, fnv: &mut Fnv) -> usize {
    let mut replaced = 0;
    for (x, y) in samples::<T, N>(seed) {
        let change = stream.hear(&x, y).unwrap();
        learned(fnv, change);
        replaced += usize::from(matches!(change, Learned::Replaced(_)));
    }
    replaced
}

/// Everything that a stream says at some inputs, and what it has found.
fn ask<T: Scalar>(stream: &Listener<2, M, T>, fnv: &mut Fnv) {
    for (x, y) in samples::<T, 4>(71) {
        for level in [T::HALF, T::from_f64(0.9), T::from_f64(0.97)] {
            let at = stream.answer(&x, level).unwrap();
            fnv.numbers(&[at.mean, at.deviation, at.low, at.high, at.novelty]);
        }
        fnv.result(stream.p_value(&x, y + T::HALF));
        fnv.result(stream.familiarity(&x));
    }
    fnv.numbers(&[stream.noise(), stream.forgetting()]);
}

fn heard<T: Scalar>(f: impl FnOnce(&mut Listener<2, M, T>, &mut Fnv)) -> u64 {
    let (mut stream, mut fnv) = (listener::<T>(), Fnv::new());
    f(&mut stream, &mut fnv);
    ask(&stream, &mut fnv);
    fnv.finish()
}

/// While there is room, without forgetting, with a noise that is given: exact regression.
pub(super) fn with_room<T: Scalar>() -> u64 {
    heard::<T>(|stream, fnv| {
        stream.set_forgetting(Forgetting::Never).unwrap();
        stream.set_noise(Some(T::from_f64(0.05))).unwrap();
        hear::<T, M>(stream, 70, fnv);
        assert_eq!(stream.len(), M);
    })
}

/// Far more samples than room: inputs leave the basis for others; noise and forgetting are found.
pub(super) fn when_full<T: Scalar>() -> u64 {
    heard::<T>(|stream, fnv| {
        let replaced = hear::<T, SAMPLES>(stream, 72, fnv);
        assert!(stream.len() == M && replaced > 0);
    })
}

/// Forgetting by a factor, an amplitude that is given, and times between samples that differ.
pub(super) fn forgetting<T: Scalar>() -> u64 {
    heard::<T>(|stream, fnv| {
        stream.set_forgetting(Forgetting::Factor(T::from_f64(0.98))).unwrap();
        stream.set_amplitude(Some(T::HALF)).unwrap();
        for (i, (x, y)) in samples::<T, SAMPLES>(73).enumerate() {
            let elapsed = T::from_usize(i % 4) / T::TWO;
            learned(fnv, stream.hear_on(&x, y, Occasion { elapsed, noise: None }).unwrap());
        }
    })
}

/// Samples with a noise of their own, from deviations in units of the labels.
pub(super) fn own_noise<T: Scalar>() -> u64 {
    heard::<T>(|stream, fnv| {
        hear::<T, M>(stream, 74, fnv);
        for (i, (x, y)) in samples::<T, SAMPLES>(75).enumerate() {
            let noise = stream.noise_of(&[T::from_usize(1 + i % 3) / T::from_f64(8.0)]);
            fnv.result(noise);
            let occasion = Occasion { noise: noise.ok(), ..Occasion::USUAL };
            learned(fnv, stream.hear_on(&x, y, occasion).unwrap());
        }
    })
}

/// Scaled by its first samples; then outliers, a sensor that is stuck, and what is refused.
pub(super) fn faults<T: Scalar>() -> u64 {
    let (mut stream, mut fnv) = (Listener::<2, M, T>::new(), Fnv::new());
    let (mut x, mut y) = ([[T::ZERO; 2]; 5], [T::ZERO; 5]);
    for (place, sample) in x.iter_mut().zip(&mut y).zip(samples::<T, 5>(76)) {
        (*place.0, *place.1) = sample;
    }
    stream.begin(&x, &y).unwrap();
    for (i, (x, y)) in samples::<T, SAMPLES>(77).enumerate() {
        let y = if i % 7 == 6 { y + T::from_f64(50.0) } else { y };
        fnv.result(stream.p_value(&x, y));
        learned(&mut fnv, stream.hear(&x, y).unwrap());
    }
    for _ in 0..20 {
        learned(&mut fnv, stream.hear(&x[0], y[0]).unwrap());
    }
    assert_eq!(stream.hear(&x[0], y[0]), Ok(Learned::Repeated));
    assert!(matches!(stream.hear(&[T::NAN, T::ONE], T::ONE), Err(Error::NotFinite { .. })));
    ask(&stream, &mut fnv);
    fnv.finish()
}

/// One input, two outputs.
pub(super) fn two_outputs<T: Scalar>() -> u64 {
    let (mut stream, mut fnv) = (Listener::<1, M, T, [T; 2]>::new(), Fnv::new());
    for [x, noise] in normals::<T, 2, SAMPLES>(78) {
        let y = [x.sin() + noise / T::from_f64(8.0), T::TWO * x * x - noise];
        learned(&mut fnv, stream.hear(&[x], y).unwrap());
    }
    for [x] in normals::<T, 1, 4>(79) {
        let at = stream.answer(&[x], T::from_f64(0.9)).unwrap();
        [at.mean, at.deviation, at.low, at.high].iter().for_each(|pair| fnv.numbers(pair));
        fnv.numbers(&stream.p_value(&[x], [T::ONE, T::ZERO]).unwrap());
    }
    fnv.finish()
}

/// The bytes of a file, what is read where they lie, and how a stream that was loaded learns on.
pub(super) fn file<T: Scalar>() -> u64 {
    type Stored<'b, T> = Stream<Ntk<Erf, Architecture<T>>, Flash<'b, T, 2, M>>;
    heard::<T>(|stream, fnv| {
        hear::<T, 20>(stream, 80, fnv);
        let mut page = [0; 1024];
        let length = stream.write(&mut page).unwrap();
        page[..length].iter().for_each(|&byte| fnv.word(u64::from(byte)));
        let query = samples::<T, 1>(81).next().unwrap().0;
        let stored = Stored::open(&page[..length]).unwrap();
        let (there, here) = (stored.answer(&query, T::HALF), stream.answer(&query, T::HALF));
        assert!(there == here, "a stream in flash answers otherwise");
        stream.clear();
        stream.load(&page[..length]).unwrap();
        hear::<T, 20>(stream, 82, fnv);
    })
}
