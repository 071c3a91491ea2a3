//! What comes out of a file predicts as what went in, to the bit, and learns on in the same way.

use ntk_core::kernel::Portable;
use ntk_core::regression::WhenFull;
use ntk_core::regression::bytes::{self, Contents, Stored};
use ntk_core::{
    Deep, DeepRelu, Erf, Error, Gelu, Kernel, LeakyRelu, Regression, ReluNngp, ReluNtk, Scalar, Step,
};

use super::{Model, Scaled, file, fitted, queries, scaled, scaled_file};

/// Debug prints the shortest decimals that read back to the same bits, and the sign of zero.
fn same<A: std::fmt::Debug, B: std::fmt::Debug>(found: &A, expected: &B) {
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

fn plain<T: Scalar, K: Portable<T> + Clone + std::fmt::Debug>(model: &Model<T, K>, kernel: &K) {
    let bytes = file(model, Contents::Everything);
    let stored = Stored::<T, K, 2, 7, 2>::new(&bytes).unwrap();
    assert_eq!((stored.len(), stored.ridge()), (model.len(), model.ridge()));
    assert_eq!(stored.kernel().identity(), kernel.identity());
    let mut loaded = Model::rough(kernel.clone());
    loaded.load(&bytes).unwrap();
    assert_eq!(file(&loaded, Contents::Everything), bytes);
    let (mut one, mut other) = (loaded.clone(), model.clone());
    one.refresh().unwrap(); // factors K, which is in no file
    other.refresh().unwrap();
    assert_eq!(file(&one, Contents::Everything), file(&other, Contents::Everything));
    let small = file(model, Contents::Means);
    let means = Stored::<T, K, 2, 9, 2>::new(&small).unwrap(); // another capacity
    for x in queries() {
        let expected = model.predict(&x);
        same(&loaded.predict(&x), &expected);
        same(&means.mean(&x), &stored.mean(&x));
        assert_eq!(means.predict(&x), Err(bytes::Error::MeansOnly));
        match (stored.predict(&x), expected) {
            (Ok(found), Ok(expected)) => {
                same(&found.mean, &expected.mean);
                same(&stored.mean(&x).unwrap(), &expected.mean);
                same(&found.deviation, &[expected.deviation; 2]);
                same(&found.observation_deviation, &[expected.observation_deviation; 2]);
                same(&found.novelty, &expected.novelty);
            }
            (found, expected) => assert!(found.is_err() && expected.is_err(), "{found:?} {expected:?}"),
        }
    }
    same(&loaded.leave_one_out(2, 1), &model.leave_one_out(2, 1));
    let (mut one, mut other) = (loaded, model.clone());
    for (i, x) in queries().into_iter().take(30).enumerate() {
        let y = [T::from_usize(i), T::ONE];
        same(&one.push(&x, &y, WhenFull::DropRedundant), &other.push(&x, &y, WhenFull::DropRedundant));
        assert_eq!(file(&one, Contents::Everything), file(&other, Contents::Everything));
    }
}

/// Scaled files, which have the same numbers in other units.
fn in_units<T: Scalar, K: Portable<T> + Clone + std::fmt::Debug>(kernel: &K) {
    let model = scaled::<T, K>(kernel.clone());
    let bytes = scaled_file(&model, Contents::Everything);
    let stored = Stored::<T, K, 2, 7, 2>::new(&bytes).unwrap();
    let mut loaded = Scaled::new(kernel.clone());
    loaded.load(&bytes).unwrap();
    assert_eq!(scaled_file(&loaded, Contents::Everything), bytes);
    for x in queries() {
        match (stored.predict(&x), model.predict(&x)) {
            (Ok(found), Ok(expected)) => {
                same(&found, &expected);
                same(&stored.mean(&x), &model.mean(&x));
            }
            (found, expected) => assert!(found.is_err() && expected.is_err(), "{found:?} {expected:?}"),
        }
    }
    assert_eq!(Model::<T, K>::new(kernel.clone()).load(&bytes), Err(bytes::Error::Scaled));
    loaded.load(&file(&fitted::<T, K>(kernel.clone()), Contents::Everything)).unwrap();
    assert_eq!(
        file(loaded.model(), Contents::Everything),
        file(&fitted::<T, K>(kernel.clone()), Contents::Everything)
    );
}

fn all<T: Scalar, K: Portable<T> + Clone + std::fmt::Debug>(kernel: K) {
    let mut model = fitted::<T, K>(kernel.clone());
    plain(&model, &kernel);
    model.remove(1).unwrap(); // now its factor is that of no fit
    plain(&model, &kernel);
    model.refine().unwrap();
    plain(&model, &kernel);
    in_units::<T, K>(&kernel);
}

#[test]
fn kernels_in_both_precisions() {
    all::<f32, _>(ReluNtk);
    all::<f64, _>(ReluNtk);
    all::<f32, _>(ReluNngp);
    all::<f64, _>(DeepRelu::ntk(3, 1.5, 0.25).unwrap());
    all::<f32, _>(DeepRelu::nngp(2, 0.7, 0.1).unwrap());
    all::<f64, _>(Deep::ntk_with(LeakyRelu { slope: -0.3 }, 2, 1.0, 0.5).unwrap());
    all::<f32, _>(Deep::<Erf, f32>::ntk(1, 1.0, 0.5).unwrap());
    all::<f64, _>(Deep::<Gelu, f64>::nngp(2, 1.0, 0.5).unwrap());
    all::<f64, _>(Deep::<Step, f64>::nngp(2, 1.0, 0.5).unwrap());
}

#[cfg(feature = "micromath")]
#[test]
fn rough_numbers_too() {
    plain(&fitted::<ntk_core::scalar::Micro, _>(ReluNtk), &ReluNtk);
}

/// Sums in lanes begin at 8 samples.
#[test]
fn many_samples() {
    let mut model = Regression::<f32, ReluNtk, 3, 40>::new(ReluNtk);
    model.set_ridge(0.1).unwrap();
    for i in 0..40u8 {
        let t = f32::from(i);
        model.push(&[t.sin(), (2.0 * t).cos(), 1.0], &[t], WhenFull::Refuse).unwrap();
        let mut bytes = vec![0; model.written_len(Contents::Everything)];
        model.write(Contents::Everything, &mut bytes).unwrap();
        let stored = Stored::<f32, ReluNtk, 3, 40>::new(&bytes).unwrap();
        for x in [[0.1, 0.2, 0.3], [3.0, -1.0, 1.0]] {
            let (found, expected) = (stored.predict(&x).unwrap(), model.predict(&x).unwrap());
            same(&(found.mean, found.deviation), &(expected.mean, [expected.deviation]));
        }
    }
}

#[test]
fn what_cannot_be_written() {
    let model = fitted::<f32, _>(ReluNtk);
    let needed = model.written_len(Contents::Everything);
    let mut room = vec![7; needed - 1];
    assert_eq!(
        model.write(Contents::Everything, &mut room),
        Err(bytes::Error::Room { needed, found: needed - 1 })
    );
    assert!(room.iter().all(|&b| b == 7), "something was written");
    let empty = Model::<f32>::new(ReluNtk).write(Contents::Means, &mut room);
    assert_eq!(empty, Err(bytes::Error::Model(Error::NotFitted)));
    let mut more = vec![7; needed + 9];
    assert_eq!(model.write(Contents::Everything, &mut more), Ok(needed));
    assert!(more[needed..] == [7; 9] && more[..needed] == file(&model, Contents::Everything));
}

/// A kernel of a user's own is stored like the rest.
#[test]
fn a_kernel_of_a_users_own() {
    #[derive(Clone, Debug)]
    struct Linear;
    impl Kernel<f64> for Linear {
        fn between(&self, x: &ntk_core::Point<'_, f64>, y: &ntk_core::Point<'_, f64>) -> f64 {
            1.0 + ntk_core::vector::dot(x.x, y.x)
        }
    }
    impl Portable<f64> for Linear {
        fn identity(&self) -> ntk_core::kernel::Identity<f64> {
            ntk_core::kernel::Identity { activation: 128, ..ReluNngp.identity() }
        }
        fn of_identity(identity: &ntk_core::kernel::Identity<f64>) -> Option<Self> {
            (*identity == Self.identity()).then_some(Self)
        }
    }
    plain(&fitted::<f64, _>(Linear), &Linear);
    let bytes = file(&fitted::<f64, _>(Linear), Contents::Means);
    let found = Stored::<f64, ReluNngp, 2, 7, 2>::new(&bytes).map(|_| ());
    assert_eq!(found, Err(bytes::Error::Kernel { activation: 128, tangent: false }));
}
