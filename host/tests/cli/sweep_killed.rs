//! A sweep that is killed or interrupted at any moment goes on from there, and ends with the bytes of one
//! that was not.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::folder::{Folder, PROGRAM};
use crate::needs::has;

/// Many rows of a few milliseconds each.
const MANY: &str = "sweep --widths 1,4,16,64 --seeds 20 --max-steps 30000 --target-mse 1e-9";

fn start(folder: &Folder, words: &str) -> Child {
    let mut program = Command::new(PROGRAM);
    program.args(words.split_whitespace()).current_dir(folder.path("."));
    program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The rows that a file holds as a program that was killed has left it, by seed and width: each of them once.
fn whole_rows(folder: &Folder) -> BTreeMap<String, String> {
    let Ok(text) = std::fs::read_to_string(folder.path("s/sweep.csv")) else { return BTreeMap::new() };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut rows = BTreeMap::new();
    for line in whole.lines().skip(1) {
        let key = line.split(',').skip(2).take(2).collect::<Vec<_>>().join(",");
        let before = rows.insert(key.clone(), line.to_owned());
        assert_eq!(before, None, "{key} was run twice:\n{text}");
    }
    rows
}

/// 50 kills, at moments spread over half of the time that an undisturbed run takes; begun anew whenever it
/// comes to its end.
#[test]
fn killed_fifty_times_it_loses_nothing_and_repeats_nothing() {
    let undisturbed = Folder::new();
    let clock = Instant::now();
    undisturbed.results(&format!("{MANY} --out s"));
    let longest = clock.elapsed().as_nanos() as u64 / 2;
    let expected = undisturbed.files("s");

    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (mut folder, mut kept) = (Folder::new(), BTreeMap::new());
    let (mut kills, mut amid) = (0, 0);
    while kills < 50 {
        let mut child = start(&folder, &format!("{MANY} --out s"));
        sleep(Duration::from_nanos(rng.next_u64() % longest));
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        if ended.signal() == Some(9) {
            kills += 1;
        } else {
            assert!(ended.success(), "{ended}");
        }
        let rows = whole_rows(&folder);
        for (key, row) in &kept {
            assert_eq!(rows.get(key), Some(row), "{key} was finished before");
        }
        amid += usize::from(rows.len() > kept.len() && rows.len() < 100);
        kept = rows;
        if ended.success() {
            assert_eq!(folder.files("s"), expected);
            (folder, kept) = (Folder::new(), BTreeMap::new());
        }
    }
    assert!(amid > 0, "no kill came amid the rows");
    folder.results(&format!("{MANY} --out s"));
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let found = folder.files("s");
    assert_eq!(names(&found), names(&expected));
    assert!(found == expected, "the bytes differ");
}

/// Sends a signal once so many rows are there; what the program said before that ended it.
fn interrupted(folder: &Folder, words: &str, rows: usize, signal: (&str, i32)) -> String {
    let child = start(folder, &format!("{words} --jobs 1 --out s"));
    for _ in 0..4000 {
        if whole_rows(folder).len() >= rows {
            break;
        }
        sleep(Duration::from_millis(2));
    }
    let sent = Command::new("kill").args(["-s", signal.0, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!((status.signal(), said.lines().count()), (Some(signal.1), 1), "{status} {said}");
    said
}

#[test]
fn an_interrupted_sweep_says_how_to_go_on_and_does() {
    let (folder, undisturbed) = (Folder::new(), Folder::new());
    let said = interrupted(&folder, MANY, 2, ("INT", 2));
    let kept = whole_rows(&folder);
    assert!((2..100).contains(&kept.len()));
    let expected = format!(
        "interrupted: {} of 100 rows are kept in s/sweep.csv; the same command goes on from there\n",
        kept.len()
    );
    assert_eq!(said, expected);
    folder.results(&format!("{MANY} --out s"));
    undisturbed.results(&format!("{MANY} --out s"));
    assert!(folder.files("s") == undisturbed.files("s"), "the bytes differ");
}

/// The NTK, which is the widest, comes first; the network would train for hours, but a signal is heard at its
/// next step.
#[test]
fn a_long_training_ends_with_the_signal() {
    let folder = Folder::new();
    let endless = "sweep --widths 16 --seed 0 --max-steps 4000000000 --target-mse 1e-300";
    let said = interrupted(&folder, endless, 1, ("TERM", 15));
    assert!(said.starts_with("interrupted: 1 of 2 rows are kept in s/sweep.csv; "), "{said}");
}

/// On a terminal there is a bar with rate and time left.
#[test]
fn a_terminal_has_a_bar() {
    if !has("script", "bsdutils") {
        return;
    }
    let folder = Folder::new();
    let words = "sweep --widths 512 --seeds 4 --max-steps 100000 --target-mse 1e-9 --out s";
    let mut terminal = Command::new("script");
    terminal.args(["-qefc", &format!("stty cols 120; {PROGRAM} {words}"), "/dev/null"]);
    let output = terminal.current_dir(folder.path(".")).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("/8 runs, "), "{said}");
    assert!(said.contains("/s, ") && said.contains(" so far, ") && said.contains(" left"), "{said}");
}
