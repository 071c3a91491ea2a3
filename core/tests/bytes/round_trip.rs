//! What comes out of a file predicts as what went in, to the bit, and learns on in the same way.

use ntk_core::kernel::{KernelGradient, StorableKernel, VariableKernel};
use ntk_core::regression::bytes::{Contents, FileError, Flash};
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::{
    Architecture, Calibration, Erf, Error, Gelu, Kernel, LeakyRelu, Nngp, Ntk, Regression, Relu, Scalar, Step,
};

use super::{Model, empty_scaled, file, fitted, queries, relu, samples, scaled, scaled_file};

type Stored<'b, T, K, const N: usize> = Regression<K, Flash<'b, T, 2, N, [T; 2]>>;

/// Debug prints the shortest decimals that read back to the same bits, and the sign of zero.
fn same<A: std::fmt::Debug, B: std::fmt::Debug>(found: &A, expected: &B) {
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

/// Everything that can be asked of a model, with the same bits from flash and from memory.
fn answers<T: Scalar, K: StorableKernel<T>>(
    stored: &Stored<'_, T, K, 7>,
    model: &Model<T, K>,
    labels: &[[T; 2]],
) {
    for i in 0..=model.len() {
        same(&stored.leave_one_out(i), &model.leave_one_out(i));
        same(&stored.novelty_of(i), &model.novelty_of(i));
    }
    for output in 0..3 {
        same(&stored.log_marginal_likelihood(output), &model.log_marginal_likelihood(output));
        same(&stored.amplitude(output), &model.amplitude(output));
    }
    let (from_flash, from_memory) = (stored.intervals().unwrap(), model.intervals().unwrap());
    for (x, y) in queries().iter().zip(labels.iter().cycle()) {
        same(&stored.mean(x), &model.mean(x));
        same(&stored.predict(x), &model.predict(x));
        for level in [0.5, 0.7, 0.9, 0.0, f64::NAN].map(T::from_f64) {
            same(&from_flash.at(x, level), &from_memory.at(x, level));
        }
        same(&from_flash.p_value(x, *y), &from_memory.p_value(x, *y));
    }
    same(&from_flash.p_value(&labels[0], [T::NAN; 2]), &from_memory.p_value(&labels[0], [T::NAN; 2]));
}

/// A file of means refuses all but means.
fn means_alone<T: Scalar, K: StorableKernel<T>>(means: &Stored<'_, T, K, 9>, model: &Model<T, K>) {
    assert!(!means.has_deviations());
    for x in queries() {
        same(&means.mean(&x), &model.mean(&x));
        assert_eq!(means.predict(&x), Err(Error::MeansOnly));
    }
    assert_eq!(means.leave_one_out(0), Err(Error::MeansOnly));
    assert_eq!(means.novelty_of(0), Err(Error::MeansOnly));
    assert_eq!(means.log_marginal_likelihood(0), Err(Error::MeansOnly));
    assert_eq!(means.intervals().map(drop), Err(Error::MeansOnly));
    same(&means.amplitude(1), &model.amplitude(1)); // a number of the file's
}

fn plain<T: Scalar, K: StorableKernel<T> + Clone + std::fmt::Debug>(model: &Model<T, K>, kernel: &K) {
    let bytes = file(model, Contents::Everything);
    let stored = Stored::<T, K, 7>::open(&bytes).unwrap();
    assert_eq!((stored.len(), stored.ridge()), (model.len(), model.ridge()));
    assert!(stored.has_deviations());
    assert_eq!(stored.kernel().code(), kernel.code());
    let mut loaded = Model::new_low_precision(kernel.clone(), Fixed::new());
    loaded.load(&bytes).unwrap();
    assert_eq!(file(&loaded, Contents::Everything), bytes);
    let (mut one, mut other) = (loaded.clone(), model.clone());
    one.refresh().unwrap(); // factors K, which is in no file
    other.refresh().unwrap();
    assert_eq!(file(&one, Contents::Everything), file(&other, Contents::Everything));
    for amplitude in [None, Some(T::from_f64(0.3))] {
        one.set_amplitude(amplitude).unwrap(); // solves with the factor, of which only a part is in the file
        other.set_amplitude(amplitude).unwrap();
        assert_eq!(file(&one, Contents::Everything), file(&other, Contents::Everything));
    }
    let labels = samples().1;
    answers(&stored, model, &labels);
    let small = file(model, Contents::Means);
    means_alone(&Stored::<T, K, 9>::open(&small).unwrap(), model); // another capacity
    for x in queries() {
        same(&loaded.predict(&x), &model.predict(&x));
    }
    same(&loaded.leave_one_out(2), &model.leave_one_out(2));
    let (mut one, mut other) = (loaded, model.clone());
    for (i, x) in queries().into_iter().take(30).enumerate() {
        let y = [T::from_usize(i), T::ONE];
        same(&one.push(&x, y, WhenFull::DropRedundant), &other.push(&x, y, WhenFull::DropRedundant));
        assert_eq!(file(&one, Contents::Everything), file(&other, Contents::Everything));
    }
}

/// The slope of the mean, for kernels that have one.
fn slopes<T: Scalar, K: StorableKernel<T> + KernelGradient<T>>(kernel: K) {
    let model = fitted::<T, K>(kernel);
    for contents in [Contents::Everything, Contents::Means] {
        let bytes = file(&model, contents);
        let stored = Stored::<T, K, 7>::open(&bytes).unwrap();
        for x in queries() {
            for output in 0..3 {
                same(&stored.mean_gradient(&x, output), &model.mean_gradient(&x, output));
            }
        }
    }
}

/// Scaled files, which have the same numbers in other units, and the intervals of the samples' own units.
fn in_units<T, K>(kernel: &K)
where
    T: Scalar,
    K: StorableKernel<T> + VariableKernel<T> + Clone + std::fmt::Debug,
{
    let model = scaled::<T, K>(kernel.clone());
    let bytes = scaled_file(&model, Contents::Everything);
    let stored = Calibration::<K, Flash<'_, T, 2, 7, [T; 2]>>::open(&bytes).unwrap();
    let mut loaded = empty_scaled(kernel.clone());
    loaded.load(&bytes).unwrap();
    assert_eq!(scaled_file(&loaded, Contents::Everything), bytes);
    same(&stored.scaling(), &model.scaling());
    let (level, labels) = (T::from_f64(0.7), samples::<T>().1);
    for (x, y) in queries().iter().zip(labels.iter().cycle()) {
        same(&(stored.mean(x), stored.predict(x)), &(model.mean(x), model.predict(x)));
        same(&(stored.read(x, level), stored.p_value(x, *y)), &(model.read(x, level), model.p_value(x, *y)));
        same(&(loaded.read(x, level), loaded.p_value(x, *y)), &(model.read(x, level), model.p_value(x, *y)));
        same(&stored.interval(x, level), &model.interval(x, level));
    }
    for i in 0..=model.len() {
        same(&stored.leave_one_out(i), &model.leave_one_out(i));
    }
    let small = scaled_file(&model, Contents::Means);
    let means = Calibration::<K, Flash<'_, T, 2, 7, [T; 2]>>::open(&small).unwrap();
    same(&means.mean(&queries()[3]), &model.mean(&queries()[3]));
    assert_eq!(means.read(&queries()[3], level), Err(Error::MeansOnly));
    assert_eq!(means.interval(&queries()[3], level), Err(Error::MeansOnly));
    assert_eq!(means.p_value(&queries()[3], labels[0]), Err(Error::MeansOnly));
    assert_eq!(Model::<T, K>::new(kernel.clone(), Fixed::new()).load(&bytes), Err(FileError::Scaled));
    assert_eq!(Stored::<T, K, 7>::open(&bytes).map(drop), Err(FileError::Scaled));
    let unscaled = fitted::<T, K>(kernel.clone());
    loaded.load(&file(&unscaled, Contents::Everything)).unwrap();
    assert_eq!(file(loaded.model(), Contents::Everything), file(&unscaled, Contents::Everything));
    same(&loaded.predict(&queries()[1]), &unscaled.predict(&queries()[1]));
}

fn all<T: Scalar, K: StorableKernel<T> + Clone + std::fmt::Debug>(kernel: K) {
    let mut model = fitted::<T, K>(kernel.clone());
    plain(&model, &kernel);
    model.remove(1).unwrap(); // now its factor is that of no fit
    plain(&model, &kernel);
    model.set_amplitude(Some(T::from_f64(1.7))).unwrap();
    plain(&model, &kernel);
    model.refine().unwrap();
    plain(&model, &kernel);
}

#[test]
fn kernels_in_both_precisions() {
    all::<f32, _>(Ntk::new(Relu));
    all::<f64, _>(Ntk::new(Relu));
    all::<f32, _>(Nngp::new(Relu));
    all::<f64, _>(Ntk::with(Relu, Architecture::ONE_LAYER.depth(3).weights(1.5).bias(0.25)));
    all::<f32, _>(Nngp::with(Relu, Architecture::ONE_LAYER.depth(2).weights(0.7).bias(0.1)));
    all::<f64, _>(Ntk::with(LeakyRelu { slope: -0.3 }, Architecture::ONE_LAYER.depth(2).bias(0.5)));
    all::<f32, _>(Ntk::with(Erf, Architecture::ONE_LAYER.bias(0.5)));
    all::<f64, _>(Nngp::with(Gelu, Architecture::ONE_LAYER.depth(2).bias(0.5)));
    all::<f64, _>(Nngp::with(Step, Architecture::ONE_LAYER.depth(2).bias(0.5)));
}

#[test]
fn calibrations_in_both_precisions() {
    in_units::<f32, _>(&relu());
    in_units::<f64, _>(&relu());
    in_units::<f32, _>(&Nngp::with(Relu, Architecture::ONE_LAYER));
    in_units::<f64, _>(&Ntk::with(Relu, Architecture::ONE_LAYER.depth(3).weights(1.5).bias(0.25)));
    in_units::<f32, _>(&Nngp::with(Relu, Architecture::ONE_LAYER.depth(2).weights(0.7).bias(0.1)));
    in_units::<f64, _>(&Ntk::with(LeakyRelu { slope: -0.3 }, Architecture::ONE_LAYER.depth(2).bias(0.5)));
    in_units::<f32, _>(&Ntk::with(Erf, Architecture::ONE_LAYER.bias(0.5)));
    in_units::<f64, _>(&Nngp::with(Gelu, Architecture::ONE_LAYER.depth(2).bias(0.5)));
    in_units::<f64, _>(&Nngp::with(Step, Architecture::ONE_LAYER.depth(2).bias(0.5)));
}

#[test]
fn slopes_of_the_mean() {
    slopes::<f32, _>(Ntk::new(Relu));
    slopes::<f64, _>(Nngp::new(Relu));
    slopes::<f64, _>(Ntk::with(LeakyRelu { slope: -0.3 }, Architecture::ONE_LAYER.depth(2).bias(0.5)));
    slopes::<f32, _>(Ntk::with(Erf, Architecture::ONE_LAYER.bias(0.5)));
    slopes::<f64, _>(Nngp::with(Gelu, Architecture::ONE_LAYER.depth(2).bias(0.5)));
}

#[cfg(feature = "micromath")]
#[test]
fn low_precision_numbers_too() {
    plain(&fitted::<ntk_core::scalar::Micro, _>(Ntk::new(Relu)), &Ntk::new(Relu));
}

/// Sums in lanes begin at 8 samples.
#[test]
fn many_samples() {
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 3, 40>::new());
    model.set_ridge(0.1).unwrap();
    for i in 0..40u8 {
        let t = f32::from(i);
        model.push(&[t.sin(), (2.0 * t).cos(), 1.0], t, WhenFull::Refuse).unwrap();
        let mut bytes = vec![0; model.written_len(Contents::Everything)];
        model.write(Contents::Everything, &mut bytes).unwrap();
        let stored = Regression::<Ntk<Relu>, Flash<'_, f32, 3, 40>>::open(&bytes).unwrap();
        let (from_flash, from_memory) = (stored.intervals().unwrap(), model.intervals().unwrap());
        for x in [[0.1, 0.2, 0.3], [3.0, -1.0, 1.0]] {
            same(&stored.predict(&x), &model.predict(&x));
            same(&from_flash.at(&x, 0.9), &from_memory.at(&x, 0.9));
            same(&from_flash.p_value(&x, t), &from_memory.p_value(&x, t));
            same(&stored.mean_gradient(&x, 0), &model.mean_gradient(&x, 0));
        }
        same(&stored.leave_one_out(usize::from(i)), &model.leave_one_out(usize::from(i)));
        same(&stored.novelty_of(usize::from(i / 2)), &model.novelty_of(usize::from(i / 2)));
        same(&stored.log_marginal_likelihood(0), &model.log_marginal_likelihood(0));
    }
}

