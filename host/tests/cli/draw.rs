//! `ntk draw`: joint covariances, and functions that have them.

use crate::folder::Folder;
use crate::numbers::{assert_near, bits, column, matrix, table};

const KERNEL: &str = "--kind nngp --activation erf --depth 2 --weight-variance 0.8 --bias-variance 0.3";
const QUERIES: &str = "x0,x1\n1,0\n3,4\n0.5,-2\n0.25,1.5\n";

/// Four samples of two targets and a model of them.
fn folder(options: &str) -> Folder {
    let folder = Folder::new();
    folder.write("d.csv", "x0,x1,y0,y1\n1,0,1,5\n0,1,2,4\n3,4,0.5,-2\n-1,2,-0.75,1\n");
    folder.write("x.csv", QUERIES);
    folder.fit(&format!("--train d.csv --model m.json {KERNEL} --ridge 0.125 {options}"));
    folder
}

fn covariance(folder: &Folder, options: &str) -> Vec<Vec<f64>> {
    matrix(&folder.results(&format!("draw --x x.csv --covariance {options}")))
}

#[test]
fn before_any_sample_the_covariance_is_the_kernel() {
    let folder = folder("");
    let kernel = matrix(&folder.results(&format!("kernel --x x.csv {KERNEL}")));
    assert_eq!(covariance(&folder, KERNEL), kernel);
}

/// x from A x = b by Gaussian elimination, for small positive definite matrices.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for i in 0..n {
        for j in i + 1..n {
            let factor = a[j][i] / a[i][i];
            for k in i..n {
                a[j][k] -= factor * a[i][k];
            }
            b[j] -= factor * b[i];
        }
    }
    for i in (0..n).rev() {
        b[i] = (b[i] - (i + 1..n).map(|k| a[i][k] * b[k]).sum::<f64>()) / a[i][i];
    }
    b
}

/// The formula of Rasmussen and Williams from matrices of `ntk kernel`; the variances are those of `predict`.
#[test]
fn given_samples_the_covariance_is_what_they_leave() {
    let folder = folder("--scale none --amplitude 1.5");
    let of = |options: &str| matrix(&folder.results(&format!("kernel {options} {KERNEL}")));
    let mut k = of("--x d.csv");
    (0..4).for_each(|i| k[i][i] += 0.125);
    let (cross, own) = (of("--x x.csv --y d.csv"), of("--x x.csv"));
    let found = covariance(&folder, "--model m.json");
    assert_eq!(found.len(), 8, "a matrix for each target");
    for (i, row) in found.iter().enumerate() {
        let weights = solve(k.clone(), cross[i % 4].clone());
        for (j, &value) in row.iter().enumerate() {
            let explained: f64 = weights.iter().zip(&cross[j]).map(|(w, k)| w * k).sum();
            let expected = 2.25 * (own[i % 4][j] - explained);
            assert!((value - expected).abs() < 1e-13, "{i} {j}: {value} {expected}");
        }
    }
    let stds = table(&folder.results("predict --model m.json --x x.csv --level 0.5")).rows;
    let noisy = table(&folder.results("predict --model m.json --x x.csv --level 0.5 --noise")).rows;
    let with_noise = covariance(&folder, "--model m.json --noise");
    for i in 0..4 {
        assert!((found[i][i].sqrt() - stds[i][2]).abs() < 1e-13);
        assert!((with_noise[i][i].sqrt() - noisy[i][2]).abs() < 1e-13);
        assert_eq!(with_noise[i][(i + 1) % 4], found[i][(i + 1) % 4]);
    }
}

