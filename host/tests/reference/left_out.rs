//! `left_out.csv`: every sample of six measured data sets predicted by models that have not seen it, ours and
//! others'.

use std::collections::HashMap;

use host::files::scaling::ColumnScaling;
use host::kernels::activations::ActivationName;
use host::kernels::{KernelSpec, Kind, regression};
use ntk_core::Rows;
use ntk_core::regression::{Criterion, Variances};
use ntk_core::scaling::Constants;

use crate::data;

/// Data sets, their number of inputs, and which folds are done again here: every so many, since a fold tunes
/// four kernels.
const SETS: [(&str, usize, usize); 6] = [
    ("chwirut2", 1, 9),
    ("hahn1", 1, 118),
    ("nelson", 2, 32),
    ("roszman1", 1, 2),
    ("thurber", 1, 3),
    ("type_k", 1, 3),
];

const OTHERS: [&str; 4] = ["line", "cubic", "rbf", "matern"];
const OURS: [(&str, Kind, ActivationName); 4] = [
    ("relu-ntk", Kind::Ntk, ActivationName::Relu),
    ("relu-nngp", Kind::Nngp, ActivationName::Relu),
    ("erf-ntk", Kind::Ntk, ActivationName::Erf),
    ("erf-nngp", Kind::Nngp, ActivationName::Erf),
];

fn number(row: &HashMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|e| panic!("{column}: {e}"))
}

fn rows(file: &str) -> Vec<HashMap<String, String>> {
    csv::Reader::from_path(data::path(file)).unwrap().deserialize().map(Result::unwrap).collect()
}

/// Inputs, row after row, and targets.
pub(crate) fn samples(name: &str, inputs: usize) -> (Vec<f64>, Vec<f64>) {
    let rows = rows(&format!("{name}.csv"));
    let x = rows.iter().flat_map(|row| (0..inputs).map(|i| number(row, &format!("x{i}")))).collect();
    (x, rows.iter().map(|row| number(row, "y")).collect())
}

/// What `ntk fit --tune bias --criterion leave-one-out` and `ntk predict` do.
fn predicted(kind: Kind, activation: ActivationName, x: (&[f64], usize), y: &[f64], query: &[f64]) -> f64 {
    let (x, y) = (Rows::new(x.0, x.1).unwrap(), Rows::new(y, 1).unwrap());
    let of_x = ColumnScaling::standard(x, Constants::ToOne).unwrap();
    let of_y = ColumnScaling::standard(y, Constants::ToZero).unwrap();
    let (x, y) = (of_x.apply(x.values()), of_y.apply(y.values()));
    let (x, y) = (Rows::new(&x, of_x.columns()).unwrap(), Rows::new(&y, 1).unwrap());
    let kernel = KernelSpec { kind, activation, depth: 1, weight_variance: 1.0, bias_variance: 0.0 };
    let kernel = kernel.build::<f64>().unwrap();
    // A ridge to start with that every kernel here factors with; the search looks for its own.
    let mut model = regression::fit(kernel, x, y, 1.0).unwrap();
    model.tune_variances(Criterion::LeaveOneOut, Variances::Bias).unwrap();
    of_y.undo(0, regression::mean(&model, &of_x.apply(query), 1).unwrap()[0])
}

