//! What the firmwares do with a chip's generator, with peripherals that are played.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, missing_docs, unreachable_pub)]

#[path = "../firmware/job/src/chip.rs"]
mod chip;

use chip::{Words, is_random};
use ntk_core::{Network, Params, Relu};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// A register that gives a word of 32 bits at each read, as those of nRF, RP2040 and STM32 do in the end.
struct Register(ChaCha8Rng);

impl Register {
    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }
}

#[test]
fn a_network_is_drawn_from_the_words_of_a_register() {
    let mut register = Register(ChaCha8Rng::seed_from_u64(5));
    let draw = |rng: &mut dyn FnMut() -> u64| {
        let mut network = Network::new(Relu, Params::<f32, 3, 16>::zero());
        network.initialize(&mut Words(rng));
        network
    };
    let drawn = draw(&mut || register.next_u64());
    let mut expected = Network::new(Relu, Params::<f32, 3, 16>::zero());
    expected.initialize(&mut ChaCha8Rng::seed_from_u64(5));
    assert_eq!(drawn.weights, expected.weights);
}

#[test]
fn bytes_and_halves_are_those_of_the_words() {
    let mut words = [0x0807_0605_0403_0201, 0x100f_0e0d_0c0b_0a09, 0xffff_ffff_1234_5678].into_iter();
    let mut rng = Words(|| words.next().unwrap());
    let mut bytes = [0; 11];
    rng.fill_bytes(&mut bytes);
    assert_eq!(bytes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert_eq!(rng.next_u32(), 0x1234_5678);
}

#[test]
fn a_good_generator_is_never_suspected() {
    for seed in 0..10_000 {
        assert!(is_random(&mut ChaCha8Rng::seed_from_u64(seed)), "{seed}");
    }
}

#[test]
fn a_stuck_or_leaning_one_is_found() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for stuck in [0, u64::MAX, 1 << 63].into_iter().chain((0..1000).map(|_| random.next_u64())) {
        assert!(!is_random(&mut Words(|| stuck)), "{stuck:x}");
    }
    let mut count = 0;
    assert!(!is_random(&mut Words(|| {
        count += 1;
        count
    })));
    // Bits that are 1 three times in four.
    assert!(!is_random(&mut Words(|| random.next_u64() | random.next_u64())));
}
