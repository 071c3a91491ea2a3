//! Every activation by its name, in every command that takes one.

use host::kernels::activations::TABLE;
use host::kernels::{ActivationName, KernelSpec, Kind};
use ntk_core::Kernel;

use crate::folder::Folder;
use crate::numbers::matrix;

/// As the command line takes them.
fn names() -> Vec<String> {
    TABLE.iter().map(|entry| entry.activation.to_string()).collect()
}

#[test]
fn all_are_listed_with_formula_and_domain() {
    let text = Folder::new().results("activations");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), TABLE.len() + 1);
    for (line, entry) in lines[1..].iter().zip(TABLE) {
        assert!(line.starts_with(entry.name));
        for word in [entry.formula, entry.kernels, entry.lengths] {
            assert!(line.contains(word), "{line}");
        }
    }
    for command in ["kernel", "network", "train", "fit"] {
        let help = Folder::new().results(&format!("{command} --help"));
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, names) = help.split_once("The activation: ").expect("help names the activations");
        let (names, _) = names.split_once(';').expect("and ends after the last");
        let names: Vec<&str> = names.split(", ").flat_map(|name| name.split(" or ")).collect();
        assert!(names.iter().eq(TABLE.iter().map(|entry| &entry.name)), "{command}: {names:?}");
    }
}

/// What is printed is what the library computes, to the bit, in both precisions and kinds.
#[test]
fn kernels_of_every_activation() {
    let folder = Folder::with_good_files();
    let x = [[1.0, 0.0], [3.0, 4.0]];
    for name in names() {
        for kind in [Kind::Ntk, Kind::Nngp] {
            let activation: ActivationName = name.parse().unwrap();
            if matches!(activation, ActivationName::Step | ActivationName::Sign) && kind == Kind::Ntk {
                continue;
            }
            let choice =
                KernelSpec { kind, activation, depth: 2, weight_variance: 0.0625, bias_variance: 0.25 };
            let kind = if kind == Kind::Ntk { "ntk" } else { "nngp" };
            let options = format!(
                "kernel --accurate --x x.csv --activation {name} --kind {kind} --depth 2 --weight-variance 0.0625 \
                 --bias-variance 0.25"
            );
            let (double, single) = (choice.build::<f64>().unwrap(), choice.build::<f32>().unwrap());
            let printed = matrix(&folder.results(&options));
            let printed_single = matrix(&folder.results(&format!("{options} --precision f32")));
            for (i, j) in [(0, 0), (1, 0), (1, 1)] {
                assert_eq!(printed[i][j].to_bits(), double.value(&x[i], &x[j]).to_bits(), "{options}");
                let narrow = x.map(|x| x.map(|v| v as f32));
                let expected = single.value(&narrow[i], &narrow[j]);
                assert_eq!((printed_single[i][j] as f32).to_bits(), expected.to_bits(), "{options}");
            }
        }
    }
}

#[test]
fn what_jumps_has_no_ntk_and_says_so() {
    let folder = Folder::with_good_files();
    for (name, command) in [
        ("step", "kernel --x x.csv --activation step"),
        ("step", "fit --train d.csv --model out --activation step --kind ntk"),
        ("sign", "kernel --x x.csv --activation sign"),
    ] {
        let run = folder.run(command);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(
            run.stderr.contains(&format!("{name} has no NTK")) && run.stderr.contains("--kind nngp"),
            "{}",
            run.stderr
        );
        assert!(run.stdout.is_empty());
    }
}

/// A network of each can be evaluated, trained for a step and its kernels and curvature taken.
#[test]
fn networks_of_every_activation() {
    let folder = Folder::with_good_files();
    for name in names() {
        for command in ["network", "empirical", "hessian"] {
            folder.results(&format!("{command} --weights w.csv --x x.csv --activation {name}"));
        }
        let train = "train --weights w.csv --data d.csv --learning-rate 1e-6 --steps 3";
        let run = folder.run(&format!("{train} --activation {name}"));
        assert_eq!((run.code, run.stdout.lines().count()), (0, 5), "{name}: {}", run.stderr);
    }
}

/// The model file names the activation: predictions come from the kernel that was fitted.
#[test]
fn models_remember_their_activation() {
    let folder = Folder::with_good_files();
    let two_layers = ["erf", "leaky-relu:0.25", "tanh", "gaussian", "rbf:0.125"].map(|name| (name, 2));
    // These grow from layer to layer.
    let one_layer = ["hermite:2", "rectified-power:3"].map(|name| (name, 1));
    for (name, depth) in two_layers.into_iter().chain(one_layer) {
        folder.fit(&format!(
            "--train d.csv --activation {name} --kind nngp --bias-variance 0.5 --depth {depth} --ridge 1e-9 --model m.json"
        ));
        assert!(folder.text("m.json").contains(&format!("\"{name}\"")));
        folder.write("q.csv", "x0,x1\n1,0\n0,1\n3,4\n");
        let predicted = folder.results("predict --model m.json --x q.csv --level 0.5");
        for (line, label) in predicted.lines().skip(1).zip([1.0, 2.0, 0.5]) {
            let mean: f64 = line.split(',').next().unwrap().parse().unwrap();
            assert!((mean - label).abs() < 1e-5, "{name}: {line}");
        }
    }
}
