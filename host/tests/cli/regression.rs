//! `ntk fit` and `predict` against `chwirut2.json`: kernel ridge regression at 50 digits.

use serde::Deserialize;

use crate::folder::{Folder, reference};
use crate::numbers::{assert_near, bits, column, csv, largest, table};

#[derive(Deserialize)]
struct File {
    fits: Vec<Fit>,
}

#[derive(Deserialize)]
pub(crate) struct Fit {
    kernel: String,
    ridge: f64,
    pub(crate) predict: Vec<Query>,
    loo_mean: Vec<f64>,
    loo_std: Vec<f64>,
    loo_rmse: f64,
    log_marginal_likelihood: f64,
}

#[derive(Deserialize)]
pub(crate) struct Query {
    x: f64,
    mean: f64,
    std: f64,
}

/// A folder with the data set and the inputs of the reference predictions.
pub(crate) fn files(queries: &[Query]) -> Folder {
    let folder = Folder::new();
    folder.write("train.csv", reference("chwirut2.csv"));
    folder.write("x.csv", csv("x0,x1", &queries.iter().map(|q| vec![q.x, 1.0]).collect::<Vec<_>>()));
    folder
}

pub(crate) fn fits() -> Vec<Fit> {
    serde_json::from_str::<File>(&reference("chwirut2.json")).unwrap().fits
}

/// The number behind a name in what `fit` prints.
pub(crate) fn printed<'r>(report: &'r str, name: &str) -> f64 {
    // What belongs to an output has its name before it; a single one needs no saying.
    let after =
        |line: &'r str| line.strip_prefix(name).or_else(|| line.strip_prefix("y: ")?.strip_prefix(name));
    let line = report.lines().find_map(after);
    let value = line.unwrap_or_else(|| panic!("no {name} in {report}"));
    let value = value.split_whitespace().next().unwrap_or_default(); // its unit may follow
    value.parse().unwrap_or_else(|e| panic!("{name}{value}: {e}"))
}

pub(crate) fn predictions(folder: &Folder, options: &str) -> (Vec<f64>, Vec<f64>) {
    let printed = table(&folder.results(&format!("predict {options}")));
    assert_eq!(printed.header, "mean,std,low,high");
    for row in &printed.rows {
        assert!(row[2] <= row[0] && row[0] <= row[3], "the mean lies in its interval: {row:?}");
    }
    (column(&printed.rows, 0), column(&printed.rows, 1))
}

#[test]
fn predictions_leave_one_out_and_likelihood() {
    for fit in fits() {
        let folder = files(&fit.predict);
        let options = format!("--kind {} --ridge {:?}", fit.kernel, fit.ridge);
        let report = folder.fit(&format!("--train train.csv {options} --model m.json --loo loo.csv"));
        assert_eq!(printed(&report, "samples"), 54.0);
        assert_eq!((printed(&report, "ridge"), printed(&report, "amplitude")), (fit.ridge, 1.0));
        for (name, expected) in
            [("leave-one-out RMSE", fit.loo_rmse), ("log marginal likelihood", fit.log_marginal_likelihood)]
        {
            assert_near(&[printed(&report, name)], &[expected], 100.0, expected.abs(), name);
        }

        let (mean, std) = predictions(&folder, "--model m.json --x x.csv");
        let (expected, expected_std): (Vec<f64>, Vec<f64>) =
            fit.predict.iter().map(|q| (q.mean, q.std)).unzip();
        assert_near(&mean, &expected, 200.0, 92.9, "mean"); // 92.9 is the largest target
        for (found, query) in std.iter().zip(&fit.predict) {
            let prior = 2.0 * (query.x * query.x + 1.0); // the variance is a difference from the prior's
            assert_near(&[*found], &[query.std], 10.0, prior / query.std, "std");
        }

        let loo = table(&folder.text("loo.csv"));
        assert_eq!(loo.header, "loo_mean,loo_std");
        assert_near(&column(&loo.rows, 0), &fit.loo_mean, 100.0, 92.9, "loo_mean");
        assert_near(&column(&loo.rows, 1), &fit.loo_std, 500.0, largest(&fit.loo_std), "loo_std");

        let (same, noisy) = predictions(&folder, "--model m.json --x x.csv --noise");
        assert_eq!(bits(&same), bits(&mean));
        let expected: Vec<f64> = expected_std.iter().map(|s| (s * s + fit.ridge).sqrt()).collect();
        assert_near(&noisy, &expected, 1e4, 1.0, "std of a new observation");
    }
}

