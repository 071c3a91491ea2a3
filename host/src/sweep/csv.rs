//! `sweep.csv`: a line for each row.

use std::fs;
use std::io;
use std::path::Path;

use super::{Key, Measured, Rows, Tangent};
use crate::error::Failure;
use crate::experiment::example3::Settings;

/// The name of the file.
pub(super) const FILE: &str = "sweep.csv";
const HEADER: &str = "lift,engine,seed,width,steps,stop,train_mse,test_mse,ntk_change,hessian_norm,hessian_norm_gelu,\
     gap_uncorrected,gap_corrected";

/// Reads the rows of a file; there are none if there is no file. A last line without its end was cut off and
/// is dropped.
pub(super) fn read(path: &Path, settings: &Settings) -> Result<Rows, Failure> {
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
        let (key, measured) =
            parse(line, settings).ok_or_else(|| wrong("not a row of a sweep; remove it".to_owned()))?;
        let (seed, width) = key;
        // Lines are compared, since a NaN does not equal itself.
        let before = rows.insert(key, measured);
        if before.is_some_and(|before| self::line(key, &before, settings).trim_end() != line) {
            return Err(wrong(format!("another row of seed {seed} and width {width}; remove one of them")));
        }
    }
    Ok(rows)
}

/// The whole file, sorted: the same bytes whatever the order in which the rows came.
pub(super) fn text(rows: &Rows, settings: &Settings) -> String {
    let lines: String = rows.iter().map(|(key, measured)| line(*key, measured, settings)).collect();
    format!("{HEADER}\n{lines}")
}

/// A row as a line with its end.
pub(super) fn line((seed, width): Key, m: &Measured, settings: &Settings) -> String {
    let Settings { lift, engine, .. } = settings;
    let Measured { steps, stop, train_mse, test_mse, tangent } = m;
    let tangent = tangent.map_or(",,,,".to_owned(), |t| {
        let [a, b, c, d, e] = numbers(t);
        format!("{a:?},{b:?},{c:?},{d:?},{e:?}")
    });
    format!("{lift},{engine},{seed},{width},{steps},{stop},{train_mse:?},{test_mse:?},{tangent}\n")
}

/// The numbers in the order of the columns.
fn numbers(t: Tangent) -> [f64; 5] {
    [t.ntk_change, t.hessian_norm, t.hessian_norm_gelu, t.gap_uncorrected, t.gap_corrected]
}

fn parse(text: &str, settings: &Settings) -> Option<(Key, Measured)> {
    let cells: [&str; 13] = text.split(',').collect::<Vec<_>>().try_into().ok()?;
    let [lift, engine, seed, width, steps, stop, train_mse, test_mse, tangent @ ..] = cells;
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
    line(key, &measured, settings).starts_with(&format!("{lift},{engine},")).then_some((key, measured))
}
