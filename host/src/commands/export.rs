//! `ntk export`: a model for a device.

use std::fs;
use std::path::Path;

use ntk_core::regression::bytes::Contents;

use crate::cli::{ExportArgs, Language, Precision};
use crate::error::Failure;
use crate::export::{Numbers, c, check, rust};
use crate::files::model::SavedModel;
use crate::files::output;
use crate::kernels::gram::Real;

/// Names and contents of the files, and what is said about them.
type Exported = (Vec<(String, Vec<u8>)>, String);

pub(super) fn run(args: &ExportArgs) -> Result<(), Failure> {
    let model = SavedModel::read(&args.model)?;
    let (files, mut report) = match args.precision {
        Precision::F64 => files::<f64>(args, &model),
        Precision::F32 => files::<f32>(args, &model),
    }
    .map_err(|e| Failure::new(format!("{}: {e}", args.model.display())))?;
    fs::create_dir_all(&args.out).map_err(|cause| Failure::file("create", &args.out, &cause))?;
    for (name, contents) in &files {
        let path: &Path = &args.out.join(name);
        output::replace_file(path, contents)?;
        report.push_str(&format!("{} ({} bytes)\n", path.display(), contents.len()));
    }
    output::print(report.as_bytes())
}

fn files<T: Real>(args: &ExportArgs, model: &SavedModel) -> Result<Exported, Failure> {
    let contents = if args.means { Contents::Means } else { Contents::Everything };
    let source = args.lang != Language::Bin;
    let mut numbers = Numbers::<T>::new(model, contents, source)?;
    if !args.means && source {
        numbers = numbers.with_bars(args.level)?;
    }
    let (name, spec) = (&args.name, &model.kernel);
    let files = match args.lang {
        Language::Rust => vec![(format!("{name}.rs"), rust(&numbers, spec, name)?.into_bytes())],
        Language::C => {
            let [source, header] = c(&numbers, spec, name)?;
            vec![(format!("{name}.c"), source.into_bytes()), (format!("{name}.h"), header.into_bytes())]
        }
        Language::Bin => vec![(format!("{name}.ntk"), numbers.file()?)],
    };
    let found = check(&numbers, model, if args.means { None } else { Some(args.level) })?;
    Ok((files, found.report()))
}