#[test]
fn what_cannot_be_written() {
    let model = fitted::<f32, _>(Ntk::new(Relu));
    let needed = model.written_len(Contents::Everything);
    let mut room = vec![7; needed - 1];
    assert_eq!(
        model.write(Contents::Everything, &mut room),
        Err(FileError::Room { needed, found: needed - 1 })
    );
    assert!(room.iter().all(|&b| b == 7), "something was written");
    let empty = Model::<f32>::new(Ntk::new(Relu), Fixed::new()).write(Contents::Means, &mut room);
    assert_eq!(empty, Err(FileError::Model(Error::NotFitted)));
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
        fn between(&self, x: &ntk_core::Prepared<'_, f64>, y: &ntk_core::Prepared<'_, f64>) -> f64 {
            1.0 + ntk_core::vector::dot(x.x, y.x)
        }
    }
    impl StorableKernel<f64> for Linear {
        fn code(&self) -> ntk_core::kernel::KernelCode<f64> {
            ntk_core::kernel::KernelCode { activation: 128, ..Nngp::new(Relu).code() }
        }
        fn from_code(code: &ntk_core::kernel::KernelCode<f64>) -> Option<Self> {
            (*code == Self.code()).then_some(Self)
        }
    }
    plain(&fitted::<f64, _>(Linear), &Linear);
    let bytes = file(&fitted::<f64, _>(Linear), Contents::Means);
    let found = Stored::<f64, Nngp<Relu>, 7>::open(&bytes).map(drop);
    assert_eq!(found, Err(FileError::Kernel { activation: 128, is_ntk: false }));
}
