//! Draws a network of 64 units and trains it on 15 samples by the stop rule of Example 3.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{N, Place, Real, opaque};
use ntk_core::train::{StopRule, descend, workspace_len};
use ntk_core::{Dataset, Network, Params, Relu};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

static NETWORK: Place<Network<Relu, Params<Real, 2, 64>>> = Place::new(Network::new(Relu, Params::zero()));
static MEMORY: Place<[Real; workspace_len(N, 2, 1)]> = Place::new([0.0; _]);

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    let (network, memory) = unsafe { (NETWORK.get(), MEMORY.get()) };
    loop {
        network.initialize(&mut ChaCha8Rng::seed_from_u64(opaque(1)));
        let (x, y): ([[Real; 2]; N], [[Real; 1]; N]) = opaque(([[1.0; 2]; N], [[1.0]; N]));
        let Ok(data) = Dataset::new(&x, &y) else { continue };
        let rule = StopRule::example_3(64, N, opaque(2e-3), 50, opaque(100_000));
        let outcome = descend(network, &data, opaque(0.01), &rule, memory, |_, _| true);
        opaque(outcome.is_ok_and(|outcome| outcome.mse < 2e-3));
    }
}
