//! Nothing but what was written is accepted, and what is accepted gives numbers.

use ntk_core::regression::Fixed;
use ntk_core::regression::bytes::{Contents, FileError, Flash};
use ntk_core::{Architecture, Calibration, Erf, Nngp, Ntk, Quantity, Regression, Relu};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::{General, Model, Scaled, empty_scaled, file, fitted, queries, relu, scaled, scaled_file, sealed};

type Bytes<'b, T, const D: usize, const N: usize, const C: usize> = Flash<'b, T, D, N, [T; C]>;
type View<'b, K = Ntk<Relu>> = Regression<K, Bytes<'b, f32, 2, 7, 2>>;
type ScaledView<'b, K = General<Relu, f32>> = Calibration<K, Bytes<'b, f32, 2, 7, 2>>;

/// Everything that reads a file, and what it says; all must agree that it is none.
fn refusal(bytes: &[u8]) -> Option<FileError> {
    let found = ScaledView::<General<Relu, f32>>::open(bytes).err()?;
    let mut plain = Model::<f32, General<Relu, f32>>::new(relu(), Fixed::new());
    let mut scaled = empty_scaled::<f32, _>(relu());
    assert_eq!(View::<General<Relu, f32>>::open(bytes).err(), Some(found));
    assert_eq!(plain.load(bytes), Err(found));
    assert_eq!(scaled.load(bytes), Err(found));
    assert!(plain.is_empty() && scaled.is_empty());
    Some(found)
}

fn files() -> [Vec<u8>; 3] {
    let model = fitted::<f32, _>(Ntk::new(Relu));
    [
        file(&model, Contents::Everything),
        file(&model, Contents::Means),
        scaled_file(&scaled::<f32, _>(relu()), Contents::Everything),
    ]
}

#[test]
fn every_flipped_bit_is_found() {
    for whole in files() {
        for bit in 0..8 * whole.len() {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(refusal(&bytes).is_some(), "bit {bit}");
        }
        assert!(ScaledView::<General<Relu, f32>>::open(&whole).is_ok());
    }
}

#[test]
fn two_flipped_bits_and_bursts_are_found() {
    let [whole, ..] = files();
    for first in 0..8 * whole.len() {
        for second in [first + 1, first + 2, first + 7, first + 31, first + 32, first + 777] {
            let mut bytes = whole.clone();
            for bit in [first, second % (8 * whole.len())] {
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
            assert!(View::<Ntk<Relu>>::open(&bytes).is_err(), "bits {first} and {second}");
        }
    }
}

#[test]
fn every_cut_and_every_addition_is_found() {
    for whole in files() {
        for length in 0..whole.len() {
            let found = refusal(&whole[..length]);
            assert!(matches!(found, Some(FileError::Length { .. })), "{length}: {found:?}");
            assert!(refusal(&whole[whole.len() - length..]).is_some(), "{length}");
        }
        for more in 1..70 {
            let bytes = [whole.clone(), vec![0xff; more]].concat();
            let (needed, found) = (whole.len(), whole.len() + more);
            assert_eq!(refusal(&bytes), Some(FileError::Length { needed, found }));
        }
    }
}

#[test]
fn a_refused_file_leaves_the_old_model() {
    let mut model = fitted::<f32, _>(Ntk::with(Relu, Architecture::ONE_LAYER.depth(2).bias(0.5)));
    let before = format!("{model:?}");
    let whole = file(
        &fitted::<f32, _>(Ntk::with(Relu, Architecture::ONE_LAYER.depth(3).bias(0.5))),
        Contents::Everything,
    );
    for place in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x80;
        for bytes in [&bytes, &sealed(bytes.clone())] {
            if model.load(bytes).is_err() {
                assert_eq!(format!("{model:?}"), before);
            } else {
                model = fitted(Ntk::with(Relu, Architecture::ONE_LAYER.depth(2).bias(0.5)));
            }
        }
    }
}

/// Turned about, a sample keeps its length and K(x, x), and a file its right checksum; but then K between two
/// samples overflows.
#[test]
fn a_kernel_that_overflows_between_two_samples() {
    let (x, y) = ([[1.2e19f32, 0.0], [0.9e19, 0.4e19]], [[1.0, 2.0], [-1.0, 0.5]]);
    let mut far = Model::<f32>::new(Ntk::new(Relu), Fixed::new());
    far.fit(&x, &y, 0.0).unwrap();
    let mut bytes = file(&far, Contents::Everything);
    for column in 0..2 {
        bytes[24 + 4 * (4 + 2 + 4 + column) + 3] ^= 0x80;
    }
    let bytes = sealed(bytes);
    assert!(View::<Ntk<Relu>>::open(&bytes).is_ok());
    let mut model = fitted::<f32, _>(Ntk::new(Relu));
    let before = format!("{model:?}");
    let overflow = ntk_core::Error::NotFinite { what: Quantity::KernelMatrix, row: 1, column: 0 };
    assert_eq!(model.load(&bytes), Err(FileError::Model(overflow)));
    assert_eq!(format!("{model:?}"), before);
}

