//! `sweep.csv`: a line for each row.

use std::fs;
use std::io;
use std::path::Path;

use super::plan::MOST_UNITS;
use super::tangent::MOST_SAMPLES;
use super::{Key, Measured, Rows, Tangent, Width};
use crate::error::Failure;
use crate::experiment::example3::Settings;
use crate::files::ordinary;

/// The name of the file.
pub(super) const FILE: &str = "sweep.csv";
const HEADER: &str = "lift,engine,seed,width,steps,stop,train_mse,test_mse,ntk_change,hessian_norm,hessian_norm_gelu,\
     gap_uncorrected,gap_corrected";

/// Reads the rows of a file; there are none if there is no file. A last line without its end was cut off and
/// is dropped.
pub(super) fn read(path: &Path, settings: &Settings) -> Result<Rows, Failure> {
    ordinary(path)?;
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Rows::new()),
        Err(cause) => return Err(Failure::file("read", path, &cause)),
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut rows = Rows::new();
    for (i, line) in whole.lines().enumerate() {
        let wrong = |why| Failure::new(format!("{}:{}: {why}", path.display(), i + 1));
        if i == 0 {
            if line != HEADER {
                return Err(wrong(format!("the header is not {HEADER}; choose another --out")));
            }
            continue;
        }
        let (key, measured) = parse(line, settings)
            .ok_or("it has other cells than a row of this sweep")
            .and_then(|(key, measured)| check(key, &measured, settings).map(|()| (key, measured)))
            .map_err(|why| {
                wrong(format!("not a row of a sweep: {why}; remove the line, and the sweep runs it again"))
            })?;
        let (seed, width) = key;
        // Lines are compared, since a NaN does not equal itself.
        let before = rows.insert(key, measured);
        if before.is_some_and(|before| self::line(key, &before, settings).trim_end() != line) {
            return Err(wrong(format!("another row of seed {seed} and width {width}; remove one of them")));
        }
    }
    Ok(rows)
}

/// Checks that a row can be what a sweep with these settings has measured, and says why not.
fn check((_, width): Key, m: &Measured, settings: &Settings) -> Result<(), &'static str> {
    let Measured { steps, ref stop, train_mse, test_mse, tangent } = *m;
    let require = |holds: bool, why| if holds { Ok(()) } else { Err(why) };
    let Width::Finite(k) = width else {
        require(matches!(stop.as_str(), "solved" | "jitter"), "the NTK has another stop")?;
        require(steps == 0 && tangent.is_none(), "the NTK has no steps and no change")?;
        return require(is_error(train_mse) && is_error(test_mse), "an error is negative or not finite");
    };
    require((1..=MOST_UNITS).contains(&k), "its width is out of range")?;
    let is_wide = k >= settings.samples;
    match stop.as_str() {
        "target" => {
            require(is_wide, "narrow networks have no target")?;
            require(train_mse < settings.target_mse, "its training error is not below the target")?;
        }
        "patience" => require(!is_wide, "wide networks have no patience")?,
        "max-steps" | "diverged" => {}
        _ => return Err("its stop is none of target, patience, max-steps and diverged"),
    }
    require(steps <= settings.max_steps, "it has more steps than any run may take")?;
    require(tangent.is_some() == (settings.samples <= MOST_SAMPLES), "it has too few or too many numbers")?;
    let mut all = [train_mse, test_mse].into_iter().chain(tangent.into_iter().flat_map(numbers));
    if stop == "diverged" {
        return require(!all.any(|v| v < 0.0), "an error is negative"); // NaN and infinity are right
    }
    require(all.all(is_error), "an error is negative or not finite")
}

fn is_error(value: f64) -> bool {
    value >= 0.0 && value.is_finite()
}

/// Returns the whole file, sorted: the same bytes whatever the order in which the rows came.
pub(super) fn text(rows: &Rows, settings: &Settings) -> String {
    let lines: String = rows.iter().map(|(key, measured)| line(*key, measured, settings)).collect();
    format!("{HEADER}\n{lines}")
}

/// Returns a row as a line with its end.
pub(super) fn line((seed, width): Key, m: &Measured, settings: &Settings) -> String {
    let Settings { lift, engine, .. } = settings;
    let Measured { steps, stop, train_mse, test_mse, tangent } = m;
    let tangent = tangent.map_or(",,,,".to_owned(), |t| {
        let [a, b, c, d, e] = numbers(t);
        format!("{a:?},{b:?},{c:?},{d:?},{e:?}")
    });
    format!("{lift},{engine},{seed},{width},{steps},{stop},{train_mse:?},{test_mse:?},{tangent}\n")
}

/// Returns the numbers in the order of the columns.
fn numbers(t: Tangent) -> [f64; 5] {
    [t.ntk_change, t.hessian_norm, t.hessian_norm_gelu, t.gap_uncorrected, t.gap_corrected]
}

fn parse(text: &str, settings: &Settings) -> Option<(Key, Measured)> {
    let cells: [&str; 13] = text.split(',').collect::<Vec<_>>().try_into().ok()?;
    let [_, _, seed, width, steps, stop, train_mse, test_mse, tangent @ ..] = cells;
    let tangent = if tangent == [""; 5] {
        None
    } else {
        let [ntk_change, hessian_norm, hessian_norm_gelu, gap_uncorrected, gap_corrected] = tangent;
        Some(Tangent {
            ntk_change: ntk_change.parse().ok()?,
            hessian_norm: hessian_norm.parse().ok()?,
            hessian_norm_gelu: hessian_norm_gelu.parse().ok()?,
            gap_uncorrected: gap_uncorrected.parse().ok()?,
            gap_corrected: gap_corrected.parse().ok()?,
        })
    };
    let measured = Measured {
        steps: steps.parse().ok()?,
        stop: stop.to_owned(),
        train_mse: train_mse.parse().ok()?,
        test_mse: test_mse.parse().ok()?,
        tangent,
    };
    let key = (seed.parse().ok()?, width.parse().ok()?);
    // A sweep writes a number in one way only.
    (line(key, &measured, settings).trim_end() == text).then_some((key, measured))
}
