//! `ntk fit` and `predict` against the core's `Sensor`, to the bit: what a device wrote, and what the
//! defaults are.

use ntk_core::regression::bytes::{Contents, FileError};
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::{Nngp, Regression, Relu, Sensor};

use crate::defaults::{fitted, predicted};
use crate::folder::Folder;
use crate::numbers::{bits, csv, table};
use crate::refusals::{assert_none, complaints};
use crate::regression::printed;

/// Volts and degrees of a sensor, and readings between them and beyond.
const VOLTS: [f32; 12] = [0.11, 0.32, 0.48, 0.70, 0.93, 1.08, 1.33, 1.52, 1.68, 1.91, 2.07, 2.33];
const DEGREES: [f32; 12] = [4.1, 12.8, 19.6, 29.4, 38.9, 45.6, 56.2, 63.4, 69.2, 77.0, 83.5, 91.2];
const READINGS: [f32; 6] = [0.11, 0.25, 1.2, 1.69, 2.33, 9.0];

/// A device's own file gives the device's own numbers, in `f32`.
#[test]
fn a_file_of_a_device_is_predicted_with_the_bits_of_the_device() {
    let mut sensor = Sensor::<1, 16>::new();
    sensor.fit(&VOLTS, &DEGREES).unwrap();
    let mut file = vec![0; sensor.written_len(Contents::Everything)];
    sensor.write(Contents::Everything, &mut file).unwrap();
    let folder = Folder::new();
    folder.write("sensor.ntk", &file);
    folder.write("q.csv", csv("x0", &READINGS.map(|x| vec![f64::from(x)])));
    for level in [0.9f32, 0.5] {
        let command = format!("predict --model sensor.ntk --x q.csv --level {level:?}");
        let (found, noisy) =
            (table(&folder.results(&command)), table(&folder.results(&format!("{command} --noise"))));
        assert_eq!(found.header, "mean,std,low,high");
        for ((x, found), noisy) in READINGS.iter().zip(&found.rows).zip(&noisy.rows) {
            let at = sensor.read(&[*x], level).unwrap();
            let expected = [at.value, at.deviation, at.low, at.high].map(f64::from);
            assert_eq!(bits(found), bits(&expected), "{x}: {found:?}, not {expected:?}");
            let observed = sensor.predict(&[*x]).unwrap().observation_deviation;
            assert_eq!(bits(noisy), bits(&[expected[0], observed.into(), expected[2], expected[3]]), "{x}");
        }
    }
    let run = folder.run("predict --model sensor.ntk --x q.csv --time 1");
    assert_none(&complaints(&run, 1, &["sensor.ntk", "--time"]));
    // A file of means has no bars to print.
    let mut means = vec![0; sensor.written_len(Contents::Means)];
    sensor.write(Contents::Means, &mut means).unwrap();
    folder.write("means.ntk", &means);
    assert_none(&complaints(&folder.run("predict --model means.ntk --x q.csv"), 1, &["means.ntk"]));
    file.truncate(file.len() - 1);
    folder.write("short.ntk", &file);
    assert_none(&complaints(&folder.run("predict --model short.ntk --x q.csv"), 1, &["short.ntk"]));
}

/// The lines of `docs/c.md`, typed: a device loads what a desk has fitted, predicts it, and learns on.
#[test]
fn a_device_loads_what_the_page_on_c_fits_at_a_desk() {
    let page = include_str!("../../../docs/c.md");
    let block = |opening: &str| page.split_once(opening).unwrap().1.split_once("```").unwrap().0;
    let folder = Folder::new();
    folder.write("readings.csv", block("```csv\n"));
    let commands = page.split_once("## Calibrate at a desk").unwrap().1.split_once("```sh\n").unwrap().1;
    let commands: Vec<&str> = commands.lines().map_while(|line| line.strip_prefix("ntk ")).collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let run = folder.run(command);
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
    }
    let mut sensor = Sensor::<1, 16>::new();
    sensor.load(&folder.read("thermometer.ntk")).unwrap();
    folder.write("q.csv", "x0\n2\n10.15\n");
    let answers = table(&folder.results("predict --model thermometer.ntk --x q.csv"));
    for (x, found) in [2.0, 10.15].into_iter().zip(&answers.rows) {
        let at = sensor.read(&[x], 0.9).unwrap();
        assert_eq!(bits(found), bits(&[at.value, at.deviation, at.low, at.high].map(f64::from)));
    }
    sensor.push(&[10.15], 250.0, WhenFull::Refuse).unwrap();
    assert_eq!(sensor.len(), 13);
}

