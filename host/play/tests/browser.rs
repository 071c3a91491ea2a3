//! The page as a browser shows it: dragged, pressed and played by keyboard, wide and narrow, without a word
//! on the console and with the bits of the core on this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

#[path = "browser/devtools.rs"]
mod devtools;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use devtools::Browser;
use ntk_play::{Choice, Example, Lab};
use serde_json::json;

/// What a reader does.
const READER: &str = include_str!("browser/reader.js");

const LOADED: &str = "new Promise((done) =>
    document.readyState === 'complete' ? done() : addEventListener('load', done))";

/// Waits until the reader wants the pointer, or has found something wrong before that.
const WANTED: &str = "Promise.race([found, new Promise((done) => {
    (function look() { window.wanted ? done(wanted) : setTimeout(look, 20); })();
})])";

/// With `CI=true` a browser that is missing is a failure.
fn has_chromium() -> bool {
    let found =
        Command::new("chromium").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_ok() {
        return true;
    }
    let why = "chromium is missing; install chromium, or run tests/setup.sh on Debian";
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
    false
}

/// The fixed case: what this machine computes, number by number as their bits.
fn expected() -> String {
    static LAB: Mutex<Lab> = Mutex::new(Lab::new());
    static EXAMPLE: Mutex<Example> = Mutex::new(Example::new());
    let (mut lab, mut example) = (LAB.lock().unwrap(), EXAMPLE.lock().unwrap());
    example.draw(2).unwrap();
    let samples: Vec<[f64; 2]> = example.samples().collect();
    let mut numbers: Vec<f64> = samples.concat();
    for (number, noise) in [(0, 0.2), (1, 0.1), (2, 0.3)] {
        lab.set(Choice::from_number(number), noise).unwrap();
        lab.fit(&samples).unwrap();
        lab.draw(7).unwrap();
        lab.descend(9, 10).unwrap();
        let [low, high] = lab.interval();
        numbers.extend(lab.mean().iter().chain(low).chain(high));
        numbers.extend(lab.network(9).unwrap().iter().chain(lab.line(9).unwrap()));
    }
    numbers.extend(example.train(64).unwrap().curve);
    let bits: Vec<String> = numbers.iter().map(|v| format!("{:x}", v.to_bits())).collect();
    bits.join(",")
}

#[test]
fn a_reader_can_play_with_it() {
    if !has_chromium() {
        return;
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/play.html").canonicalize().unwrap();
    let expected = expected();
    // A desk, a phone that is held by fingers in the dark, and a reader who has asked for less motion.
    for (width, height, phone, motion) in
        [(1280, 900, false, "no-preference"), (390, 844, true, "no-preference"), (800, 600, false, "reduce")]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut browser = Browser::start(folder.path());
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone});
        browser.call("Emulation.setDeviceMetricsOverride", screen);
        browser.call("Emulation.setTouchEmulationEnabled", json!({"enabled": phone}));
        let colours = json!({"name": "prefers-color-scheme", "value": if phone { "dark" } else { "light" }});
        let motion = json!({"name": "prefers-reduced-motion", "value": motion});
        browser.call("Emulation.setEmulatedMedia", json!({"features": [colours, motion]}));
        browser.call("Page.navigate", json!({"url": format!("file://{}", page.display())}));
        browser.evaluate(LOADED);
        browser.evaluate(READER);
        browser.evaluate(&format!("window.found = read('{expected}'); 0"));
        let path = browser.evaluate(WANTED);
        let path: Option<Vec<f64>> = path.as_array().map(|p| p.iter().filter_map(|v| v.as_f64()).collect());
        if let Some(&[x, y, dx, dy]) = path.as_deref() {
            browser.drag([x, y, dx, dy], phone);
        }
        let found = browser.evaluate("window.dragged?.(), found");
        assert_eq!(found, "", "{width} x {height}");
        assert_eq!(browser.console, Vec::<String>::new(), "{width} x {height}");
    }
}
