//! The front page: its commands do what they say, and it stays short enough to be read to the end.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::folder::{Folder, PROGRAM};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn page() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The shell lines of the section with this title.
fn commands<'p>(page: &'p str, title: &str) -> Vec<&'p str> {
    let section = page.split(&format!("\n## {title}\n")).nth(1).unwrap();
    let block = section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    block.lines().collect()
}

#[test]
#[cfg(unix)]
fn its_way_from_a_csv_to_firmware_is_as_printed() {
    let page = page();
    let lines = commands(&page, "From a CSV to firmware");
    let (build, lines) = lines.split_first().unwrap();
    assert!(build.starts_with("cargo build --release -p host && "), "{build}");
    let folder = Folder::new();
    std::os::unix::fs::symlink(root().join("host"), folder.path("host")).unwrap();
    let programs = Path::new(PROGRAM).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut shown = Vec::new();
    for line in lines {
        let run =
            Command::new("sh").args(["-c", line]).env("PATH", &path).current_dir(folder.path(".")).output();
        let run = run.unwrap();
        assert!(run.status.success(), "{line}: {}", String::from_utf8_lossy(&run.stderr));
        shown.push(String::from_utf8(run.stdout).unwrap());
    }
    let predicted = &shown[2];
    let rows: Vec<Vec<f64>> = predicted
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    assert!(predicted.starts_with("mean,std,low,high\n") && rows.len() == 2, "{predicted}");
    // ITS-90 has 3.499 mV at 86 degrees and 10.153 mV at 250.
    for (row, truth) in rows.iter().zip([86.0, 250.0]) {
        assert!((row[0] - truth).abs() < 3.0 && row[2] < truth && truth < row[3], "{truth}: {row:?}");
    }
    assert!(folder.path("firmware/type_k.c").exists() && folder.path("firmware/type_k.h").exists());
}

#[test]
fn it_takes_two_screens() {
    let words = page().split_whitespace().count();
    assert!(words <= 950, "{words} words");
}
