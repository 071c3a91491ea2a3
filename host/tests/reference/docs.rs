//! The companion to the lecture in `docs`: every function and claim that it names exists, and no claim is
//! left out. `cli/links.rs` follows its links.

use std::collections::BTreeSet;
use std::fs;

use crate::data;

/// (text, target) of each link of a page.
fn links(page: &str) -> Vec<(&str, &str)> {
    page.split("](")
        .zip(page.split("](").skip(1))
        .filter_map(|(before, after)| Some((before.rsplit_once('[')?.1, after.split_once(')')?.0)))
        .collect()
}

/// C1, C2, .. as they stand in a page.
fn claims(page: &str) -> BTreeSet<String> {
    let words = page.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|w| w.len() > 1 && w.starts_with('C') && w[1..].bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_the_companion_names_exists() {
    let folder = data::path("../../docs");
    let known: BTreeSet<String> = host::verify::Options::quick(0).claims().map(str::to_owned).collect();
    let (mut named, mut pages) = (BTreeSet::new(), 0);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "md") {
            continue;
        }
        let page = fs::read_to_string(&path).unwrap();
        pages += 1;
        for (text, target) in links(&page) {
            let file = folder.join(target.split('#').next().unwrap());
            let Some(name) = text.strip_prefix('`').and_then(|text| text.strip_suffix('`')) else { continue };
            if target.ends_with(".rs") && !name.contains(['/', '.']) {
                let source = fs::read_to_string(file).unwrap();
                let defined = ["fn ", "struct ", "enum ", "trait ", "type "].iter().any(|kind| {
                    source.contains(&format!("pub {kind}{name}")) || source.contains(&format!("{kind}{name}"))
                });
                assert!(defined, "{}: {target} has no {name}", path.display());
            }
        }
        // claims.md lists all claims; the chapters have to explain each of them. Two pages name chips like
        // claims, and C99 is a language.
        if !["claims.md", "c.md", "boards.md"].iter().any(|name| path.ends_with(name)) {
            named.extend(claims(&page).into_iter().filter(|name| name != "C99"));
        }
    }
    assert_eq!(pages, 21);
    assert_eq!(named, known);
}

/// The tables of `docs/claims.md`, of a full run and of both errors of each row of a quick one, have every
/// row of the ledger and no more, and a whole run fails for less than one seed in 1,000.
#[test]
fn the_page_of_the_claims_has_every_row() {
    let page = fs::read_to_string(data::path("../../docs/claims.md")).unwrap();
    let between = |name: &str| {
        let (_, rest) = page.split_once(&format!("<!-- {name} -->\n```text\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    // C13 takes longest, and has a row more in full runs.
    let only: Vec<_> = host::verify::Options::quick(0).claims().filter(|id| *id != "C13").collect();
    let options = host::verify::Options { only, ..host::verify::Options::quick(1) };
    let rows = host::verify::run(&options, || ()).unwrap();
    let every_row = |name: &str, others: usize| -> Vec<&str> {
        let table: Vec<&str> = between(name).lines().skip(1).collect();
        for row in &rows {
            let found = table.iter().filter(|line| line.contains(&row.statement)).count();
            assert_eq!(found, 1, "{name}: {}", row.statement);
        }
        assert_eq!(table.len(), rows.len() + others, "{name}");
        table
    };
    every_row("a full run", 5);
    // The shares of C13 follow the binomial law, which the page states; the spread of few seeds says less.
    let errors = every_row("both errors", 5);
    let others =
        errors.iter().filter(|line| !line.contains("share of draws") && !line.contains("k = 15, share"));
    let chance = others.filter(|line| !line.contains("any of them")).map(|line| {
        let (_, after) = line.split_once("0/").expect("no row has failed");
        after.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap()
    });
    let chance: f64 = chance.sum();
    assert!(chance < 1e-3, "{chance}");
}
