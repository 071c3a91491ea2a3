//! `ntk export` for builds of other people: sources without `std`, other compilers, files for flash,
//! refusals.

use std::process::Command;

use ntk_core::kernel::StorableKernel;
use ntk_core::regression::bytes::Flash;
use ntk_core::{Architecture, Calibration, Erf, Nngp, Ntk, Relu, Tanh};

use crate::export::{SAMPLES, WARNINGS, compile, fit, queries, rustc};
use crate::folder::Folder;
use crate::numbers::{csv, table};
use crate::refusals::{assert_none, complaints};

/// Without `std`, and means alone, which leaves the factor out.
#[test]
fn sources_for_firmware() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    fit(&folder, "--bias-variance 1");
    for (precision, means) in [("f32", ""), ("f64", "--means")] {
        folder
            .results(&format!("export --model m.json --lang rust --precision {precision} {means} --out out"));
        folder.results(&format!("export --model m.json --lang c --precision {precision} {means} --out out"));
        for name in ["ntk_model.rs", "ntk_model.c"] {
            let text = folder.text(&format!("out/{name}"));
            assert_eq!(text.contains("FACTOR"), means.is_empty(), "{name}");
            assert_eq!(text.contains("LEFT_OUT"), means.is_empty(), "{name}");
            for part_of_template in ["NaN", "inf,", "//#", "@"] {
                assert!(!text.contains(part_of_template), "{name}: {part_of_template}");
            }
        }
        folder.write("out/lib.rs", "#![no_std]\n#![forbid(unsafe_code)]\npub mod ntk_model;\n");
        let library =
            ["--edition=2024", "--crate-type=lib", "-Dwarnings", "--emit=metadata", "-o", "lib", "lib.rs"];
        compile(&folder.path("out"), &rustc(), &library);
        for (compiler, language) in
            [("cc", &["-std=c99", "-Wstrict-prototypes"][..]), ("c++", &["-xc++", "-std=c++11"])]
        {
            let object = [&WARNINGS[..], language, &["-c", "ntk_model.c"]].concat();
            compile(&folder.path("out"), compiler, &object);
        }
    }
}

/// Formatting and lints of who takes the Rust into a crate of its own leave it alone.
#[test]
fn rust_that_rustfmt_and_clippy_accept() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    fit(&folder, "--kind nngp --scale standard --bias-variance 1");
    folder.write("one.csv", "x0,y\n0,1\n1,3\n2,2\n3,5\n");
    assert_eq!(folder.run("fit --train one.csv --ridge 0.1 --model one.json").code, 0);
    for options in [
        "--model m.json --name everything",
        "--model m.json --name means --means --precision f32",
        "--model m.json --name integers --integer --max-error 1",
        "--model one.json --name tables --table 10 --codes 0,3 --level 0.5",
    ] {
        folder.results(&format!("export --lang rust --out out {options}"));
    }
    let out = folder.path("out");
    for name in ["everything", "means", "integers", "tables"] {
        compile(&out, "rustfmt", &["--check", "--edition=2024", &format!("{name}.rs")]);
    }
    let crate_of_four = "//! Four models.\n#![no_std]\n#![forbid(unsafe_code)]\nmod everything;\nmod integers;\nmod means;\nmod tables {\n    \
                         include!(\"tables.rs\");\n}\npub use integers::mean;\n";
    folder.write("out/lib.rs", crate_of_four);
    let lints = [
        "-Dwarnings",
        "-Dclippy::all",
        "-Dclippy::pedantic",
        "-Dclippy::nursery",
        "-Dunreachable_pub",
        "-Dmissing_docs",
    ];
    let library = ["--edition=2024", "--crate-type=lib", "--emit=metadata", "-o", "lib.rmeta", "lib.rs"];
    compile(&out, "clippy-driver", &[&lints[..], &library].concat());
}

/// A compiler whose double has another format than that of the numbers, as those of some 8-bit processors
/// have, is told so instead of computing something else.
#[test]
fn c_of_a_compiler_with_another_double() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    fit(&folder, "--bias-variance 1");
    for (precision, digits, remedy) in [("f64", "DBL", "--precision f32"), ("f32", "FLT", "--integer")] {
        folder.results(&format!("export --model m.json --lang c --precision {precision} --out out"));
        let [undefined, defined] =
            [format!("-U__{digits}_MANT_DIG__"), format!("-D__{digits}_MANT_DIG__=17")];
        let run = Command::new("cc")
            .args(["-std=c99", &undefined, &defined, "-c", "ntk_model.c"])
            .current_dir(folder.path("out"))
            .output()
            .unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(!run.status.success() && said.contains("#error") && said.contains(remedy), "{said}");
        compile(&folder.path("out"), "cc", &["-std=c99", "-c", "ntk_model.c"]);
    }
}