/// Two outputs, in either precision, with and without scaling, alone and in a dump of flash.
#[test]
fn files_of_several_outputs() {
    let folder = Folder::new();
    folder.write("q.csv", csv("x0", &READINGS.map(|x| vec![f64::from(x)])));
    let labels = |i: usize| [DEGREES[i], 3.0 - 0.5 * VOLTS[i]];
    let mut scaled = Sensor::<1, 16, f32, [f32; 2]>::new();
    scaled.fit(&VOLTS.map(|v| [v]), &std::array::from_fn::<_, 12, _>(labels)).unwrap();
    let mut wide = Sensor::<1, 16, f64, [f64; 2]>::new();
    let labels = std::array::from_fn::<_, 12, _>(|i| labels(i).map(f64::from));
    wide.fit(&VOLTS.map(|v| [f64::from(v)]), &labels).unwrap();
    let mut pieces = Vec::new();
    let put = |piece: &[u8]| {
        pieces.extend_from_slice(piece);
        Ok::<(), FileError>(())
    };
    scaled.write_pieces(Contents::Everything, &mut [0; 32], put).unwrap();
    let mut double = vec![0; wide.written_len(Contents::Everything)];
    wide.write(Contents::Everything, &mut double).unwrap();
    let mut plain = Regression::<Nngp<Relu>, Fixed<f32, 1, 12, [f32; 2]>>::new(Nngp::new(Relu), Fixed::new());
    let x: [[f32; 1]; 12] = std::array::from_fn(|i| [VOLTS[i]]);
    plain.fit(&x, &x.map(|[v]| [v, 1.0 - v]), 0.1).unwrap();
    let mut unscaled = vec![0; plain.written_len(Contents::Everything)];
    plain.write(Contents::Everything, &mut unscaled).unwrap();
    let intervals = plain.intervals().unwrap();
    for behind in [vec![], vec![0xff; 500], vec![0; 4]] {
        for (name, file) in [("single", &pieces), ("double", &double), ("plain", &unscaled)] {
            folder.write("device.ntk", [file.as_slice(), &behind].concat());
            let found = table(&folder.results("predict --model device.ntk --x q.csv --level 0.8"));
            assert_eq!(found.header, "mean0,mean1,std0,std1,low0,low1,high0,high1");
            for (x, found) in READINGS.iter().zip(&found.rows) {
                let single =
                    |values: [[f32; 2]; 4]| values.as_flattened().iter().map(|v| f64::from(*v)).collect();
                let expected: Vec<f64> = match name {
                    "single" => {
                        let at = scaled.read(&[*x], 0.8).unwrap();
                        single([at.value, at.deviation, at.low, at.high])
                    }
                    "double" => {
                        let at = wide.read(&[f64::from(*x)], 0.8).unwrap();
                        [at.value, at.deviation, at.low, at.high].concat()
                    }
                    _ => {
                        let (at, ends) = (plain.predict(&[*x]).unwrap(), intervals.at(&[*x], 0.8).unwrap());
                        single([at.mean, at.deviation, ends.low, ends.high])
                    }
                };
                assert_eq!(bits(found), bits(&expected), "{name} {x}: {found:?}, not {expected:?}");
            }
        }
    }
    for behind in [vec![1], vec![0xff, 0], vec![0xff, 0xff, 0x7f]] {
        folder.write("device.ntk", [pieces.as_slice(), &behind].concat());
        assert_none(&complaints(
            &folder.run("predict --model device.ntk --x q.csv"),
            1,
            &["device.ntk", "padded"],
        ));
    }
}

/// Fit and predict without options are the core's `Sensor`, in `f64`: settings, means, bars and intervals.
#[test]
fn the_defaults_are_those_of_a_sensor() {
    let (volts, degrees) = (VOLTS.map(f64::from), DEGREES.map(f64::from));
    let mut sensor = Sensor::<1, 16, f64>::new();
    let chosen = sensor.fit(&volts, &degrees).unwrap();
    let samples: Vec<Vec<f64>> = volts.iter().zip(&degrees).map(|(x, y)| vec![*x, *y]).collect();
    let (folder, report) = fitted(&csv("x0,y", &samples), "");
    assert_eq!(printed(&report, "ridge"), chosen.ridge);
    assert_eq!(printed(&report, "bias variance"), chosen.bias_variance);
    for (i, left_out) in table(&folder.text("loo.csv")).rows.iter().enumerate() {
        let expected = sensor.leave_one_out(i).unwrap();
        assert_eq!(bits(left_out), bits(&[expected.mean, expected.deviation]), "sample {i}");
    }
    for level in [0.9, 0.75, 0.1] {
        let inputs = READINGS.map(|x| vec![f64::from(x)]);
        let found = predicted(&folder, "x0", &inputs, &format!("--level {level:?}"));
        for (x, found) in inputs.iter().zip(&found.rows) {
            let at = sensor.read(&[x[0]], level).unwrap();
            assert_eq!(
                bits(found),
                bits(&[at.value, at.deviation, at.low, at.high]),
                "{x:?}: {found:?} {at:?}"
            );
        }
    }
}
