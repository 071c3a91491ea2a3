//! The normal numbers that weights are drawn from (Theorem 1), without chance: all words, evenly spaced.

use std::convert::Infallible;

use ntk_core::{Network, Relu, Shape};
use rand_chacha::rand_core::TryRng;

use super::problem::zeros;
use super::row::{Cell, Data, Row, largest};
use crate::error::Failure;

/// Words whose upper half runs through both signs and all sizes evenly: the n-th is n times the step.
struct Evenly {
    word: u64,
    step: u64,
}

impl TryRng for Evenly {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.try_next_u64()? >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let word = self.word;
        self.word = self.word.wrapping_add(self.step);
        Ok(word)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

/// Even moments of the weights of a network that is drawn from all words: 1, 3 and 15 for N(0, 1). `scale`
/// multiplies the weights, 1 in the claim. Between two words the quantile is replaced by its value in the
/// middle; of the sixth moment, most of which is in the tails, 2^17 words of each sign miss 1e-4.
pub(super) fn moments(scale: f64) -> Result<Row, Failure> {
    const BITS: u32 = 18;
    let shape = Shape { inputs: 3, width: 1 << (BITS - 2), outputs: 1 };
    let step = 1u64 << (64 - BITS);
    let mut network = Network::new(Relu, zeros(shape)?);
    network.initialize(&mut Evenly { word: step / 2, step });
    let count = shape.parameters() as f64;
    let mut data = Data::new(&["moment", "measured", "of N(0, 1)"]);
    let mut errors = Vec::new();
    for (order, expected) in [(2, 1.0), (4, 3.0), (6, 15.0)] {
        let powers = network.weights.values().iter().map(|w| libm::pow(scale * w, f64::from(order)));
        let moment = powers.sum::<f64>() / count;
        data.push([f64::from(order), moment, expected].map(Cell::from));
        errors.push((format!("order {order}"), (moment / expected - 1.0).abs()));
    }
    Ok(Row::error("E[w^2] = 1, E[w^4] = 3, E[w^6] = 15, error", largest(errors), 1e-3, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_variance_is_seen() {
        assert!(!moments(1.0).unwrap().fails());
        assert!(moments(1.0005).unwrap().fails(), "0.1 % of the variance");
        assert!(moments(0.9995).unwrap().fails());
    }
}
