//! `include/ntk.h` says what the library is: shapes, sizes, codes, names of functions, version.

use std::fs;

use ntk_c::shapes::{SHAPES, model_bytes, sensor_bytes, stream_bytes};
use ntk_c::status::CODES;
use ntk_core::regression::bytes::Contents;
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::{Listener, Ntk, Regression, Relu, Sensor};

use crate::compilers::{WARNINGS, answer, folder, has, here, run};

fn header() -> String {
    fs::read_to_string(here().join("include/ntk.h")).unwrap()
}

/// The two numbers of each line `X(D, N)`.
fn shapes_of_header() -> Vec<[usize; 2]> {
    let text = header();
    let lines = text.lines().filter_map(|line| line.strip_prefix("    X(")?.split_once(')'));
    lines
        .map(|(line, _)| {
            let (d, n) = line.split_once(", ").unwrap();
            [d.parse().unwrap(), n.parse().unwrap()]
        })
        .collect()
}

/// `TooFewSamples` as C writes it, `NTK_TOO_FEW_SAMPLES`.
fn in_c(name: &str) -> String {
    let mut text = "NTK".to_owned();
    for letter in name.chars() {
        if letter.is_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

#[test]
fn shapes_are_those_of_the_library() {
    assert_eq!(shapes_of_header(), SHAPES);
    assert!(SHAPES.len() >= 5);
}

#[test]
fn codes_are_those_of_the_library() {
    let text = header();
    let (_, list) = text.split_once("enum {\n    NTK_OK = 0,\n").unwrap();
    let (list, _) = list.split_once("};").unwrap();
    let found: Vec<String> =
        list.lines().map(|line| line.split([',', '/']).next().unwrap().trim().to_owned()).collect();
    let expected: Vec<String> =
        CODES.iter().map(|&(code, _)| format!("{} = {}", in_c(&format!("{code:?}")), code as i32)).collect();
    assert_eq!(found, expected);
    for (_, text) in CODES {
        assert!(text.to_str().unwrap().len() > 15, "{text:?}");
    }
}

/// `tests/c/everything.c` takes the address of each function of each shape, so that it links only if the
/// library has all; and prints the sizes that a C compiler finds.
#[test]
fn sizes_and_names_are_those_of_the_library() {
    let (text, everything) = (header(), fs::read_to_string(here().join("tests/c/everything.c")).unwrap());
    for (mark, expected) in [
        ("ntk_##KIND##_##SHAPE##_", 11),
        ("ntk_sensor_##D##x##N##_", 5),
        ("ntk_stream_##D##x##N##_", 13),
        ("ntk_model_##D##x##N##_", 5),
    ] {
        let mut count = 0;
        for part in text.split(&format!("ntk_status {mark}")).skip(1) {
            let name = part.split_once('(').unwrap().0;
            assert!(everything.contains(&format!("##_{name}")), "everything.c does not name {name}");
            count += 1;
        }
        assert_eq!(count, expected);
    }
    if !has("gcc", "gcc") {
        return;
    }
    let found = answer(&folder("everything"), "gcc", &["-std=c99"], &["c/host.c", "c/everything.c"]);
    let expected: String = SHAPES
        .iter()
        .map(|&[d, n]| {
            let triangle = n * (n + 1) / 2;
            let model = 48 + 4 * (n * (d + 4) + triangle);
            let sensor = model + 8 * (d + 1);
            let stream = sensor + 52 + 4 * triangle;
            let [of_sensor, of_stream, of_model] =
                [sensor_bytes(d, n), stream_bytes(d, n), model_bytes(d, n)];
            format!("{d} {n} {of_sensor} {sensor} {of_stream} {stream} {of_model} {model}\n")
        })
        .collect();
    assert_eq!(found, expected);
    assert!(header().contains("ntk_sensor_1x16 takes 1,544 bytes, ntk_stream_1x16 1,504;"));
    assert_eq!((sensor_bytes(1, 16), stream_bytes(1, 16)), (1544, 1504));
}

/// Full models write as many bytes as the header's macros say.
#[test]
fn files_of_full_models_have_the_size_of_the_header() {
    let mut sensor = Sensor::<2, 16>::new();
    let mut model: Regression<_, Fixed<f32, 2, 16>> = Regression::new(Ntk::new(Relu), Fixed::new());
    let x: Vec<f32> = (0..32).map(|i: u8| (f32::from(i) * 0.37).fract()).collect();
    let y: Vec<f32> = (0..16).map(|i: u8| (f32::from(i) * 0.61).fract()).collect();
    let x: Vec<[f32; 2]> = x.chunks(2).map(|x| [x[0], x[1]]).collect();
    sensor.fit(&x[..], &y[..]).unwrap();
    for (x, y) in x.iter().zip(&y) {
        model.push(x, *y, WhenFull::Refuse).unwrap();
    }
    let file = 48 + 4 * (16 * 6 + 16 * 17 / 2);
    assert_eq!(model.written_len(Contents::Everything), file);
    assert_eq!(sensor.written_len(Contents::Everything), file + 24);
    let mut stream = Listener::<1, 2>::new();
    for (x, y) in [(-1.0, 0.5), (1.0, 0.25)] {
        stream.hear(&[x], y).unwrap();
    }
    assert_eq!(stream.len(), 2);
    assert_eq!(stream.written_len(), 48 + 4 * (2 * 5 + 3) + 16 + 52 + 4 * 3);
}

/// C99 and each C++ that is in use take the header without a warning, alone and beside `extern "C"`.
#[test]
fn the_header_compiles_in_every_dialect() {
    let folder = folder("dialects");
    fs::write(folder.join("alone.c"), "#include \"ntk.h\"\n#include \"ntk.h\"\nextern int declared;\n")
        .unwrap();
    let include = format!("-I{}", here().join("include").display());
    let dialects = [
        ("gcc", "c", "c99"),
        ("gcc", "c", "c11"),
        ("gcc", "c", "gnu17"),
        ("g++", "c++", "c++11"),
        ("g++", "c++", "c++20"),
    ];
    for (compiler, language, dialect) in dialects.into_iter().filter(|(compiler, ..)| has(compiler, compiler))
    {
        let (language, dialect) = (format!("-x{language}"), format!("-std={dialect}"));
        let arguments =
            [&WARNINGS[..], &[&language, &dialect, &include, "-c", "alone.c", "-o", "alone.o"]].concat();
        run(compiler, &arguments, &folder);
    }
}
