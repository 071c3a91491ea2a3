//! Files with a scaling, loaded into a model of any shape with the scaling beside it.

use ntk_core::regression::Flat;
use ntk_core::regression::bytes::{Contents, FileError};
use ntk_core::{Error, Ntk, Regression, Relu};

use super::{file, fitted};

/// Loads into a lent block; the shifts and scales as they come, and the means at an input.
fn loaded(bytes: &[u8], numbers: usize) -> Result<(Vec<f64>, [f64; 2]), FileError> {
    let block = vec![0.0; Flat::<f64>::len(2, 7, 2)];
    let mut model = Regression::new(Ntk::new(Relu), Flat::new(2, 7, 2, block).unwrap());
    let (mut scaling, mut mean) = (vec![9.0; numbers], [0.0; 2]);
    model.load_scaled(bytes, [&mut [0.0; 2], &mut [0.0; 2]], &mut scaling)?;
    model.mean_into(&[0.4, -1.0], &mut [0.0; 5], &mut mean)?;
    Ok((scaling, mean))
}

#[test]
fn shifts_and_scales_come_back_in_the_order_of_writing() {
    let model = fitted(Ntk::<Relu>::new(Relu));
    let mean = model.mean(&[0.4, -1.0]).unwrap();
    let given: [&[f64]; 4] = [&[1.0, -2.0], &[0.5, 0.25], &[30.0, -4.0], &[8.0, 16.0]];
    let mut bytes = vec![0; 4096];
    let length = model.write_scaled(Some(given), Contents::Everything, &mut bytes).unwrap();
    assert_eq!(loaded(&bytes[..length], 8), Ok((given.concat(), mean)));
    for wrong in [7, 9, 6, 10, 0] {
        let refused = FileError::Model(Error::Shape { what: "scaling", expected: 8, found: wrong });
        assert_eq!(loaded(&bytes[..length], wrong), Err(refused));
    }
}

#[test]
fn a_file_without_scaling_shifts_by_0_and_scales_by_1() {
    let model = fitted(Ntk::<Relu>::new(Relu));
    let bytes = file(&model, Contents::Everything);
    let plain = vec![0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0];
    assert_eq!(loaded(&bytes, 8), Ok((plain, model.mean(&[0.4, -1.0]).unwrap())));
}

/// With numbers of inputs and outputs of which none is the other or twice or the square of it.
#[test]
fn each_number_has_its_place() {
    let x = [[0.3, -1.2, 0.1, 2.0, 0.7], [1.0, 0.4, -0.6, 0.2, -1.1]];
    let y = [[0.1, 3.0, -1.0], [-2.0, 0.7, 0.4]];
    let new = || {
        let block = vec![0.0; Flat::<f64>::len(5, 2, 3)];
        Regression::new(Ntk::<Relu>::new(Relu), Flat::new(5, 2, 3, block).unwrap())
    };
    let mut model = new();
    model.fit_empty(&x, &y, 0.1).unwrap();
    let numbers: Vec<f64> = (1..=16).map(f64::from).collect();
    let given = [&numbers[..5], &numbers[5..10], &numbers[10..13], &numbers[13..]];
    for (scaling, expected) in [
        (Some(given), numbers.clone()),
        (None, [[0.0; 5], [1.0; 5]].concat().into_iter().chain([0.0; 3]).chain([1.0; 3]).collect()),
    ] {
        let mut bytes = vec![0; 4096];
        let length = model.write_scaled(scaling, Contents::Everything, &mut bytes).unwrap();
        let (mut loaded, mut found) = (new(), vec![9.0; 16]);
        loaded.load_scaled(&bytes[..length], [&mut [0.0; 5], &mut [0.0; 5]], &mut found).unwrap();
        assert_eq!(found, expected);
        assert_eq!(loaded.coefficients(2), model.coefficients(2));
    }
}
