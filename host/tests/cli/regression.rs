//! `ntk fit` and `predict` against `chwirut2.json`: kernel ridge regression at 50 digits.

use serde::Deserialize;

use crate::folder::{Folder, reference};
use crate::numbers::{assert_near, bits, column, csv, largest, table};

#[derive(Deserialize)]
struct File {
    fits: Vec<Fit>,
}

#[derive(Deserialize)]
struct Fit {
    kernel: String,
    ridge: f64,
    predict: Vec<Query>,
    loo_mean: Vec<f64>,
    loo_std: Vec<f64>,
    loo_rmse: f64,
    log_marginal_likelihood: f64,
}

#[derive(Deserialize)]
struct Query {
    x: f64,
    mean: f64,
    std: f64,
}

/// A folder with the data set and the inputs of the reference predictions.
fn files(queries: &[Query]) -> Folder {
    let folder = Folder::new();
    folder.write("train.csv", reference("chwirut2.csv"));
    folder.write("x.csv", csv("x0,x1", &queries.iter().map(|q| vec![q.x, 1.0]).collect::<Vec<_>>()));
    folder
}

fn fits() -> Vec<Fit> {
    serde_json::from_str::<File>(&reference("chwirut2.json")).unwrap().fits
}

/// The number behind a name in what `fit` prints.
fn printed(report: &str, name: &str) -> f64 {
    let line = report.lines().find_map(|line| line.strip_prefix(name));
    let value = line.unwrap_or_else(|| panic!("no {name} in {report}"));
    let value = value.split_whitespace().next().unwrap_or_default(); // its unit may follow
    value.parse().unwrap_or_else(|e| panic!("{name}{value}: {e}"))
}

fn predictions(folder: &Folder, options: &str) -> (Vec<f64>, Vec<f64>) {
    let printed = table(&folder.results(&format!("predict {options}")));
    assert_eq!(printed.header, "mean,std");
    (column(&printed.rows, 0), column(&printed.rows, 1))
}

