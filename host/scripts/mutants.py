#!/usr/bin/env python3
"""Breaks formulas of the core by 1 %, one at a time, and asks the claims ledger and the core's own tests whether
they notice.

    host/scripts/mutants.py [--only NAME] [--error 0.01] [--target DIR]
    host/scripts/mutants.py --check

Copies the committed sources into a temporary folder, puts a factor into every formula of the list below (the factor
is 1 unless the environment variable NTK_MUTANT has the name of the formula), builds once in the profile of the
tests, and runs `ntk verify --quick` and the named test of the core for each. Prints a line for each formula and
fails if a formula passes either, or if the unbroken sources fail. Needs git and cargo. --target is the folder that
cargo builds in, to use again what it has compiled. --check builds nothing: it says whether each formula is still
where the list expects it.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Name, file, text, text with the factor, claims, test of the core, its filter.
MUTANTS = [
    ("prediction-variance", "core/src/regression/prediction.rs", "(prior - dot(k, k), T::EPSILON * prior)",
     "(M(prior - dot(k, k)), T::EPSILON * prior)", "C18", "regression", "fit query"),
    ("marginal-likelihood", "core/src/regression/evidence.rs", "(fit - T::TWO * log_reciprocals",
     "(fit - M(T::TWO * log_reciprocals)", "C18", "regression", "fit query"),
    ("amplitude", "core/src/regression/fit.rs", "    largest * (sum / T::from_usize(values.len())).sqrt()",
     "    M(largest * (sum / T::from_usize(values.len())).sqrt())", "C18", "regression", "fit"),
    ("leave-one-out-mean", "core/src/regression/leave_one_out.rs", "*mean = label - coefficient / precision",
     "*mean = label - M(coefficient / precision)", "C18", "regression", "fit query"),
    ("leave-one-out-deviation", "core/src/regression/leave_one_out.rs", "Ok(T::ONE / precision.sqrt())",
     "Ok(M(T::ONE / precision.sqrt()))", "C18", "regression", "fit query"),
    ("ensemble-deviation", "core/src/regression/ensemble.rs", "{ variance.sqrt() } else",
     "{ M(variance.sqrt()) } else", "C18", "regression", "fit query"),
    ("flow", "core/src/dynamics.rs", "let z = l * time;", "let z = M(l * time);", "C19", "dynamics", ""),
    ("descent", "core/src/dynamics.rs", "g += rate * (T::ONE - l * g);",
     "g += M(rate) * (T::ONE - l * g);", "C19", "dynamics", ""),
    ("exact-rate-arcs", "core/src/train/exact/circle.rs", "slopes.times(rate * scale)",
     "slopes.times(M(rate * scale))", "C19", "training", "exact"),
    ("exact-rate-patterns", "core/src/train/exact/patterns.rs", "slopes, factor: rate * scale }",
     "slopes, factor: M(rate * scale) }", "C19", "training", "exact patterns"),
    ("depth-ntk", "core/src/kernel/recursion.rs", "self.nngp(pair) + ntk * derivative",
     "self.nngp(pair) + M(ntk * derivative)", "C20,C23", "kernels", "recursion"),
    ("depth-own-ntk", "core/src/kernel/recursion.rs", "self.nngp(pair) + ntk * (w * self.activation.derivative_dual(pair))",
     "self.nngp(pair) + M(ntk * (w * self.activation.derivative_dual(pair)))", "C20,C23", "kernels", "recursion"),
    ("depth-nngp", "core/src/kernel/recursion.rs", "phi.length(pair.x), phi.length(pair.y), phi.angle(pair), w, b)",
     "phi.length(pair.x), phi.length(pair.y), phi.angle(pair), M(w), b)", "C20,C23", "kernels", "recursion"),
    ("normal-numbers", "core/src/random.rs", "with_sign(bits, upper_quantile(T::HALF * T::open_unit(bits)))",
     "with_sign(bits, M(upper_quantile(T::HALF * T::open_unit(bits))))", "C3", "random", ""),
    ("interval", "core/src/regression/interval.rs", "(*lower, *upper) = (centre - half, -(centre + half));",
     "(*lower, *upper) = (centre - M(half), -(centre + M(half)));", "C21", "regression", "intervals"),
]

HELPER = '''
extern crate std;

/// Times 1 + the error that is asked for, if this formula is the one to break.
pub(crate) fn mutant<T: Scalar>(name: &str, value: T) -> T {
    static BROKEN: std::sync::OnceLock<(std::string::String, f64)> = std::sync::OnceLock::new();
    let (broken, error) = BROKEN.get_or_init(|| {
        let read = |name| std::env::var(name).unwrap_or_default();
        (read("NTK_MUTANT"), read("NTK_ERROR").parse().unwrap_or(0.0))
    });
    if broken == name { value * T::from_f64(1.0 + *error) } else { value }
}
'''


def with_factor(text, name):
    """M(x) to the call that multiplies x; parentheses are counted."""
    while (start := text.find("M(")) >= 0:
        depth, end = 1, start + 2
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        text = f'{text[:start]}crate::mutant("{name}", {text[start + 2:end - 1]}){text[end:]}'
    return text


def broken(folder, name, file, before, after):
    """The text of a file with a factor in the formula of this name."""
    source = (pathlib.Path(folder) / file).read_text(encoding="utf-8")
    if source.count(before) != 1:
        sys.exit(f"{name}: {file} has {source.count(before)} times {before!r}")
    return source.replace(before, with_factor(after, name))


def copy_with_factors(folder):
    """The committed sources, each formula with its factor."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    for name, file, before, after, *_ in MUTANTS:
        (pathlib.Path(folder) / file).write_text(broken(folder, name, file, before, after), encoding="utf-8")
    library = pathlib.Path(folder) / "core/src/lib.rs"
    library.write_text(library.read_text(encoding="utf-8") + HELPER, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", help="one formula of the list")
    parser.add_argument("--error", default="0.01")
    parser.add_argument("--target", default=None)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        for name, file, before, after, *_ in MUTANTS:
            broken(ROOT, name, file, before, after)
        return
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        copy_with_factors(folder)
        target = str(pathlib.Path(arguments.target or pathlib.Path(folder) / "target").resolve())
        environment = {**os.environ, "CARGO_TARGET_DIR": target, "CARGO_PROFILE_DEV_DEBUG": "0"}

        def passes(command, name):
            own = {**environment, "NTK_MUTANT": name, "NTK_ERROR": arguments.error}
            return subprocess.run(command, cwd=folder, env=own, capture_output=True).returncode == 0

        tests = sorted({test for *_, test, _ in MUTANTS})
        subprocess.run(["cargo", "build", "--locked", "-p", "host", "--bin", "ntk"], cwd=folder, env=environment, check=True)
        subprocess.run(["cargo", "test", "--locked", "--no-run", "-p", "ntk-core"] + [f"--test={test}" for test in tests],
                       cwd=folder, env=environment, check=True)

        def look(name, claims, test, words):
            ledger = passes([f"{target}/debug/ntk", "verify", "--quick", "--only", claims], name)
            core = passes(["cargo", "test", "--locked", "-q", "-p", "ntk-core", f"--test={test}", "--"] + words.split(), name)
            return ledger, core

        print(f"{'formula':<26} {'ledger':<8} core's tests", flush=True)
        for name, _, _, _, claims, test, words in MUTANTS:
            if arguments.only not in (None, name):
                continue
            ledger, core = look(name, claims, test, words)
            says = ["passes" if passed else "fails" for passed in (ledger, core)]
            print(f"{name:<26} {says[0]:<8} {says[1]}", flush=True)
            failed += [name] if ledger or core else []
        unbroken = look("", ",".join(sorted({row[4] for row in MUTANTS})), tests[0], "")
        print(f"{'(none)':<26} {'passes' if unbroken[0] else 'FAILS':<8} {'passes' if unbroken[1] else 'FAILS'}")
        failed += [] if all(unbroken) else ["(none)"]
    if failed:
        sys.exit("not as it should be: " + ", ".join(failed))


if __name__ == "__main__":
    main()
