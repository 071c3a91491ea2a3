//! Help names every command and option that is promised, and says what the rest of the tests rely on.

use crate::folder::Folder;

/// Commands, their options, and values and defaults that must be named with them.
#[rustfmt::skip]
const PROMISED: [(&str, &[&str]); 15] = [
    ("sweep", &["--widths <LIST>", "lecture", "--seeds <N>", "--seed <S>", "--samples", "--lift", "raw", "bias", "sphere", "circle", "--engine",
        "exact", "plain", "--learning-rate", "--target-mse", "--patience", "--max-steps <M>", "--jobs <J>", "--shard <I/N>", "--out <DIR>",
        "[default: 15]", "[default: 0.01]", "[default: 0.002]", "[default: 50]", "sweep.csv", "figure1.svg", "figure2.svg", ".png"]),
    ("merge", &["<DIR>...", "--out <DIR>"]),
    ("verify", &["--only <LIST>", "C1 to C23", "--quick", "--seed <S>", "--error <E>", "--repeat <N>", "--jobs <J>", "--json <FILE>", "[default: 0]"]),
    ("report", &["--sweep <DIR>", "--ledger <FILE>", "--out <FILE>", "[default: out]"]),
    ("kernel", &["--x <FILE>", "--y <FILE>", "--kind", "ntk", "nngp", "--activation <A>", "relu", "leaky-relu:SLOPE", "abs", "step", "gelu", "exp", "gaussian", "quadratic", "softplus", "silu", "--depth <L>", "--weight-variance <V>",
        "--bias-variance <V>", "--accurate", "2.5 u sqrt(K(x,x) K(y,y))", "--jobs <J>", "The results do not depend on it", "--precision", "f64", "f32", "x0, x1, ...", "[default: 1]", "[default: 0]", "[default: f64]"]),
    ("activations", &[]),
    ("network", &["--weights <FILE>", "--x <FILE>", "--activation", "a,b0,b1,...", "a0,a1,..,b0,..", "relu", "erf", "tanh", "sin", "identity"]),
    ("empirical", &["--weights <FILE>", "--x <FILE>", "--y <FILE>", "--activation", "a,b0,b1,..."]),
    ("hessian", &["--weights <FILE>", "--x <FILE>", "--activation", "--norm"]),
    ("train", &["--weights <FILE>", "--data <FILE>", "--activation", "--learning-rate", "--steps <N>", "--every <M>", "--engine", "exact", "plain",
        "--target-mse <T>", "--patience <P>", "--save <FILE>", "x0, x1, ...", "y0, y1, ..."]),
    ("fit", &["--train <FILE>", "--kind", "ntk", "nngp", "--activation", "--depth <L>", "--weight-variance <V>", "--bias-variance <V|auto>", "--ridge <R|auto>", "--tune", "bias", "--criterion", "likelihood", "leave-one-out",
        "density", "--scale", "none", "standard", "--amplitude <V|auto>", "[default: nngp]", "[default: relu]", "[default: auto]", "[default: likelihood]",
        "--model <FILE>", "--loo <FILE>", "loo_mean,loo_std", "leave-one-out", "noise, the standard deviation", "in units of y", "--ridge can be left out or be auto"]),
    ("predict", &["--model <FILE>", ".ntk", "--x <FILE>", "--level <L>", "[default: 0.9]", "nine samples", "--noise", "--time <T>", "1/2 sum", "inf"]),
    ("draw", &["--x <FILE>", "--model <FILE>", "--kind", "--activation <A>", "--count <N>", "--seed <S>", "--noise", "--covariance", "[default: 1]", "[default: 0]"]),
    ("stream", &["--data <FILE>", "--room <M>", "[default: 32]", "--forget <none|auto|LAMBDA>", "[default: auto]", "--level <L>", "[default: 0.9]", "--precision", "f64", "f32",
        "--model <FILE>", "x0, x1, ...", "y0, y1, ...", "noise"]),
    ("export", &["--model <FILE>", "--lang <LANG>", "rust", "c:", "bin", "no_std", "C99", "--out <DIR>", "--precision", "f64", "f32", "--means",
        "--name <NAME>", "--level <L>", "[default: 0.9]", "--table <BITS>", "--codes <LOW,HIGH>", "--max-error <E>", "--integer", "--box <LOW,HIGH,..>"]),
];

/// Help without its line breaks, which depend on the terminal.
fn help(command: &str) -> String {
    let text = Folder::new().results(command);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn without_a_command_help_is_printed() {
    let alone = help("");
    assert_eq!(alone, help("--help"));
    assert!(alone.contains("Usage: ntk [COMMAND]"), "{alone}");
    for (command, _) in PROMISED {
        assert!(alone.contains(&format!(" {command} ")), "{command} is not in {alone}");
    }
    assert!(alone.contains("Exit code 0: done; 1: it could not be done; 2: wrong usage."), "{alone}");
}

#[test]
fn every_command_names_its_options() {
    for (command, promised) in PROMISED {
        let text = help(&format!("{command} --help"));
        assert!(text.contains(&format!("Usage: ntk {command} ")), "{text}");
        for option in promised {
            assert!(text.contains(option), "{command} --help has no {option}: {text}");
        }
    }
}

#[test]
fn help_is_the_same_by_each_way_to_it() {
    for (command, _) in PROMISED {
        assert_eq!(help(&format!("help {command}")), help(&format!("{command} --help")));
        let short = help(&format!("{command} -h"));
        assert!(short.contains(&format!("Usage: ntk {command} ")), "{short}");
    }
}

/// A line with only the name of an option says nothing.
#[test]
fn no_option_stands_without_a_word_about_it() {
    for (command, _) in PROMISED {
        let text = Folder::new().results(&format!("{command} -h"));
        let lines: Vec<&str> = text.lines().collect();
        // Text that is wrapped may begin with the name of another option, further in.
        let is_option = |line: &str| line.trim_start().starts_with('-') && line.find('-') < Some(10);
        for (i, line) in lines.iter().enumerate().filter(|(_, line)| is_option(line)) {
            let described = line.trim_start().split("  ").count() > 1;
            let below = lines.get(i + 1).is_some_and(|next| next.starts_with("          "));
            assert!(described || below, "{command}: {line}");
        }
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(help("--version"), format!("ntk {}", env!("CARGO_PKG_VERSION")));
}
