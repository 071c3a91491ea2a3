//! Inputs that every machine makes for itself, from the generator and the sampler of the core.

use ntk_core::{Lift, Network, Params, Scalar, random};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The generator of a seed.
pub fn generator(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// N rows of D standard normal numbers.
pub fn normals<T: Scalar, const D: usize, const N: usize>(seed: u64) -> [[T; D]; N] {
    let mut rng = generator(seed);
    core::array::from_fn(|_| core::array::from_fn(|_| random::standard_normal(&mut rng)))
}

/// A network with standard normal weights.
pub fn network<T, A, const D: usize, const K: usize, const C: usize>(
    activation: A,
    seed: u64,
) -> Network<A, Params<T, D, K, C>>
where
    T: Scalar,
    A: ntk_core::Activation<T>,
{
    let mut network = Network::new(activation, Params::zero());
    network.initialize(&mut generator(seed));
    network
}

/// Samples and labels of Example 3: x uniform on (-1, 1), put on the circle; y = x + sin(10 x).
pub fn example_3<T: Scalar, const N: usize>(seed: u64) -> ([[T; 2]; N], [[T; 1]; N]) {
    let (mut x, mut y) = ([[T::ZERO; 2]; N], [[T::ZERO; 1]; N]);
    let mut rng = generator(seed);
    for (x, y) in x.iter_mut().zip(&mut y) {
        let u: T = random::uniform(&mut rng);
        Lift::Circle.apply(u, x).unwrap();
        *y = [u + (T::from_f64(10.0) * u).sin()];
    }
    (x, y)
}
