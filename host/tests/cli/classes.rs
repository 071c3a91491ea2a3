//! Targets that are classes.

use crate::folder::Folder;

/// The line about classes, if there is one.
fn accuracy(folder: &Folder, options: &str) -> Option<String> {
    let run = folder.run(&format!("fit --model m.json {options}"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
        .lines()
        .find_map(|line| line.strip_prefix("classes: leave-one-out accuracy "))
        .map(str::to_owned)
}

/// The numbers of docs/program.md.
#[test]
fn the_accuracy_of_known_sets() {
    let (folder, docs) = (Folder::new(), include_str!("../../../docs/program.md"));
    #[rustfmt::skip]
    let sets = [
        ("iris", "", "94.7 %, 142 of 150", "94.7 % for the 150 flowers"),
        ("wine", "", "99.4 %, 177 of 178", "99.4 % for the 178\nwines"),
        ("breast_cancer", "", "97.2 %, 553 of 569", "97.2 % for the 569 tumours"),
        ("breast_cancer", "--kind ntk", "98.1 %, 558 of 569", "(98.1 % with `--kind ntk`)"),
    ];
    for (name, options, expected, said) in sets {
        let path = format!("{}/reference/{name}.csv", env!("CARGO_MANIFEST_DIR"));
        let found = accuracy(&folder, &format!("--train {path} {options}")).unwrap();
        assert!(found.starts_with(expected), "{name} {options}: {found}");
        assert!(docs.contains(said), "{said}");
    }
}

/// Each leave-one-out mean by itself: the file of --loo says the same.
#[test]
fn the_accuracy_is_that_of_the_means() {
    let folder = Folder::new();
    let rows: Vec<[f64; 3]> = (0..24)
        .map(|i| {
            [f64::from(i).sin(), f64::from(i % 7), f64::from(u8::from(f64::from(i).sin() > 0.2 || i == 5))]
        })
        .collect();
    let lines: String = rows.iter().map(|[a, b, y]| format!("{a},{b},{y},{}\n", 1.0 - y)).collect();
    folder.write("d.csv", format!("x0,x1,y0,y1\n{lines}"));
    let found = accuracy(&folder, "--train d.csv --loo loo.csv").unwrap();
    let means = folder.text("loo.csv");
    let is_right = |(line, row): (&str, &[f64; 3])| {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        (cells[0] >= cells[1]) == (row[2] == 1.0)
    };
    let right = means.lines().skip(1).zip(&rows).filter(|of| is_right(*of)).count();
    assert!((16..24).contains(&right));
    assert!(found.contains(&format!(", {right} of 24 ")), "{found}, {right}");
}

#[test]
fn other_targets_are_no_classes() {
    let folder = Folder::new();
    for rows in ["1,1\n0,0\n", "1,0\n0,2\n", "1,0\n1,1\n", "0.5,0.5\n1,0\n"] {
        let lines: String = rows
            .repeat(5)
            .lines()
            .enumerate()
            .map(|(i, y)| format!("{},{y}\n", (i * i) as f64 * 0.1))
            .collect();
        folder.write("d.csv", format!("x0,y0,y1\n{lines}"));
        assert_eq!(accuracy(&folder, "--train d.csv"), None, "{rows}");
    }
    folder.write("d.csv", "x0,y\n1,0\n2,1\n3,0\n4,1\n5.5,0\n");
    assert_eq!(accuracy(&folder, "--train d.csv"), None);
}
