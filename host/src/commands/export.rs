//! `ntk export`: writes a model for a device.

use std::fs;
use std::path::Path;

use ntk_core::regression::bytes::Contents;

use super::progress::{self, Work};
use crate::cli::{ExportArgs, Language, Precision};
use crate::error::Failure;
use crate::export::integer::{self, Integer};
use crate::export::table::{self, Request, Table};
use crate::export::{Numbers, c, check, most_places, rust};
use crate::files::model::SavedModel;
use crate::files::output;
use crate::kernels::gram::Real;

/// Names and contents of the files, and the message about them.
type Exported = (Vec<(String, Vec<u8>)>, String);

pub(super) fn run(args: &ExportArgs) -> Result<(), Failure> {
    let model = SavedModel::read(&args.model)?;
    let export = || match (args.table, args.precision) {
        _ if args.integer => integers(args, &model),
        (Some(bits), _) => tables(args, bits, &model),
        (None, Precision::F64) => files::<f64>(args, &model),
        (None, Precision::F32) => files::<f32>(args, &model),
    };
    let (files, mut report) = progress::during(work(args, &model), export)
        .map_err(|e| Failure::new(format!("{}: {e}", args.model.display())))?;
    fs::create_dir_all(&args.out).map_err(|cause| Failure::file("create", &args.out, &cause))?;
    for (name, contents) in &files {
        let path: &Path = &args.out.join(name);
        output::replace_file(path, contents)?;
        report.push_str(&format!("{} ({} bytes)\n", path.display(), contents.len()));
    }
    output::print(report.as_bytes())
}

/// Returns the work of an export at most: two fits, three diagonals of inverses and the predictions of the
/// check, or a fit and a prediction for each code.
fn work(args: &ExportArgs, model: &SavedModel) -> Work {
    let [_, n, _] = model.shape();
    if args.integer {
        return Work::fit(model.kernel, n);
    }
    let (n, compared) = (n as f64, most_places(n) as f64);
    let triangle = n.powi(3) / 6.0;
    match args.table {
        Some(bits) => {
            let codes = (1u64 << bits) as f64;
            let substitutions = if args.level.is_some() { codes * n * n } else { 0.0 };
            Work::new(model.kernel, n * n / 2.0 + codes * n, 2.0 * triangle + substitutions)
        }
        None => {
            let substitutions = 2.0 * compared * n * n;
            Work::new(model.kernel, n * n + 2.0 * compared * n, 5.0 * triangle + substitutions)
        }
    }
}

/// The level unless another one is given.
const LEVEL: f64 = 0.9;

fn tables(args: &ExportArgs, bits: u32, model: &SavedModel) -> Result<Exported, Failure> {
    let (name, codes) = (&args.name, args.codes.unwrap_or([0.0, 1.0])); // the command line requires them
    let request = Request { bits, codes, largest_error: args.max_error.clone(), level: args.level };
    if args.lang == Language::Bin {
        return Err(Failure::new(
            "a table is source: use --lang c or rust with --table, or --lang bin without it",
        ));
    }
    let table = Table::new(model, &request)?;
    let files = if args.lang == Language::C {
        c_files(name, table::c(&table, name))
    } else {
        vec![(format!("{name}.rs"), table::rust(&table, name).into_bytes())]
    };
    Ok((files, table.report()))
}

fn integers(args: &ExportArgs, model: &SavedModel) -> Result<Exported, Failure> {
    if args.lang == Language::Bin {
        return Err(Failure::new(
            "integers are source: use --lang c or rust with --integer, or --lang bin without it",
        ));
    }
    let (name, range) = (&args.name, args.range.clone());
    let request = integer::Request { range, largest_error: args.max_error.clone() };
    let integers = Integer::new(model, &request)?;
    let files = if args.lang == Language::C {
        c_files(name, integer::c(&integers, name))
    } else {
        vec![(format!("{name}.rs"), integer::rust(&integers, name).into_bytes())]
    };
    Ok((files, integers.report()))
}

fn files<T: Real>(args: &ExportArgs, model: &SavedModel) -> Result<Exported, Failure> {
    let contents = if args.means { Contents::Means } else { Contents::Everything };
    let (source, level) = (args.lang != Language::Bin, args.level.unwrap_or(LEVEL));
    let mut numbers = Numbers::<T>::new(model, contents, source)?;
    if !args.means && source {
        numbers = numbers.with_bars(level)?;
    }
    let (name, spec) = (&args.name, &model.kernel);
    let files = match args.lang {
        Language::Rust => vec![(format!("{name}.rs"), rust(&numbers, spec, name)?.into_bytes())],
        Language::C => c_files(name, c(&numbers, spec, name)?),
        Language::Bin => vec![(format!("{name}.ntk"), numbers.file()?)],
    };
    let found = check(&numbers, model, if args.means { None } else { Some(level) })?;
    Ok((files, found.report()))
}

fn c_files(name: &str, [source, header]: [String; 2]) -> Vec<(String, Vec<u8>)> {
    vec![(format!("{name}.c"), source.into_bytes()), (format!("{name}.h"), header.into_bytes())]
}
