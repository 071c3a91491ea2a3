//! Every reference value says where it comes from.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use crate::data;

#[derive(Deserialize)]
struct Header {
    origin: String,
    script: String,
    /// Year, month and day.
    date: String,
    /// Of Python and of each library that had a part in the values.
    versions: BTreeMap<String, String>,
}

#[test]
fn every_file_names_its_origin() {
    let readme = fs::read_to_string(data::path("README.md")).unwrap();
    let mut names: Vec<String> = fs::read_dir(data::path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "chwirut2.json",
            "duals.json",
            "dynamics.json",
            "gradients.json",
            "gram.json",
            "kernels.json",
            "networks.json",
            "normals.json",
            "peers.json",
            "sample_noise.json",
            "sign_changes.json",
            "traces.json"
        ]
    );
    for name in &names {
        let Header { origin, script, date, versions } = data::read(name);
        assert!(!origin.trim().is_empty(), "{name}: origin");
        assert!(script.ends_with(".py") && data::path(&script).is_file(), "{name}: script {script}");
        let digits = date.split('-').map(|part| if part.parse::<u16>().is_ok() { part.len() } else { 0 });
        assert_eq!(digits.collect::<Vec<_>>(), [4, 2, 2], "{name}: date {date}");
        assert!(versions.len() > 1 && versions.contains_key("python"), "{name}: versions");
        assert!(versions.values().all(|version| !version.is_empty()), "{name}: versions {versions:?}");
        assert!(readme.contains(&format!("`{name}`")), "{name} is not in the README");
    }
}
