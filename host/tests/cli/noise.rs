//! `ntk fit` with noise of its own for each sample, and searches that end in the right valley.

use super::folder::Folder;
use super::numbers::csv;
use super::refusals::{assert_none, complaints};
use super::regression::{predictions, printed};

const X: [f64; 10] = [-1.6, -1.2, -0.9, -0.5, -0.1, 0.3, 0.6, 1.0, 1.3, 1.7];

fn curve(x: f64) -> f64 {
    50.0 + 3.0 * x - 2.0 * x * x
}

/// The curve with one label that is 30 off, and with what the file says of it.
fn one_bad(noise: f64) -> String {
    let label = |i: usize, x: f64| curve(x) + if i == 5 { 30.0 } else { 0.0 };
    let own = |i: usize| if i == 5 { noise } else { 0.01 };
    csv("x0,y,noise", &X.iter().enumerate().map(|(i, &x)| vec![x, label(i, x), own(i)]).collect::<Vec<_>>())
}

/// In units of y, whatever is scaled, chosen or searched: a label that is known to be bad moves nothing.
#[test]
fn a_label_that_is_known_to_be_bad_moves_nothing() {
    let folder = Folder::new();
    folder.write("q.csv", csv("x0", &[vec![0.3]]));
    for options in [
        "",
        "--tune bias",
        "--criterion leave-one-out",
        "--ridge 0",
        "--bias-variance 1",
        "--amplitude 3",
        "--scale none --bias-variance 1 --ridge 1e-6",
    ] {
        folder.write("d.csv", one_bad(60.0));
        let run = folder.run(&format!("fit --train d.csv --model m.json {options}"));
        assert_eq!(run.code, 0, "{options}: {}", run.stderr);
        assert!(run.stdout.contains("noise of the samples' own, beside it, 0.01 to 60.0"), "{}", run.stdout);
        let (mean, _) = predictions(&folder, "--model m.json --x q.csv --level 0.8");
        assert!((mean[0] - curve(0.3)).abs() < 2.0, "{options}: {} and {}", mean[0], curve(0.3));
        folder.write("d.csv", one_bad(0.01));
        folder.run(&format!("fit --train d.csv --model other.json {options}"));
        let (other, _) = predictions(&folder, "--model other.json --x q.csv --level 0.8");
        // A search for the ridge may blame all samples instead; without one the label is believed.
        let least = if options.contains("--ridge") { 4.0 } else { (mean[0] - curve(0.3)).abs() };
        assert!((other[0] - curve(0.3)).abs() > least, "{options}: {}", other[0]);
    }
}

/// With an amplitude of 1 and nothing scaled, noise of one size is a ridge of its square, to the bit.
#[test]
fn equal_noise_is_a_ridge() {
    let folder = Folder::new();
    let rows = |more: &[f64]| X.iter().map(|&x| [&[x, 1.0, curve(x)], more].concat()).collect::<Vec<_>>();
    folder.write("with.csv", csv("x0,x1,y,noise", &rows(&[0.5])));
    folder.write("without.csv", csv("x0,x1,y", &rows(&[])));
    folder.write("q.csv", csv("x0,x1", &[vec![0.2, 1.0], vec![3.0, 1.0]]));
    folder.fit("--train with.csv --ridge 0 --model with.json");
    folder.fit("--train without.csv --ridge 0.25 --model without.json");
    let options = |model: &str| format!("--model {model}.json --x q.csv --level 0.5");
    assert_eq!(predictions(&folder, &options("with")), predictions(&folder, &options("without")));
    assert!(!folder.text("without.json").contains("noise"), "a model without noise has its old format");
    // A file for a device has the noise, and predicts what the model does.
    folder.results("export --model with.json --lang bin --out out");
    let of_file = predictions(&folder, "--model out/ntk_model.ntk --x q.csv --level 0.5");
    assert_eq!(of_file, predictions(&folder, &options("with")));
}

