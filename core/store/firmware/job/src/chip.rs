//! The chip's random numbers: as a generator of `rand_core`, and judged by a theorem.

use core::convert::Infallible;

use ntk_core::{EmpiricalNtk, Kernel, Network, Ntk, Params, Relu};
use rand_core::{Rng, TryRng, utils};

/// A generator of the `rand_core` that the core takes, from whatever gives words of 64 bits: HALs have
/// drivers for other versions of `rand_core`, or for none.
pub struct Words<F>(pub F);

impl<F: FnMut() -> u64> TryRng for Words<F> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| word as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok((self.0)())
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        utils::fill_bytes_via_next_word(bytes, || self.try_next_u64())
    }
}

/// Units of the network; its weights take 3 KB of the stack.
const WIDTH: usize = 256;
const INPUTS: [[f32; 2]; 4] = [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.6, -0.8]];
/// One standard deviation of the ratio below is 0.11.
const LEAST: f32 = 0.5;
const MOST: f32 = 2.0;

/// Whether a wide network with weights from this generator has nearly the kernel that Theorem 1 promises to
/// independent normal weights. Finds a generator that is stuck, or whose bits lean to one side, and hardware
/// that computes wrongly; it does not find one that is merely predictable.
pub fn is_random(rng: &mut impl Rng) -> bool {
    let mut network = Network::new(Relu, Params::<f32, 2, WIDTH>::zero());
    network.initialize(rng);
    let Ok(drawn) = EmpiricalNtk::new(&network, 0) else { return false };
    let ratio = |x: &[f32; 2]| drawn.value(x, x) / Ntk::new(Relu).value(x, x);
    INPUTS.iter().all(|x| (LEAST..MOST).contains(&ratio(x)))
}
