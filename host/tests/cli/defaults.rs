//! `ntk fit` and `predict` without options: the first file that an engineer tries, and files that are odd in
//! an ordinary way.

use crate::folder::{Folder, Run, SAMPLES, reference};
use crate::numbers::{Printed, column, csv, table};
use crate::refusals::{assert_none, complaints};
use crate::regression::printed;

/// sin(3 x) to four digits.
const WAVE: &str = "x0,y\n-1.0,-0.1411\n-0.8571428571428572,-0.5398\n-0.7142857142857143,-0.8408\n-0.5714285714285714,-0.9897\n\
    -0.4285714285714286,-0.9596\n-0.2857142857142857,-0.7560\n-0.1428571428571429,-0.4156\n0.0,0.0000\n0.1428571428571428,0.4156\n\
    0.2857142857142858,0.7560\n0.4285714285714286,0.9596\n0.5714285714285714,0.9897\n0.7142857142857142,0.8408\n\
    0.8571428571428572,0.5398\n1.0,0.1411\n";
/// 2 x and sin(3 x), each with normal noise of deviation 0.1.
const NOISY_LINE: &str = include_str!("cases/noisy_line.csv");
const NOISY_SINE: &str = include_str!("cases/noisy_sine.csv");
/// Where y = -50000 x^2 is known.
const DRAWN: [f64; 10] = [
    0.23796462709189137,
    0.5442292252959519,
    0.36995516654807925,
    0.6039200385961945,
    0.625720304108054,
    0.06552885923981311,
    0.013167991554874137,
    0.83746908209646,
    0.25935401432800764,
    0.23433096104669637,
];

/// A folder with these samples, and the report of their fit with these options, which warns of nothing.
pub(crate) fn fitted(samples: &str, options: &str) -> (Folder, String) {
    let folder = Folder::new();
    folder.write("d.csv", samples);
    let report = folder.results(&format!("fit --train d.csv --model m.json --loo loo.csv {options}"));
    (folder, report)
}

/// What the model says of these inputs.
pub(crate) fn predicted(folder: &Folder, header: &str, inputs: &[Vec<f64>], options: &str) -> Printed {
    folder.write("q.csv", csv(header, inputs));
    table(&folder.results(&format!("predict --model m.json --x q.csv {options}")))
}

fn root_mean_square(values: impl Iterator<Item = f64>) -> f64 {
    let squares: Vec<f64> = values.map(|v| v * v).collect();
    (squares.iter().sum::<f64>() / squares.len() as f64).sqrt()
}

#[test]
fn one_column_needs_no_option() {
    let (folder, report) = fitted(WAVE, "");
    let rmse = printed(&report, "leave-one-out RMSE");
    assert!(rmse <= 0.16, "{report}");
    let rows = table(WAVE).rows;
    let found = predicted(&folder, "x0", &rows.iter().map(|row| vec![row[0]]).collect::<Vec<_>>(), "");
    assert_eq!(found.header, "mean,std,low,high");
    for (row, found) in rows.iter().zip(&found.rows) {
        assert!(found[2] < row[1] && row[1] < found[3], "{row:?} {found:?}");
    }
}

/// Without a bias a kernel sees of a single input no more than its sign and its size, and no ridge mends
/// that.
#[test]
fn one_column_without_a_bias_is_refused_with_the_option_that_helps() {
    let folder = Folder::new();
    folder.write("d.csv", WAVE);
    let run = folder.run("fit --train d.csv --model m.json --bias-variance 0 --ridge 0 --scale none");
    assert_none(&complaints(&run, 1, &["d.csv:", "--bias-variance", "auto"]));
}