#[test]
fn noise_that_means_nothing_is_refused() {
    let folder = Folder::new();
    let all = [
        ("negative", "x0,y,noise\n1,2,0.1\n2,3,-0.1\n", vec!["d.csv:3", "negative", "standard deviation"]),
        ("no number", "x0,y,noise\n1,2,0.1\n2,3,high\n", vec!["d.csv:3", "noise"]),
        ("two targets", "x0,y0,y1,noise\n1,2,3,0.1\n2,3,4,0.1\n", vec!["d.csv", "noise", "2", "of its own"]),
        ("too large", "x0,y,noise\n1,2,5\n2,3,5\n3,5,5\n", vec!["d.csv", "noise", "--amplitude"]),
        ("twice", "x0,y,noise,noise\n1,2,1,1\n2,3,1,1\n", vec!["noise", "twice"]),
    ];
    for (name, text, said) in all {
        folder.write("d.csv", text);
        let run = folder.run("fit --train d.csv --model out.json");
        assert_none(&complaints(&run, 1, &said));
        assert!(!folder.holds("out.json"), "{name}");
    }
    folder.write("d.csv", all_equal_model(r#""noise":[0.1,-1.0]"#));
    folder.write("q.csv", "x0\n1\n");
    let run = folder.run("predict --model d.csv --x q.csv --level 0.5");
    assert_none(&complaints(&run, 1, &["d.csv", "noise", "out of range"]));
}

/// A model file of two samples with one field more.
fn all_equal_model(field: &str) -> String {
    format!(
        r#"{{"format":"ntk model 2","kernel":{{"kind":"ntk","activation":"relu","depth":1,"weight_variance":1.0,"bias_variance":1.0}},"ridge":0.1,"amplitude":null,"x_scaling":{{"shift":[0.0],"scale":[1.0]}},"y_scaling":{{"shift":[0.0],"scale":[1.0]}},"x":[1.0,2.0],"y":[1.0,2.0],{field}}}"#
    )
}

/// A search over more never ends worse than one over less, with any criterion.
#[test]
fn more_is_never_worse() {
    let folder = Folder::new();
    let three: Vec<Vec<f64>> = (0..20)
        .map(|i| {
            let t = f64::from(i);
            let x = [(t * 0.7).sin(), (t * 1.3).cos(), (t * 0.37).sin() * 2.0];
            vec![x[0], x[1], x[2], 10.0 * (x[0] * x[1] + 2.0 * x[2]).sin() + x[2]]
        })
        .collect();
    let eight: Vec<Vec<f64>> = (0..8)
        .map(|i| {
            let x = -2.0 + 4.0 * f64::from(i) / 7.0;
            vec![x, x + (3.0 * x).sin()]
        })
        .collect();
    for (samples, activation) in [
        (csv("x0,x1,x2,y", &three), "relu"),
        (csv("x0,x1,x2,y", &three), "erf"),
        (csv("x0,y", &eight), "silu"),
    ] {
        folder.write("d.csv", samples);
        let found = |options: &str| {
            let run = folder.run(&format!(
                "fit --train d.csv --model m.json --activation {activation} --criterion likelihood {options}"
            ));
            assert_eq!(run.code, 0, "{options}: {}", run.stderr);
            printed(&run.stdout, "log marginal likelihood")
        };
        let [default, bias, weight, both] =
            ["", "--tune bias --ridge auto", "--tune weight", "--tune both"].map(found);
        // To the resolution of the search and the roundings of its logarithms.
        assert!(both >= bias - 1e-6 && both >= weight - 1e-6, "{activation}: {both}, {bias}, {weight}");
        assert!(bias >= default - 1e-3, "{activation}: {bias} and {default}");
    }
}

/// Eight samples of x + sin 3x: the likelihood of silu has a valley that a search from one start misses.
#[test]
fn a_valley_that_one_start_misses() {
    let folder = Folder::new();
    let samples: Vec<Vec<f64>> = (0..8)
        .map(|i| {
            let x = -2.0 + 4.0 * f64::from(i) / 7.0;
            vec![x, x + (3.0 * x).sin()]
        })
        .collect();
    folder.write("d.csv", csv("x0,y", &samples));
    let run = folder.run("fit --train d.csv --model m.json --activation silu --tune both");
    let rmse = printed(&run.stdout, "leave-one-out RMSE");
    assert!(rmse < 0.73, "{rmse}: {}", run.stdout);
}

/// Targets of any size, and what a search says of targets that are noise.
#[test]
fn what_the_report_says() {
    let folder = Folder::new();
    for options in ["", "--scale none --ridge 0 --bias-variance 1"] {
        folder.write("d.csv", csv("x0,y", &X.map(|x| vec![x, 1e300 * (x + 0.3 * x * x)])));
        let run = folder.run(&format!("fit --train d.csv --model m.json {options}"));
        assert_eq!(run.code, 0, "{options}: {}", run.stderr);
        let large = printed(&run.stdout, "leave-one-out RMSE");
        folder.write("d.csv", csv("x0,y", &X.map(|x| vec![x, x + 0.3 * x * x])));
        let small = folder.run(&format!("fit --train d.csv --model m.json {options}"));
        let small = printed(&small.stdout, "leave-one-out RMSE");
        assert!((large / small / 1e300 - 1.0).abs() < 1e-3, "{large} and {small}");
    }
    // Signs without order.
    let y = [1.0, -1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0];
    folder.write("d.csv", csv("x0,y", &X.iter().zip(y).map(|(&x, y)| vec![x, y]).collect::<Vec<_>>()));
    let run = folder.run("fit --train d.csv --model m.json");
    assert!(run.stderr.contains("explains no more of y than its mean"), "{}", run.stderr);
    folder.write("d.csv", one_bad(0.01));
    let run = folder.run("fit --train d.csv --model m.json");
    assert!(run.stderr.contains("the ridge is the largest that is tried"), "{}", run.stderr);
    folder.write("d.csv", csv("x0,y", &X.map(|x| vec![x, curve(x)])));
    let run = folder.run("fit --train d.csv --model m.json");
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}
