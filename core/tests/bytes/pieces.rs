//! A file in pieces has the bytes of the file as a whole, and a file in a longer page is found.

use ntk_core::regression::bytes::{Contents, FileError, Flash, first};
use ntk_core::regression::{Fixed, Regression};
use ntk_core::{Calibration, Error, Ntk, Relu};

use super::{General, Model, Scaled, empty_scaled, file, fitted, relu, scaled, scaled_file};

/// The sink's own error beside the file's.
#[derive(Debug, PartialEq)]
enum Failed {
    File(FileError),
    Sink(usize),
}

impl From<FileError> for Failed {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

#[test]
fn pieces_of_every_size_join_to_the_file() {
    let model = fitted::<f32, _>(Ntk::new(Relu));
    for contents in [Contents::Means, Contents::Everything] {
        let whole = file(&model, contents);
        for size in 1..whole.len() + 3 {
            let (mut joined, mut lengths, mut piece) = (Vec::new(), Vec::new(), vec![0xa5; size]);
            let written = model.write_pieces(contents, &mut piece, |piece| {
                lengths.push(piece.len());
                joined.extend_from_slice(piece);
                Ok::<(), FileError>(())
            });
            assert_eq!(written, Ok(whole.len()));
            assert_eq!(joined, whole, "size {size}");
            let (last, others) = lengths.split_last().unwrap();
            assert!(others.iter().all(|length| *length == size) && (1..=size).contains(last), "size {size}");
        }
    }
}

#[test]
fn a_calibration_in_pieces() {
    let model = scaled::<f64, _>(relu());
    for contents in [Contents::Means, Contents::Everything] {
        let mut joined = Vec::new();
        let put = |piece: &[u8]| {
            joined.extend_from_slice(piece);
            Ok::<(), FileError>(())
        };
        let whole = scaled_file(&model, contents);
        assert_eq!(model.write_pieces(contents, &mut [0; 64], put), Ok(whole.len()));
        assert_eq!(joined, whole);
    }
}

/// A sink that fails ends the writing with its own error, whichever piece it was; nothing is put before the
/// model is known to be one.
#[test]
fn what_ends_the_writing() {
    let model = fitted::<f64, _>(Ntk::new(Relu));
    let length = model.written_len(Contents::Everything);
    for fails_at in 0..length.div_ceil(64) {
        let mut count = 0;
        let written = model.write_pieces(Contents::Everything, &mut [0; 64], |_| {
            count += 1;
            if count > fails_at { Err(Failed::Sink(fails_at)) } else { Ok(()) }
        });
        assert_eq!((written, count), (Err(Failed::Sink(fails_at)), fails_at + 1));
    }
    let never = |_: &[u8]| -> Result<(), Failed> { panic!("nothing is to be put") };
    let room = FileError::Room { needed: 1, found: 0 };
    assert_eq!(model.write_pieces(Contents::Everything, &mut [], never), Err(Failed::File(room)));
    let empty = Model::<f64>::new(Ntk::new(Relu), Fixed::new());
    let not_fitted = Failed::File(FileError::Model(Error::NotFitted));
    assert_eq!(empty.write_pieces(Contents::Means, &mut [0; 8], never), Err(not_fitted));
    let wrong: [&[f64]; 4] = [&[0.0; 2], &[1.0; 2], &[0.0; 2], &[1.0; 3]];
    let written = model.write_scaled_pieces(Some(wrong), Contents::Means, &mut [0; 8], never);
    assert!(matches!(written, Err(Failed::File(FileError::Model(Error::Shape { .. })))), "{written:?}");
}

/// What stands behind a file does not matter, and what it lacks does.
#[test]
fn a_file_in_a_page() {
    let (single, double) = (fitted::<f32, _>(Ntk::new(Relu)), scaled::<f64, _>(relu()));
    for contents in [Contents::Means, Contents::Everything] {
        for whole in [file(&single, contents), scaled_file(&double, contents)] {
            for behind in [vec![], vec![0xff; 100], vec![0; 1], whole.clone()] {
                let page = [whole.as_slice(), &behind].concat();
                assert_eq!(first(&page), Ok(whole.as_slice()));
            }
            for cut in 0..whole.len() {
                let needed = if cut < 24 { 28 } else { whole.len() };
                assert_eq!(first(&whole[..cut]), Err(FileError::Length { needed, found: cut }));
            }
        }
    }
    assert_eq!(first(&[0xff; 4096]), Err(FileError::NotAModel));
    let mut page = file(&single, Contents::Everything);
    page.extend([0xff; 1000]);
    let mut loaded = Model::<f32>::new(Ntk::new(Relu), Fixed::new());
    assert!(matches!(loaded.load(&page), Err(FileError::Length { .. })));
    loaded.load(first(&page).unwrap()).unwrap();
    let x = [0.7, -0.2];
    assert_eq!(loaded.predict(&x), single.predict(&x));
    let opened = Regression::<Ntk<Relu>, Flash<'_, f32, 2, 7, [f32; 2]>>::open(first(&page).unwrap());
    assert_eq!(opened.unwrap().predict(&x), single.predict(&x));

    let mut page = scaled_file(&double, Contents::Everything);
    page.extend([0; 3]);
    let mut loaded: Scaled<f64> = empty_scaled(relu());
    loaded.load(first(&page).unwrap()).unwrap();
    let x = x.map(f64::from);
    assert_eq!(loaded.predict(&x), double.predict(&x));
    let opened =
        Calibration::<General<Relu, f64>, Flash<'_, f64, 2, 7, [f64; 2]>>::open(first(&page).unwrap());
    assert_eq!(opened.unwrap().predict(&x), double.predict(&x));

    page[4] = 3;
    assert_eq!(first(&page), Err(FileError::Version { found: 3 }));
    page[4] = 2;
    page[16..20].fill(0xff); // more samples than any page has
    assert!(matches!(first(&page), Err(FileError::Length { .. })));
}
