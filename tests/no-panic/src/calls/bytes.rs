//! Models as bytes.

use ntk_core::kernel::{Identity, Portable};
use ntk_core::regression::bytes::{Contents, Stored};
use ntk_core::regression::{Labels, ScaledRegression};
use ntk_core::{Dataset, Deep, DeepRelu, Erf, Regression, ReluNtk, Scalar, Step};

use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    of_kernel::<T, ReluNtk>(ReluNtk);
    if let Ok(kernel) = DeepRelu::ntk(value(2), value(T::ONE), value(T::HALF)) {
        of_kernel::<T, _>(kernel);
    }
    if let Ok(kernel) = Deep::<Step, T>::nngp(value(2), value(T::ONE), value(T::HALF)) {
        keep(kernel.identity());
        keep(Deep::<Erf, T>::of_identity(&kernel.identity()).is_some());
    }
}

#[inline(never)]
fn of_kernel<T: Scalar, K: Portable<T> + Copy>(kernel: K) {
    let identity: Identity<T> = value(kernel.identity());
    keep(K::of_identity(&identity).is_some());
    let (x, y) = (value([[T::ONE; 2]; 5]), value([[T::ONE; 2]; 5]));
    let (mut room, query) = (value([0; 900]), value([T::ONE; 2]));
    let mut model = Regression::<T, K, 2, 5, 2>::new(kernel);
    let mut scaled = ScaledRegression::<T, K, 2, 5, 2>::new(kernel);
    if let Ok(data) = Dataset::new(slice(&x), slice(&y)) {
        keep(model.fit(&data, value(T::HALF), Labels::AsGiven));
        keep(scaled.fit(&data, value(T::HALF)));
    }
    for contents in [Contents::Means, Contents::Everything] {
        let contents = value(contents);
        keep((model.written_len(contents), scaled.written_len(contents)));
        keep(model.write(contents, slice_mut(&mut room)));
        read::<T, K>(slice(&room), &query);
        keep(model.load(slice(&room)));
        keep(scaled.write(contents, slice_mut(&mut room)));
        keep(scaled.load(slice(&room)));
    }
    read::<T, K>(slice(&value([0; 900])), &query);
}

#[inline(never)]
fn read<T: Scalar, K: Portable<T>>(bytes: &[u8], query: &[T; 2]) {
    let Ok(stored) = Stored::<T, K, 2, 5, 2>::new(bytes) else { return };
    keep((stored.len(), stored.ridge(), stored.kernel().identity()));
    keep((stored.mean(query), stored.predict(query)));
}
