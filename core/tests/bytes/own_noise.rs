//! Files of models whose samples may have noise of their own: with noise, without, and of means alone.

use ntk_core::regression::bytes::{Contents, FileError, Flash};
use ntk_core::regression::{Common, Fixed, Noise, PerSample};
use ntk_core::{Ntk, Regression, Relu};

use super::{queries, samples, sealed};

type Model<V> = Regression<Ntk<Relu>, Fixed<f64, 2, 7, [f64; 2], V>>;
type Stored<'b, V> = Regression<Ntk<Relu>, Flash<'b, f64, 2, 7, [f64; 2], V>>;

/// The bit of the contents that says that there is noise, and their place in a file.
const OWN_NOISE: u8 = 8;
const CONTENTS: usize = 6;

fn noisy(noise: [f64; 5]) -> Model<PerSample> {
    let (x, y) = samples();
    let mut model = Model::new(Ntk::new(Relu), Fixed::new());
    model.fit_with_noise(&x, &y, &noise, 0.01).unwrap();
    model
}

fn plain() -> Model<Common> {
    let (x, y) = samples();
    let mut model = Model::new(Ntk::new(Relu), Fixed::new());
    model.fit(&x, &y, 0.01).unwrap();
    model
}

fn bytes<V: Noise>(model: &Model<V>, contents: Contents) -> Vec<u8> {
    let mut bytes = vec![0; model.written_len(contents)];
    assert_eq!(model.write(contents, &mut bytes), Ok(bytes.len()));
    bytes
}

/// The same bits of everything that can be asked.
fn same<V: Noise, W: Noise>(stored: &Stored<'_, V>, model: &Model<W>, has_deviations: bool) {
    assert_eq!(stored.has_deviations(), has_deviations);
    for x in queries() {
        assert_eq!(stored.mean(&x), model.mean(&x));
        if has_deviations {
            assert_eq!(stored.predict(&x), model.predict(&x));
            let (found, expected) = (stored.intervals().unwrap(), model.intervals().unwrap());
            assert_eq!(found.at(&x, 0.5), expected.at(&x, 0.5));
        }
    }
}

#[test]
fn noise_comes_back_with_its_sample() {
    let noise = [0.5, 0.0, 0.25, 1.0, 0.125];
    let model = noisy(noise);
    let file = bytes(&model, Contents::Everything);
    assert_eq!(file[CONTENTS] & OWN_NOISE, OWN_NOISE);
    let stored = Stored::<PerSample>::open(&file).unwrap();
    same(&stored, &model, true);
    let mut loaded = Model::<PerSample>::new(Ntk::new(Relu), Fixed::new());
    loaded.load(&file).unwrap();
    for i in 0..7 {
        assert_eq!((stored.noise_of(i), loaded.noise_of(i)), (model.noise_of(i), model.noise_of(i)), "{i}");
        assert_eq!(stored.leave_one_out(i), model.leave_one_out(i), "{i}");
    }
    assert_eq!(stored.noise_of(5), None);
    // A storage without noise names the remedy.
    let refused = Stored::<Common>::open(&file).map(drop);
    assert_eq!(refused, Err(FileError::Head { what: "contents", found: file[CONTENTS] }));
    assert!(refused.unwrap_err().to_string().contains("PerSample"));
}

#[test]
fn a_file_without_noise_is_read_either_way() {
    let model = plain();
    for contents in [Contents::Everything, Contents::Means] {
        let file = bytes(&model, contents);
        assert_eq!(file[CONTENTS] & OWN_NOISE, 0);
        let has_deviations = contents == Contents::Everything;
        same(&Stored::<Common>::open(&file).unwrap(), &model, has_deviations);
        let stored = Stored::<PerSample>::open(&file).unwrap();
        same(&stored, &model, has_deviations);
        assert_eq!((stored.noise_of(4), stored.noise_of(5)), (Some(0.0), None));
    }
}

/// Means do not need the noise, which is in their coefficients.
#[test]
fn means_have_no_noise() {
    let model = noisy([0.5, 0.0, 0.25, 1.0, 0.125]);
    let file = bytes(&model, Contents::Means);
    assert_eq!(file[CONTENTS] & OWN_NOISE, 0);
    same(&Stored::<PerSample>::open(&file).unwrap(), &model, false);
    same(&Stored::<Common>::open(&file).unwrap(), &model, false);
    // With the bit, and as long as with five deviations and their unit.
    let mut claims = file;
    claims[CONTENTS] |= OWN_NOISE;
    let (found, body) = (claims[CONTENTS], claims.len() - 4);
    claims.splice(body..body, [0; 6 * 8]);
    let claims = sealed(claims);
    for refused in [Stored::<PerSample>::open(&claims).map(drop), Stored::<Common>::open(&claims).map(drop)] {
        assert_eq!(refused, Err(FileError::Head { what: "contents", found }));
    }
}

/// Only the noise has a remedy; every bit above it is unknown.
#[test]
fn contents_that_no_version_has_are_named_by_their_number() {
    let file = bytes(&plain(), Contents::Everything);
    for bit in 4..8 {
        let mut claims = file.clone();
        claims[CONTENTS] |= 1 << bit;
        let found = claims[CONTENTS];
        let refused = Stored::<PerSample>::open(&sealed(claims)).map(drop).unwrap_err();
        assert_eq!(refused, FileError::Head { what: "contents", found });
        assert!(refused.to_string().starts_with(&format!("contents is {found}, ")), "{refused}");
    }
    for (found, has_remedy) in [(7, false), (8, true), (15, true), (16, false), (24, false)] {
        let text = FileError::Head { what: "contents", found }.to_string();
        assert_eq!(text.contains("PerSample"), has_remedy, "{found}: {text}");
    }
    let text = FileError::Head { what: "kind", found: 9 }.to_string();
    assert!(!text.contains("PerSample"), "{text}");
}