#[test]
fn our_columns_are_what_the_library_predicts() {
    let table = rows("left_out.csv");
    for (name, inputs, every) in SETS {
        let (x, y) = samples(name, inputs);
        let listed: Vec<_> = table.iter().filter(|row| row["data"] == name).collect();
        assert_eq!(listed.len(), y.len(), "{name}");
        let size = y.iter().fold(0.0, |most: f64, y| y.abs().max(most));
        for (i, row) in listed.iter().enumerate() {
            assert_eq!((number(row, "sample"), number(row, "y")), (i as f64, y[i]), "{name}");
            if i % every != 0 {
                continue;
            }
            let (mut rest, mut targets) = (x.clone(), y.clone());
            let query: Vec<f64> = rest.drain(inputs * i..inputs * (i + 1)).collect();
            targets.remove(i);
            for (column, kind, activation) in OURS {
                let found = predicted(kind, activation, (&rest, inputs), &targets, &query);
                let expected = number(row, column);
                // The file has 9 digits.
                assert!(
                    (found - expected).abs() < 1e-8 * size,
                    "{name} {i}, {column}: {found}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn the_docs_quote_the_root_mean_squares() {
    let (table, page) =
        (rows("left_out.csv"), std::fs::read_to_string(data::path("../../docs/measured.md")).unwrap());
    for (name, ..) in SETS {
        let start = format!("| {name}, ");
        let line = page.lines().find(|line| line.starts_with(&start));
        let line = line.unwrap_or_else(|| panic!("no line of docs/measured.md begins with {start}"));
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        for (column, cell) in OTHERS.iter().copied().chain(OURS.map(|(name, ..)| name)).zip(&cells[1..]) {
            let errors: Vec<f64> = (table.iter().filter(|row| row["data"] == name))
                .map(|row| number(row, column) - number(row, "y"))
                .collect();
            let mean = errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64;
            let (rms, cell) = (mean.sqrt(), cell.trim_matches('*'));
            let quoted: f64 = cell.parse().unwrap_or_else(|e| panic!("{name}, {column}: {cell}: {e}"));
            assert!((quoted / rms - 1.0).abs() < 5.1e-3, "{name}, {column}: {quoted}, not {rms}"); // three digits
        }
    }
}

fn rational(b: &[f64; 7], x: f64) -> f64 {
    (b[0] + x * (b[1] + x * (b[2] + x * b[3]))) / (1.0 + x * (b[4] + x * (b[5] + x * b[6])))
}

/// NIST's certified parameters in NIST's models give NIST's certified residual sums of squares: each digit of
/// the data counts.
#[test]
fn the_data_are_those_that_nist_certifies() {
    let hahn = [
        1.0776351733,
        -1.2269296921e-1,
        4.0863750610e-3,
        -1.4262662514e-6,
        -5.7609940901e-3,
        2.4053735503e-4,
        -1.2314450199e-7,
    ];
    let thurber = [
        1.2881396800e3,
        1.4910792535e3,
        5.8323836877e2,
        7.5416644291e1,
        9.6629502864e-1,
        3.9797285797e-1,
        4.9727297349e-2,
    ];
    let check = |name: &str, inputs: usize, certified: f64, residual: &dyn Fn(&[f64], f64) -> f64| {
        let (x, y) = samples(name, inputs);
        let sum: f64 = x.chunks(inputs).zip(&y).map(|(x, &y)| residual(x, y).powi(2)).sum();
        assert!((sum / certified - 1.0).abs() < 1e-9, "{name}: {sum}, certified {certified}");
    };
    check("hahn1", 1, 1.5324382854, &|x, y| y - rational(&hahn, x[0]));
    check("thurber", 1, 5.6427082397e3, &|x, y| y - rational(&thurber, x[0]));
    let chwirut = |x: f64| (-1.6657666537e-1 * x).exp() / (5.1653291286e-3 + 1.2150007096e-2 * x);
    check("chwirut2", 1, 5.1304802941e2, &|x, y| y - chwirut(x[0]));
    let arctan = |x: f64| (1.2044556708e3 / (x + 1.8134269537e2)).atan() / std::f64::consts::PI;
    check("roszman1", 1, 4.9484847331e-4, &|x, y| {
        y - (2.0196866396e-1 + 6.1953516256e-6 * x[0] - arctan(x[0]))
    });
    let logarithm = |x: &[f64]| 2.5906836021 - 5.6177717026e-9 * x[0] * (5.7701013174e-2 * x[1]).exp();
    check("nelson", 2, 3.7976833176, &|x, y| y.ln() - logarithm(x));
}
