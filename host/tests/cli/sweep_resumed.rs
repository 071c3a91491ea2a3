//! A sweep that was interrupted, divided or damaged ends with the bytes of one that was not.

use std::process::Stdio;

use crate::folder::{Folder, PROGRAM};
use crate::refusals::{assert_none, complaints};
use crate::sweep::{SMALL, rows};

/// A folder with a finished sweep in `s`.
fn finished() -> Folder {
    let folder = Folder::new();
    folder.results(&format!("{SMALL} --out s"));
    folder
}

#[test]
fn started_again_it_does_nothing_new() {
    let folder = finished();
    let before = folder.files("s");
    let first = folder.results(&format!("{SMALL} --out s"));
    assert_eq!(folder.files("s"), before);
    assert_eq!(folder.results(&format!("{SMALL} --out s")), first);

    // A row that could not come out of a run is still there: it was not computed again.
    let text = folder.text("s/sweep.csv").replace(",1,300,max-steps,", ",1,299,max-steps,");
    folder.write("s/sweep.csv", &text);
    folder.results(&format!("{SMALL} --out s"));
    assert_eq!(folder.text("s/sweep.csv"), text);
}

#[test]
fn rows_that_are_missing_are_computed_again() {
    let folder = finished();
    let before = folder.files("s");
    let text = folder.text("s/sweep.csv");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 9);
    let damaged = [
        lines[..1].concat(),                                        // the header alone
        [&lines[..1], &lines[2..5], &lines[7..]].concat().concat(), // rows from the middle
        text[..text.len() - 1].to_owned(),                          // the last line end
        text[..text.len() - 10].to_owned(), // in a number: what is left would still parse
        text[..text.len() - lines[8].len() + 3].to_owned(), // in a name
        [lines[0], lines[8], lines[3], lines[1]].concat(), // another order
        text[..20].to_owned(),              // in the header
        String::new(),
    ];
    for damaged in damaged {
        folder.write("s/sweep.csv", &damaged);
        folder.results(&format!("{SMALL} --out s"));
        assert_eq!(folder.files("s"), before, "after {damaged:?}");
    }
    std::fs::remove_file(folder.path("s/sweep.csv")).unwrap();
    folder.results(&format!("{SMALL} --out s"));
    assert_eq!(folder.files("s"), before);
}

#[test]
fn shards_one_after_the_other_make_the_whole() {
    let folder = finished();
    for order in [["1/2", "2/2"], ["2/2", "1/2"]] {
        let out = format!("in-{}", order.concat().replace('/', "-"));
        folder.results(&format!("{SMALL} --shard {} --out {out}", order[0]));
        assert_eq!(rows(&folder, &out).len(), 4);
        folder.results(&format!("{SMALL} --shard {} --out {out}", order[1]));
        assert_eq!(folder.files(&out), folder.files("s"));
    }
}

/// Two programs at work in one folder: both finish and no row is lost, or one of them refuses.
#[test]
fn two_at_the_same_time_lose_nothing() {
    let folder = Folder::new();
    let start = |shard: &str| {
        let mut program = std::process::Command::new(PROGRAM);
        program.args("sweep --widths 1,2,4,8,16,64 --seeds 4 --max-steps 4000 --jobs 1 --out s".split(' '));
        program.args(["--shard", shard]).current_dir(folder.path("."));
        program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let running = ["1/2", "2/2"].map(start);
    let succeeded = running.map(|mut child| child.wait().unwrap().success());
    let expected = 14 * succeeded.iter().filter(|s| **s).count();
    assert_eq!(
        rows(&folder, "s").len(),
        expected,
        "28 rows, 14 for each that says it is done: {succeeded:?}"
    );
}

#[test]
fn more_widths_and_seeds_are_added_to_what_is_there() {
    let folder = finished();
    folder.results("sweep --widths 2 --seeds 1 --max-steps 300 --out t");
    assert_eq!(rows(&folder, "t").len(), 2);
    folder.results(&format!("{SMALL} --out t"));
    assert_eq!(folder.files("t"), folder.files("s"));
}

/// The functions of panel (c) are kept beside the rows. A value that no training gives is still there
/// afterwards and is what the figure shows: nothing was trained, and the rows are the same bytes.
#[test]
fn started_again_it_trains_nothing() {
    let folder = finished();
    let (rows, curves) = (folder.text("s/sweep.csv"), folder.text("s/curves.csv"));
    let (svg, lines) = (folder.text("s/figure1.svg"), curves.lines().collect::<Vec<_>>());
    assert_eq!((lines[0], lines.len()), ("seed,x,1,10,128,inf", 1001));
    let changed: Vec<String> = lines[..1]
        .iter()
        .map(|line| (*line).to_owned())
        .chain(lines[1..].iter().map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            [cells[0], cells[1], "3.25", cells[3], cells[4], cells[5]].join(",")
        }))
        .collect();
    let changed = changed.join("\n") + "\n";
    folder.write("s/curves.csv", &changed);
    folder.results(&format!("{SMALL} --out s"));
    assert_eq!((folder.text("s/sweep.csv"), folder.text("s/curves.csv")), (rows, changed));
    assert_ne!(folder.text("s/figure1.svg"), svg);

    // Of another draw, or damaged: made anew.
    for other in [lines[..500].join("\n"), curves.replace("\n0,", "\n7,"), String::new()] {
        folder.write("s/curves.csv", other);
        folder.results(&format!("{SMALL} --out s"));
        assert_eq!(
            (folder.text("s/curves.csv"), folder.text("s/figure1.svg")),
            (curves.clone(), svg.clone())
        );
    }
}

