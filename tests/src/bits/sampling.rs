use ntk_core::random::{self, normal_from_bits};
use ntk_core::{Lift, Scalar};
use rand_chacha::rand_core::Rng;

use crate::fnv::Fnv;
use crate::samples::generator;

#[allow(clippy::extra_unused_type_parameters)] // words have no precision, but the table has two columns
pub(super) fn chacha8<T: Scalar>() -> u64 {
    let (mut fnv, mut rng) = (Fnv::new(), generator(1));
    (0..1000).for_each(|_| fnv.word(rng.next_u64()));
    fnv.finish()
}

pub(super) fn uniform<T: Scalar>() -> u64 {
    let (mut fnv, mut rng) = (Fnv::new(), generator(2));
    (0..1000).for_each(|_| fnv.number::<T>(random::uniform(&mut rng)));
    fnv.finish()
}

pub(super) fn standard_normal<T: Scalar>() -> u64 {
    let (mut fnv, mut rng) = (Fnv::new(), generator(3));
    (0..1000).for_each(|_| fnv.number::<T>(random::standard_normal(&mut rng)));
    fnv.finish()
}

// Small words are far tails: one bit at a time reaches every branch of the sampler.
pub(super) fn normal_of_rare_words<T: Scalar>() -> u64 {
    let mut fnv = Fnv::new();
    for shift in 0..64 {
        fnv.number::<T>(normal_from_bits(1 << shift));
        fnv.number::<T>(normal_from_bits(u64::MAX >> shift));
    }
    fnv.finish()
}

pub(super) fn lifts<T: Scalar>() -> u64 {
    let mut fnv = Fnv::new();
    for lift in [Lift::Raw, Lift::Bias, Lift::Sphere, Lift::Circle] {
        for i in -20..=20 {
            let mut z = [T::ZERO; 2];
            let z = &mut z[..lift.dimension()];
            lift.apply(T::from_f64(f64::from(i) / 16.0), z).unwrap();
            fnv.numbers(z);
        }
    }
    fnv.finish()
}
