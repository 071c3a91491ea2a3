//! `ntk stream` against the core's `Listener`, to the bit; and what a log may hold.

use ntk_core::Listener;
use ntk_core::stream::{Forgetting, Occasion};

use crate::folder::Folder;
use crate::numbers::{bits, csv, table};
use crate::refusals::{assert_none, complaints};

/// A log of a truth that drifts: x0, y and a column of another kind.
fn log(rows: usize) -> Vec<[f32; 2]> {
    (0..rows)
        .map(|i| {
            let x = 3.0 + 3.0 * (2.4 * i as f32).sin();
            let noise = ((12.9 * i as f32).sin() * 43_758.547).fract();
            [x, (x + i as f32 / 300.0).sin() + 0.3 * noise]
        })
        .collect()
}

fn text(rows: &[[f32; 2]], header: &str, more: &str) -> String {
    let lines = rows.iter().map(|[x, y]| format!("{x:?},noon,{y:?}{more}\n"));
    [format!("{header}\n")].into_iter().chain(lines).collect()
}

/// The rows below the first two, which have no prediction.
fn predicted(printed: &str) -> Vec<Vec<f64>> {
    let (header, rest) = printed.split_once('\n').unwrap();
    let (first, rest) = rest.split_once('\n').unwrap();
    let (second, rest) = rest.split_once('\n').unwrap();
    assert_eq!((header, first, second), ("mean,std,low,high,novelty", ",,,,1.0", ",,,,1.0"));
    table(&format!("{header}\n{rest}")).rows
}

#[test]
fn a_replay_has_the_bits_of_the_device_and_leaves_its_model() {
    let (folder, rows) = (Folder::new(), log(400));
    folder.write("log.csv", text(&rows, "x0,time,y", ""));
    for (option, forgetting) in
        [("auto", Forgetting::Auto), ("none", Forgetting::Never), ("0.99", Forgetting::Factor(0.99))]
    {
        let command = format!("stream --data log.csv --room 12 --forget {option} --level 0.8 --model m.ntk");
        let run = folder.run(&command);
        assert_eq!(run.code, 0, "{}", run.stderr);
        for said in [
            "rows 400, of which 398 predicted",
            "RMSE",
            "in the interval",
            "level 0.8",
            "of 12",
            "forgetting factor",
        ] {
            assert!(run.stderr.contains(said), "{}", run.stderr);
        }
        let found = predicted(&run.stdout);
        let mut model = Listener::<1, 12>::new();
        model.set_forgetting(forgetting).unwrap();
        let (x, y): (Vec<_>, Vec<_>) = rows[..12].iter().map(|[x, y]| ([*x], *y)).unzip();
        model.begin(x.as_slice(), y.as_slice()).unwrap();
        for ([x, y], found) in rows[12..].iter().zip(&found[10..]) {
            let at = model.answer(&[*x], 0.8).unwrap();
            let expected = [at.mean, at.deviation, at.low, at.high, at.novelty].map(f64::from);
            assert_eq!(bits(found), bits(&expected), "{option}: {found:?} {expected:?}");
            model.hear(&[*x], *y).unwrap();
        }
        // The device reads the file, the program predicts with it.
        let mut loaded = Listener::<1, 12>::new();
        loaded.load(&folder.read("m.ntk")).unwrap();
        assert_eq!(format!("{:?}", loaded.answer(&[1.0], 0.9)), format!("{:?}", model.answer(&[1.0], 0.9)));
        folder.write("q.csv", csv("x0", &[vec![1.0], vec![4.5]]));
        let answers = table(&folder.results("predict --model m.ntk --x q.csv"));
        assert_eq!(answers.header, "mean,std,low,high");
        let noisy = table(&folder.results("predict --model m.ntk --x q.csv --noise"));
        for ((x, found), noisy) in [1.0, 4.5].into_iter().zip(&answers.rows).zip(&noisy.rows) {
            let at = model.answer(&[x], 0.9).unwrap();
            assert_eq!(bits(found), bits(&[at.mean, at.deviation, at.low, at.high].map(f64::from)));
            assert!(noisy[0] == found[0] && noisy[1] > found[1]);
        }
        assert_none(&complaints(
            &folder.run("predict --model m.ntk --x q.csv --time 1"),
            1,
            &["m.ntk", "--time"],
        ));
        let mut bad = folder.read("m.ntk");
        bad[60] ^= 1;
        folder.write("bad.ntk", &bad);
        assert_none(&complaints(
            &folder.run("predict --model bad.ntk --x q.csv"),
            1,
            &["bad.ntk", "checksum"],
        ));
    }
}