/// Settings of another version are refused by name; they are never taken for other settings.
#[test]
fn another_format_is_refused() {
    let folder = finished();
    let settings = folder.text("s/settings.json");
    assert!(settings.contains("\"format\":\"ntk sweep 2\""), "{settings}");
    let mut found = Vec::new();
    for (from, to, fragment) in [
        ("ntk sweep 2", "ntk sweep 1", "format 'ntk sweep 1', this program reads 'ntk sweep 2'"),
        ("\"format\"", "\"version\"", "its format is not 'ntk sweep 2'"),
        ("\"lift\"", "\"lifts\"", "lifts"),
        ("\"samples\":15", "\"samples\":-15", "settings"),
        ("\"samples\":15", "\"samples\":16", "samples 16, not 15"),
    ] {
        assert!(settings.contains(from), "{settings}");
        folder.write("s/settings.json", settings.replace(from, to));
        let before = folder.files("s");
        let fragments = ["s/sweep.csv", "s/settings.json", fragment, "--out"];
        found.extend(complaints(&folder.run(&format!("{SMALL} --out s")), 1, &fragments));
        assert_eq!(folder.files("s"), before, "{to}");
    }
    assert_none(&found);
}

/// Work of hours is never thrown away in silence: a file that cannot be understood is refused and left as it
/// is.
#[test]
fn a_file_that_is_no_sweep_is_refused_and_kept() {
    let folder = finished();
    let text = folder.text("s/sweep.csv");
    let mut found = Vec::new();
    let damaged: [(Vec<u8>, &[&str]); 8] = [
        (b"width,mse\n1,2\n".to_vec(), &["sweep.csv:1: "]),
        (text.replace(",16,", ",sixteen,").into_bytes(), &["sweep.csv:4: "]),
        (text.replacen("circle,exact,0,2", "sphere,exact,0,2", 1).into_bytes(), &["sweep.csv:3: "]),
        (text.replacen(",300,", ",300,300,", 1).into_bytes(), &["sweep.csv:2: "]),
        (text.replacen(",300,", ",-1,", 1).into_bytes(), &["sweep.csv:2: "]),
        (
            format!("{text}{}", text.lines().nth(1).unwrap().replace(",300,", ",299,") + "\n").into_bytes(),
            &["sweep.csv:10: ", "seed 0 and width 1"],
        ),
        ([text.as_bytes(), b"\xff\xfe\n"].concat(), &["sweep.csv"]),
        (vec![0xff; 300], &["sweep.csv"]),
    ];
    for (contents, fragments) in damaged {
        folder.write("s/sweep.csv", &contents);
        found.extend(complaints(&folder.run(&format!("{SMALL} --out s")), 1, fragments));
        if folder.read("s/sweep.csv") != contents {
            found
                .push(format!("overwritten: {:?}", String::from_utf8_lossy(&contents[contents.len() - 3..])));
        }
    }
    assert_none(&found);
}

#[test]
fn a_folder_that_is_no_sweep_is_refused_and_kept() {
    let folder = finished();
    let settings = folder.files("s").into_iter().find(|(name, _)| name == "settings.json");
    let (name, settings) = settings.expect("the settings are kept beside the rows");
    let csv = folder.text("s/sweep.csv");
    let mut found = Vec::new();
    for contents in
        [b"".as_slice(), b"{\n}\n", b"null", &settings[..settings.len() / 2], b"\xff\xfe\xfd", b"\x1b[31m"]
    {
        folder.write(&format!("s/{name}"), contents);
        found.extend(complaints(&folder.run(&format!("{SMALL} --out s")), 1, &["s", "--out"]));
    }
    std::fs::remove_file(folder.path(&format!("s/{name}"))).unwrap();
    found.extend(complaints(&folder.run(&format!("{SMALL} --out s")), 1, &["sweep.csv", &name, "--out"]));
    assert_eq!(folder.text("s/sweep.csv"), csv);
    assert_none(&found);
}
