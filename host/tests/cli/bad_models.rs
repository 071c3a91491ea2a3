//! Model files that are cut off, changed by hand, or no model at all.

use host::files::model::SavedModel;
use serde_json::{Value, json};

use crate::folder::{Folder, SAMPLES, model};
use crate::refusals::{assert_none, complaints};

/// Runs `predict` with a model of these contents and collects what is wrong with the refusal.
fn refused(contents: impl AsRef<[u8]>, fragments: &[&str]) -> Vec<String> {
    let folder = Folder::with_good_files();
    folder.write("bad", contents);
    complaints(&folder.run("predict --model bad --x x.csv --level 0.5"), 1, fragments)
}

#[test]
fn files_that_are_no_model() {
    let random: Vec<u8> = (0..400u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let mut found = Vec::new();
    for contents in [
        b"".as_slice(),
        b"\n",
        b"null\n",
        b"[]",
        b"{}",
        b"{\"format\":\"ntk model 1\"}",
        SAMPLES.as_bytes(),
        &b"[".repeat(100_000),
    ] {
        found.extend(refused(contents, &["bad: ", "not a model"]));
    }
    found.extend(refused(random, &["bad"]));
    assert_none(&found);
}

#[test]
fn a_model_cut_off_anywhere_is_refused() {
    let folder = Folder::new();
    let whole = model().trim_end();
    for length in 0..whole.len() {
        folder.write("bad", &whole[..length]);
        assert!(SavedModel::read(&folder.path("bad")).is_err(), "the first {length} bytes were accepted");
    }
    folder.write("good", whole);
    assert!(SavedModel::read(&folder.path("good")).is_ok());
    assert_none(&refused(&whole[..whole.len() / 2], &["bad: ", "not a model"]));
}

/// A place in the model, what is put there, and what must be said.
#[rustfmt::skip]
fn changes() -> Vec<(&'static str, Value, &'static [&'static str])> {
    vec![
        ("/format", json!("ntk model 999"), &["not a model", "ntk model 999"]),
        ("/format", json!("ntk\nmodel"), &["not a model"]),
        ("/format", json!(1), &["not a model"]),
        ("/x", json!([1.0, 0.0, 0.0, 1.0, 3.0]), &["not a model"]),
        ("/x", json!([1.0, 0.0, 0.0, 1.0]), &["not a model"]),
        ("/x", json!([]), &["not a model"]),
        ("/x", json!([1.0, 0.0, 0.0, 1.0, 3.0, null]), &["not a model"]),
        ("/x", json!([1.0, 0.0, 0.0, 1.0, 3.0, "4"]), &["not a model"]),
        ("/x", json!([1.0, 0.0, 0.0, 1.0, 0.0, 1.0]), &["bad: ", "samples 1 and 2"]),
        ("/x", json!([1.0, 0.0, 0.0, 1.0, 1e300, 4.0]), &["bad: "]),
        ("/y", json!([1.0, 2.0]), &["not a model"]),
        ("/y", json!([1.0, 2.0, 3.0, 4.0]), &["not a model"]),
        ("/y", json!([]), &["not a model"]),
        ("/ridge", json!(-1.0), &["bad: ", "ridge"]),
        ("/ridge", json!(null), &["not a model"]),
        ("/ridge", json!("auto"), &["not a model"]),
        ("/amplitude", json!(0.0), &["not a model", "amplitude"]),
        ("/amplitude", json!(-1.0), &["not a model", "amplitude"]),
        ("/amplitude", json!("auto"), &["not a model"]),
        ("/kernel/depth", json!(0), &["bad: ", "depth"]),
        ("/kernel/depth", json!(-1), &["not a model"]),
        ("/kernel/depth", json!(1.5), &["not a model"]),
        ("/kernel/kind", json!("ntkk"), &["not a model", "ntkk"]),
        ("/kernel/activation", json!("hinge"), &["not a model", "hinge"]),
        ("/kernel/weight_variance", json!(0.0), &["bad: ", "weight variance"]),
        ("/kernel/bias_variance", json!(-1.0), &["bad: ", "bias variance"]),
        ("/x_scaling/shift", json!([0.0]), &["not a model", "scaling"]),
        ("/x_scaling/shift", json!([]), &["not a model", "scaling"]),
        ("/x_scaling", json!({"shift": [], "scale": []}), &["not a model"]),
        ("/x_scaling", json!({"shift": [0.0], "scale": [1.0]}), &["not a model"]),
        ("/y_scaling/scale", json!([0.0]), &["not a model", "scaling"]),
        ("/y_scaling/scale", json!([-1.0]), &["not a model", "scaling"]),
        ("/y_scaling/scale", json!([1.0, 1.0]), &["not a model", "scaling"]),
        ("/y_scaling", json!({"shift": [0.0], "scale": [5e-324]}), &["not a model"]),
        ("/y", json!([1.7e308, -1.7e308, 1.7e308]), &["bad: ", "coefficients", "infinite"]),
    ]
}

#[test]
fn a_model_changed_by_hand_is_refused() {
    let mut found = Vec::new();
    for (place, value, fragments) in changes() {
        let mut changed: Value = serde_json::from_str(model()).unwrap();
        let what = format!("{place} = {value}");
        *changed.pointer_mut(place).unwrap_or_else(|| panic!("the model has no {place}")) = value;
        let wrong = refused(changed.to_string(), fragments);
        found.extend(wrong.into_iter().map(|why| format!("{what}: {why}")));
    }
    assert_none(&found);
}

#[test]
fn fields_too_many_missing_or_twice_are_refused() {
    let text = model();
    let mut found = Vec::new();
    for (from, to, fragment) in [
        ("\"ridge\":", "\"extra\":1,\"ridge\":", "extra"),
        ("\"depth\":", "\"width\":1,\"depth\":", "width"),
        ("\"ridge\":", "\"ridge\":1,\"ridge\":", "ridge"),
        ("\"ridge\":", "\"rid\\nge\":", "rid"),
        ("\"ridge\":0.0", "\"ridge\":NaN", "not a model"),
        ("\"ridge\":0.0", "\"ridge\":1e999", "not a model"),
        ("\"ridge\":0.0,", "", "ridge"),
    ] {
        assert!(text.contains(from), "the model has no {from}");
        found.extend(refused(text.replacen(from, to, 1), &["bad: ", "not a model", fragment]));
    }
    found.extend(refused(text.to_owned() + "x", &["bad: ", "not a model"]));
    found.extend(refused(text.repeat(2), &["bad: ", "not a model"]));
    assert_none(&found);
}

#[test]
fn models_that_cannot_be_read() {
    let folder = Folder::with_good_files();
    std::fs::create_dir(folder.path("folder")).unwrap();
    let mut found = Vec::new();
    for (name, why) in [("missing", "No such file"), ("folder", "directory"), ("w.csv/bad", "")] {
        let run = folder.run(&format!("predict --model {name} --x x.csv"));
        found.extend(complaints(&run, 1, &["cannot read", name, why]));
    }
    assert_none(&found);
}