/// A place in the file, the bytes put there with a right checksum, and what must be said.
#[test]
fn what_is_wrong_is_named() {
    let [whole, ..] = files();
    let nan = f32::NAN.to_le_bytes();
    let infinite = f32::INFINITY.to_le_bytes();
    let [below, half, far] = [-1f32, 0.5, 1e30].map(f32::to_le_bytes);
    let number = |i: usize| 24 + 4 * i;
    let (amplitudes, samples) = (4, 6);
    let (coefficients, labels, factor) = (6 + 5 * 4, 6 + 5 * 4 + 10, 6 + 5 * 4 + 20);
    #[rustfmt::skip]
    let rows: Vec<(usize, &[u8], &str)> = vec![
        (0, b"NTKN", "not a model"),
        (4, &[1], "version 1 of the format, this library reads version 2"),
        (4, &[3], "version 3"),
        (5, &[3], "type 3"),
        (6, &[17], "contents is 17"),
        (6, &[3], "asks for"), // that of a scaled file
        (6, &[0xff], "asks for"),
        (7, &[2], "kind is 2"),
        (7, &[0], "the NNGP of activation 1"),
        (8, &[5], "the NTK of activation 5"),
        (9, &[1], "byte 9 is 1"),
        (10, &[0, 0], "depth must be 1 to 1024"),
        (10, &[1, 4], "depth must be 1 to 1024"),
        (10, &[0xff, 0xff], "depth must be 1 to 1024"),
        (12, &[3, 0, 0, 0], "asks for"),
        (12, &[0xff; 4], "asks for"),
        (16, &[0xff; 4], "asks for"),
        (16, &[0xff; 8], "asks for"),
        (12, &[0xff; 12], "asks for"),
        (number(0), &nan, "no kernel of this program"),
        (number(1), &nan, "no kernel of this program"),
        (number(0), &below, "no kernel of this program"),
        (number(1), &below, "no kernel of this program"),
        (number(2), &half, "no kernel of this program"),
        (number(2), &nan, "no kernel of this program"),
        (number(3), &nan, "ridge must be 0 or more and finite"),
        (number(3), &below, "ridge must be 0 or more and finite"),
        (number(amplitudes), &nan, "variance[0][0] is NaN or infinite"),
        (number(amplitudes + 1), &infinite, "variance[0][1] is NaN or infinite"),
        (number(amplitudes + 1), &below, "amplitude must be above 0 and finite"),
        (number(samples), &nan, "x[0][0] is NaN or infinite"),
        (number(samples + 5), &infinite, "x[1][1] is NaN or infinite"),
        (number(samples + 6), &nan, "length of sample 1"),
        (number(samples + 7), &half, "length of sample 1"),
        (number(samples), &far, "length of sample 0"),
        (number(coefficients), &nan, "coefficients[0][0] is NaN or infinite"),
        (number(coefficients + 9), &infinite, "coefficients[4][1] is NaN or infinite"),
        (number(labels + 5), &nan, "y[0][1] is NaN or infinite"),
        (number(factor), &[0; 4], "diagonal of the factor must be above 0"),
        (number(factor), &below, "diagonal of the factor must be above 0"),
        (number(factor + 1), &nan, "factor[0][1] is NaN or infinite"),
        (number(factor + 14), &nan, "factor[4][4] is NaN or infinite"),
    ];
    for (place, put, said) in rows {
        let mut bytes = whole.clone();
        bytes[place..place + put.len()].copy_from_slice(put);
        let error = refusal(&sealed(bytes)).unwrap_or_else(|| panic!("{place} {put:?} was accepted"));
        let text = error.to_string();
        assert!(text.contains(said), "{place} {put:?}: {text}, not {said}");
    }
    for (place, what) in [(0, "shift[0][0]"), (2, "scale[0][0]"), (5, "shift[0][1]"), (7, "scale[0][1]")] {
        let mut bytes = files()[2].clone();
        bytes[number(4 + place)..number(5 + place)].copy_from_slice(&nan);
        assert!(refusal(&sealed(bytes)).unwrap().to_string().contains(what));
    }
    let mut bytes = files()[2].clone();
    bytes[number(6)..number(7)].copy_from_slice(&[0; 4]);
    assert!(refusal(&sealed(bytes)).unwrap().to_string().contains("scale must be above 0"));
}