/// The size of the bars is that of the errors, on the samples left out, whatever the noise.
#[test]
fn bars_hold_what_they_say() {
    let (hahn1, roszman1) = (reference("hahn1.csv"), reference("roszman1.csv"));
    for (name, samples) in [
        ("noisy_line", NOISY_LINE),
        ("noisy_sine", NOISY_SINE),
        ("hahn1", hahn1.as_str()),
        ("roszman1", roszman1.as_str()),
    ] {
        let (folder, report) = fitted(samples, "");
        let (rows, left_out) = (table(samples).rows, table(&folder.text("loo.csv")).rows);
        let errors = || rows.iter().zip(&left_out).map(|(row, out)| (row[1] - out[0]) / out[1]);
        let ratio = root_mean_square(errors());
        assert!((0.5..=2.0).contains(&ratio), "{name}: errors are {ratio} bars");
        let inside = errors().filter(|z| z.abs() <= 1.6448536269514722).count();
        let share = 100.0 * inside as f64 / rows.len() as f64;
        assert!((75.0..=100.0).contains(&share), "{name}: bars hold {share} %");
        // What is printed is that, to its digits.
        assert!(
            (printed(&report, "ratio of errors to bars") - ratio).abs() < 5.1e-4,
            "{name}: {ratio}\n{report}"
        );
        let said = printed(&report, "leave-one-out errors inside of 90 % bars");
        assert!((said - share).abs() < 0.051, "{name}: {share}\n{report}");
    }
}

/// The interval is made for the samples it was fitted to and for more of their kind: none is missed by much.
#[test]
fn bars_are_as_large_as_targets_in_the_tens_of_thousands() {
    let truth = |x: f64| -50000.0 * x * x;
    let samples = csv("x0,y", &DRAWN.map(|x| vec![x, truth(x)]));
    // Between the samples, and a little beyond.
    let inputs: Vec<Vec<f64>> = (0..40).map(|i| vec![f64::from(i) / 40.0]).collect();
    for options in
        ["", "--scale none --bias-variance 1 --ridge 1e-6", "--tune both", "--scale none --tune bias"]
    {
        let (folder, _) = fitted(&samples, options);
        let found = predicted(&folder, "x0", &inputs, "");
        let z = inputs.iter().zip(&found.rows).map(|(x, found)| (found[0] - truth(x[0])) / found[1]);
        let ratio = root_mean_square(z);
        assert!((0.2..=5.0).contains(&ratio), "'{options}': errors are {ratio} bars");
        let most = column(&found.rows, 1).into_iter().fold(0.0, f64::max);
        assert!((100.0..20000.0).contains(&most), "'{options}': the largest bar is {most}");
    }
}

/// A pressure that never changed is a column of ones, whatever its unit. The deviations were computed at 50
/// digits.
#[test]
fn a_constant_column_is_a_bias_of_one() {
    let options = "--kind ntk --scale standard --bias-variance 0 --ridge 0.001 --amplitude 1";
    let of = |constant: f64| {
        let rows = (0..15).map(|i| f64::from(i) / 7.0 - 1.0);
        let rows: Vec<Vec<f64>> = rows.map(|t| vec![20.0 + 10.0 * t, constant, (2.0 * t).sin()]).collect();
        let (folder, report) = fitted(&csv("x0,x1,y", &rows), options);
        let inputs: Vec<Vec<f64>> =
            [20.0, 20.0 + 10.0 * (-1.0 + 60.0 / 56.0), 100.0].map(|x| vec![x, constant]).to_vec();
        (report, predicted(&folder, "x0,x1", &inputs, ""))
    };
    let one = of(1.0);
    let std = column(&one.1.rows, 1);
    for (found, expected) in std.iter().zip([0.024494359, 0.15173491]) {
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} for {expected}");
    }
    for constant in [1013.25, 101_325.0, 1e-10, -3300.0] {
        assert_eq!(of(constant), one, "{constant}");
    }
}

/// Outputs in volts and in pascals stand side by side, each with bars and report in its own unit.
#[test]
fn each_output_has_its_own_unit() {
    let mut rows = table(NOISY_SINE).rows;
    // By a power of two and without a shift no rounding differs.
    rows.iter_mut().for_each(|row| row.push(-65536.0 * row[1]));
    let (folder, report) = fitted(&csv("x0,y0,y1", &rows), "");
    for name in ["leave-one-out RMSE", "noise", "amplitude"] {
        let [first, second] = ["y0", "y1"].map(|output| printed(&report, &format!("{output}: {name}")));
        assert_eq!(second, 65536.0 * first, "{name}\n{report}");
    }
    let found = predicted(&folder, "x0", &[vec![0.33], vec![1.21], vec![2.5]], "");
    assert_eq!(found.header, "mean0,mean1,std0,std1,low0,low1,high0,high1");
    for row in &found.rows {
        let [mean0, mean1, std0, std1, low0, low1, high0, high1] = row[..] else { panic!("{row:?}") };
        assert_eq!([mean1, std1], [-65536.0 * mean0, 65536.0 * std0]);
        assert_eq!([low1, high1], [-65536.0 * high0, -65536.0 * low0]);
    }
}