/// The file of two models, in `f64` and in `f32`, read in place.
fn read_in_place<D: StorableKernel<f64>, S: StorableKernel<f32>>(folder: &Folder) {
    let expected = table(&folder.results("predict --model m.json --x x.csv")).rows;
    folder.results("export --model m.json --lang bin --out out");
    let double = folder.read("out/ntk_model.ntk");
    folder.results("export --model m.json --lang bin --precision f32 --out out");
    let single = folder.read("out/ntk_model.ntk");
    assert!(single.len() < double.len());
    let double = Calibration::<D, Flash<'_, f64, 2, 9, [f64; 2]>>::open(&double).unwrap();
    let single = Calibration::<S, Flash<'_, f32, 2, 9, [f32; 2]>>::open(&single).unwrap();
    for (x, expected) in queries().iter().zip(&expected) {
        let x = [x[0], x[1]];
        let found = double.read(&x, 0.9).unwrap();
        assert_eq!([found.value, found.deviation, found.low, found.high].concat(), *expected);
        let narrow = single.predict(&x.map(|v| v as f32)).unwrap();
        let scale = 1.0 + x[0].abs().max(x[1].abs());
        for (found, expected) in narrow.mean.iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 1e-4 * scale, "{found} {expected}");
        }
    }
    folder.results("export --model m.json --lang bin --precision f32 --means --out out");
    let means = folder.read("out/ntk_model.ntk");
    let means = Calibration::<S, Flash<'_, f32, 2, 9, [f32; 2]>>::open(&means).unwrap();
    assert!(means.mean(&[0.0; 2]).is_ok() && means.predict(&[0.0; 2]).is_err());
}

/// The file is read in place by the library and predicts as the program does, to the bit in `f64`.
#[test]
fn files_for_flash() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    folder.write("x.csv", csv("x0,x1", &queries()));
    fit(&folder, "--depth 2 --bias-variance 0.3");
    read_in_place::<Ntk<Relu, Architecture<f64>>, Ntk<Relu, Architecture<f32>>>(&folder);
    fit(&folder, "--scale standard --kind nngp");
    read_in_place::<Nngp<Relu, Architecture<f64>>, Nngp<Relu, Architecture<f32>>>(&folder);
    // Every kernel has a name in files.
    fit(&folder, "--activation tanh --bias-variance 0.3");
    folder.results("export --model m.json --lang bin --name other --out out");
    let file = folder.read("out/other.ntk");
    assert!(Calibration::<Ntk<Tanh, Architecture<f64>>, Flash<'_, f64, 2, 9, [f64; 2]>>::open(&file).is_ok());
    assert!(Calibration::<Ntk<Erf, Architecture<f64>>, Flash<'_, f64, 2, 9, [f64; 2]>>::open(&file).is_err());
}

#[test]
fn what_cannot_be_exported() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    folder.write("big.csv", "x0,x1,y\n1e30,1,1\n1,1e30,2\n");
    folder.write("w.csv", "");
    let mut found = Vec::new();
    for activation in ["sin", "cos", "exp", "tanh", "sigmoid", "softplus", "silu", "hermite:2", "rbf:0.5"] {
        fit(&folder, &format!("--activation {activation} --bias-variance 0.1"));
        for lang in ["rust", "c"] {
            let run = folder.run(&format!("export --model m.json --lang {lang} --out none"));
            found.extend(complaints(&run, 1, &["m.json: ", activation, "--lang bin", "relu"]));
        }
    }
    let run = folder.run("fit --train big.csv --scale none --bias-variance 0 --ridge 0 --model big.json");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = folder.run("export --model big.json --lang c --precision f32 --out none");
    found.extend(complaints(
        &run,
        1,
        &["big.json: ", "too large or too small", "--precision f64", "--scale standard"],
    ));
    found.extend(complaints(
        &folder.run("export --model d.csv --lang c --out none"),
        1,
        &["d.csv: ", "not a model"],
    ));
    assert!(!folder.holds("none"));
    fit(&folder, "");
    let run = folder.run("export --model m.json --lang c --level 0.95 --out none");
    found.extend(complaints(
        &run,
        1,
        &["m.json: ", "level 0.95", "needs 19 samples", "has 9", "0.900", "--means"],
    ));
    assert!(!folder.holds("none"));
    folder.results("export --model m.json --lang c --level 0.95 --means --out means");
    let run = folder.run("export --model m.json --lang c --out w.csv");
    found.extend(complaints(&run, 1, &["cannot create w.csv: ", "choose another"]));
    let run = folder.run("export --model m.json --lang c --out w.csv/out");
    found.extend(complaints(&run, 1, &["cannot create w.csv/out: ", "choose another"]));
    assert_none(&found);
}
