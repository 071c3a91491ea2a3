//! Rows of `sweep.csv` that were edited by hand: what no sweep can have measured is refused with its line,
//! and nothing is changed.

use crate::folder::Folder;
use crate::refusals::{assert_none, complaints};

/// Widths on both sides of the number of samples, one that ends by each rule.
const SWEEP: &str = "sweep --widths 1,64 --seed 0 --samples 5 --max-steps 400 --target-mse 0.3 --out s";

/// The row (the place of a line), the cell from 0, what is put there, and what must be said.
#[rustfmt::skip]
const EDITS: [(usize, usize, &str, &str); 29] = [
    (1, 0, "raw", "other cells"), (1, 1, "plain", "other cells"), (1, 2, "-1", "other cells"), (1, 2, "00", "other cells"),
    (1, 3, "0", "out of range"), (1, 3, "16777217", "out of range"), (1, 3, "-4", "other cells"), (1, 3, "inf", "another stop"),
    (2, 4, "401", "more steps than any run"), (1, 4, "-1", "other cells"), (1, 4, "1e2", "other cells"),
    (1, 5, "finished", "stop is none of"), (1, 5, "", "stop is none of"), (1, 5, "target", "no target"),
    (1, 5, "solved", "stop is none of"), (1, 4, "401", "more steps than any run"), (1, 6, "-0.5", "negative"), (1, 6, "NaN", "not finite"), (1, 6, "inf", "not finite"), (1, 7, "-1e-300", "negative"),
    (1, 7, "NaN", "not finite"), (1, 8, "", "other cells"), (1, 8, "-2.0", "negative"), (1, 12, "inf", "not finite"),
    (2, 6, "0.3", "not below the target"), (2, 5, "patience", "no patience"),
    (3, 4, "1", "no steps"), (3, 5, "target", "another stop"), (3, 7, "-1.0", "negative"),
];

#[test]
fn what_no_sweep_has_measured_is_refused() {
    let folder = Folder::new();
    folder.results(SWEEP);
    let whole = folder.text("s/sweep.csv");
    let stops: Vec<&str> = whole.lines().skip(1).map(|line| line.split(',').nth(5).unwrap()).collect();
    assert_eq!(stops, ["max-steps", "target", "solved"]);
    let mut found = Vec::new();
    for (line, cell, put, said) in EDITS {
        let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
        let mut cells: Vec<&str> = lines[line].split(',').collect();
        cells[cell] = put;
        lines[line] = cells.join(",");
        folder.write("s/sweep.csv", lines.join("\n") + "\n");
        let place = format!("s/sweep.csv:{}: not a row of a sweep", line + 1);
        for words in [SWEEP, "report --sweep s --out page.html", "merge s --out t"] {
            found.extend(complaints(&folder.run(words), 1, &[&place, said, "remove the line"]));
        }
        assert_eq!(folder.text("s/sweep.csv"), lines.join("\n") + "\n", "an edited file was changed");
    }
    assert_none(&found);
    assert!(!folder.holds("page.html") && !folder.holds("t"));
    // A line that is removed is run again, to the same bytes.
    let without: String =
        whole.lines().filter(|line| !line.contains(",64,")).map(|l| l.to_owned() + "\n").collect();
    folder.write("s/sweep.csv", without);
    folder.results(SWEEP);
    assert_eq!(folder.text("s/sweep.csv"), whole);
}

/// Plans that stand for more rows than a list could hold are read, or refused, at once.
#[test]
fn plans_of_very_many_rows() {
    let folder = Folder::new();
    folder.results(SWEEP);
    for (plan, said) in [
        (
            "{\"seeds\":\"0-999999\",\"widths\":\"1-99999\"}",
            "99999999997 rows, the first of seed 0, width 2, are",
        ),
        ("{\"seeds\":\"0-16777216\",\"widths\":\"1\"}", "not the plan of a sweep"),
        ("{\"seeds\":\"0\",\"widths\":\"0\"}", "not the plan of a sweep"),
        ("{\"seeds\":\"0\",\"widths\":\"16777217\"}", "not the plan of a sweep"),
    ] {
        folder.write("s/plan.json", plan);
        assert_none(&complaints(&folder.run("merge s --out t"), 1, &[said]));
    }
}
