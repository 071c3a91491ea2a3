//! The table at the head of `regression/bytes.rs`, field by field.

use ntk_core::regression::Fixed;
use ntk_core::regression::bytes::Contents;
use ntk_core::{Architecture, Calibration, LeakyRelu, Ntk, Regression, Relu};

use super::{crc, sealed};

/// One sample at (3, 4), y = 10: length 5, K = 50, ridge 0.5; coefficient 10 / 50.5, amplitude 10 / sqrt
/// 50.5.
#[test]
fn a_model_by_hand() {
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 3>::new());
    model.fit(&[[3.0, 4.0]], &[10.0], 0.5).unwrap();
    let reciprocal = 1.0 / 50.5f32.sqrt();
    let (amplitude, coefficient) =
        (((10.0 * reciprocal) * (10.0 * reciprocal)).sqrt(), 10.0 * reciprocal * reciprocal);
    let head: &[u8] = &[b'N', b'T', b'K', b'M', 2, 1, 1, 1, 1, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];
    let numbers = [1.0, 0.0, 0.0, 0.5, amplitude, 3.0, 4.0, 5.0, 0.0, coefficient, 10.0, reciprocal];
    let mut expected = head.to_vec();
    expected.extend(numbers.iter().flat_map(|v| v.to_le_bytes()));
    expected.extend(crc(&expected).to_le_bytes());
    let mut found = [0; 76];
    assert_eq!(model.write(Contents::Everything, &mut found), Ok(76));
    assert_eq!(found, *expected);

    model.set_amplitude(Some(1.5)).unwrap();
    expected[6] = 1 | 4; // labels and factor, and the amplitude is given
    expected[24 + 4 * 4..24 + 4 * 5].copy_from_slice(&1.5f32.to_le_bytes());
    assert_eq!(model.write(Contents::Everything, &mut found), Ok(76));
    assert_eq!(found, *sealed(expected.clone()));

    expected.drain(24 + 4 * 10..24 + 4 * 12); // no label and no factor
    expected[6] = 4;
    assert_eq!(model.write(Contents::Means, &mut found), Ok(68));
    assert_eq!(found[..68], sealed(expected));
}

/// Labels -1 and 3: shift 1, scale 2. Inputs 0 and 2: shift 1, scale 1.
#[test]
fn a_scaled_model_by_hand() {
    let architecture = Architecture { depth: 258, weight_variance: 0.25, bias_variance: 1.5 };
    let kernel = Ntk::with(LeakyRelu { slope: -0.5 }, architecture);
    let mut model = Calibration::with(kernel, Fixed::<f64, 1, 2>::new());
    let found = model.fit(&[0.0, 2.0], &[-1.0, 3.0]).unwrap();
    assert_eq!(found.weight_variance, 0.25);
    let (bias, length) = (found.bias_variance, model.written_len(Contents::Everything));
    assert_eq!(length, 28 + 8 * (4 + 4 + 1 + 2 * 3 + 2 + 2 + 3));
    let mut bytes = vec![0; length];
    model.write(Contents::Everything, &mut bytes).unwrap();
    assert_eq!(bytes[..12], [b'N', b'T', b'K', b'M', 2, 2, 3, 1, 2, 0, 2, 1]);
    assert_eq!(bytes[12..24], [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]);
    let numbers: Vec<f64> =
        bytes[24..length - 4].as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect();
    assert_eq!(numbers[..8], [0.25, bias, -0.5, found.ridge, 1.0, 1.0, 1.0, 2.0]);
    assert_eq!(numbers[8], model.model().amplitude(0).unwrap());
    assert_eq!((numbers[9], numbers[12]), (-1.0, 1.0)); // the inputs, scaled
    assert!((numbers[10] - (0.25 + bias).sqrt()).abs() < 1e-15 && numbers[10] == numbers[13]); // sqrt(w x^2 + b)
    assert_eq!(numbers[17..19], [-1.0, 1.0]); // the labels, scaled
    assert_eq!(bytes[length - 4..], crc(&bytes[..length - 4]).to_le_bytes());
}