#[test]
fn the_automatic_ridge_is_as_good_as_any() {
    let folder = files(&[]);
    for kind in ["ntk", "nngp"] {
        let rmse = |ridge: &str| {
            let options = format!("--kind {kind} --ridge {ridge} --criterion leave-one-out --model m.json");
            let report = folder.fit(&format!("--train train.csv {options}"));
            (printed(&report, "leave-one-out RMSE"), printed(&report, "ridge"))
        };
        let (best, ridge) = rmse("auto");
        assert!(ridge > 0.0);
        for given in ["1e-8", "1e-4", "1e-3", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "10", "1000"] {
            assert!(best <= rmse(given).0, "{kind}: ridge {given} beats {ridge}");
        }
        // The ridge that is printed is the one that was used.
        assert_eq!(rmse(&format!("{ridge:?}")), (best, ridge));
    }
}

/// A search makes its criterion better than the ridge alone does, and what it prints and saves is what it
/// fitted.
#[test]
fn a_search_moves_the_variances_too() {
    let folder = files(&[]);
    for (criterion, name, sign) in
        [("leave-one-out", "leave-one-out RMSE", 1.0), ("likelihood", "log marginal likelihood", -1.0)]
    {
        let fit = |options: &str| {
            folder
                .fit(&format!("--train train.csv --activation erf --scale standard {options} --model m.json"))
        };
        let alone = printed(&fit(&format!("--ridge auto --criterion {criterion}")), name);
        let both = fit(&format!("--tune both --criterion {criterion}"));
        assert!(sign * printed(&both, name) < sign * alone, "{criterion}: {both} and {alone}");
        let [w, b, ridge] = ["weight variance", "bias variance", "ridge"].map(|name| printed(&both, name));
        assert!(w > 0.0 && b >= 0.0 && ridge > 0.0, "{both}");
        let given = fit(&format!("--weight-variance {w:?} --bias-variance {b:?} --ridge {ridge:?}"));
        assert_eq!(printed(&given, name), printed(&both, name));
    }
}

#[test]
fn several_outputs_are_fitted_side_by_side() {
    let folder = Folder::new();
    let rows: Vec<Vec<f64>> =
        vec![vec![1.0, 0.0, 1.0, -3.0], vec![0.0, 1.0, 2.0, 0.5], vec![3.0, 4.0, 0.5, 2.0]];
    let without = |dropped: usize| {
        let keep = |row: &Vec<f64>| (0..4).filter(|&i| i != dropped).map(|i| row[i]).collect::<Vec<_>>();
        csv("x0,x1,y", &rows.iter().map(keep).collect::<Vec<_>>())
    };
    folder.write("both.csv", csv("x0,x1,y0,y1", &rows));
    folder.write("first.csv", without(3));
    folder.write("second.csv", without(2));
    let results = ["both", "first", "second"].map(|name| {
        let report = folder
            .fit(&format!("--train {name}.csv --ridge 0.1 --amplitude auto --model m.json --loo loo.csv"));
        let predicted = table(&folder.results("predict --model m.json --x both.csv --level 0.5"));
        (report, predicted, table(&folder.text("loo.csv")))
    });
    let [(report, predicted, loo), (report0, predicted0, loo0), (report1, predicted1, loo1)] = &results;
    assert_eq!(predicted.header, "mean0,mean1,std0,std1,low0,low1,high0,high1");
    assert_eq!(loo.header, "loo_mean0,loo_mean1,loo_std0,loo_std1");
    for (found, one, other) in [(predicted, predicted0, predicted1), (loo, loo0, loo1)] {
        for (i, row) in found.rows.iter().enumerate() {
            let by_turns = one.rows[i].iter().zip(&other.rows[i]).flat_map(|(one, other)| [*one, *other]);
            assert_eq!(row, &by_turns.collect::<Vec<_>>());
        }
    }
    for name in
        ["leave-one-out RMSE", "ratio of errors to bars", "noise", "amplitude", "log marginal likelihood"]
    {
        for (output, alone) in ["y0", "y1"].iter().zip([report0, report1]) {
            assert_eq!(printed(report, &format!("{output}: {name}")), printed(alone, name), "{output}");
        }
    }
}

#[test]
fn columns_that_are_no_inputs_are_passed_over() {
    let folder = Folder::with_good_files();
    let expected = folder.results("predict --model m.json --x x.csv --level 0.5");
    folder.write("more.csv", "y,x1,note,x0\n9,0,8,1\n9,4,8,3\n");
    assert_eq!(folder.results("predict --model m.json --x more.csv --level 0.5"), expected);
    let (mean, std) = predictions(&folder, "--model m.json --x d.csv --level 0.5"); // the training file itself
    assert_near(&mean, &[1.0, 2.0, 0.5], 50.0, 2.0, "without a ridge the samples are met");
    assert!(largest(&std) < 1e-6, "{std:?}");
}
