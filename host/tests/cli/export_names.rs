//! `ntk export --name`: any number of models in one program.

use crate::export::{WARNINGS, answers, compile, rustc};
use crate::folder::Folder;
use crate::numbers::table;
use crate::refusals::{assert_none, complaints};

/// A thermometer and a pressure gauge, of different shapes, exported as `thermo` in `f32` and as `gauge` in
/// `f64`.
fn two_models() -> Folder {
    let folder = Folder::new();
    let rows = |columns: fn(f64) -> String| (0..12).map(|i| columns(f64::from(i)) + "\n").collect::<String>();
    let thermo = rows(|t| format!("{},{}", 0.1 + 0.07 * t, 1.2 + 0.1 * t + 0.03 * (5.0 * t).sin()));
    folder.write("t.csv", format!("x0,y\n{thermo}"));
    let gauge = rows(|t| format!("{},{},{},{}", 10.0 + 7.0 * t, t % 3.0, 101.0 + (0.3 * t).sin(), t * t));
    folder.write("p.csv", format!("x0,x1,y0,y1\n{gauge}"));
    folder.results("fit --train t.csv --model t.json");
    folder.results("fit --train p.csv --activation erf --model p.json");
    for lang in ["c", "rust", "bin"] {
        folder
            .results(&format!("export --model t.json --lang {lang} --precision f32 --name thermo --out out"));
        folder.results(&format!("export --model p.json --lang {lang} --name gauge --out out"));
    }
    for name in ["thermo", "gauge"] {
        for ending in ["c", "h", "rs", "ntk"] {
            assert!(folder.holds(&format!("out/{name}.{ending}")));
        }
    }
    folder
}

const C_MAIN: &str = r#"#include "thermo.h"
#include "gauge.h"
#include <stdio.h>
int main(void) {
    thermo_real x[THERMO_INPUTS], mean[THERMO_OUTPUTS], std[1], low[1], high[1];
    gauge_real p[GAUGE_INPUTS], means[GAUGE_OUTPUTS], stds[2], lows[2], highs[2];
    x[0] = 0.5f;
    p[0] = 50;
    p[1] = 1;
    if (!thermo_predict(x, mean, std, low, high) || !gauge_predict(p, means, stds, lows, highs)) return 1;
    printf("%.9g,%.9g,%.9g,%.9g,", (double)mean[0], (double)std[0], (double)low[0], (double)high[0]);
    printf("%.17g,%.17g,%.17g,%.17g,", means[0], means[1], stds[0], stds[1]);
    printf("%.17g,%.17g,%.17g,%.17g\n", lows[0], lows[1], highs[0], highs[1]);
    return thermo_mean(x, mean) && gauge_mean(p, means) ? 0 : 2;
}
"#;

const RUST_MAIN: &str = r#"mod thermo;
mod other { include!("gauge.rs"); }
fn main() {
    let t = thermo::predict(&[0.5]).unwrap();
    let p = other::predict(&[50.0, 1.0]).unwrap();
    let ends = [p.mean, p.std, p.low, p.high].concat().iter().map(|v| format!(",{v:?}")).collect::<String>();
    println!("{:?},{:?},{:?},{:?}{ends}", t.mean[0], t.std[0], t.low[0], t.high[0]);
}
"#;

#[test]
fn two_models_in_one_program() {
    let folder = two_models();
    folder.write("t1.csv", "x0\n0.5\n");
    folder.write("p1.csv", "x0,x1\n50,1\n");
    let expected = ["t", "p"].map(|name| {
        table(&folder.results(&format!("predict --model {name}.json --x {name}1.csv"))).rows.concat()
    });
    let expected = expected.concat();
    let out = folder.path("out");
    folder.write("out/main.c", C_MAIN);
    folder.write("out/main.rs", RUST_MAIN);
    folder.write("out/all.c", "#include \"thermo.c\"\n#include \"gauge.c\"\n#include \"main.c\"\n");
    folder.write("out/old.rs", RUST_MAIN.replace("mod thermo;", "mod thermo { include!(\"thermo.rs\"); }"));
    let c = [&WARNINGS[..], &["-std=c99"]].concat();
    compile(&out, "cc", &[&c[..], &["-o", "linked", "main.c", "thermo.c", "gauge.c", "-lm"]].concat());
    for name in ["thermo.c", "gauge.c"] {
        compile(&out, "cc", &[&c[..], &["-c", name]].concat());
    }
    compile(&out, "ar", &["rcs", "libmodels.a", "gauge.o", "thermo.o"]);
    compile(&out, "cc", &[&c[..], &["-o", "library", "main.c", "libmodels.a", "-lm"]].concat());
    compile(&out, "cc", &[&c[..], &["-o", "unit", "all.c", "-lm"]].concat());
    let cpp = [&WARNINGS[..], &["-std=c++11", "-xc++", "-o", "cpp", "main.c", "thermo.c", "gauge.c", "-lm"]];
    compile(&out, "c++", &cpp.concat());
    compile(&out, &rustc(), &["--edition=2024", "-Dwarnings", "-o", "modules", "main.rs"]);
    compile(&out, &rustc(), &["--edition=2018", "-Dwarnings", "-o", "included", "old.rs"]);
    for program in ["linked", "library", "unit", "cpp", "modules", "included"] {
        let found = answers(&out, program).concat();
        assert_eq!(found.len(), expected.len());
        for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let most = if i < 4 { 1e-4 } else { 1e-9 };
            assert!(
                (found - expected).abs() <= most * expected.abs().max(1.0),
                "{program}, {i}: {found} {expected}"
            );
        }
    }
}

/// All that a linker sees of a model has its name.
#[test]
fn no_name_is_left_over() {
    let folder = two_models();
    let out = folder.path("out");
    compile(&out, "cc", &["-std=c99", "-c", "thermo.c"]);
    for name in ["thermo.c", "thermo.h"] {
        let text = folder.text(&format!("out/{name}"));
        for line in text.lines().filter(|line| line.starts_with("#define") || line.starts_with("static")) {
            assert!(line.contains("thermo_") || line.contains("THERMO_"), "{name}: {line}");
        }
        assert!(!text.contains("ntk_") && !text.contains("NTK_"), "{name}");
    }
}

#[test]
fn names_that_are_refused() {
    let folder = Folder::with_good_files();
    let mut found = Vec::new();
    for (name, why) in [
        ("2nd", "digit"),
        ("two-models", "letters"),
        ("a.b", "letters"),
        ("../up", "letters"),
        ("ü", "letters"),
        ("_hidden", "start or end with _"),
        ("end_", "start or end with _"),
        ("a__b", "two of them"),
        ("int", "word of C"),
        ("namespace", "word of C"),
        ("fn", "word of C"),
        ("Self", "word of C"),
        ("crate", "word of C"),
        ("math", "file"),
        ("time", "file"),
        ("aux", "file"),
        ("Com1", "file"),
        ("a_name_that_is_much_longer_than_anybody_would_ever_type", "48"),
    ] {
        let run = folder.run(&format!("export --model m.json --lang c --name {name} --out none"));
        found.extend(complaints(&run, 2, &[name, "--name", why]));
    }
    assert!(!folder.holds("none"));
    assert_none(&found);
}
