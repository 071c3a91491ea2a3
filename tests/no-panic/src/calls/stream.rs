//! Streams of one and of two outputs, in arrays, in blocks and in a file.

use ntk_core::kernel::StorableKernel;
use ntk_core::regression::bytes::Flash;
use ntk_core::regression::{ArrayStorage, Fixed, Flat, Row};
use ntk_core::stream::{Forgetting, Occasion, Room};
use ntk_core::{Kernel, Listener, Ntk, Relu, Rows, Scalar, Stream};

use super::kernels::architecture;
use crate::opaque::{keep, slice, slice_mut, value};

pub(super) fn all<T: Scalar>() {
    in_arrays::<T, _, _>(Listener::<2, 6, T>::new(), value(T::ONE));
    in_arrays::<T, _, _>(Listener::<2, 6, T, [T; 2]>::default(), value([T::ONE; 2]));
    in_arrays::<T, _, _>(Stream::with(Ntk::with(Relu, architecture::<T>())), value(T::ONE));
    in_blocks::<T>();
}

#[inline(never)]
fn in_arrays<T: Scalar, K: StorableKernel<T> + Copy, Y: Row<Scalar = T>>(
    mut stream: Stream<K, Fixed<T, 2, 6, Y>>,
    y: Y,
) {
    let (x, labels, query) = (value([T::ONE; 16]), value([T::ONE; 16]), value([T::ONE; 2]));
    keep((stream.set_range(&query, &value([T::TWO; 2])), stream.set_labels(&y, &value(y))));
    settings(&mut stream);
    keep(stream.set_amplitude(value(Some(T::ONE))));
    let rows = (Rows::new(slice(&x), value(2)), Rows::new(slice(&labels), value(2)));
    let (Ok(x), Ok(labels)) = rows else { return };
    keep(stream.begin(x, labels));
    keep(stream.hear(&query, y));
    let occasion: Occasion<T> = value(Occasion::USUAL);
    keep(stream.hear_on(&query, y, occasion));
    ask(&stream, &query, y);
    let mut room = value([0; 1200]);
    keep((stream.written_len(), stream.write(slice_mut(&mut room))));
    if let Ok(stored) = Stream::<K, Flash<'_, T, 2, 6, Y>>::open(slice(&room)) {
        ask(&stored, &query, y);
    }
    keep(stream.load(slice(&room)));
    ask(&stream, &query, y);
    stream.clear();
    let kernel = *stream.kernel();
    stream.reset(kernel);
    keep(stream.hear(&query, y));
}

fn settings<T: Scalar, K: Kernel<T>, M: Room<Scalar = T>>(stream: &mut Stream<K, M>) {
    keep(stream.set_noise(value(Some(T::ONE))));
    keep(stream.set_forgetting(value(Forgetting::Factor(T::ONE))));
    keep(stream.set_forgetting(value(Forgetting::Auto)));
}

#[inline(never)]
fn ask<T: Scalar, K: Kernel<T>, M: Room<Scalar = T> + ArrayStorage>(
    stream: &Stream<K, M>,
    query: &M::Input,
    y: M::Output,
) {
    let level = value(T::HALF);
    keep((stream.shape(), stream.len(), stream.is_empty(), stream.heard()));
    keep((stream.noise(), stream.forgetting()));
    keep((stream.answer(query, level), stream.p_value(query, y), stream.familiarity(query)));
}

#[inline(never)]
fn in_blocks<T: Scalar>() {
    let (mut numbers, mut rest) = (value([T::ZERO; 120]), value([T::ZERO; 30]));
    let [d, n, c] = [value(2), value(5), value(2)];
    let Ok(basis) = Flat::new(d, n, c, slice_mut(&mut numbers)) else { return };
    let kernel = Ntk::with(Relu, architecture::<T>());
    let Ok(mut stream) = Stream::in_blocks(kernel, basis, slice_mut(&mut rest)) else { return };
    settings(&mut stream);
    let (x, y, mut work) = (value([T::ONE; 8]), value([T::ONE; 8]), value([T::ONE; 20]));
    keep(stream.set_scaling([slice(&x), slice(&y), slice(&x), slice(&y)]));
    keep(stream.hear_into(slice(&x), slice(&y), value(Occasion::USUAL), slice_mut(&mut work)));
    let mut ends = value([[T::ZERO; 2]; 4]);
    let [mean, deviation, low, high] = ends.each_mut().map(|end| slice_mut(end));
    let answer = [mean, deviation, low, high];
    keep(stream.answer_into(slice(&x), value(T::HALF), slice_mut(&mut work), answer));
    keep(stream.observation_into(slice(&x), slice_mut(&mut work), value(1)));
    keep(stream.noise_of(slice(&y)));
    let mut inputs = value([[T::ZERO; 2]; 2]);
    let [first, second] = inputs.each_mut().map(|input| slice_mut(input));
    keep(stream.load_into(slice(&value([0; 900])), [first, second]));
}
