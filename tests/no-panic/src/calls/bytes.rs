//! Models and calibrations as bytes.

use ntk_core::kernel::{KernelCode, StorableKernel, VariableKernel};
use ntk_core::regression::bytes::{Contents, FileError, Flash, first};
use ntk_core::regression::{Fixed, Flat};
use ntk_core::{
    Architecture, Calibration, Erf, Hermite, LeakyRelu, Nngp, Ntk, Rbf, RectifiedPower, Regression, Relu,
    Scalar, Sign, Step,
};

use super::kernels::architecture;
use super::regression::{ask, ask_run_time};
use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    of_kernel::<T, _>(Ntk::new(Relu));
    of_kernel::<T, _>(Ntk::with(Relu, architecture::<T>()));
    calibration::<T, _>(Ntk::with(Erf, architecture::<T>()));
    code::<T, Nngp<Step, Architecture<T>>>(&Nngp::with(Step, architecture::<T>()));
    code::<T, Ntk<LeakyRelu<T>>>(&Ntk::new(LeakyRelu { slope: value(T::HALF) }));
    code::<T, Nngp<Sign>>(&Nngp::new(Sign));
    code::<T, Ntk<RectifiedPower>>(&Ntk::new(value(RectifiedPower::Cube)));
    code::<T, Ntk<Rbf<T>>>(&Ntk::new(Rbf { gamma: value(T::HALF) }));
    if let Some(phi) = Hermite::new(value(5)) {
        code::<T, Ntk<Hermite>>(&Ntk::new(phi));
    }
    run_time::<T>();
}

fn code<T: Scalar, K: StorableKernel<T>>(kernel: &K) {
    let code: KernelCode<T> = value(kernel.code());
    keep((code, K::from_code(&code).is_some()));
}

#[inline(never)]
fn of_kernel<T: Scalar, K: StorableKernel<T> + Copy>(kernel: K) {
    code(&kernel);
    let (x, y) = (value([[T::ONE; 2]; 5]), value([[T::ONE; 2]; 5]));
    let mut room = value([0; 900]);
    let mut model = Regression::new(kernel, Fixed::<T, 2, 5, [T; 2]>::new());
    keep(model.fit(slice(&x), slice(&y), value(T::HALF)));
    for contents in [Contents::Means, Contents::Everything] {
        let contents = value(contents);
        keep(model.written_len(contents));
        keep(model.write(contents, slice_mut(&mut room)));
        let columns = [slice(&x[0]), slice(&x[1]), slice(&y[0]), slice(&y[1])];
        keep(model.write_scaled(value(Some(columns)), contents, slice_mut(&mut room)));
        let put = |bytes: &[u8]| if value(bytes.len()) < 65 { Ok(()) } else { Err(FileError::MeansOnly) };
        let mut piece = value([0; 64]);
        keep(model.write_pieces(contents, slice_mut(&mut piece), put));
        keep(model.write_scaled_pieces(value(Some(columns)), contents, slice_mut(&mut piece), put));
        keep(first(slice(&room)));
        read::<T, K>(slice(&room));
        keep(model.load(slice(&room)));
    }
    read::<T, K>(slice(&value([0; 900])));
}

#[inline(never)]
fn read<T: Scalar, K: StorableKernel<T>>(bytes: &[u8]) {
    let Ok(stored) = Regression::<K, Flash<'_, T, 2, 5, [T; 2]>>::open(bytes) else { return };
    keep((stored.kernel().code(), stored.has_deviations()));
    ask(&stored, &value([T::ONE; 2]));
}

#[inline(never)]
fn calibration<T: Scalar, K: StorableKernel<T> + VariableKernel<T>>(kernel: K) {
    let (x, y) = (value([[T::ONE; 2]; 5]), value([[T::ONE; 2]; 5]));
    let mut room = value([0; 900]);
    let mut calibration = Calibration::with(kernel, Fixed::<T, 2, 5, [T; 2]>::new());
    keep(calibration.fit(slice(&x), slice(&y)));
    for contents in [Contents::Means, Contents::Everything] {
        let contents = value(contents);
        keep(calibration.written_len(contents));
        keep(calibration.write(contents, slice_mut(&mut room)));
        let put = |bytes: &[u8]| if value(bytes.len()) < 65 { Ok(()) } else { Err(FileError::MeansOnly) };
        keep(calibration.write_pieces(contents, slice_mut(&mut value([0; 64])), put));
        keep(calibration.load(slice(&room)));
        if let Ok(stored) = Calibration::<K, Flash<'_, T, 2, 5, [T; 2]>>::open(slice(&room)) {
            super::calibration::ask(&stored, &value([T::ONE; 2]), value([T::ONE; 2]));
        }
    }
}

#[inline(never)]
fn run_time<T: Scalar>() {
    let (mut memory, mut room, mut inputs) = (value([T::ONE; 140]), value([0; 900]), value([[T::ONE; 4]; 2]));
    let Ok(flat) = Flat::new(value(2), value(6), value(2), slice_mut(&mut memory)) else { return };
    let mut model = Regression::new(Ntk::new(Relu), flat);
    keep(model.load_into(slice(&room), inputs.each_mut().map(|x| slice_mut(x))));
    let mut scaling = value([T::ONE; 8]);
    keep(model.load_scaled(slice(&room), inputs.each_mut().map(|x| slice_mut(x)), slice_mut(&mut scaling)));
    keep(model.write(value(Contents::Everything), slice_mut(&mut room)));
    ask_run_time(&model);
}
