//! `ntk sweep`: what it writes, the same bytes however the work is divided, and how it refuses.

use crate::folder::{Folder, Run};
use crate::refusals::{assert_none, complaints};

/// Narrow, between and wide, in a fraction of a second.
pub(crate) const SMALL: &str = "sweep --widths 1,2,16 --seeds 2 --max-steps 300";

const HEADER: &str = "lift,engine,seed,width,steps,stop,train_mse,test_mse,ntk_change,hessian_norm,hessian_norm_gelu,\
                      gap_uncorrected,gap_corrected";

/// The cells of `sweep.csv` below its header.
pub(crate) fn rows(folder: &Folder, out: &str) -> Vec<Vec<String>> {
    let text = folder.text(&format!("{out}/sweep.csv"));
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(HEADER));
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn a_small_sweep_writes_its_rows_its_figure_and_a_table() {
    let folder = Folder::new();
    let table = folder.results(&format!("{SMALL} --out s")); // and nothing on standard error: no terminal, no bar
    let rows = rows(&folder, "s");
    let keys: Vec<(&str, &str)> = rows.iter().map(|row| (row[2].as_str(), row[3].as_str())).collect();
    let expected: Vec<(&str, &str)> =
        ["0", "1"].iter().flat_map(|s| ["1", "2", "16", "inf"].map(|w| (*s, w))).collect();
    assert_eq!(keys, expected);
    for row in &rows {
        assert_eq!((row.len(), row[0].as_str(), row[1].as_str()), (13, "circle", "exact"), "{row:?}");
        let (steps, stop): (u32, &str) = (row[4].parse().unwrap(), &row[5]);
        let [train, test] = [&row[6], &row[7]].map(|cell| cell.parse::<f64>().unwrap());
        assert!(train >= 0.0 && train.is_finite() && test > 0.0 && test.is_finite(), "{row:?}");
        for cell in &row[8..] {
            let found = cell.parse::<f64>().ok();
            assert_eq!(found.is_some_and(|v| v >= 0.0 && v.is_finite()), row[3] != "inf", "{row:?}");
        }
        match (row[3].as_str(), stop) {
            ("inf", "solved") => assert!(steps == 0 && train < 1e-20, "{row:?}"),
            ("1" | "2", "patience") | ("1" | "2" | "16", "max-steps") => assert!(steps <= 300, "{row:?}"),
            _ => panic!("{row:?}"),
        }
    }
    for width in ["1", "2", "16", "inf"] {
        let named = |line: &str| line.split_whitespace().next() == Some(width);
        assert_eq!(
            table.lines().take_while(|l| !l.starts_with("Found")).filter(|line| named(line)).count(),
            1,
            "width {width} in:\n{table}"
        );
    }
    for file in ["sweep.csv", "curves.csv", "quantiles.csv", "sentences.csv", "figure1.svg", "figure2.svg"] {
        assert!(
            table.contains(&format!("s/{file}")) && folder.holds(&format!("s/{file}")),
            "{file}:\n{table}"
        );
    }
    for figure in ["s/figure1", "s/figure2"] {
        let svg = folder.text(&format!("{figure}.svg"));
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        #[cfg(feature = "png")]
        let png = folder.read(&format!("{figure}.png"));
        #[cfg(feature = "png")]
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xaeB`\x82"));
    }
    let quantiles = folder.text("s/quantiles.csv");
    assert!(
        quantiles.starts_with("quantity,width,draws,q10,q25,median,q75,q90\ntest_mse,1,2,"),
        "{quantiles}"
    );
    assert_eq!(quantiles.lines().filter(|line| line.starts_with("hessian_norm,")).count(), 3);
    let sentences = folder.text("s/sentences.csv");
    assert!(sentences.starts_with("lecture,checked,holds,draws,share,low,high\n"), "{sentences}");
    assert!(table.contains("the NTK provides the lowest test error") && sentences.contains(",2,"), "{table}");
}

#[test]
fn threads_do_not_change_a_byte() {
    let folder = Folder::new();
    folder.results(&format!("{SMALL} --jobs 1 --out one"));
    for jobs in [2, 3, 8, 40] {
        folder.results(&format!("{SMALL} --jobs {jobs} --out jobs{jobs}"));
        assert_eq!(folder.files("one"), folder.files(&format!("jobs{jobs}")), "{jobs} jobs");
    }
}

#[test]
fn one_seed_alone_has_the_rows_that_it_has_among_others() {
    let folder = Folder::new();
    folder.results("sweep --widths 1,16 --seeds 4 --max-steps 100 --out all");
    folder.results("sweep --widths 16,1,16 --seed 3 --max-steps 100 --out alone");
    let of_seed_3 = |rows: Vec<Vec<String>>| rows.into_iter().filter(|r| r[2] == "3").collect::<Vec<_>>();
    let alone = rows(&folder, "alone");
    assert_eq!(alone.len(), 3); // a width named twice runs once
    assert_eq!(of_seed_3(rows(&folder, "all")), alone);
}

#[test]
fn the_widths_of_the_lecture_have_a_name() {
    let folder = Folder::new();
    folder.results("sweep --widths lecture,12 --seeds 1 --samples 3 --max-steps 5 --out s");
    let widths: Vec<String> = rows(&folder, "s").into_iter().map(|row| row[3].clone()).collect();
    assert_eq!(widths.join(" "), "1 2 3 4 5 6 7 8 9 10 12 15 20 32 64 128 256 512 1024 inf");
}

#[test]
fn a_target_that_is_met_ends_a_wide_run_and_not_a_narrow_one() {
    let folder = Folder::new();
    folder.results("sweep --widths 1,8 --seed 0 --samples 4 --target-mse 0.3 --patience 9 --out s");
    let rows = rows(&folder, "s");
    assert_eq!((rows[0][5].as_str(), rows[1][5].as_str()), ("patience", "target"), "{rows:?}");
    assert!(rows[1][6].parse::<f64>().unwrap() < 0.3);
}

#[test]
fn every_lift_runs_and_raw_says_why_it_cannot_fit() {
    let folder = Folder::new();
    for lift in ["raw", "bias", "sphere", "circle"] {
        let table = folder
            .results(&format!("sweep --widths 1,16 --seed 0 --max-steps 100 --lift {lift} --out {lift}"));
        let rows = rows(&folder, lift);
        assert!(rows.len() == 3 && rows.iter().all(|row| row[0] == lift), "{rows:?}");
        assert_eq!(table.contains("No width can fit with the raw lift"), lift == "raw", "{table}");
        let kernel: f64 = rows[2][6].parse().unwrap();
        // Two slopes cannot meet 15 samples; with a second coordinate the NTK meets them all.
        assert_eq!(kernel > 0.1, lift == "raw", "train MSE {kernel} of the NTK with {lift}");
    }
}

#[test]
fn divergence_is_a_row_and_a_warning() {
    let folder = Folder::new();
    let Run { code, stderr, .. } =
        folder.run("sweep --widths 16 --seed 3 --max-steps 300 --learning-rate 10 --out s");
    assert_eq!((code, stderr.lines().count()), (0, 1), "{stderr}");
    assert!(stderr.starts_with("warning: ") && stderr.contains("--learning-rate"), "{stderr}");
    assert_eq!(rows(&folder, "s")[0][5], "diverged");
}

#[test]
fn other_settings_in_the_same_folder_are_refused() {
    let folder = Folder::new();
    folder.results(&format!("{SMALL} --out s"));
    let before = folder.files("s");
    let mut found = Vec::new();
    for option in [
        "--lift sphere",
        "--engine plain",
        "--samples 14",
        "--learning-rate 0.02",
        "--target-mse 0.1",
        "--patience 49",
        "--max-steps 301",
    ] {
        let command =
            SMALL.replace("--max-steps 300", if option.contains("steps") { "" } else { "--max-steps 300" });
        let run = folder.run(&format!("{command} {option} --out s"));
        found.extend(complaints(&run, 1, &["s ", "other settings", "--out"]));
        assert_eq!(folder.files("s"), before, "{option}");
    }
    assert_none(&found);
}

/// A shard may hold no row of the NTK; then nothing is said of it.
#[test]
fn a_part_of_the_work_reports_only_what_it_has() {
    let folder = Folder::new();
    for part in 1..=8 {
        let table = folder.results(&format!("{SMALL} --shard {part}/8 --out part{part}"));
        assert_eq!(rows(&folder, &format!("part{part}")).len(), 1);
        assert!(!table.contains("NaN") && !table.contains("Found: ."), "part {part}:\n{table}");
    }
}
