//! `ntk export`: a model for a device.

use std::fs;
use std::path::Path;

use ntk_core::regression::bytes::Contents;

use crate::cli::{ExportArgs, Language, Precision};
use crate::error::Failure;
use crate::export::{Numbers, c, rust};
use crate::gram::Real;
use crate::model::SavedModel;
use crate::output;

pub(super) fn run(args: &ExportArgs) -> Result<(), Failure> {
    let model = SavedModel::read(&args.model)?;
    let files = match args.precision {
        Precision::F64 => files::<f64>(args, &model),
        Precision::F32 => files::<f32>(args, &model),
    }
    .map_err(|e| Failure::new(format!("{}: {e}", args.model.display())))?;
    fs::create_dir_all(&args.out).map_err(|cause| Failure::file("create", &args.out, &cause))?;
    let mut report = String::new();
    for (name, contents) in &files {
        let path: &Path = &args.out.join(name);
        output::replace_file(path, contents)?;
        report.push_str(&format!("{} ({} bytes)\n", path.display(), contents.len()));
    }
    output::print(report.as_bytes())
}

/// Names and contents.
fn files<T: Real>(args: &ExportArgs, model: &SavedModel) -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
    let contents = if args.means { Contents::Means } else { Contents::Everything };
    let numbers = Numbers::<T>::new(model, contents)?;
    Ok(match args.lang {
        Language::Rust => vec![("ntk_model.rs", rust(&numbers, &model.kernel)?.into_bytes())],
        Language::C => {
            let [source, header] = c(&numbers, &model.kernel)?;
            vec![("ntk_model.c", source.into_bytes()), ("ntk_model.h", header.into_bytes())]
        }
        Language::Bin => vec![("ntk_model.ntk", numbers.file()?)],
    })
}
