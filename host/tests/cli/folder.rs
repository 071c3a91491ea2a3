//! A folder of its own for each test, and the program run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_ntk");

/// Small files that every command accepts.
pub(crate) const WEIGHTS: &str = "a,b0,b1\n1,0.5,0.5\n-1,1,0\n";
pub(crate) const INPUTS: &str = "x0,x1\n1,0\n3,4\n";
pub(crate) const SAMPLES: &str = "x0,x1,y\n1,0,1\n0,1,2\n3,4,0.5\n";

/// A folder that vanishes after the test.
pub(crate) struct Folder(TempDir);

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) command: String,
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With `w.csv`, `x.csv`, `d.csv` and the model `m.json`.
    pub(crate) fn with_good_files() -> Self {
        let folder = Self::new();
        for (name, contents) in
            [("w.csv", WEIGHTS), ("x.csv", INPUTS), ("d.csv", SAMPLES), ("m.json", model())]
        {
            folder.write(name, contents);
        }
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.path(name), contents).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    /// Runs `ntk` with these words in this folder.
    pub(crate) fn run(&self, command: &str) -> Run {
        let output = assert_cmd::Command::new(PROGRAM)
            .args(command.split_whitespace())
            .current_dir(self.0.path())
            .timeout(Duration::from_secs(20)) // a program that waits for ever fails, too
            .output()
            .unwrap();
        Run {
            command: command.to_owned(),
            code: output.status.code().unwrap_or(-1), // ended by a signal
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The results of a run that must succeed without a word on standard error.
    pub(crate) fn results(&self, command: &str) -> String {
        let Run { code, stdout, stderr, .. } = self.run(command);
        assert_eq!((code, stderr.as_str()), (0, ""), "ntk {command}");
        stdout
    }

    /// The report of a fit that must succeed: [`lecture`] and these options. What it warns of is not looked
    /// at.
    pub(crate) fn fit(&self, options: &str) -> String {
        let Run { code, stdout, stderr, .. } = self.run(&lecture(&format!("fit {options}")));
        let other = stderr.lines().find(|line| !line.starts_with("warning: "));
        assert_eq!((code, other), (0, None), "ntk fit {options}");
        stdout
    }

    pub(crate) fn holds(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Everything in a folder inside, by name: to compare whole results byte by byte.
    pub(crate) fn files(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(self.path(name)).unwrap().map(Result::unwrap);
        let mut files: Vec<_> =
            entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        files
    }
}

/// A command of `ntk fit` for the lecture's regression, to which the references belong: no scaling, no
/// biases, no ridge, all layers trained, deviations in units of the kernel. What the command says itself
/// stands.
pub(crate) fn lecture(command: &str) -> String {
    let mut whole = command.to_owned();
    for (option, value) in [
        ("--kind", "ntk"),
        ("--scale", "none"),
        ("--bias-variance", "0"),
        ("--ridge", "0"),
        ("--amplitude", "1"),
    ] {
        let searched = command.contains("--tune") && option == "--ridge";
        if !searched && !command.split_whitespace().any(|word| word == option) {
            whole += &format!(" {option} {value}");
        }
    }
    whole
}

/// The lecture's model of `SAMPLES`, fitted once.
pub(crate) fn model() -> &'static str {
    static MODEL: OnceLock<String> = OnceLock::new();
    MODEL.get_or_init(|| {
        let folder = Folder::new();
        folder.write("d.csv", SAMPLES);
        folder.fit("--train d.csv --model m.json");
        folder.text("m.json")
    })
}

/// A file of `host/reference`.
pub(crate) fn reference(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference").join(name);
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{name}: {e}"))
}
