//! `ntk merge`: shards make the whole, byte for byte, or are refused with the name of what is wrong.

use crate::folder::Folder;
use crate::needs::has;
use crate::refusals::{assert_none, complaints};
use crate::sweep::SMALL;

/// The whole sweep in `whole`, its shards in `part.1` to `part.3`.
fn divided() -> Folder {
    let folder = Folder::new();
    folder.results(&format!("{SMALL} --out whole"));
    for part in 1..=3 {
        folder.results(&format!("{SMALL} --shard {part}/3 --out part.{part}"));
    }
    folder
}

#[test]
fn shards_make_the_whole() {
    let folder = divided();
    let whole = folder.files("whole");
    let said = folder.results("merge part.2 part.1 part.3 --out joined");
    assert_eq!(folder.files("joined"), whole);
    assert_eq!(said.replace("joined/", "whole/"), folder.results(&format!("{SMALL} --out whole")));
    folder.results("merge part.1 part.2 part.3 --out joined"); // again: nothing changes
    assert_eq!(folder.files("joined"), whole);
    folder.results(&format!("{SMALL} --out joined")); // a sweep like any other
    assert_eq!(folder.files("joined"), whole);
    folder.results("merge whole --out copy");
    assert_eq!(folder.files("copy"), whole);
}

#[test]
fn seeds_of_their_own_are_parts_too() {
    let folder = Folder::new();
    for seed in 0..2 {
        folder.results(&format!("{} --seed {seed} --out s{seed}", SMALL.replace(" --seeds 2", "")));
    }
    folder.results(&format!("{SMALL} --out whole"));
    folder.results("merge s1 s0 --out joined");
    assert_eq!(folder.files("joined"), folder.files("whole"));
}

#[test]
fn what_does_not_make_a_whole_is_refused() {
    let folder = divided();
    folder.results(&format!("{SMALL} --shard 3/3 --lift sphere --out other"));
    folder.results(&format!("{} --shard 3/3 --out steps", SMALL.replace("300", "299")));
    folder.results("sweep --widths 1 --seed 9 --max-steps 300 --out more");
    folder.results("sweep --widths 1 --seed 0 --max-steps 300 --out there");
    // Of 8 rows, by seed and width, shard 3 of 3 has the third and the sixth.
    let text = folder.text("part.3/sweep.csv");
    for (name, contents) in [
        ("cut", text[..text.len() - 3].to_owned()), // a last line that was cut off
        ("damaged", text.replace("0,16,", "0,sixteen,")),
    ] {
        folder.results(&format!("{SMALL} --shard 3/3 --out {name}"));
        folder.write(&format!("{name}/sweep.csv"), contents);
    }
    folder.results(&format!("{SMALL} --shard 3/3 --out plan"));
    folder.write("plan/plan.json", "{\"seeds\":\"0-\"}");
    std::fs::create_dir(folder.path("empty")).unwrap();
    let there = folder.files("there");
    let mut found = Vec::new();
    #[rustfmt::skip]
    let refused: [(&str, &str, &[&str]); 12] = [
        ("part.1 part.2", "out", &["2 rows", "seed 0, width 16", "are in none of the folders", "shard"]),
        ("part.1 part.2 cut", "out", &["the row of seed 1, width 2 is in none"]),
        ("part.1 part.2 part.3 part.2", "out", &["3 rows", "seed 0, width 2", "in both part.2 and part.2"]),
        ("part.1 part.2 part.3 whole", "out", &["8 rows", "seed 0, width 1", "in both part.1 and whole"]),
        ("part.1 part.2 other", "out", &["other has other settings than part.1", "lift \"sphere\", not \"circle\""]),
        ("part.1 part.2 steps", "out", &["steps has other settings", "max_steps 299, not 300"]),
        ("part.1 part.2 part.3 more", "out", &["rows, the first of seed 9, width 2, are in none"]),
        ("part.1 part.2 damaged", "out", &["damaged/sweep.csv:2", "not a row"]),
        ("part.1 part.2 plan", "out", &["plan/plan.json", "not the plan of a sweep"]),
        ("part.1 empty", "out", &["empty/settings.json", "No such file"]),
        ("part.1 nowhere", "out", &["nowhere/settings.json", "No such file"]),
        ("part.1 part.2 part.3", "there", &["there holds another sweep", "--out"]),
    ];
    for (parts, out, fragments) in refused {
        found.extend(complaints(&folder.run(&format!("merge {parts} --out {out}")), 1, fragments));
        assert!(!folder.holds("out"), "merge {parts} wrote something");
    }
    assert_none(&found);
    assert_eq!(folder.files("there"), there);
}

/// The two scripts beside the program, as their first lines say.
#[test]
#[cfg(unix)]
fn scripts_divide_and_join() {
    let folder = Folder::new();
    folder.results(&format!("{SMALL} --out whole"));
    let options: Vec<&str> = SMALL.split(' ').skip(1).collect();
    let run = |script: &str, words: &[&str], task: usize| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(script);
        let mut program = std::process::Command::new(path);
        program.args(words).args(&options).current_dir(folder.path("."));
        program.env("NTK", crate::folder::PROGRAM).env("HOME", folder.path("."));
        program.env("SLURM_ARRAY_TASK_ID", task.to_string()).env("SLURM_ARRAY_TASK_COUNT", "3");
        let output = program.output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    };
    for task in [3, 1, 2] {
        run("sweep-slurm.sh", &["by-slurm"], task);
    }
    folder.results("merge by-slurm.1 by-slurm.2 by-slurm.3 --out by-slurm");
    assert_eq!(folder.files("by-slurm"), folder.files("whole"));

    if has("parallel", "parallel") {
        run("sweep-parallel.sh", &["3", "by-parallel"], 0);
        assert_eq!(folder.files("by-parallel"), folder.files("whole"));
        run("sweep-parallel.sh", &["3", "by-parallel"], 0); // again: it goes on, and all is there
        assert_eq!(folder.files("by-parallel"), folder.files("whole"));
    }
}
