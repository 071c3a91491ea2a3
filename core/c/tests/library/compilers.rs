//! The compilers of this machine, and the library that they link.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// What the header and every program must pass without a word.
pub(crate) const WARNINGS: [&str; 8] =
    ["-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wdouble-promotion", "-Wshadow", "-Wundef"];

/// Folder of the package.
pub(crate) fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a program is here. A test without it ends with a message; with `CI=true` that is a failure.
pub(crate) fn has(program: &str, package: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_ok() {
        return true;
    }
    let why = format!("{program} is missing; install {package}");
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
    let _ = writeln!(std::io::stderr(), "skipped: {why}"); // not by a macro, whose words a passing test keeps to itself
    false
}

/// Runs a program that must succeed.
pub(crate) fn run(program: impl AsRef<OsStr>, arguments: &[&str], folder: &Path) -> Output {
    let output = Command::new(&program).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|e| panic!("{:?}: {e}", program.as_ref()));
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].map(String::from_utf8_lossy).concat();
    assert!(output.status.success(), "{:?} {arguments:?}: {} {said}", program.as_ref(), output.status);
    output
}

/// The folder with this machine's libntk_c.a, built once.
pub(crate) fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library");
        let build = ["rustc", "--locked", "-q", "-p", "ntk-c", "--lib", "--crate-type", "staticlib"];
        let place = ["--target-dir", target.to_str().unwrap()];
        run(env!("CARGO"), &[&build[..], &place].concat(), here());
        target.join("debug")
    })
}

/// A folder of its own for the files of a test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Compiles sources, links the library, runs the program, and returns what it prints.
pub(crate) fn answer(folder: &Path, compiler: &str, options: &[&str], sources: &[&str]) -> String {
    let (here, library) = (here().to_str().unwrap(), library().to_str().unwrap());
    let (include, archive) = (format!("-I{here}/include"), format!("{library}/libntk_c.a"));
    let sources: Vec<String> = sources.iter().map(|s| s.replace("c/", &format!("{here}/tests/c/"))).collect();
    let mut arguments = [&WARNINGS[..], options, &[&include, "-o", "program"]].concat();
    arguments.extend(sources.iter().map(String::as_str));
    // In C++ the library's name would be taken for another source of that language.
    arguments.extend(["-xnone", &archive, "-lm"]);
    run(compiler, &arguments, folder);
    String::from_utf8(run(folder.join("program"), &[], folder).stdout).unwrap()
}
