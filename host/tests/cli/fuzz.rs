//! Whatever bytes a file holds: an answer or an error, never a panic, and no number that is not finite gets
//! in.

use std::path::PathBuf;
use std::sync::OnceLock;

use host::files::model::SavedModel;
use host::files::scaling::ColumnScaling;
use host::files::table::{Columns, Table};
use host::files::weights;
use host::kernels::{KernelSpec, regression};
use host::sweep::{Curves, Measured, Saved, Width, merge, quantiles_csv};
use ntk_core::regression::Criterion;
use ntk_core::scaling::Constants;
use ntk_core::{Architecture, Network, Ntk, Relu, Tanh, kernel};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

use crate::folder::{Folder, SAMPLES, WEIGHTS, model};
use crate::numbers::{bits, column, csv};

/// What a mutation puts in: the separators, and numbers at the edges of `f64`.
#[rustfmt::skip]
const TOKENS: [&str; 38] = [
    "", ",", ";", "\t", "#", "sep=", "\n", "\r\n", "\"", "\"\"", ".", "-", "e", "x0", "x1", "y", "y0", "a", "b0", "nan", "inf", "0", "-0", "1", "-1", "1e308",
    "-1e308", "1e-320", "1e999", "65536", "18446744073709551616", "null", "[", "]", "{", ":", "\u{feff}", "\0",
];

/// The same cases on every machine, and no files of old failures; `NTK_FUZZ_CASES` asks for another number.
fn settings(usual: u32) -> ProptestConfig {
    let asked = std::env::var("NTK_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(usual),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..Default::default()
    }
}

/// A text with some stretches replaced by tokens or random bytes.
fn mutated(text: &'static str, most: usize) -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        3 => prop::sample::select(TOKENS.as_slice()).prop_map(|t| t.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    let edit = (any::<prop::sample::Index>(), 0usize..3, token);
    prop::collection::vec(edit, 1..most).prop_map(|edits| {
        let mut bytes = text.as_bytes().to_vec();
        for (place, length, token) in edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, token);
        }
        bytes
    })
}

fn bytes_of(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..200), 6 => mutated(text, 4)]
}

fn file(folder: &Folder, contents: &[u8]) -> PathBuf {
    folder.write("fuzzed", contents);
    folder.path("fuzzed")
}

fn assert_finite(columns: &Columns) {
    assert!(columns.values.iter().all(|v| v.is_finite()));
    assert!(columns.width > 0 && columns.values.len() == columns.len() * columns.width);
}

/// Everything that `fit` and `predict` do with a model.
fn use_model(saved: &SavedModel) {
    let scaled = saved.scaled();
    let Ok(data) = scaled.dataset() else { return };
    let Ok(mut model) = saved.fit(&data) else { return };
    let (n, c) = (data.len(), data.y().columns());
    let (mut work, mut mean) = (vec![0.0; 3 * n], vec![0.0; c]);
    let x = saved.x_scaling.apply(&vec![0.5; data.x().columns()]);
    let _ = (model.predict_into(&x, &mut work[..n], &mut mean), model.log_marginal_likelihood(0));
    let _ = model.leave_one_out_into(0, &mut work[..n], &mut mean);
    let mut variances = vec![0.0; n];
    if let Ok(intervals) = model.intervals_into(&mut variances) {
        let _ = intervals.at_into(&x, 0.5, &mut work, &mut mean, &mut vec![0.0; c]);
    }
    let _ = model.tune_ridge(Criterion::LeaveOneOut);
}

