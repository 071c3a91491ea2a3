//! The packages: versions in step, folders complete, and CMake's built and run.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::compilers::{folder, has, here, library, run};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the example prints, on this machine and on a board.
const TABLE: &str = "       mV  degrees      low     high familiar
     2.00    49.29    48.55    49.94     1.00
     6.00   146.45   145.30   147.64     1.00
    10.15   249.91   249.22   250.61     1.00
    60.00  1441.31  1417.83  1464.50     0.08  nothing like it was seen
";

#[test]
fn versions_are_those_of_the_package() {
    for (file, line) in [
        ("packages/arduino/library.properties", format!("version={VERSION}\n")),
        ("packages/platformio/library.json", format!("\"version\": \"{VERSION}\",")),
        ("packages/esp-idf/idf_component.yml", format!("version: \"{VERSION}\"\n")),
        ("CMakeLists.txt", format!("project(ntk VERSION {VERSION} ")),
    ] {
        assert!(fs::read_to_string(here().join(file)).unwrap().contains(&line), "{file}: no {line}");
    }
}

/// The targets that build.sh lists.
fn targets() -> Vec<String> {
    let script = fs::read_to_string(here().join("build.sh")).unwrap();
    let (_, list) = script.split_once("\ntargets=\"").unwrap();
    list.split_once('"').unwrap().0.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn folders_of_packages_are_complete() {
    let (archives, targets) = (folder("archives"), targets());
    assert_eq!(targets.len(), 6);
    for target in &targets {
        fs::create_dir_all(archives.join(target)).unwrap();
        fs::write(archives.join(target).join("libntk.a"), target).unwrap();
    }
    for (kind, example) in [
        ("arduino", "examples/Thermometer"),
        ("platformio", "examples/thermometer/src"),
        ("esp-idf", "examples/thermometer/main"),
        ("zephyr", "samples/thermometer/src"),
    ] {
        let out = folder(kind);
        let _ = fs::remove_dir_all(&out);
        let script = here().join("package.sh");
        let output = Command::new(script).arg(kind).arg(&out).env("NTK_OUT", &archives).output().unwrap();
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
        for file in [&format!("{example}/thermometer.c"), "LICENSE-MIT", "LICENSE-APACHE"] {
            assert!(out.join(file).exists(), "{kind} has no {file}");
        }
        let header = if kind == "arduino" { "src/ntk.h" } else { "include/ntk.h" };
        assert_eq!(fs::read(out.join(header)).unwrap(), fs::read(here().join("include/ntk.h")).unwrap());
        let mut found: Vec<String> = archives_below(&out);
        found.sort();
        found.dedup();
        let mut expected = targets.clone();
        expected.sort();
        assert_eq!(found, expected, "{kind}");
    }
}

/// What the archives say that they are: each is the name of its target here.
fn archives_below(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                archives_below(&path)
            } else if path.ends_with("libntk.a") {
                vec![fs::read_to_string(path).unwrap()]
            } else {
                Vec::new()
            }
        })
        .collect()
}

/// The archive is that of the tests; that CMake calls build.sh where there is none is not tried here.
#[test]
fn cmake_builds_the_example_beside_the_sources_and_installed() {
    if !(has("cmake", "cmake") && has("gcc", "gcc")) {
        return;
    }
    let (work, here) = (folder("cmake"), here().to_str().unwrap());
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).unwrap();
    let archive = work.join("libntk.a");
    fs::copy(library().join("libntk_c.a"), &archive).unwrap();
    let (archive, example) =
        (format!("-DNTK_ARCHIVE={}", archive.display()), format!("{here}/examples/cmake"));
    let prefix = format!("-DCMAKE_PREFIX_PATH={}", work.join("installed").display());
    let made = |build: &str, options: &[&str]| {
        run("cmake", &[&["-S", &example, "-B", build], options].concat(), &work);
        run("cmake", &["--build", build], &work);
        String::from_utf8(run(work.join(build).join("thermometer"), &[], &work).stdout).unwrap()
    };
    assert_eq!(made("beside", &[&archive]), TABLE);
    run("cmake", &["-S", here, "-B", "package", &archive], &work);
    run("cmake", &["--build", "package"], &work);
    run("cmake", &["--install", "package", "--prefix", "installed"], &work);
    assert_eq!(made("found", &["-DNTK_INSTALLED=ON", &prefix]), TABLE);
}
