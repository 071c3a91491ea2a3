//! `ntk network`, `empirical` and `hessian` against `networks.json`: automatic differentiation.

use serde::Deserialize;

use crate::folder::{Folder, reference};
use crate::numbers::{assert_near, bits, csv, largest, matrix, names, table, weights};

/// In roundings, against the largest value; `tests/reference` has the library's own, tighter bounds.
const TOLERANCE: f64 = 20.0;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    activation: String,
    inputs: usize,
    outputs: usize,
    a: Vec<Vec<f64>>,
    b: Vec<Vec<f64>>,
    x: Vec<Vec<f64>>,
    f: Vec<Vec<f64>>,
    ntk: Vec<Vec<f64>>,
    /// For one output only.
    hessian_eigenvalues: Option<Vec<Vec<f64>>>,
    hessian_norm: Option<Vec<f64>>,
}

impl Case {
    /// The case as files, and the options that name them.
    fn files(&self) -> (Folder, String) {
        let folder = Folder::new();
        folder.write("w.csv", weights(&self.a, &self.b));
        folder.write("x.csv", csv(&names("x", self.inputs), &self.x));
        (folder, format!("--weights w.csv --x x.csv --activation {}", self.activation))
    }
}

fn cases() -> Vec<Case> {
    serde_json::from_str::<File>(&reference("networks.json")).unwrap().cases
}

#[test]
fn outputs() {
    for case in cases() {
        let (folder, options) = case.files();
        let found = table(&folder.results(&format!("network {options}")));
        assert_eq!(found.header, if case.outputs == 1 { "f".to_owned() } else { names("f", case.outputs) });
        assert_eq!(found.rows.len(), case.f.len());
        let expected = case.f.concat();
        assert_near(&found.rows.concat(), &expected, TOLERANCE, largest(&expected), &case.name);
    }
}

#[test]
fn the_finite_width_ntk() {
    for case in cases() {
        let (folder, options) = case.files();
        let gram = matrix(&folder.results(&format!("empirical {options}")));
        let expected = case.ntk.concat();
        assert_eq!(gram.len(), case.x.len() * case.outputs);
        assert_near(&gram.concat(), &expected, TOLERANCE, largest(&expected), &case.name);

        // With partners: the columns that belong to them.
        folder.write("y.csv", csv(&names("x", case.inputs), &case.x[1..3]));
        let cross = matrix(&folder.results(&format!("empirical {options} --y y.csv")));
        let part = case.outputs..3 * case.outputs;
        assert_eq!(cross, gram.iter().map(|row| row[part.clone()].to_vec()).collect::<Vec<_>>());
    }
}

#[test]
fn the_spectrum_of_the_hessian() {
    let mut compared = 0;
    for case in cases() {
        let (Some(eigenvalues), Some(norms)) = (&case.hessian_eigenvalues, &case.hessian_norm) else {
            continue;
        };
        compared += 1;
        let (folder, options) = case.files();
        let printed = table(&folder.results(&format!("hessian {options}")));
        assert_eq!(printed.header, "sample,eigenvalue");
        let of_sample = |sample: usize| -> Vec<f64> {
            printed.rows.iter().filter(|row| row[0] == sample as f64).map(|row| row[1]).collect()
        };
        for (sample, (expected, &norm)) in eigenvalues.iter().zip(norms).enumerate() {
            let found = of_sample(sample);
            assert!(found.is_sorted_by(|a, b| a >= b), "{}: not descending", case.name);
            assert_eq!(found.len(), 2 * case.b.len(), "{}: two for each unit", case.name);
            // The file has all eigenvalues of the full matrix; those that are not printed are 0.
            let mut all = found;
            all.resize(expected.len(), 0.0);
            all.sort_by(f64::total_cmp);
            let mut expected = expected.clone();
            expected.sort_by(f64::total_cmp);
            assert_near(&all, &expected, TOLERANCE, norm, &case.name);
        }
        let printed = table(&folder.results(&format!("hessian {options} --norm")));
        assert_eq!(printed.header, "sample,spectral_norm");
        for (sample, (row, &norm)) in printed.rows.iter().zip(norms).enumerate() {
            assert_eq!(row[0], sample as f64);
            assert_near(&row[1..], &[norm], TOLERANCE, norm, &case.name);
        }
        assert_eq!(printed.rows.len(), norms.len());
    }
    assert_eq!(compared, 10, "cases with one output");
}

/// Output o of a network is the network whose A is row o.
#[test]
fn each_output_has_its_own_hessian() {
    for case in cases().into_iter().filter(|case| case.outputs == 2) {
        let (folder, options) = case.files();
        let alone = |o: usize| {
            folder.write("one.csv", weights(&case.a[o..=o], &case.b));
            options.replace("w.csv", "one.csv")
        };
        for norm in ["", "--norm"] {
            for o in [0, 1] {
                let found = table(&folder.results(&format!("hessian {options} {norm} --output {o}")));
                let expected = table(&folder.results(&format!("hessian {} {norm}", alone(o))));
                assert_eq!(bits(&found.rows.concat()), bits(&expected.rows.concat()), "{}", case.name);
            }
            let first = folder.results(&format!("hessian {options} {norm}"));
            assert_eq!(first, folder.results(&format!("hessian {options} {norm} --output 0")));
        }
    }
}
