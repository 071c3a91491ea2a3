//! `settings.json`: what all rows of a folder share.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::{message, shown};
use crate::experiment::example3::Settings;

/// The name of the file.
pub(super) const FILE: &str = "settings.json";

/// The format of the file, and so of the folder.
const FORMAT: &str = "ntk sweep 2";

pub(super) fn text(settings: &Settings) -> String {
    json!({ "format": FORMAT, "settings": settings }).to_string() + "\n"
}

/// Returns the settings in a file, or what the file lacks: "has ...", "is ...".
pub(super) fn parse(file: &[u8]) -> Result<Settings, String> {
    if file.is_empty() {
        return Err("is missing or empty".to_owned());
    }
    let none = |why: String| format!("has no settings of a sweep: {why}");
    let saved: Value = serde_json::from_slice(file).map_err(|e| none(message(&e)))?;
    match saved["format"].as_str() {
        Some(FORMAT) => Settings::deserialize(&saved["settings"]).map_err(|e| none(message(&e))),
        Some(other) => Err(format!("has the format '{}', this program reads '{FORMAT}'", shown(other))),
        None => Err(none(format!("its format is not '{FORMAT}'"))),
    }
}

/// Returns "samples 14, not 15": how settings differ from those that are wanted; empty if they do not.
pub(super) fn differences(there: &Settings, wanted: &Settings) -> String {
    let (there, wanted) = (json!(there), json!(wanted));
    let names = wanted.as_object().into_iter().flat_map(|fields| fields.keys());
    let other = names.filter(|name| there[*name] != wanted[*name]);
    other.map(|name| format!("{name} {}, not {}", there[name], wanted[name])).collect::<Vec<_>>().join("; ")
}
