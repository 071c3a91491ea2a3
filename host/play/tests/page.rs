//! The committed page `docs/play.html` is that of the sources: its text to the byte, and its module in every
//! number that it computes for a fixed case. No compiler for WebAssembly and no browser is needed;
//! `build.py --check` compares the module's bytes where the compiler is the recorded one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

#[path = "page/module.rs"]
mod module;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use module::Module;
use ntk_play::{Choice, Example, Lab, WIDTHS};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().parent().unwrap().to_owned()
}

fn page() -> String {
    fs::read_to_string(root().join("docs/play.html")).unwrap()
}

fn between<'p>(text: &'p str, before: &str, after: &str) -> &'p str {
    text.split_once(before).unwrap().1.split_once(after).unwrap().0
}

/// As `assembled` in `build.py`.
#[test]
fn the_page_is_that_of_its_sources() {
    let read = |file: &str| fs::read_to_string(root().join(file)).unwrap();
    let page = page();
    let own = |name: &str| read(&format!("host/play/page/{name}"));
    let scripts = ["chart.js", "lab.js", "drag.js", "widths.js", "example.js", "main.js"].map(own);
    let expected = own("page.html.in")
        .replace("{{style}}", &(read("host/src/report/page.css") + &own("play.css")))
        .replace("{{version}}", env!("CARGO_PKG_VERSION"))
        .replace("{{compiler}}", between(&page, "WebAssembly by ", "</dd>"))
        .replace("{{module}}", between(&page, "id=\"module\">\n", "</script>"))
        .replace("{{core}}", &own("core.js"))
        .replace("{{script}}", &scripts.join("\n"));
    let different = page.lines().zip(expected.lines()).find(|(old, new)| old != new);
    assert!(page == expected, "run host/play/build.py; the first line that differs: {different:?}");
}

#[test]
fn the_page_needs_nothing_else() {
    let page = page();
    let outside = page.replace("http://www.w3.org/2000/svg", "");
    for word in ["http:", "https:", "src=", "@import", "url(", "fetch(", "{{"] {
        assert!(!outside.contains(word), "{word}");
    }
    assert!(page.len() < 200_000, "{} bytes", page.len());
}

#[test]
fn nothing_in_the_module_can_panic() {
    assert_eq!(Module::of(&page()).imports(), 0, "a panic is reachable: see the panic handler in src/lib.rs");
}

/// Too large for the stack of a test.
static LAB: Mutex<Lab> = Mutex::new(Lab::new());
static EXAMPLE: Mutex<Example> = Mutex::new(Example::new());

/// Every number that the page shows, from the module and from the core compiled for this machine.
#[test]
fn the_module_has_the_bits_of_the_core() {
    let mut module = Module::of(&page());
    let (mut lab, mut example) = (LAB.lock().unwrap(), EXAMPLE.lock().unwrap());
    assert_eq!(
        (module.call("grid", ()), module.call("room", ())),
        (ntk_play::GRID as u32, ntk_play::ROOM as u32)
    );

    example.draw(2).unwrap();
    let samples: Vec<[f64; 2]> = example.samples().collect();
    module.call("example", 2u32);
    assert_eq!(module.numbers(0, 30), samples.as_flattened());
    let (error, curve) = example.kernel().unwrap();
    module.call("example_kernel", ());
    assert_eq!(module.numbers(0, 122), [&curve[..], &[error]].concat());
    // The plain engine and the exact one.
    for index in [1, 6] {
        let trained = example.train(WIDTHS[index]).unwrap();
        assert_eq!(module.call("example_network", index as u32), 0);
        let steps = f64::from(trained.outcome.steps);
        assert_eq!(
            module.numbers(0, 123),
            [&trained.curve[..], &[trained.test_mse, steps]].concat(),
            "{index}"
        );
    }

    // Each of these fits eleven networks once there are weights and samples: a while for an interpreter.
    lab.draw(7).unwrap();
    module.call("draw", 7u32);
    for (number, noise) in [(0, 0.2), (1, 0.1), (2, 0.5)] {
        lab.set(Choice::from_number(number), noise).unwrap();
        module.call("set", (number, noise));
        if number == 0 {
            lab.fit(&samples).unwrap();
            module.write(samples.as_flattened());
            module.call("fit", 15u32);
        }
        module.call("kernel", ());
        let [low, high] = lab.interval();
        assert_eq!(module.numbers(0, 363), [&lab.mean()[..], low, high].concat(), "{number}");
        for index in [0, 3, 6] {
            lab.descend(index, 20).unwrap();
            module.call("descend", (index as u32, 20u32));
            module.call("network", index as u32);
            let (curve, line) = (lab.network(index).unwrap(), *lab.line(index).unwrap());
            let distances = [lab.distance(&curve), lab.distance(&line)];
            let progress = lab.progress(index);
            assert!(progress[0] == 20.0 && curve.iter().any(|v| v.abs() > 0.1), "{progress:?}");
            let all = [&curve[..], &line, &distances, &progress, &[lab.moved(index)]].concat();
            assert_eq!(module.numbers(0, 248), all, "activation {number}, {} units", WIDTHS[index]);
        }
    }
}

/// That the comparison above can fail: one sample in its last bit.
#[test]
fn another_bit_is_another_page() {
    let mut module = Module::of(&page());
    let mut lab = LAB.lock().unwrap();
    let samples = [[-0.5, 1.0], [0.0, -0.3], [0.7, 0.2]];
    lab.set(Choice::Relu, 0.1).unwrap();
    lab.fit(&samples).unwrap();
    module.call("set", (0u32, 0.1));
    let mut moved = samples;
    moved[1][0] = f64::from_bits(1);
    moved[0][1] = 1.0f64.next_up();
    module.write(moved.as_flattened());
    module.call("fit", 3u32);
    module.call("kernel", ());
    assert_ne!(module.numbers(0, 121), lab.mean());
}
