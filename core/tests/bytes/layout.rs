//! The table at the head of `regression/bytes.rs`, field by field.

use ntk_core::regression::bytes::Contents;
use ntk_core::regression::{Labels, ScaledRegression};
use ntk_core::{Dataset, Deep, LeakyRelu, Regression, ReluNtk};

use super::{crc, sealed};

/// One sample at (3, 4), y = 10: length 5, K = 50, ridge 0.5; coefficient 10 / 50.5.
#[test]
fn a_model_by_hand() {
    let mut model = Regression::<f32, ReluNtk, 2, 3>::new(ReluNtk);
    model.fit(&Dataset::new(&[[3.0, 4.0]], &[[10.0]]).unwrap(), 0.5, Labels::AsGiven).unwrap();
    let inverse = 1.0 / 50.5f32.sqrt();
    let coefficient = 10.0 * inverse * inverse;
    let head: &[u8] = &[b'N', b'T', b'K', b'M', 1, 1, 1, 1, 1, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];
    let numbers = [1.0, 0.0, 0.0, 0.5, 3.0, 4.0, 5.0, 0.0, coefficient, 10.0, inverse];
    let mut expected = head.to_vec();
    expected.extend(numbers.iter().flat_map(|v| v.to_le_bytes()));
    expected.extend(crc(&expected).to_le_bytes());
    let mut found = [0; 72];
    assert_eq!(model.write(Contents::Everything, &mut found), Ok(72));
    assert_eq!(found, *expected);

    expected.drain(24 + 4 * 9..24 + 4 * 11); // no label and no factor
    expected[6] = 0;
    assert_eq!(model.write(Contents::Means, &mut found), Ok(64));
    assert_eq!(found[..64], sealed(expected));
}

/// Labels -1 and 3: shift 1, scale 2. Inputs 0 and 2: shift 1, scale 1.
#[test]
fn a_scaled_model_by_hand() {
    let kernel = Deep::ntk_with(LeakyRelu { slope: -0.5 }, 258, 0.25, 1.5).unwrap();
    let mut model = ScaledRegression::<f64, _, 1, 2>::new(kernel);
    model.fit(&Dataset::new(&[[0.0], [2.0]], &[[-1.0], [3.0]]).unwrap(), 4.0).unwrap();
    let length = model.written_len(Contents::Everything);
    assert_eq!(length, 28 + 8 * (4 + 4 + 2 * 3 + 2 + 2 + 3));
    let mut found = vec![0; length];
    model.write(Contents::Everything, &mut found).unwrap();
    assert_eq!(found[..12], [b'N', b'T', b'K', b'M', 1, 2, 3, 1, 2, 0, 2, 1]);
    assert_eq!(found[12..24], [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]);
    let numbers: Vec<f64> =
        found[24..length - 4].as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect();
    assert_eq!(numbers[..8], [0.25, 1.5, -0.5, 4.0, 1.0, 1.0, 1.0, 2.0]);
    assert_eq!((numbers[8], numbers[11]), (-1.0, 1.0)); // the inputs, scaled
    assert!((numbers[9] - 1.75f64.sqrt()).abs() < 1e-15 && numbers[9] == numbers[12]); // sqrt(w x^2 + b)
    assert_eq!(numbers[16..18], [-1.0, 1.0]); // the labels, scaled
    assert_eq!(found[length - 4..], crc(&found[..length - 4]).to_le_bytes());
}
