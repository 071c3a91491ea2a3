//! `docs/rust.md`, typed as it stands: its commands print what it says and write the file it speaks of.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::folder::{Folder, PROGRAM};

/// The blocks of a language, in order.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let opening = format!("```{language}\n");
    page.split(&opening).skip(1).filter_map(|part| part.split_once("```")).map(|(block, _)| block).collect()
}

#[test]
#[cfg(unix)]
fn the_way_from_a_csv_to_a_device_is_as_printed() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/rust.md");
    let page = fs::read_to_string(page).unwrap();
    let folder = Folder::new();
    folder.write("readings.csv", blocks(&page, "csv")[0]);
    let path =
        format!("{}:{}", Path::new(PROGRAM).parent().unwrap().display(), std::env::var("PATH").unwrap());
    let run = |line: &str| {
        let run =
            Command::new("sh").args(["-euc", line]).env("PATH", &path).current_dir(folder.path(".")).output();
        let run = run.unwrap();
        assert!(run.status.success(), "{line}: {}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap()
    };
    let commands = blocks(&page, "sh");
    assert_eq!(run(commands[0]), blocks(&page, "text")[0]);
    run(commands[1]);
    let written = folder.read("thermometer.ntk").len();
    assert!(page.contains(&format!("The file is {written} bytes.")), "{written}");
    // The samples of the file are those of the program below it.
    let rust = blocks(&page, "rust")[0];
    for line in blocks(&page, "csv")[0].lines().skip(1) {
        for number in line.split(',') {
            assert!(rust.contains(number), "the program lacks {number}");
        }
    }
}
