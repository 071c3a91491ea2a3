//! `docs/c.md`, typed as it stands: the program compiles without a warning and prints what the page says.

use std::fs;
use std::os::unix::fs::symlink;

use crate::compilers::{WARNINGS, folder, has, here, library, run};

/// The blocks of a language, in order.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let opening = format!("```{language}\n");
    page.split(&opening).skip(1).filter_map(|part| part.split_once("```")).map(|(block, _)| block).collect()
}

/// Numbers of a list between braces that follows a name.
fn array(program: &str, name: &str) -> Vec<f32> {
    let (_, list) = program.split_once(&format!("{name}[12] = {{")).unwrap();
    let (list, _) = list.split_once('}').unwrap();
    list.split(',').map(|number| number.trim().trim_end_matches('f').parse().unwrap()).collect()
}

#[test]
fn what_the_page_says_to_type_works() {
    let page = fs::read_to_string(here().join("../../docs/c.md")).unwrap();
    let (program, readings) = (blocks(&page, "c")[0], blocks(&page, "csv")[0]);
    let rows: Vec<(f32, f32)> = readings
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap())
        .collect();
    let (x, y) = (array(program, "millivolts"), array(program, "degrees"));
    assert_eq!(rows, x.into_iter().zip(y).collect::<Vec<_>>());

    let lines = blocks(&page, "sh");
    assert_eq!(lines[0], "core/c/build.sh host\n");
    if !has("gcc", "gcc") {
        return;
    }
    // Where the first line has put it.
    let folder = folder("page");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("target/ntk-c/host")).unwrap();
    symlink(library().join("libntk_c.a"), folder.join("target/ntk-c/host/libntk.a")).unwrap();
    symlink(here().parent().unwrap(), folder.join("core")).unwrap();
    let programs = [("thermometer.c", 0, 1), ("drift.c", 1, 2)]; // name, block of C and of text, of the shell
    for (name, block, line) in programs {
        fs::write(folder.join(name), blocks(&page, "c")[block]).unwrap();
        let compile = [&WARNINGS[..], &["-std=c99", "-Icore/c/include", "-fsyntax-only", name]].concat();
        run("gcc", &compile, &folder);
        let printed = run("sh", &["-euc", lines[line]], &folder).stdout;
        assert_eq!(String::from_utf8(printed).unwrap(), blocks(&page, "text")[block]);
    }
}
