//! Round numbers on axes.

use std::ops::Range;

/// Steps within a decade, coarse to fine.
const LADDERS: [&[&str]; 5] = [
    &["1"],
    &["1", "3"],
    &["1", "2", "5"],
    &["1", "1.5", "2", "3", "5", "7"],
    &["1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "7", "8", "9"],
];

/// Ticks of a logarithmic axis: the coarsest ladder that has five of them; over many decades only every so
/// many.
pub(super) fn logarithmic(range: &Range<f64>) -> Vec<f64> {
    let (first, last) = (range.start.log10().floor() as i32, range.end.log10().floor() as i32);
    let every = 1 + (last - first) / 8;
    // A number that is read from its decimal digits is printed with no more of them.
    let ticks = |ladder: &[&str]| -> Vec<f64> {
        let decades = (first..=last).filter(|decade| decade.rem_euclid(every) == 0);
        let steps = decades.flat_map(|decade| ladder.iter().map(move |step| format!("{step}e{decade}")));
        steps.filter_map(|step| step.parse().ok()).filter(|tick| range.contains(tick)).collect()
    };
    let enough = LADDERS.iter().map(|ladder| ticks(ladder)).find(|ticks| ticks.len() >= 5 || every > 1);
    enough.unwrap_or_else(|| LADDERS.last().map_or(Vec::new(), |ladder| ticks(ladder)))
}

/// Ticks of an axis of widths: at most nine powers of two, from 1.
pub(super) fn powers_of_two(range: &Range<f64>) -> Vec<f64> {
    let last = range.end.log2().floor();
    let every = 1 + ((last - range.start.log2().max(0.0)) / 9.0) as usize;
    (0..=last.max(0.0) as i32)
        .step_by(every)
        .map(|power| 2f64.powi(power))
        .filter(|k| range.contains(k))
        .collect()
}

/// Returns a number as a reader expects it on an axis.
pub(super) fn label(value: f64) -> String {
    let plain = value == 0.0 || value.abs() >= 1e-4 && (value.abs() < 1e6 || value.log2().fract() == 0.0);
    let text = if plain { format!("{value}") } else { format!("{value:e}") };
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ladders_by_the_length_of_the_axis() {
        assert_eq!(logarithmic(&(0.04..1.4)), [0.05, 0.1, 0.2, 0.5, 1.0]);
        assert_eq!(logarithmic(&(0.95..4.0)), [1.0, 1.2, 1.5, 2.0, 2.5, 3.0]);
        assert_eq!(logarithmic(&(0.002..2.0)), [0.003, 0.01, 0.03, 0.1, 0.3, 1.0]);
        assert_eq!(logarithmic(&(1e-5..2.0)), [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0]);
        assert_eq!(logarithmic(&(0.1..1e41)), [1.0, 1e6, 1e12, 1e18, 1e24, 1e30, 1e36]);
    }

    #[test]
    fn every_axis_has_four_to_fourteen_ticks_in_order() {
        for i in 0..400 {
            for j in 0..60 {
                let low = 10f64.powf(0.037 * f64::from(i) - 9.0);
                let range = low..low * 4.0 * 10f64.powf(0.08 * f64::from(j * j));
                let ticks = logarithmic(&range);
                assert!((4..=14).contains(&ticks.len()), "{range:?}: {ticks:?}");
                assert!(ticks.is_sorted() && ticks.iter().all(|tick| range.contains(tick)));
                assert!(ticks.iter().all(|tick| label(*tick).len() < 10), "{ticks:?}");
            }
        }
    }

    #[test]
    fn widths_are_powers_of_two() {
        assert_eq!(powers_of_two(&(0.8..1300.0)), [1.0, 4.0, 16.0, 64.0, 256.0, 1024.0]);
        assert_eq!(powers_of_two(&(0.3..2.5)), [1.0, 2.0]);
        assert_eq!(powers_of_two(&(5.6..46.0)), [8.0, 16.0, 32.0]);
        assert_eq!(powers_of_two(&(0.8..2e7)).last(), Some(&16_777_216.0));
    }

    #[test]
    fn labels() {
        let found = [0.0, -0.5, 1.0, 0.0002, 1.5e-9, 3e7, 131_072.0].map(label);
        assert_eq!(found, ["0", "\u{2212}0.5", "1", "0.0002", "1.5e\u{2212}9", "3e7", "131072"]);
    }
}
