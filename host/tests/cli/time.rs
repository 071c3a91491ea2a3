//! `ntk predict --time`: before training, early, late and at the end.

use ntk_core::dynamics::Training;
use ntk_core::{Architecture, Dataset, Dynamics, Ntk, Relu};

use crate::folder::{Folder, SAMPLES};
use crate::numbers::{assert_near, bits, column, largest, matrix, table};
use crate::refusals::{assert_none, complaints};

const KERNEL: &str = "--depth 2 --weight-variance 0.8 --bias-variance 0.3";
const QUERIES: &str = "x0,x1\n1,0\n3,4\n0.5,-2\n0,0\n100,-40\n";

/// The samples of `SAMPLES`, a fourth among them, and a model of them.
fn folder(options: &str) -> Folder {
    let folder = Folder::new();
    folder.write("d.csv", format!("{SAMPLES}-1,2,-0.75\n"));
    folder.write("x.csv", QUERIES);
    folder.fit(&format!("--train d.csv --model m.json {options}"));
    folder
}

fn at(folder: &Folder, options: &str) -> (Vec<f64>, Vec<f64>) {
    let printed = table(&folder.results(&format!("predict --model m.json --x x.csv {options}")));
    // Intervals belong to regression, not to networks in training.
    assert_eq!(printed.header, if options.contains("--time") { "mean,std" } else { "mean,std,low,high" });
    (column(&printed.rows, 0), column(&printed.rows, 1))
}

#[test]
fn at_time_0_networks_are_as_they_were_drawn() {
    let folder = folder(KERNEL);
    let (mean, std) = at(&folder, "--time 0");
    assert_eq!(mean, [0.0; 5]);
    let nngp = matrix(&folder.results(&format!("kernel --x x.csv --kind nngp {KERNEL}")));
    let prior: Vec<f64> = (0..5).map(|i| nngp[i][i].sqrt()).collect();
    assert_eq!(bits(&std), bits(&prior));
}

#[test]
fn at_the_end_the_mean_is_that_of_regression_without_a_ridge() {
    let (ridged, free) = (folder(&format!("{KERNEL} --ridge 0.5")), folder(KERNEL));
    let (mean, std) = at(&ridged, "--time inf");
    let (expected, of_process) = at(&free, "--level 0.5");
    assert_eq!(bits(&mean), bits(&expected));
    assert!(
        largest(&mean.iter().zip(at(&ridged, "--level 0.5").0).map(|(a, b)| a - b).collect::<Vec<_>>())
            > 0.01
    );
    assert!(std[0] < 1e-6 && std[1] < 1e-6 && std[2] > 0.1, "{std:?}"); // two samples, and no sample
    assert!(std[2] != of_process[2], "two uncertainties");
    let (late, late_std) = at(&ridged, "--time 1e9");
    assert_near(&late, &mean, 1e4, largest(&mean), "mean after a long time");
    assert_near(&late_std[2..], &std[2..], 1e4, largest(&std), "std after a long time");
}

/// To first order in T the mean is T k(x)^T y.
#[test]
fn at_first_each_sample_pulls_by_its_kernel_value() {
    let folder = folder(KERNEL);
    let (mean, _) = at(&folder, "--time 1e-9");
    let kernel = matrix(&folder.results(&format!("kernel --x x.csv --y d.csv {KERNEL}")));
    let expected: Vec<f64> =
        kernel.iter().map(|k| 1e-9 * (k[0] + 2.0 * k[1] + 0.5 * k[2] - 0.75 * k[3])).collect();
    for (found, expected) in mean.iter().zip(&expected) {
        assert!((found - expected).abs() <= 1e-6 * expected.abs(), "{found} {expected}");
    }
}

/// The library's fixed arrays, which are compared with neural-tangents, give the same bits.
#[test]
fn in_between_it_is_the_librarys_own_answer() {
    let folder = folder(KERNEL);
    let x = [[1.0, 0.0], [0.0, 1.0], [3.0, 4.0], [-1.0, 2.0]];
    let y = [[1.0], [2.0], [0.5], [-0.75]];
    let architecture = Architecture { depth: 2, weight_variance: 0.8, bias_variance: 0.3 };
    let ntk = Ntk::with(Relu, architecture);
    let mut network = Dynamics::<f64, _, 2, 4>::new(ntk);
    network.fit(&Dataset::new(&x, &y).unwrap()).unwrap();
    let nngp = ntk.nngp();
    let queries = table(QUERIES).rows;
    for time in [1e-3, 0.02, 0.7, 13.0, 1e6] {
        let (mean, std) = at(&folder, &format!("--time {time:?}"));
        for (i, query) in queries.iter().enumerate() {
            let (query, flow) = ([query[0], query[1]], Training::Flow(time));
            assert_eq!(network.mean(&query, flow), Ok([mean[i]]), "time {time}");
            assert_eq!(network.deviation(&nngp, &query, flow), Ok(std[i]), "time {time}");
        }
    }
}

#[test]
fn scaling_and_several_outputs() {
    let folder = Folder::new();
    folder.write("d.csv", "x0,x1,y0,y1\n1,0,1,-3\n0,1,2,0.5\n3,4,0.5,2\n");
    folder.fit("--train d.csv --scale standard --bias-variance 1 --model m.json");
    let start = table(&folder.results("predict --model m.json --x d.csv --time 0"));
    assert_eq!(start.header, "mean0,mean1,std0,std1");
    let means = [3.5 / 3.0, -0.5 / 3.0]; // those of the targets
    for row in &start.rows {
        assert_near(&row[..2], &means, 4.0, 1.0, "before training");
    }
    let end = table(&folder.results("predict --model m.json --x d.csv --time inf"));
    assert_near(&end.rows[1][..2], &[2.0, 0.5], 100.0, 3.0, "after training");
}

/// Samples that coincide are learned as their mean in any finite time; only the end needs them apart.
#[test]
fn samples_that_coincide() {
    let folder = Folder::new();
    folder.write("d.csv", "x0,y\n1,1\n1,2\n");
    folder.write("x.csv", "x0\n1\n");
    folder.fit("--train d.csv --ridge 0.1 --model m.json");
    let (mean, _) = at(&folder, "--time 1000");
    assert_near(&mean, &[1.5], 10.0, 1.5, "the mean of both");
    let run = folder.run("predict --model m.json --x x.csv --time inf");
    assert_none(&complaints(&run, 1, &["m.json", "samples 0 and 1", "--time inf", "large T"]));
}
