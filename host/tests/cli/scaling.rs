//! `--scale standard`: what it does, by hand, and that units of the file go in and come out.

use crate::folder::{Folder, reference};
use crate::numbers::{column, csv, table};
use crate::regression::{files, fits, predictions, printed};

/// Files in other units, and a constant column, which stays: the scaled model predicts the same, in those
/// units.
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
    let one = folder.fit(&format!("--train train.csv {options} --model m.json --loo loo.csv"));
    let two = folder.fit(&format!("--train train2.csv {options} --model m2.json --loo loo2.csv"));
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
    folder.fit(&format!("--train train.csv {options} --scale standard --model m.json"));
    folder.fit(&format!("--train scaled.csv {options} --model hand.json"));
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
    folder.fit("--train d.csv --scale standard --ridge 0.1 --model m.json");
    let (mean, std) = predictions(&folder, "--model m.json --x d.csv --level 0.5");
    assert_eq!(mean, [7.0; 4]);
    assert!(std.iter().all(|s| s.is_finite() && *s > 0.0));
}

/// A spread whose square overflows is one like any other.
#[test]
fn columns_of_any_size_are_scaled() {
    let of = |size: f64| {
        let folder = Folder::new();
        let rows = [[1.0, 0.0, 1.0], [size, 1.0, 2.0], [2.0, 2.0, 2.0], [-size, -3.0, 0.5]];
        folder.write("d.csv", csv("x0,x1,y", &rows.map(Vec::from)));
        folder.fit("--train d.csv --scale standard --ridge 0.1 --model m.json");
        predictions(&folder, "--model m.json --x d.csv --level 0.5")
    };
    let (mean, std) = of(1e300);
    let (expected, expected_std) = of(1e200);
    for (found, expected) in mean.iter().zip(&expected).chain(std.iter().zip(&expected_std)) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
}