/// Everything that `kernel` and `fit` do with samples, scaled and not, with a ridge and without.
fn use_samples(x: &Columns, y: &Columns) {
    let kernel = Ntk::with(Relu, Architecture::ONE_LAYER.depth(2).bias(0.1));
    let _ = kernel::gram(&kernel, x.rows().unwrap(), &mut vec![0.0; x.len() * x.len()]);
    let document: Value = serde_json::from_str(model()).unwrap();
    let spec: KernelSpec = serde_json::from_value(document["kernel"].clone()).unwrap();
    let none = |columns: &Columns| ColumnScaling::none(columns.width);
    let standard = |columns: &Columns, constants| {
        ColumnScaling::standard(columns.rows().unwrap(), constants).unwrap_or_else(|_| none(columns))
    };
    let scalings = [(none(x), none(y)), (standard(x, Constants::ToOne), standard(y, Constants::ToZero))];
    for (x_scaling, y_scaling) in scalings {
        let mut saved = SavedModel::new(spec, (x_scaling, x.values.clone()), (y_scaling, y.values.clone()));
        use_model(&saved);
        saved.ridge = 0.1;
        use_model(&saved);
        let scaled = saved.scaled();
        if let Ok(data) = scaled.dataset() {
            let mut tuned = regression::empty(spec.build::<f64>().unwrap(), saved.shape()).unwrap();
            let _ = tuned.fit_tuned(data.x(), data.y(), Criterion::MarginalLikelihood);
        }
    }
}

/// Everyday numbers, and any bit pattern.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![6 => -10.0..10.0, 2 => prop::num::f64::ANY, 1 => Just(0.0), 1 => Just(1e300), 1 => Just(1e-300)]
}

/// Replaces one number of a JSON document, or shortens or lengthens one list.
fn change(value: &mut Value, place: &mut usize, with: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter_mut().any(|(_, field)| change(field, place, with)),
        Value::Array(items) if *place == 0 => {
            if items.pop().is_none() || with.is_null() {
                items.push(with.clone());
            }
            true
        }
        Value::Array(items) => {
            *place -= 1;
            items.iter_mut().any(|item| change(item, place, with))
        }
        leaf if *place == 0 => {
            *leaf = with.clone();
            true
        }
        _ => {
            *place -= 1;
            false
        }
    }
}

proptest! {
    #![proptest_config(settings(2000))]

    #[test]
    fn tables(bytes in bytes_of(SAMPLES)) {
        let folder = Folder::new();
        let Ok(table) = Table::read(&file(&folder, &bytes)) else { return Ok(()) };
        for (prefix, single) in [("x", None), ("y", Some("y"))] {
            if let Ok(columns) = table.numbered(prefix, single) {
                assert_finite(&columns);
            }
        }
        if let (Ok(x), Ok(y)) = (table.numbered("x", None), table.numbered("y", Some("y"))) {
            use_samples(&x, &y);
        }
    }

    /// Every number that is finite comes in with all its bits; what is not is refused.
    #[test]
    fn numbers_of_any_size(rows in prop::collection::vec(prop::collection::vec(any_number(), 3), 1..6)) {
        let folder = Folder::new();
        let table = Table::read(&file(&folder, csv("x0,y,x1", &rows).as_bytes())).unwrap();
        let (x, y) = (table.numbered("x", None), table.numbered("y", Some("y")));
        prop_assert_eq!(x.is_ok(), rows.iter().all(|row| row[0].is_finite() && row[2].is_finite()));
        prop_assert_eq!(y.is_ok(), rows.iter().all(|row| row[1].is_finite()));
        let (Ok(x), Ok(y)) = (x, y) else { return Ok(()) };
        prop_assert_eq!(bits(&y.values), bits(&column(&rows, 1)));
        prop_assert_eq!(bits(&x.values), bits(&rows.iter().flat_map(|r| [r[0], r[2]]).collect::<Vec<_>>()));
        use_samples(&x, &y);
    }

    #[test]
    fn weights_of_networks(bytes in bytes_of(WEIGHTS)) {
        let folder = Folder::new();
        let Ok(weights) = weights::read(&file(&folder, &bytes)) else { return Ok(()) };
        prop_assert!(weights.values().iter().all(|v| v.is_finite()));
        let network = Network::new(Tanh, weights);
        let shape = network.shape();
        prop_assert!(network.output(&vec![0.5; shape.inputs], &mut vec![0.0; shape.outputs]).is_ok());
        // What was read is written and read again to the same bits.
        weights::write(&folder.path("again"), &network.weights).unwrap();
        prop_assert_eq!(weights::read(&folder.path("again")).unwrap(), network.weights);
    }

    #[test]
    fn models_as_bytes(bytes in bytes_of(model())) {
        let folder = Folder::new();
        if let Ok(model) = SavedModel::read(&file(&folder, &bytes)) {
            use_model(&model);
        }
    }

    #[test]
    fn models_as_documents(
        places in prop::collection::vec(0usize..24, 1..4),
        number in prop_oneof![Just(0.0), Just(-1.0), Just(1e308), Just(5e-324), Just(3.0), any::<f64>()],
    ) {
        let folder = Folder::new();
        let mut document: Value = serde_json::from_str(model()).unwrap();
        for mut place in places {
            change(&mut document, &mut place, &serde_json::json!(number));
        }
        if let Ok(model) = SavedModel::read(&file(&folder, document.to_string().as_bytes())) {
            use_model(&model);
        }
    }
}

