//! `ntk export --table`: the tables in C and in Rust give the same integers at every code, and lie no further
//! from `ntk predict` than is written in them.

use std::fmt::Write as _;

use crate::export::{WARNINGS, answers, compile, rustc};
use crate::folder::Folder;
use crate::numbers::{csv, table};
use crate::refusals::{assert_none, complaints};

/// A thermistor in a divider: volts at 3.3 V, degrees and a straight line.
fn thermistor(folder: &Folder) {
    let rows: Vec<Vec<f64>> = (0..15)
        .map(|i| {
            let volts = 0.3 + 2.7 * f64::from(i) / 14.0;
            let log = (volts / (3.3 - volts)).ln();
            vec![volts, 1.0 / (1.0 / 298.15 + log / 3950.0) - 273.15, 5.0 - 2.0 * volts]
        })
        .collect();
    folder.write("two.csv", csv("x0,y0,y1", &rows));
    let one: Vec<Vec<f64>> = rows.iter().map(|row| row[..2].to_vec()).collect();
    folder.write("one.csv", csv("x0,y", &one));
    for model in ["one", "two"] {
        let run = folder.run(&format!("fit --train {model}.csv --model {model}.json"));
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
}

/// Programs that print all answers at all codes, and what they do with a code too many.
fn mains(kinds: &[&str], outputs: usize, bits: u32) -> [String; 2] {
    let function = if kinds.len() == 1 { "mean" } else { "predict" };
    let (mut c, mut rust) = (String::new(), String::new());
    let list = |of: &dyn Fn(&str) -> String| kinds.iter().map(|kind| of(kind)).collect::<Vec<_>>().join(", ");
    let _ = write!(
        c,
        "#include \"ntk_model.h\"\n#include <stdio.h>\nint main(void) {{\n    int32_t {};\n    uint32_t code;\n    int i;\n    \
         for (code = 0; code < {}u; ++code) {{\n        if (!ntk_model_{function}((uint16_t)code, {})) return 1;\n",
        list(&|kind| format!("{kind}[NTK_MODEL_OUTPUTS]")),
        1u32 << bits,
        list(&|kind| kind.to_owned())
    );
    for (i, kind) in kinds.iter().enumerate() {
        let _ = writeln!(
            c,
            "        for (i = 0; i < NTK_MODEL_OUTPUTS; ++i) printf(\"%s%ld\", {} || i ? \",\" : \"\", (long){kind}[i]);",
            u8::from(i > 0)
        );
    }
    c.push_str("        printf(\"\\n\");\n    }\n");
    if bits < 16 {
        let kinds = list(&|kind| kind.to_owned());
        let _ = writeln!(
            c,
            "    if (ntk_model_{function}({}, {kinds}) || ntk_model_{function}(65535, {kinds})) return 2;",
            1u32 << bits
        );
        let _ = writeln!(c, "    if (ntk_model_mean({}, mean)) return 3;", 1u32 << bits);
    }
    c.push_str("    return NTK_MODEL_BITS > 16;\n}\n");
    let all = if kinds.len() == 1 {
        "ntk_model::mean(code).unwrap().to_vec()".to_owned()
    } else {
        "{ let p = ntk_model::predict(code).unwrap(); assert_eq!(ntk_model::mean(code), Some(p.mean)); \
         [p.mean, p.low, p.high].concat() }"
            .to_owned()
    };
    let _ = write!(
        rust,
        "mod ntk_model;\nfn main() {{\n    for code in 0..=u16::MAX >> (16 - ntk_model::BITS) {{\n        \
         let all: Vec<String> = {all}.iter().map(|v: &i32| v.to_string()).collect();\n        println!(\"{{}}\", all.join(\",\"));\n    }}\n    \
         assert!(ntk_model::BITS == 16 || ntk_model::mean(1 << ntk_model::BITS).is_none());\n    \
         assert_eq!(ntk_model::OUTPUTS, {outputs});\n}}\n"
    );
    [c, rust]
}

/// Numbers behind `marker` in a file, up to the sign after it.
fn said(text: &str, marker: &str, end: char) -> f64 {
    let rest = text.split(marker).nth(1).unwrap_or_else(|| panic!("no {marker}"));
    rest.trim_start().split(end).next().unwrap().trim().parse().unwrap()
}

/// Exports, compiles, runs, compares; returns the bytes of all tables.
fn check(folder: &Folder, model: &str, bits: u32, codes: [f64; 2], options: &str) -> usize {
    let outputs = if model == "one" { 1 } else { 2 };
    let [low, high] = codes;
    let mut report = String::new();
    for lang in ["c", "rust"] {
        let of = format!("export --model {model}.json --lang {lang} --out out --table {bits}");
        report = folder.results(&format!("{of} --codes {low:?},{high:?} {options}"));
    }
    let has_level = options.contains("--level");
    let kinds = if has_level { &["mean", "low", "high"][..] } else { &["mean"] };
    let [c, rust] = mains(kinds, outputs, bits);
    folder.write("out/main.c", c);
    folder.write("out/main.rs", rust);
    let out = folder.path("out");
    for (program, optimise) in [("in_c", "-O2"), ("in_c_plain", "-O0")] {
        let files = ["-std=c99", optimise, "-o", program, "ntk_model.c", "main.c"];
        compile(&out, "cc", &[&WARNINGS[..], &files].concat());
    }
    compile(
        &out,
        &rustc(),
        &["--edition=2024", "-Dwarnings", "-Cdebug-assertions", "-o", "in_rust", "main.rs"],
    );
    let found = answers(&out, "in_c");
    assert_eq!(found.len(), 1 << bits);
    assert!(found == answers(&out, "in_rust") && found == answers(&out, "in_c_plain"));

    let last = f64::from((1u32 << bits) - 1);
    let input = |code: usize| low * (1.0 - code as f64 / last) + high * (code as f64 / last);
    folder.write("x.csv", csv("x0", &(0..found.len()).map(|code| vec![input(code)]).collect::<Vec<_>>()));
    let level = if has_level { options } else { "--level 0.5" };
    let level: Vec<&str> = level.split_whitespace().take(2).collect();
    let expected = folder.results(&format!("predict --model {model}.json --x x.csv {}", level.join(" ")));
    let expected = table(&expected).rows;
    let (header, source) = (folder.text("out/ntk_model.h"), folder.text("out/ntk_model.rs"));
    for (i, name) in (0..outputs).map(|i| (i, if outputs == 1 { "y".to_owned() } else { format!("y{i}") })) {
        let number = if outputs == 1 { String::new() } else { i.to_string() };
        let end = if i + 1 == outputs { ' ' } else { ',' };
        let fraction = said(&header, &format!("_FRACTION{number} ="), end);
        let allowed = said(&report, &format!("  {name}: k = {fraction}, allowed error"), '\n');
        for (place, (kind, column)) in kinds.iter().zip([0, 2 * outputs, 3 * outputs]).enumerate() {
            let errors = found.iter().zip(&expected).map(|(found, expected)| {
                (found[place * outputs + i] * 2f64.powf(-fraction) - expected[column + i]).abs()
            });
            let largest = errors.fold(0.0, f64::max);
            let marker = format!("{kind} of {name}: ");
            for text in [&header, &source] {
                let written = said(text, &marker, ';');
                let place = format!("{model} {bits} {options}: {marker}");
                assert!((largest - written).abs() <= 6e-4 * written, "{place}{largest} {written}");
                assert!(written <= 1.01 * allowed, "{place}{written} {allowed}");
            }
        }
    }
    // Integers alone, and nothing is divided when the program runs.
    for (name, comment) in [("ntk_model.c", " *"), ("ntk_model.rs", "//")] {
        let text = folder.text(&format!("out/{name}"));
        let code = text.lines().filter(|line| !line.trim_start().starts_with(comment.trim()));
        for line in code.filter(|line| !line.starts_with("/*") && !line.contains("LEVEL")) {
            for taboo in ["float", "double", "f32", "f64", " / ", "%"] {
                assert!(!line.contains(taboo), "{name}: {line}");
            }
        }
    }
    report
        .split(" bytes (")
        .filter_map(|part| part.rsplit(' ').next()?.parse::<usize>().ok())
        .take(kinds.len() * outputs)
        .sum()
}

#[test]
fn tables_of_every_converter() {
    let folder = Folder::new();
    thermistor(&folder);
    let mut sizes = Vec::new();
    for bits in [4, 10, 12, 16] {
        sizes.push(check(&folder, "one", bits, [0.0, 3.3], ""));
    }
    assert!(sizes[1..].iter().all(|bytes| *bytes <= 140), "{sizes:?}"); // a thousandth of 95 degrees
    assert!(check(&folder, "one", 12, [0.3, 3.0], "--max-error 0.5") < sizes[2]);
}

#[test]
fn tables_with_intervals_of_two_outputs() {
    let folder = Folder::new();
    thermistor(&folder);
    check(&folder, "two", 10, [3.3, 0.0], "--level 0.9"); // a divider the other way up
    check(&folder, "two", 12, [-0.5, 4.0], "--level 0.8 --max-error 0.01,0.1");
    check(&folder, "one", 12, [0.0, 3.3], "--level 0.5 --max-error 0.2");
    check(&folder, "one", 8, [1.0, 2.0], "--max-error 2e-6"); // entries of 32 bits
    assert!(folder.text("out/ntk_model.h").contains("entries of 32 bits"));
    assert!(folder.text("out/ntk_model.rs").contains("[u32; "));
}

/// A kernel without a template in C is no matter: the table knows nothing of it.
#[test]
fn any_kernel_fits_into_a_table() {
    let folder = Folder::new();
    thermistor(&folder);
    for options in ["--kind ntk --depth 2", "--activation tanh", "--activation sin --scale none"] {
        let run = folder.run(&format!("fit --train one.csv --model one.json {options}"));
        assert_eq!(run.code, 0, "{}", run.stderr);
        check(&folder, "one", 6, [0.0, 3.3], "");
    }
    folder.write("big.csv", "x0,y\n0,1e9\n1,3e9\n2,1e9\n3,-4e9\n");
    let run = folder.run("fit --train big.csv --model one.json");
    assert_eq!(run.code, 0, "{}", run.stderr);
    check(&folder, "one", 8, [0.0, 3.0], "");
    assert!(folder.text("out/ntk_model.h").contains("FRACTION = -"));
}

#[test]
fn two_tables_and_a_kernel_in_one_program() {
    let folder = Folder::new();
    thermistor(&folder);
    for lang in ["c", "rust"] {
        let export = format!("export --lang {lang} --out out");
        folder.results(&format!("{export} --model one.json --name warm --table 10 --codes 0,3.3"));
        folder
            .results(&format!("{export} --model two.json --name both --table 12 --codes 0,3.3 --level 0.9"));
        folder.results(&format!("{export} --model one.json --name exact"));
    }
    folder.write(
        "out/main.c",
        "#include \"warm.h\"\n#include \"both.h\"\n#include \"exact.h\"\nint main(void) {\n    int32_t m[2], l[2], h[2];\n    \
         exact_real x[1], e[1];\n    x[0] = 1.65;\n    return !(warm_mean(512, m) && both_predict(2048, m, l, h) && exact_mean(x, e) &&\n        \
         l[0] <= m[0] && m[0] <= h[0]);\n}\n",
    );
    folder.write(
        "out/main.rs",
        "mod warm;\nmod other { include!(\"both.rs\"); }\nfn main() {\n    let p = other::predict(2048).unwrap();\n    \
         assert!(p.low[0] <= p.mean[0] && p.mean[0] <= p.high[0] && other::LEVEL == 0.9);\n    \
         assert!(warm::mean(512).is_some() && warm::FRACTION.len() == 1 && other::FRACTION[0] > 0);\n}\n",
    );
    let out = folder.path("out");
    let c =
        [&WARNINGS[..], &["-std=c99", "-o", "c", "main.c", "warm.c", "both.c", "exact.c", "-lm"]].concat();
    compile(&out, "cc", &c);
    folder.write(
        "out/all.c",
        "#include \"warm.c\"\n#include \"both.c\"\n#include \"exact.c\"\n#include \"main.c\"\n",
    );
    compile(&out, "cc", &[&WARNINGS[..], &["-std=c99", "-o", "unit", "all.c", "-lm"]].concat());
    let cpp = [&WARNINGS[..], &["-std=c++11", "-xc++", "-o", "cpp", "main.c", "warm.c", "both.c", "exact.c"]];
    compile(&out, "c++", &cpp.concat());
    compile(&out, &rustc(), &["--edition=2021", "-Dwarnings", "-o", "rs", "main.rs"]);
    for program in ["c", "unit", "cpp", "rs"] {
        assert!(answers(&out, program).is_empty());
    }
}

#[test]
fn tables_that_are_refused() {
    let folder = Folder::with_good_files();
    thermistor(&folder);
    folder.write("flat.csv", "x0,y\n0,2\n1,2\n3,2\n");
    let run = folder.run("fit --train flat.csv --scale none --ridge 0.1 --bias-variance 1 --model flat.json");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut found = Vec::new();
    for (options, code, fragments) in [
        ("--model m.json --table 10 --codes 0,1", 1, &["m.json: ", "2 inputs", "--integer"][..]),
        ("--model one.json --table 10", 2, &["--codes"]),
        ("--model one.json --codes 0,1", 2, &["--table"]),
        ("--model one.json --max-error 1", 2, &["--table"]),
        ("--model one.json --table 3 --codes 0,1", 2, &["--table", "3", "4..=16"]),
        ("--model one.json --table 17 --codes 0,1", 2, &["--table", "17", "4..=16"]),
        ("--model one.json --table 10 --codes 1,1", 2, &["--codes", "1,1", "two different"]),
        ("--model one.json --table 10 --codes 1", 2, &["--codes", "two different"]),
        ("--model one.json --table 10 --codes nan,1", 2, &["--codes", "two different"]),
        ("--model one.json --table 10 --codes 0,inf", 2, &["--codes", "two different"]),
        ("--model one.json --table 10 --codes -1e308,1e308", 2, &["--codes", "two different"]),
        ("--model one.json --table 10 --codes 0,1 --max-error 0", 2, &["--max-error", "above 0"]),
        ("--model one.json --table 10 --codes 0,1 --max-error 1,-2", 2, &["--max-error", "above 0"]),
        ("--model one.json --table 10 --codes 0,1 --precision f32", 2, &["--table", "--precision"]),
        ("--model one.json --table 10 --codes 0,1 --means", 2, &["--table", "--means"]),
        (
            "--model one.json --table 10 --codes 0,1 --max-error 1,2",
            1,
            &["one.json: ", "--max-error", "1 output", "2 numbers"],
        ),
        (
            "--model one.json --table 10 --codes 0,3 --max-error 1e-9",
            1,
            &["too small", "--max-error", "32 bits"],
        ),
        (
            "--model one.json --table 10 --codes 0,3 --level 0.99",
            1,
            &["level 0.99", "needs 99 samples", "has 15"],
        ),
        ("--model one.json --table 10 --codes 0,1e300", 1, &["at code 1", "--codes"]),
        ("--model flat.json --table 10 --codes 0,1", 1, &["labels of y are equal", "--max-error"]),
    ] {
        let run = folder.run(&format!("export --lang c --out none {options}"));
        found.extend(complaints(&run, code, fragments));
    }
    let run = folder.run("export --lang bin --out none --model one.json --table 10 --codes 0,1");
    found.extend(complaints(&run, 1, &["--lang bin", "--lang c or rust"]));
    assert!(!folder.holds("none"));
    folder.results("export --lang c --out flat --model flat.json --table 10 --codes 0,3 --max-error 0.01");
    // What the message proposes is accepted.
    let run =
        folder.run("export --lang c --out none --model one.json --table 10 --codes 0,3 --max-error 1e-9");
    let proposed = said(&run.stderr, "give --max-error", 'o');
    folder.results(&format!(
        "export --lang c --out fine --model one.json --table 10 --codes 0,3 --max-error {proposed:?}"
    ));
    assert_none(&found);
}