/// Means and covariances of many draws, within five of their standard errors; with scaling, so that units are
/// those of the targets.
#[test]
fn draws_have_the_mean_and_the_covariance() {
    const COUNT: usize = 20_000;
    let folder = folder("--scale standard");
    let printed =
        table(&folder.results(&format!("draw --model m.json --x x.csv --count {COUNT} --seed 3 --noise")));
    assert!(printed.header.starts_with("y0_draw0,y0_draw1,") && printed.header.contains(",y1_draw0,"));
    let means = table(&folder.results("predict --model m.json --x x.csv --level 0.5")).rows;
    let expected = covariance(&folder, "--model m.json --noise");
    for output in 0..2 {
        let draws: Vec<&[f64]> =
            printed.rows.iter().map(|row| &row[output * COUNT..(output + 1) * COUNT]).collect();
        for i in 0..4 {
            let mean = draws[i].iter().sum::<f64>() / COUNT as f64;
            let variance = expected[4 * output + i][i];
            assert!((mean - means[i][output]).abs() < 5.0 * (variance / COUNT as f64).sqrt(), "{i}: {mean}");
            for j in 0..4 {
                let product = |(a, b): (&f64, &f64)| (a - means[i][output]) * (b - means[j][output]);
                let found = draws[i].iter().zip(draws[j]).map(product).sum::<f64>() / COUNT as f64;
                let (exact, other) = (expected[4 * output + i][j], expected[4 * output + j][j]);
                let error = ((variance * other + exact * exact) / COUNT as f64).sqrt();
                assert!((found - exact).abs() < 5.0 * error, "{i} {j}: {found} {exact} {error}");
            }
        }
    }
}

#[test]
fn a_draw_depends_on_its_seed_and_number_alone() {
    let folder = folder("");
    for options in [KERNEL, "--model m.json"] {
        let of = |more: &str| table(&folder.results(&format!("draw --x x.csv {options} {more}")));
        let (few, many) = (of("--count 2 --seed 7"), of("--count 5 --seed 7"));
        assert_eq!(bits(&column(&few.rows, 1)), bits(&column(&many.rows, 1)));
        assert_ne!(column(&few.rows, 0), column(&few.rows, 1));
        assert_ne!(column(&few.rows, 0), column(&of("--seed 8").rows, 0));
        assert_eq!(of("").rows, of("--count 1 --seed 0").rows);
    }
}

/// Inputs that repeat make the covariance singular; the values there are the same to the root of a rounding.
/// At samples that are fitted without a ridge every function passes through them.
#[test]
fn a_singular_covariance_is_drawn_from_all_the_same() {
    let folder = folder("--scale none");
    folder.write("twice.csv", "x0,x1\n1,0\n1,0\n3,4\n1,0\n");
    let run = folder.run(&format!("draw --x twice.csv {KERNEL} --count 3"));
    assert!(run.code == 0 && run.stderr.starts_with("note: "), "{}", run.stderr);
    for row in &table(&run.stdout).rows {
        assert_eq!(row.len(), 3);
    }
    let rows = table(&run.stdout).rows;
    assert_near(&rows[1], &rows[0], 1e9, 1.0, "twins");
    folder.write("s.csv", "x0,x1,y\n1,0,1\n0,1,2\n3,4,0.5\n");
    folder.fit(&format!("--train s.csv --model s.json {KERNEL} --ridge 0 --scale none"));
    let rows = table(&folder.run("draw --model s.json --x s.csv --count 4").stdout).rows;
    for (row, y) in rows.iter().zip([1.0, 2.0, 0.5]) {
        assert_near(row, &[y; 4], 1e9, 1.0, "samples");
    }
}

#[test]
fn what_does_not_go_together_is_a_wrong_usage() {
    let folder = folder("");
    for options in ["--model m.json --depth 2", "--noise", "--covariance --count 3", "--count 0"] {
        assert_eq!(folder.run(&format!("draw --x x.csv {options}")).code, 2, "{options}");
    }
    folder.write("one.csv", "x0\n1\n");
    folder.write("huge.csv", "x0,x1\n1,1\n1e200,0\n");
    for (options, said) in [
        ("--x one.csv --model m.json", "dimension 1"),
        ("--x huge.csv", "huge.csv:2: the kernel of this input and huge.csv:3 overflows"),
    ] {
        let run = folder.run(&format!("draw {options}"));
        assert!(run.code == 1 && run.stderr.contains(said), "{}", run.stderr);
    }
}