/// The files of a small sweep, by name; made once.
fn sweep() -> &'static [(String, Vec<u8>)] {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = Folder::new();
        folder.results("sweep --widths 1,6 --seeds 2 --samples 4 --max-steps 40 --target-mse 0.5 --out s");
        let kept = ["settings.json", "plan.json", "sweep.csv", "curves.csv"];
        folder.files("s").into_iter().filter(|(name, _)| kept.contains(&name.as_str())).collect()
    })
}

/// What may stand in the files of a sweep.
#[rustfmt::skip]
const SWEEP_TOKENS: [&str; 24] = [
    "", ",", "\n", "-", "0", "-1", "1", "nan", "NaN", "inf", "-inf", "1e308", "1e-320", "4294967295", "18446744073709551615", "16777216",
    "target", "patience", "max-steps", "diverged", "solved", "\"", "0-16777215", "1-16777215,20000000-36777215",
];

proptest! {
    #![proptest_config(settings(300))]

    /// A folder of a sweep whose files were edited: rows that can have been measured, or an error.
    #[test]
    fn sweeps(
        which in 0usize..4,
        edits in prop::collection::vec(
            (any::<prop::sample::Index>(), 0usize..6, prop::sample::select(SWEEP_TOKENS.as_slice())), 1..3),
    ) {
        let folder = Folder::new();
        std::fs::create_dir(folder.path("s")).unwrap();
        for (i, (name, bytes)) in sweep().iter().enumerate() {
            let mut bytes = bytes.clone();
            for (place, length, token) in edits.iter().filter(|_| i == which) {
                let start = place.index(bytes.len() + 1);
                let end = (start + length).min(bytes.len());
                bytes.splice(start..end, token.bytes());
            }
            std::fs::write(folder.path("s").join(name), bytes).unwrap();
        }
        let Ok(saved) = Saved::read(&folder.path("s")) else { return Ok(()) };
        for ((_, width), row) in &saved.rows {
            let Measured { steps, stop, train_mse, test_mse, tangent } = row;
            prop_assert!(*width != Width::Finite(0) && *steps <= saved.settings.max_steps);
            prop_assert!(!(*train_mse < 0.0) && !(*test_mse < 0.0));
            let is_network = matches!(width, Width::Finite(_));
            let stops: &[&str] =
                if is_network { &["target", "patience", "max-steps", "diverged"] } else { &["solved", "jitter"] };
            prop_assert!(stops.contains(&stop.as_str()), "{}", stop);
            if stop != "diverged" {
                prop_assert!(train_mse.is_finite() && test_mse.is_finite());
            }
            prop_assert_eq!(tangent.is_some(), is_network && saved.settings.samples <= 256);
        }
        let _ = (quantiles_csv(&saved.rows), saved.csv(), Curves::kept(&saved.folder, &saved.settings));
        let _ = merge(&[folder.path("s")], &folder.path("t")).map(drop);
    }
}