/// A right file for another program.
#[test]
fn files_of_other_programs() {
    let [whole, means, scaled] = files();
    let said = |error: FileError| error.to_string();
    let found = Regression::<Ntk<Relu>, Bytes<'_, f64, 2, 7, 2>>::open(&whole).unwrap_err();
    assert_eq!(found, FileError::Scalar { expected: 2, found: 1 });
    assert!(said(found).contains("make them equal"));
    let found = Regression::<Ntk<Relu>, Bytes<'_, f32, 3, 7, 2>>::open(&whole).unwrap_err();
    assert_eq!(said(found), "number of inputs: 2 given, 3 needed");
    let found = Regression::<Ntk<Relu>, Flash<'_, f32, 2, 7>>::open(&whole).unwrap_err();
    assert_eq!(said(found), "number of outputs: 2 given, 1 needed");
    let found = Regression::<Ntk<Relu>, Bytes<'_, f32, 2, 4, 2>>::open(&whole).unwrap_err();
    assert_eq!(said(found), "5 samples do not fit in a capacity of 4; choose a larger one");
    assert!(Regression::<Ntk<Relu>, Bytes<'_, f32, 2, 5, 2>>::open(&whole).is_ok());
    assert!(View::<General<Relu, f32>>::open(&whole).is_ok()); // the same kernel by its other name
    assert!(View::<Nngp<Relu>>::open(&whole).is_err() && View::<General<Erf, f32>>::open(&whole).is_err());
    let mut two_layers = whole.clone();
    two_layers[10] = 2;
    let two_layers = sealed(two_layers);
    let found = View::<Ntk<Relu>>::open(&two_layers).unwrap_err();
    assert_eq!(found, FileError::Kernel { activation: 1, is_ntk: true });
    assert!(View::<General<Relu, f32>>::open(&two_layers).is_ok());
    assert_eq!(Model::<f32>::new(Ntk::new(Relu), Fixed::new()).load(&means), Err(FileError::MeansOnly));
    assert_eq!(empty_scaled::<f32, _>(relu()).load(&means), Err(FileError::MeansOnly));
    assert_eq!(View::<General<Relu, f32>>::open(&scaled).map(drop), Err(FileError::Scaled));
    assert!(said(FileError::MeansOnly).contains("Contents::Everything"));
    assert!(said(FileError::Scaled).contains("Calibration"));
    assert!(said(FileError::Room { needed: 5, found: 3 }).contains("lend more"));
    assert!(said(FileError::Checksum { stored: 1, computed: 2 }).contains("00000002, 00000001 was written"));
}

/// What was accepted gives finite numbers or an error, whatever it holds.
fn use_file(bytes: &[u8]) {
    let Ok(stored) = ScaledView::<General<Relu, f32>>::open(bytes) else { return };
    for i in 0..stored.len() {
        if let Ok(found) = stored.leave_one_out(i) {
            assert!(found.mean.iter().chain(&found.deviation).all(|v| v.is_finite()), "{found:?}");
        }
        if let Ok(found) = stored.model().novelty_of(i) {
            assert!((0.0..=1.0).contains(&found), "{found}");
        }
    }
    for output in 0..2 {
        if let Ok(found) = stored.model().log_marginal_likelihood(output) {
            assert!(found.is_finite());
        }
    }
    let mut model: Scaled<f32> = empty_scaled(relu());
    let loaded = model.load(bytes);
    for x in queries() {
        if let Ok(mean) = stored.mean(&x) {
            assert!(mean.iter().all(|v| v.is_finite()), "{mean:?}");
        }
        if let Ok(found) = stored.predict(&x) {
            let deviations = found.deviation.iter().chain(&found.observation_deviation);
            assert!(deviations.chain([&found.novelty]).all(|v| !v.is_nan() && *v >= 0.0), "{found:?}");
            assert!(found.novelty <= 1.0);
            if loaded.is_ok() {
                assert_eq!(
                    model.predict(&x).map(|p| p.mean.map(f32::to_bits)),
                    Ok(found.mean.map(f32::to_bits))
                );
            }
        }
        if let Ok(found) = stored.interval(&x, 0.7) {
            assert!(found.low.iter().chain(&found.high).all(|v| v.is_finite()), "{found:?}");
        }
        if let Ok(found) = stored.familiarity(&x) {
            assert!(found > 0.0 && found <= 1.0, "{found}");
        }
        if let Ok(found) = stored.read(&x, 0.7) {
            let numbers = [found.value, found.low, found.high, found.deviation].concat();
            assert!(numbers.iter().all(|v| v.is_finite()), "{found:?}");
        }
        if let Ok(p) = stored.p_value(&x, [0.1, 3.0]) {
            assert!(p.iter().all(|p| *p > 0.0 && *p <= 1.0), "{p:?}");
        }
    }
}

/// The same cases on every machine; `NTK_FUZZ_CASES` asks for another number.
fn settings() -> ProptestConfig {
    let asked = std::env::var("NTK_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(3000),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..Default::default()
    }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn random_bytes(mut bytes in prop::collection::vec(any::<u8>(), 0..300), magic: bool) {
        if magic && bytes.len() > 28 {
            bytes[..6].copy_from_slice(b"NTKM\x02\x01");
        }
        prop_assert!(refusal(&bytes).is_some());
    }

    /// With a right checksum, so that what is in the fields is looked at.
    #[test]
    fn random_fields(
        which in 0usize..3,
        edits in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![
            any::<f32>(), Just(f32::MAX), Just(-0.0), Just(f32::MIN_POSITIVE), Just(1.0)
        ]), 1..4),
        head in prop::option::of((6usize..24, any::<u8>())),
    ) {
        let mut bytes = files()[which].clone();
        let count = (bytes.len() - 28) / 4;
        for (index, value) in edits {
            let place = 24 + 4 * index.index(count);
            bytes[place..place + 4].copy_from_slice(&value.to_le_bytes());
        }
        if let Some((place, value)) = head {
            bytes[place] = value;
        }
        use_file(&sealed(bytes));
    }
}
