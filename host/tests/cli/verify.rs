//! `ntk verify`: the table, the JSON, and that neither depends on the number of threads.

use serde_json::Value;

use crate::folder::Folder;
use crate::refusals::{assert_none, complaints};

#[test]
fn the_table_fits_a_screen_and_names_every_row() {
    let text = Folder::new().results("verify --quick --only c15,C2,C14");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1 + 2 + 3 + 2, "{text}");
    assert!(lines.iter().all(|line| line.chars().count() <= 120), "{text}");
    for (line, id) in [(1, "C2 "), (3, "C14 "), (6, "C15 ")] {
        assert!(lines[line].starts_with(id), "rows come in the order of the ledger: {text}");
    }
    assert_eq!(lines.iter().filter(|line| line.ends_with(" holds")).count(), 5, "{text}");
    assert_eq!(lines.iter().filter(|line| line.ends_with(" refuted")).count(), 2, "{text}");
}

#[test]
fn the_json_has_the_numbers_behind_each_row() {
    let folder = Folder::new();
    folder.results("verify --quick --only C7,C14 --seed 5 --json v.json");
    let report: Value = serde_json::from_slice(&folder.read("v.json")).unwrap();
    assert_eq!((&report["seed"], &report["quick"]), (&5.into(), &true.into()));
    let claims = report["claims"].as_array().unwrap();
    assert_eq!(claims.len(), 2 + 3);
    for row in claims {
        let has = |keys: &[&str], is: fn(&Value) -> bool| keys.iter().all(|key| is(&row[*key]));
        assert!(has(&["id", "where", "statement", "worst", "test", "verdict"], Value::is_string), "{row}");
        assert!(has(&["expected", "measured", "tolerance"], Value::is_number), "{row}");
        let columns = row["data"]["columns"].as_array().unwrap();
        let rows = row["data"]["rows"].as_array().unwrap();
        assert!(
            !rows.is_empty() && rows.iter().all(|cells| cells.as_array().unwrap().len() == columns.len())
        );
    }
    let rate = &claims[0];
    assert_eq!(
        (&rate["id"], &rate["test"], &rate["verdict"]),
        (&"C7".into(), &"covers".into(), &"holds".into())
    );
    let [low, high] = ["low", "high"].map(|end| rate[end].as_f64().unwrap());
    assert!(low < -0.5 && -0.5 < high, "{low} {high}");
    assert!(claims[1]["low"].is_null(), "there is no chance in it");
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = Folder::new();
    let run = |jobs: usize, seed: u64| {
        let name = format!("{jobs}-{seed}.json");
        let text = folder
            .results(&format!("verify --quick --only C11,C14,C17 --seed {seed} --jobs {jobs} --json {name}"));
        (text, folder.read(&name))
    };
    let alone = run(1, 0);
    assert_eq!(alone, run(3, 0));
    assert_ne!(alone.1, run(3, 1).1, "another seed draws other numbers");
}

/// With an error in every formula the ledger fails and names the claims, and many seeds tell how often.
#[test]
fn an_error_in_the_formulas_is_seen() {
    let run = Folder::new().run("verify --quick --only C2,C18 --error 0.01");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("not confirmed: C2, C18"), "{}", run.stderr);
    let missed = run.stdout.lines().filter(|line| line.ends_with(" holds")).count();
    assert_eq!(missed, 1, "only what is drawn and of a quick run does not see 1 %: {}", run.stdout);
    let text = Folder::new().results("verify --quick --only C2,C5 --repeat 3 --error 0.01");
    assert_eq!(text.lines().count(), 1 + 2 + 3 + 1, "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains(" 0/3 ")).count(), 5, "no row has failed: {text}");
    assert!(text.lines().next().unwrap().contains("passes 1 % wrong"), "{text}");
}

#[test]
fn a_report_that_cannot_be_written_is_one_line() {
    let run = Folder::new().run("verify --quick --only C2 --json none/v.json");
    assert_none(&complaints(&run, 1, &["none/v.json", "folder"]));
}
