//! The same through serde: `postcard` in memory that is lent, and JSON.

use ntk_core::kernel::StorableKernel;
use ntk_core::regression::Fixed;
use ntk_core::regression::bytes::{Contents, Flash};
use ntk_core::{Architecture, Erf, Nngp, Ntk, Regression, Relu, Scalar};

use super::{General, Model, Scaled, file, fitted, queries, relu, scaled, scaled_file};

fn same<T: Scalar, K: StorableKernel<T>>(found: &Model<T, K>, expected: &Model<T, K>) {
    assert_eq!(file(found, Contents::Everything), file(expected, Contents::Everything));
}

#[test]
fn models_come_back_as_they_went() {
    let mut room = [0; 2000];
    let kernel = Ntk::with(Relu, Architecture::ONE_LAYER.depth(3).weights(1.5).bias(0.25));
    let mut model = fitted::<f64, _>(kernel);
    model.remove(1).unwrap();
    let bytes = postcard::to_slice(&model, &mut room).unwrap();
    same(&postcard::from_bytes(bytes).unwrap(), &model);
    same(&serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap(), &model);

    let model = scaled::<f32, _>(Nngp::with(Relu, Architecture::ONE_LAYER));
    let bytes = postcard::to_slice(&model, &mut room).unwrap();
    let text = serde_json::to_string(&model).unwrap();
    type Other = Nngp<Relu, Architecture<f32>>;
    let (again, from_text): (Scaled<f32, Other>, Scaled<f32, Other>) =
        (postcard::from_bytes(bytes).unwrap(), serde_json::from_str(&text).unwrap());
    let expected = scaled_file(&model, Contents::Everything);
    assert_eq!(scaled_file(&again, Contents::Everything), expected);
    assert_eq!(scaled_file(&from_text, Contents::Everything), expected);
    for x in queries() {
        assert_eq!(again.predict(&x), model.predict(&x));
        assert_eq!(from_text.read(&x, 0.7), model.read(&x, 0.7)); // its intervals are there too
    }
    assert!(postcard::from_bytes::<Model<f32, Other>>(bytes).is_err(), "it scales");
    let mut small = [0; 100];
    assert!(postcard::to_slice(&model, &mut small).is_err());
    assert!(
        postcard::to_slice(&Model::<f32>::new(Ntk::new(Relu), Fixed::new()), &mut room).is_err(),
        "it is empty"
    );
}

#[cfg(feature = "micromath")]
#[test]
fn low_precision_numbers_too() {
    let model = fitted::<ntk_core::scalar::Micro, _>(Ntk::new(Relu));
    let mut room = [0; 2000];
    same(&postcard::from_bytes(postcard::to_slice(&model, &mut room).unwrap()).unwrap(), &model);
}

/// A file in another's message, as a byte slice: nothing is copied, and the file has its own checks.
#[test]
fn files_travel_as_bytes() {
    let file = file(&fitted::<f32, _>(Ntk::new(Relu)), Contents::Means);
    let mut room = [0; 400];
    let message = postcard::to_slice(&(7u8, file.as_slice()), &mut room).unwrap();
    let (number, inside): (u8, &[u8]) = postcard::from_bytes(message).unwrap();
    assert_eq!((number, inside), (7, file.as_slice()));
    assert!(Regression::<Ntk<Relu>, Flash<'_, f32, 2, 7, [f32; 2]>>::open(inside).is_ok());
}

#[test]
fn every_flipped_bit_and_every_cut_is_found() {
    let model = fitted::<f32, _>(Ntk::new(Relu));
    let mut room = [0; 600];
    let whole = postcard::to_slice(&model, &mut room).unwrap().to_vec();
    for bit in 0..8 * whole.len() {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(postcard::from_bytes::<Model<f32>>(&bytes).is_err(), "bit {bit}");
        bytes.extend([0; 16]); // a length that says more is not believed because there is more
        assert!(postcard::from_bytes::<Model<f32>>(&bytes).is_err(), "bit {bit}");
    }
    for length in 0..whole.len() {
        assert!(postcard::from_bytes::<Model<f32>>(&whole[..length]).is_err(), "{length}");
    }
}

/// The checks are those of files: each says the same.
#[test]
fn what_is_wrong_is_named() {
    let text = serde_json::to_string(&fitted::<f32, _>(Ntk::new(Relu))).unwrap();
    let values: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let said = |change: &dyn Fn(&mut Vec<serde_json::Value>)| {
        let mut values = values.clone();
        change(&mut values);
        let text = serde_json::to_string(&values).unwrap();
        serde_json::from_str::<Model<f32>>(&text).unwrap_err().to_string()
    };
    let last = values.len() - 1;
    #[rustfmt::skip]
    let rows: [(usize, serde_json::Value, &str); 18] = [
        (0, 5.into(), "not a model"),
        (1, 3.into(), "version 3"),
        (2, 2.into(), "type 2"),
        (3, 16.into(), "contents is 16"),
        (3, 9.into(), "read the file into a storage with PerSample noise"),
        (3, 3.into(), "the file scales"),
        (3, 0.into(), "means need and no more"),
        (4, 0.into(), "the NNGP of activation 1"),
        (5, 300.into(), "300"),
        (7, 0.into(), "depth must be 1 to 1024"),
        (8, 3.into(), "number of inputs: 3 given, 2 needed"),
        (9, 8.into(), "8 samples do not fit in a capacity of 7"),
        (9, 4_000_000_000u32.into(), "do not fit"),
        (9, 0.into(), "not been fitted"),
        (14, (-1).into(), "ridge must be"),
        (15, (-1).into(), "amplitude must be"),
        (19, 9.into(), "length of sample 0"),
        (last, 1.into(), "corrupted: checksum"),
    ];
    for (place, value, what) in rows {
        let found = said(&|values| values[place] = value.clone());
        assert!(found.contains(what), "{place}: {found}, not {what}");
    }
    assert!(said(&|values| values.push(0.into())).contains("something follows"));
    assert!(said(&|values| values.truncate(30)).contains("cut off"));
    assert!(said(&|values| values[40] = serde_json::json!(0.25)).contains("checksum"));
    let other = serde_json::from_str::<Model<f32, General<Erf, f32>>>(&text);
    assert!(other.unwrap_err().to_string().contains("no kernel of this program"));
    assert!(serde_json::from_str::<Model<f32>>("{}").unwrap_err().to_string().contains("fields of a model"));
}

#[test]
fn a_calibration_may_come_from_a_model_that_does_not_scale() {
    let mut room = [0; 600];
    let bytes = postcard::to_slice(&fitted::<f32, _>(relu()), &mut room).unwrap();
    let found: Scaled<f32> = postcard::from_bytes(bytes).unwrap();
    same(found.model(), &fitted(relu()));
    assert!(!scaled_file(&found, Contents::Means).is_empty());
}
