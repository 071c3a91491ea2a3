//! Example 3: train a wide network by gradient descent until its mean squared error is below 2e-3.

use ntk_core::train::{StopReason, StopRule, descend, workspace_len};
use ntk_core::{Dataset, Error, Lift, Network, Params, Relu};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const SAMPLES: usize = 15;
const WIDTH: usize = 256;

fn main() -> Result<(), Error> {
    let (mut x, mut y) = ([[0.0f32; 2]; SAMPLES], [[0.0; 1]; SAMPLES]);
    for (i, (x, y)) in x.iter_mut().zip(&mut y).enumerate() {
        let t = i as f32 / 7.0 - 1.0;
        Lift::Circle.apply(t, x)?;
        *y = [t + (10.0 * t).sin()];
    }
    let mut network = Network::new(Relu, Params::<f32, 2, WIDTH>::zero());
    network.initialize(&mut ChaCha8Rng::seed_from_u64(1));

    let rule = StopRule::example_3(WIDTH, SAMPLES, 2e-3, 50, 200_000);
    let mut memory = [0.0; workspace_len(SAMPLES, 2, 1)];
    let report = |step: u32, loss: f32| {
        if step.is_power_of_two() {
            println!("step {step:6}: loss {loss:.5}");
        }
        true
    };
    let outcome = descend(&mut network, &Dataset::new(&x, &y)?, 1e-2, &rule, &mut memory, report)?;
    println!("{:?} after {} steps, mean squared error {:.5}", outcome.reason, outcome.steps, outcome.mse);
    assert!(outcome.reason == StopReason::Target && outcome.mse < 2e-3);
    Ok(())
}