#[test]
fn rows_may_have_noise_of_their_own_and_several_outputs() {
    let (folder, rows) = (Folder::new(), log(60));
    folder.write("log.csv", text(&rows, "x0,time,y,noise", ",0.25"));
    let found = predicted(&folder.run("stream --data log.csv --room 10 --precision f64").stdout);
    let mut model = Listener::<1, 10, f64>::new();
    let rows: Vec<[f64; 2]> = rows.iter().map(|row| row.map(|v| format!("{v:?}").parse().unwrap())).collect();
    let first =
        |count: usize| -> (Vec<[f64; 1]>, Vec<f64>) { rows[..count].iter().map(|[x, y]| ([*x], *y)).unzip() };
    let (x, y) = first(10);
    // As `begin`, with the noise of each.
    let mut scaled = Listener::<1, 10, f64>::new();
    scaled.begin(x.as_slice(), y.as_slice()).unwrap();
    scaled.clear();
    model.clone_from(&scaled);
    for (i, [x, y]) in rows.iter().enumerate() {
        if i >= 10 {
            let at = model.answer(&[*x], 0.9).unwrap();
            let expected = [at.mean, at.deviation, at.low, at.high, at.novelty];
            assert_eq!(bits(&found[i - 2]), bits(&expected), "row {i}");
        }
        let noise = model.noise_of(&[0.25]).ok();
        model.hear_on(&[*x], *y, Occasion { noise, ..Occasion::USUAL }).unwrap();
    }
    folder.write("two.csv", "x0,y0,y1\n1,2,3\n2,3,1\n3,4,2\n4,5,0\n");
    let run = folder.run("stream --data two.csv --room 3");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!((lines[0], lines[1]), ("mean0,mean1,std0,std1,low0,low1,high0,high1,novelty", ",,,,,,,,1.0"));
    assert!(lines.len() == 5 && lines[4].split(',').all(|cell| cell.parse::<f64>().is_ok()), "{lines:?}");
    assert!(run.stderr.contains("y0: RMSE") && run.stderr.contains("y1: RMSE"));
}

#[test]
fn what_cannot_be_replayed_is_named_with_its_row() {
    let folder = Folder::new();
    for (text, said) in [
        ("x0,y,noise\n1,2,0.1\n2,3,0\n", "log.csv:3"),
        ("x0,y,noise\n1,2,0.1\n2,3,-1\n", "above 0"),
        ("x0,y\n1,2\n2,oops\n", "log.csv:3:2"),
        ("x0,z\n1,2\n", "'y'"),
        ("x0,y\n1,2\n2,1e300\n", "--precision"),
        ("x0,y\n1,2\n2,3\n1e30,4\n", "log.csv:4"),
    ] {
        folder.write("log.csv", text);
        assert_none(&complaints(&folder.run("stream --data log.csv --room 2"), 1, &[said]));
    }
    assert_none(&complaints(&folder.run("stream --data none.csv"), 1, &["none.csv"]));
    folder.write("log.csv", "x0,y\n1,2\n");
    assert_none(&complaints(&folder.run("stream --data log.csv --model no/m.ntk"), 1, &["no/m.ntk"]));
    let run = folder.run("stream --data log.csv");
    assert_eq!((run.code, run.stdout.as_str()), (0, "mean,std,low,high,novelty\n,,,,1.0\n"));
    // Equal labels, and a constant input: nothing to divide by.
    folder.write("log.csv", "x0,y\n".to_owned() + &"5,7\n".repeat(40));
    let run = folder.run("stream --data log.csv --room 4");
    let last: Vec<f64> = run.stdout.lines().last().unwrap().split(',').map(|v| v.parse().unwrap()).collect();
    assert_eq!(last[..4], [7.0, 0.0, 7.0, 7.0]);
}
