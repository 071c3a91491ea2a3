//! Where results go and where the program's own files are: pipes, links, devices, and what killed programs
//! leave.
#![cfg(unix)]

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use crate::folder::{Folder, PROGRAM};
use crate::needs::has;
use crate::numbers::csv;

const FIT: &str = "fit --train line.csv --ridge 0.1 --bias-variance 0.25 --model";

fn folder() -> Folder {
    let folder = Folder::new();
    let line: Vec<Vec<f64>> = (0..12).map(|i| vec![f64::from(i), 2.0 * f64::from(i)]).collect();
    folder.write("line.csv", csv("x0,y", &line));
    folder.results(&format!("{FIT} whole.json"));
    folder
}

fn shell(folder: &Folder, words: &str) -> (Option<i32>, String, String) {
    let mut sh = Command::new("sh");
    sh.args(["-c", words]).env("NTK", PROGRAM).current_dir(folder.path(".")).stdin(Stdio::null());
    let output = sh.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Into a pipe and into a file alike: the model, then the report.
#[test]
fn standard_output_by_its_name() {
    let folder = folder();
    for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        if !fs::exists(name).unwrap() {
            continue;
        }
        let (code, printed, said) = shell(&folder, &format!("$NTK {FIT} {name} | cat"));
        assert_eq!((code, said.as_str()), (Some(0), ""), "{name}");
        let model = folder.text("whole.json");
        assert!(
            printed.starts_with(&model) && printed[model.len()..].starts_with("samples 12\n"),
            "{printed}"
        );
        let (code, _, said) = shell(&folder, &format!("$NTK {FIT} {name} > both"));
        assert_eq!((code, said.as_str(), folder.text("both")), (Some(0), "", printed), "{name}");
    }
}

#[test]
fn links_are_followed_to_files_that_exist_and_to_those_that_do_not() {
    let folder = folder();
    fs::create_dir(folder.path("below")).unwrap();
    symlink("below/new.json", folder.path("dangling")).unwrap();
    symlink("dangling", folder.path("twice")).unwrap();
    symlink("nowhere/new.json", folder.path("lost")).unwrap();
    symlink("circle", folder.path("circle")).unwrap();
    for link in ["twice", "twice", "dangling"] {
        folder.results(&format!("{FIT} {link}"));
        assert_eq!(folder.read("below/new.json"), folder.read("whole.json"));
        assert!(fs::symlink_metadata(folder.path(link)).unwrap().is_symlink(), "{link} was replaced");
    }
    for (link, why) in [("lost", "make the folder first"), ("circle", "link")] {
        let run = folder.run(&format!("{FIT} {link}"));
        assert!(run.code == 1 && run.stderr.contains(why), "{link}: {}", run.stderr);
    }
}

#[test]
fn a_full_device_is_an_error_for_help_too() {
    if !fs::exists("/dev/full").unwrap() {
        return;
    }
    let folder = folder();
    let model = format!("{FIT} m.json");
    for words in ["", "--help", "--version", "sweep --help", "activations", model.as_str()] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut program = Command::new(PROGRAM);
        program.args(words.split_whitespace()).current_dir(folder.path(".")).stdout(full);
        let output = program.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "ntk {words}: {said}");
        assert!(said.starts_with("error: cannot write the result: ") && said.lines().count() == 1, "{said}");
    }
}

/// A file that nobody has locked was left by a program that was killed; one that is locked is being written.
#[test]
fn what_a_killed_program_left_is_removed_and_nothing_else() {
    let folder = folder();
    folder.write(".ntk-m.json-left", "half a mod");
    folder.write(".ntk-other.json-left", "of another file");
    folder.write(".ntk-m.json-busy", "of a program at work");
    let busy = File::open(folder.path(".ntk-m.json-busy")).unwrap();
    busy.lock().unwrap();
    folder.results(&format!("{FIT} m.json"));
    assert!(!folder.holds(".ntk-m.json-left"));
    assert!(folder.holds(".ntk-other.json-left") && folder.holds(".ntk-m.json-busy"));
    drop(busy);
    folder.results(&format!("{FIT} m.json"));
    assert!(!folder.holds(".ntk-m.json-busy"));
    assert_eq!(folder.read("m.json"), folder.read("whole.json"));
}

/// A pipe in the place of a file of a sweep must not stop the program for ever.
#[test]
fn pipes_in_a_sweeps_folder_are_refused() {
    if !has("mkfifo", "coreutils") {
        return;
    }
    const SWEEP: &str = "sweep --widths 1 --seed 0 --max-steps 5 --out s";
    for file in ["settings.json", "sweep.csv", "plan.json"] {
        let folder = Folder::new();
        folder.results(SWEEP);
        fs::remove_file(folder.path("s").join(file)).unwrap();
        assert_eq!(shell(&folder, &format!("mkfifo s/{file}")).0, Some(0));
        for words in [SWEEP, "report --sweep s --out page.html", "merge s --out t"] {
            let run = folder.run(words);
            let place = format!("s/{file}: it is a pipe");
            assert!(run.code == 1 && run.stderr.contains(&place), "{words}: {} {}", run.code, run.stderr);
        }
    }
}

/// As printed in the docs: without a program, and with the folder of another sweep.
#[test]
fn the_script_says_at_once_what_is_in_its_way() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/sweep-parallel.sh");
    let folder = Folder::new();
    fs::copy(script, folder.path("alone.sh")).unwrap();
    let (code, _, said) = shell(&folder, "sh ./alone.sh 2");
    assert!(code == Some(1) && said.contains("usage"), "{said}");
    if !has("parallel", "parallel") {
        return;
    }
    let (code, _, said) = shell(&folder, "unset NTK; sh ./alone.sh 2 out --seeds 1");
    assert!(code == Some(1) && said.contains("build it with cargo build --release"), "{said}");
    folder.results("sweep --widths 1 --seed 0 --max-steps 5 --out out");
    let (code, _, said) = shell(&folder, "sh ./alone.sh 2 out --widths 1 --seeds 2 --max-steps 5");
    assert!(code == Some(1) && said.contains("holds a sweep"), "{said}");
    assert!(!folder.holds("out.1"));
}
