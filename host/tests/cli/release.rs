//! `host/scripts/release.sh --quick`: a version that is not the same everywhere, or has no date, is found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::folder::Folder;

/// What the script reads.
const FILES: [&str; 12] = [
    "Cargo.toml",
    "CHANGELOG.md",
    "tests/Cargo.toml",
    "tests/firmware/Cargo.toml",
    "tests/measure/Cargo.toml",
    "tests/no-panic/Cargo.toml",
    "core/c/CMakeLists.txt",
    "core/c/include/ntk.h",
    "core/c/packages/arduino/library.properties",
    "core/c/packages/esp-idf/idf_component.yml",
    "core/c/packages/platformio/library.json",
    "host/scripts/release.sh",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Runs the copy in a folder.
fn run(folder: &Folder) -> (bool, String) {
    let run = Command::new("sh").arg(folder.path("host/scripts/release.sh")).arg("--quick").output().unwrap();
    (run.status.success(), String::from_utf8(run.stdout).unwrap())
}

#[test]
#[cfg(unix)]
fn a_version_out_of_step_is_found() {
    let version = env!("CARGO_PKG_VERSION");
    let folder = Folder::new();
    for file in FILES {
        fs::create_dir_all(folder.path(file).parent().unwrap()).unwrap();
        fs::copy(root().join(file), folder.path(file)).unwrap();
    }
    let changelog = folder.text("CHANGELOG.md");
    let newest = changelog.lines().find(|line| line.starts_with("## ")).unwrap();
    assert!(newest.starts_with(&format!("## {version}, ")), "{newest}");
    folder.write("CHANGELOG.md", changelog.replacen(newest, &format!("## {version}, 2026-01-31"), 1));
    assert_eq!(run(&folder), (true, format!("version {version}\n0 failed, 0 skipped\n")));

    for file in FILES.into_iter().filter(|file| *file != "Cargo.toml" && !file.ends_with(".sh")) {
        let good = folder.text(file);
        folder.write(file, good.replace(version, "9.9.9"));
        let (fine, said) = run(&folder);
        assert!(!fine && said.contains(&format!("failed: {file} has ")), "{file}: {said}");
        folder.write(file, good);
    }
    let dated = folder.text("CHANGELOG.md");
    for date in ["not yet published", "2026-1-31", "soon"] {
        folder.write("CHANGELOG.md", dated.replace("2026-01-31", date));
        assert!(!run(&folder).0, "{date}");
    }
    folder.write("CHANGELOG.md", dated.replacen("## ", "## 9.9.9, 2026-02-01\n\n## ", 1));
    assert!(!run(&folder).0, "another version is newer");
}