#[test]
fn predictions_leave_one_out_and_likelihood() {
    for fit in fits() {
        let folder = files(&fit.predict);
        let options = format!("--kind {} --ridge {:?}", fit.kernel, fit.ridge);
        let report = folder.results(&format!("fit --train train.csv {options} --model m.json --loo loo.csv"));
        assert_eq!(printed(&report, "samples"), 54.0);
        assert_eq!((printed(&report, "ridge"), printed(&report, "jitter")), (fit.ridge, 0.0));
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
            let options = format!("--kind {kind} --ridge {ridge} --model m.json");
            let report = folder.results(&format!("fit --train train.csv {options}"));
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

/// A search makes its criterion better than the ridge alone does, and what it prints and saves is what it fitted.
#[test]
fn a_search_moves_the_variances_too() {
    let folder = files(&[]);
    for (criterion, name, sign) in
        [("leave-one-out", "leave-one-out RMSE", 1.0), ("likelihood", "log marginal likelihood", -1.0)]
    {
        let fit = |options: &str| {
            folder.results(&format!(
                "fit --train train.csv --activation erf --scale standard {options} --model m.json"
            ))
        };
        let alone = printed(&fit(&format!("--ridge auto --criterion {criterion}")), name);
        let both = fit(&format!("--tune both --criterion {criterion}"));
        assert!(sign * printed(&both, name) < sign * alone, "{criterion}: {both} and {alone}");
        let [w, b, ridge] = ["weight variance", "bias variance", "ridge"].map(|name| printed(&both, name));
        assert!(w > 0.0 && b > 0.0 && ridge > 0.0, "{both}");
        let given = fit(&format!("--weight-variance {w:?} --bias-variance {b:?} --ridge {ridge:?}"));
        assert_eq!(printed(&given, name), printed(&both, name));
    }
}

/// Files in other units, and a constant column, which stays: the scaled model predicts the same, in those units.
#[test]
fn scaling_takes_units_out_and_puts_them_back() {
    let folder = files(&fits()[0].predict);
    let rows = table(&reference("chwirut2.csv")).rows;
    let queries = table(&folder.text("x.csv")).rows;
    let other = |row: &Vec<f64>| [vec![1000.0 * row[0] - 7.0, row[1]], row[2..].to_vec()].concat();
    folder.write(
        "train2.csv",
        csv(
            "x0,x1,y",
            &rows
                .iter()
                .map(|r| {
                    let mut row = other(r);
                    row[2] = 100.0 * row[2] + 5.0;
                    row
                })
                .collect::<Vec<_>>(),
        ),
    );
    folder.write("x2.csv", csv("x0,x1", &queries.iter().map(other).collect::<Vec<_>>()));
    let options = "--scale standard --bias-variance 0.5 --ridge 0.01";
    let one = folder.results(&format!("fit --train train.csv {options} --model m.json --loo loo.csv"));
    let two = folder.results(&format!("fit --train train2.csv {options} --model m2.json --loo loo2.csv"));
    let rmse = "leave-one-out RMSE";
    let close = |found: f64, expected: f64| (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
    assert!(close(printed(&two, rmse), 100.0 * printed(&one, rmse)), "{one}{two}");
    let likelihood = "log marginal likelihood";
    let volume = 54.0 * 100f64.ln(); // densities have the units of 1 / y
    assert!(close(printed(&two, likelihood), printed(&one, likelihood) - volume), "{one}{two}");

    for noise in ["", "--noise"] {
        let (mean, std) = predictions(&folder, &format!("--model m.json --x x.csv {noise}"));
        let (mean2, std2) = predictions(&folder, &format!("--model m2.json --x x2.csv {noise}"));
        for i in 0..mean.len() {
            assert!(close(mean2[i], 100.0 * mean[i] + 5.0), "{} and {}", mean[i], mean2[i]);
            assert!(close(std2[i], 100.0 * std[i]), "{} and {}", std[i], std2[i]);
        }
    }
    let loo = |name: &str| table(&folder.text(name)).rows;
    for (one, two) in loo("loo.csv").iter().zip(loo("loo2.csv")) {
        assert!(close(two[0], 100.0 * one[0] + 5.0) && close(two[1], 100.0 * one[1]), "{one:?} and {two:?}");
    }
}

/// `--scale standard` is what its help says: mean 0 and deviation 1 but for constant inputs, by hand.
#[test]
fn scaling_is_to_mean_0_and_deviation_1() {
    let folder = files(&fits()[0].predict);
    let rows = table(&reference("chwirut2.csv")).rows;
    let moments = |i: usize| {
        let values = column(&rows, i);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / values.len() as f64).sqrt())
    };
    let ((x_mean, x_std), (y_mean, y_std)) = (moments(0), moments(2));
    let scaled = rows.iter().map(|r| vec![(r[0] - x_mean) / x_std, r[1], (r[2] - y_mean) / y_std]);
    folder.write("scaled.csv", csv("x0,x1,y", &scaled.collect::<Vec<_>>()));
    let queries = table(&folder.text("x.csv")).rows.into_iter().map(|q| vec![(q[0] - x_mean) / x_std, q[1]]);
    folder.write("x-scaled.csv", csv("x0,x1", &queries.collect::<Vec<_>>()));
    let options = "--bias-variance 1 --ridge 0.05";
    folder.results(&format!("fit --train train.csv {options} --scale standard --model m.json"));
    folder.results(&format!("fit --train scaled.csv {options} --model hand.json"));
    let (mean, std) = predictions(&folder, "--model m.json --x x.csv");
    let (by_hand, std_by_hand) = predictions(&folder, "--model hand.json --x x-scaled.csv");
    for i in 0..mean.len() {
        assert!((mean[i] - (by_hand[i] * y_std + y_mean)).abs() < 1e-9, "{} {}", mean[i], by_hand[i]);
        assert!((std[i] - std_by_hand[i] * y_std).abs() < 1e-9, "{} {}", std[i], std_by_hand[i]);
    }
}

#[test]
fn constant_targets_are_predicted() {
    let folder = Folder::new();
    folder.write("d.csv", "x0,x1,y\n1,0,7\n0,1,7\n3,4,7\n-1,2,7\n");
    folder.results("fit --train d.csv --scale standard --ridge 0.1 --model m.json");
    let (mean, std) = predictions(&folder, "--model m.json --x d.csv");
    assert_eq!(mean, [7.0; 4]);
    assert!(std.iter().all(|s| s.is_finite() && *s > 0.0));
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
        let report =
            folder.results(&format!("fit --train {name}.csv --ridge 0.1 --model m.json --loo loo.csv"));
        let predicted = table(&folder.results("predict --model m.json --x both.csv"));
        (report, predicted, table(&folder.text("loo.csv")))
    });
    let [(report, predicted, loo), (report0, predicted0, loo0), (report1, predicted1, loo1)] = &results;
    assert_eq!(predicted.header, "mean0,mean1,std0,std1");
    assert_eq!(loo.header, "loo_mean0,loo_mean1,loo_std0,loo_std1");
    for (found, one, other) in [(predicted, predicted0, predicted1), (loo, loo0, loo1)] {
        for (i, row) in found.rows.iter().enumerate() {
            assert_eq!(row, &[one.rows[i][0], other.rows[i][0], one.rows[i][1], other.rows[i][1]]);
        }
    }
    let name = "log marginal likelihood";
    let sum = printed(report0, name) + printed(report1, name);
    assert_near(&[printed(report, name)], &[sum], 10.0, sum.abs(), name);
    let name = "leave-one-out RMSE";
    let mean = ((printed(report0, name).powi(2) + printed(report1, name).powi(2)) / 2.0).sqrt();
    assert_near(&[printed(report, name)], &[mean], 10.0, mean, name);
}

#[test]
fn columns_that_are_no_inputs_are_passed_over() {
    let folder = Folder::with_good_files();
    let expected = folder.results("predict --model m.json --x x.csv");
    folder.write("more.csv", "y,x1,note,x0\n9,0,8,1\n9,4,8,3\n");
    assert_eq!(folder.results("predict --model m.json --x more.csv"), expected);
    let (mean, std) = predictions(&folder, "--model m.json --x d.csv"); // the training file itself
    assert_near(&mean, &[1.0, 2.0, 0.5], 50.0, 2.0, "without a ridge the samples are met");
    assert!(largest(&std) < 1e-6, "{std:?}");
}