/// Whatever there is to learn from, it is learned without a word.
#[test]
fn few_samples_and_equal_targets() {
    let equal: Vec<Vec<f64>> = (0..12).map(|i| vec![f64::from(i), 7.0]).collect();
    for (name, samples, least, most) in [
        ("one sample", "x0,y\n3,5\n".to_owned(), 5.0, 5.0),
        ("two samples", "x0,y\n3,5\n4,9\n".to_owned(), 5.0, 9.0),
        ("equal targets", csv("x0,y", &equal), 7.0, 7.0),
        ("one input twice", "x0,y\n3,5\n3,9\n".to_owned(), 5.0, 9.0),
    ] {
        let (folder, report) = fitted(&samples, "");
        assert_eq!(printed(&report, "samples"), table(&samples).rows.len() as f64, "{name}");
        let found = predicted(&folder, "x0", &[vec![3.0], vec![3.5], vec![1000.0]], "--level 0.5");
        for row in &found.rows {
            assert!(row.iter().all(|v| v.is_finite()) && row[1] >= 0.0, "{name}: {row:?}");
            assert!(row[2] <= row[0] && row[0] <= row[3], "{name}: {row:?}");
        }
        for row in &found.rows[..2] {
            assert!(least <= row[0] && row[0] <= most, "{name}: {row:?}");
        }
    }
}

/// No curve goes through what jumps from sample to sample: said on standard error, and no failure.
#[test]
fn a_fit_that_explains_nothing_says_so() {
    let rows = |y: fn(i32) -> f64| (0..16).map(|i| vec![f64::from(i), y(i)]).collect::<Vec<_>>();
    let folder = Folder::new();
    folder.write("d.csv", csv("x0,y", &rows(|i| f64::from(1 - 2 * (i % 2)))));
    let Run { code, stdout, stderr, .. } = folder.run("fit --train d.csv --model m.json");
    assert_eq!(code, 0, "{stderr}");
    assert!(folder.holds("m.json"));
    assert!(stderr.starts_with("warning: the fit explains no more of y than its mean does"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    let rmse = printed(&stdout, "leave-one-out RMSE");
    assert!(rmse > 16.0 / 15.0 && stderr.contains(&format!("{rmse:?}")), "{stderr}\n{stdout}");
    // Of two outputs the one that is meant.
    let both = rows(|i| f64::from(1 - 2 * (i % 2))).into_iter().map(|row| vec![row[0], 2.0 * row[0], row[1]]);
    folder.write("both.csv", csv("x0,y0,y1", &both.collect::<Vec<_>>()));
    let stderr = folder.run("fit --train both.csv --model m.json --ridge 0.001").stderr;
    assert!(stderr.contains(" of y1 ") && !stderr.contains(" of y0 "), "{stderr}");
}

/// n samples promise n / (n + 1) and no more.
#[test]
fn a_level_that_the_samples_cannot_hold_is_refused() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    folder.write("x.csv", "x0,x1\n1,2\n");
    folder.fit("--train d.csv --model m.json");
    for (level, needed) in [("", "9 samples"), ("--level 0.95", "19 samples"), ("--level 0.76", "4 samples")]
    {
        let run = folder.run(&format!("predict --model m.json --x x.csv {level}"));
        assert_none(&complaints(&run, 1, &["m.json", "level", needed, "has 3", "--level", "0.750"]));
    }
    folder.results("predict --model m.json --x x.csv --level 0.75");
    // With one sample more it would have been enough.
    let nine: Vec<Vec<f64>> = (0..9).map(|i| vec![f64::from(i), f64::from(i * i)]).collect();
    for (samples, code) in [(&nine[..8], 1), (&nine[..], 0)] {
        let (folder, _) = fitted(&csv("x0,y", samples), "");
        folder.write("x.csv", "x0\n2.5\n");
        assert_eq!(folder.run("predict --model m.json --x x.csv").code, code);
    }
}
