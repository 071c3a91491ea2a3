//! What stands behind an option: numbers with their ranges, names, and parts of a whole.

use crate::kernels::ActivationName;
use crate::sweep::Shard;

/// A number that is given, or one to be found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice {
    /// This one.
    Given(f64),
    /// The best one.
    Auto,
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("must be a number above 0".to_owned()),
    }
}

pub(super) fn non_negative(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value >= 0.0 && value.is_finite() => Ok(value),
        _ => Err("must be a number, 0 or more".to_owned()),
    }
}

pub(super) fn time(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value >= 0.0 => Ok(value),
        _ => Err("must be a number, 0 or more, or inf".to_owned()),
    }
}

fn or_auto(text: &str, number: fn(&str) -> Result<f64, String>) -> Result<Choice, String> {
    if text == "auto" {
        return Ok(Choice::Auto);
    }
    number(text).map(Choice::Given).map_err(|e| format!("{e}, or auto"))
}

pub(super) fn non_negative_or_auto(text: &str) -> Result<Choice, String> {
    or_auto(text, non_negative)
}

pub(super) fn positive_or_auto(text: &str) -> Result<Choice, String> {
    or_auto(text, positive)
}

pub(super) fn level(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("must be a number above 0 and below 1, as in 0.9".to_owned()),
    }
}

pub(super) fn finite(text: &str) -> Result<f64, String> {
    text.trim().parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(|| "must be a number".to_owned())
}

pub(super) fn codes(text: &str) -> Result<[f64; 2], String> {
    let ends = text.split_once(',').map(|(low, high)| [low, high].map(|end| end.trim().parse::<f64>()));
    match ends {
        Some([Ok(low), Ok(high)]) if low != high && (high - low).is_finite() => Ok([low, high]),
        _ => Err("must be two different numbers, as in 0,3.3".to_owned()),
    }
}

fn count(text: &str, most: usize) -> Result<usize, String> {
    match text.trim().parse::<usize>() {
        Ok(value) if (1..=most).contains(&value) => Ok(value),
        _ => Err(format!("must be a whole number from 1 to {most}")),
    }
}

/// The widths of Figure 1.
const LECTURE: [usize; 18] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 32, 64, 128, 256, 512, 1024];

pub(super) fn width(text: &str) -> Result<Vec<usize>, String> {
    if text.trim() == "lecture" {
        return Ok(LECTURE.to_vec());
    }
    count(text, 1 << 24).map(|width| vec![width]).map_err(|e| format!("{e}, or lecture"))
}

pub(super) fn samples(text: &str) -> Result<usize, String> {
    count(text, 4096)
}

pub(super) fn seeds(text: &str) -> Result<u64, String> {
    count(text, 1_000_000).map(|seeds| seeds as u64)
}

pub(super) fn room(text: &str) -> Result<usize, String> {
    count(text, 1024)
}

/// How `ntk stream` forgets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Forget {
    /// Not at all.
    None,
    /// By what the errors ask for.
    Auto,
    /// By this factor a sample.
    Factor(f64),
}

pub(super) fn forget(text: &str) -> Result<Forget, String> {
    match (text, text.parse::<f64>()) {
        ("none", _) => Ok(Forget::None),
        ("auto", _) => Ok(Forget::Auto),
        (_, Ok(factor)) if factor > 0.0 && factor <= 1.0 => Ok(Forget::Factor(factor)),
        _ => Err("must be none, auto, or a number above 0 and at most 1, as in 0.999".to_owned()),
    }
}

pub(super) fn jobs(text: &str) -> Result<usize, String> {
    count(text, 4096)
}

pub(super) fn draws(text: &str) -> Result<usize, String> {
    count(text, 100_000)
}

pub(super) fn repeats(text: &str) -> Result<usize, String> {
    match count(text, 100_000) {
        Ok(1) | Err(_) => Err("must be a whole number from 2 to 100000".to_owned()),
        found => found,
    }
}

pub(super) fn shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').map(|(index, count)| (index.parse::<usize>(), count.parse::<usize>()));
    match parts {
        Some((Ok(index), Ok(count))) if (1..=count).contains(&index) => Ok(Shard { index: index - 1, count }),
        _ => Err("must be I/N with I from 1 to N".to_owned()),
    }
}

pub(super) fn claim(text: &str) -> Result<&'static str, String> {
    let found = crate::verify::ids().find(|id| id.eq_ignore_ascii_case(text));
    found.ok_or_else(|| "must be one of C1 to C23".to_owned())
}

pub(super) fn activation(text: &str) -> Result<ActivationName, String> {
    text.parse()
}
