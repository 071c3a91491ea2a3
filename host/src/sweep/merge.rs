//! Shards of a sweep, run in folders of their own, joined to the sweep that they are parts of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Key, Plan, Rows, Saved, Store, csv, settings};
use crate::error::Failure;

/// Joins the sweeps of folders in another one, which may already hold the result.
///
/// # Errors
/// If a folder holds no sweep or one at work; if settings differ; if a row is in two folders, or in none
/// though one of the folders was to be a part of a sweep that has it; if the result's folder holds anything
/// else, or cannot be written. In each case nothing is written.
pub fn merge(folders: &[PathBuf], out: &Path) -> Result<Store, Failure> {
    let parts = folders.iter().map(|folder| Saved::read(folder)).collect::<Result<Vec<_>, Failure>>()?;
    let first =
        parts.first().ok_or_else(|| Failure::new("there are no folders to merge; name at least one"))?;
    for part in &parts {
        let differences = settings::differences(&part.settings, &first.settings);
        if !differences.is_empty() {
            let (folder, other) = (part.folder.display(), first.folder.display());
            return Err(Failure::new(format!(
                "{folder} has other settings than {other} ({differences}); merge only parts of one sweep"
            )));
        }
    }
    let (rows, whole) = join(&parts)?;
    let mut store = Store::open(out, &first.settings)?;
    let text = |rows| csv::text(rows, &first.settings); // for NaN is not NaN
    if !store.rows.is_empty() && text(&store.rows) != text(&rows) {
        let out = out.display();
        return Err(Failure::new(format!("{out} holds another sweep; choose another --out")));
    }
    store.rows = rows;
    store.extend_plan(&whole)?;
    store.save()?;
    Ok(store)
}

/// Returns all rows and the plan of the whole: no row twice, and none missing.
fn join(parts: &[Saved]) -> Result<(Rows, Plan), Failure> {
    let (mut rows, mut whole) = (Rows::new(), Plan::default());
    let mut owners: BTreeMap<Key, &Path> = BTreeMap::new();
    for part in parts {
        whole.extend(&part.plan);
        let twice: Vec<Key> = part.rows.keys().filter(|key| owners.contains_key(key)).copied().collect();
        if let Some(owner) = twice.first().and_then(|key| owners.get(key)) {
            return Err(Failure::new(format!(
                "{} in both {} and {}; name each part once",
                are(twice[0], twice.len()),
                owner.display(),
                part.folder.display()
            )));
        }
        owners.extend(part.rows.keys().map(|key| (*key, part.folder.as_path())));
        rows.extend(part.rows.clone());
    }
    // Every row is in the plan, so that the others need not be listed: a plan may stand for very many.
    if let Some(missing) = whole.keys().find(|key| !rows.contains_key(key)) {
        return Err(Failure::new(format!(
            "{} in none of the folders; name the folder of that shard, or finish it by its command",
            are(missing, whole.len().saturating_sub(rows.len()))
        )));
    }
    Ok((rows, whole))
}

/// Returns "the row of seed 3, width 64 is", "12 rows, the first of seed 3, width 64, are".
fn are((seed, width): Key, count: usize) -> String {
    if count == 1 {
        format!("the row of seed {seed}, width {width} is")
    } else {
        format!("{count} rows, the first of seed {seed}, width {width}, are")
    }
}
