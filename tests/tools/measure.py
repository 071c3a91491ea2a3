#!/usr/bin/env python3
"""measure.py [--check | --write [--reason "ROW: TEXT"] ..] [TARGET ..]: size, stack and instructions of the
core on devices.

Builds the images of `measure/` and of the proof, reads their sizes, runs those that measure in QEMU, or for
an x86-64 host under Callgrind, and compares with budget.toml. Without an option it prints the numbers.
`--check` prints a test line for each and fails if one has risen (on the host: by more than SLACK), has fallen
by more than SLACK, or if the table in README.md is not that of budget.toml. `--write` writes both files; a
row that has risen needs a reason, which then stands beside it in budget.toml: one of those given whose ROW is
a part of "TABLE of NAME", such as "stack of fit".

Numbers depend on the compiler and on nothing else: tools/rustc-anywhere keeps the folder of the checkout out
of the images, and tools/anywhere.py checks that. With another compiler than that of budget.toml they may
differ by OTHER_COMPILER. Environment: SYSROOT_CACHE as for on-target.sh; CARGO_TARGET_DIR, or
target/measured.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import budget
from boards import measured
from elf import Image
from qemu import command

HERE = Path(__file__).resolve().parent.parent
SLACK = 0.02
OTHER_COMPILER = 0.25

ARM = ("-icount shift=8", 6.4)  # 256 ns an instruction on a clock of 25 MHz
RISCV = ("-icount shift=0", 1)

HOST = "x86_64-unknown-linux-gnu"

# name of the column: target, profile, features, whether sizes and stacks are measured too, clock for counting
COLUMNS = {
    "M0": ("thumbv6m-none-eabi", "proof-small", "", True, ARM),
    "M4F": ("thumbv7em-none-eabihf", "proof-small", "", True, ARM),
    "M4F, level 3": ("thumbv7em-none-eabihf", "proof", "", False, ARM),
    "M4F, f64": ("thumbv7em-none-eabihf", "proof-small", "double", False, ARM),
    "RV32": ("riscv32imac-unknown-none-elf", "proof-small", "", True, RISCV),
    "RV32F": ("riscv32imafc-unknown-none-elf", "proof-small", "", False, RISCV),
    "x86-64": (HOST, "counted", "", False, None),
    "x86-64, f64": (HOST, "counted", "double", False, None),
}

# Images whose size counts.
IMAGES = {
    "fit and predict, N = 32": "fit-predict",
    "the same with a fit that can be repeated": "fit-again-predict",
    "predict from a file in flash, n = 15": "predict",
    "a sensor that fits and reads, N = 16": "sensor",
    "a sensor that reads from a file in flash": "read-sensor",
    "a stream that hears and answers, N = 16": "stream",
    "draw and train a network, k = 64": "train",
    "the whole public interface": "no-panic",
    "factor and solve, N = 15": "solve",
    "the same with nalgebra": "solve-nalgebra",
}

# Images that measure. What a stream does stands apart: in one image each would change how the other is inlined.
COUNTING, STACKS = ["instructions", "instructions-stream"], ["stack", "stack-stream"]


class Trouble(Exception):
    pass


def run(arguments, folder=HERE, **more):
    done = subprocess.run(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, **more
    )
    if done.returncode:
        raise Trouble(f"{' '.join(map(str, arguments))}: status {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def callgrind(image):
    """The instructions of each call that an image counts: all of its own, none of the C library, whose code the processor chooses."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--toggle-collect=counted", "--dump-after=counted", "--compress-strings=no", "--compress-pos=no"]
        output = run(["valgrind", "--tool=callgrind", *options, f"--callgrind-out-file={folder}/out", image], timeout=120)
        names = [line for line in output.splitlines() if line and not line.startswith("==")]
        counts = [own_instructions(Path(f"{folder}/out.{i + 1}").read_text(), image) for i in range(len(names))]
    counts = dict(zip(names, counts))
    empty = counts.pop("an empty call")
    return {name: count - empty for name, count in counts.items()}


def own_instructions(dump, image):
    """The sum over a file of Callgrind's: lines `line count` of the image's functions, but for those that follow a `calls=`."""
    total, inside, called = 0, False, False
    for line in dump.splitlines():
        if line.startswith("ob="):
            inside = line == f"ob={image}"
        elif line[:1].isdigit() and inside and not called:
            total += int(line.split()[1])
        called = line.startswith("calls=")
    return total


def compiler(target, checkout=HERE):
    if target == HOST:
        target = COLUMNS["M4F"][0]  # the same one for all numbers: it can also build for this machine
    rustc = subprocess.run([checkout / "tools/compiler.sh", target], stdout=subprocess.PIPE, text=True).stdout.strip()
    if not rustc:
        raise Trouble(f"no compiler for {target} here; README.md says how to get one")
    version = dict(line.split(": ") for line in run([rustc, "-vV"]).splitlines()[1:])
    return rustc, f"rustc {version['release']}, LLVM {version['LLVM version']}"


def build(rustc, target, profile, package, images, features, checkout=HERE):
    """Builds images of the tests in `checkout`; returns {image: its path}."""
    folder = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target/measured")).resolve()
    arguments = ["cargo", "build", "--locked", "-p", package, "--target", target, "--profile", profile]
    arguments += ["--target-dir", folder] + [f"--bin={image}" for image in images]
    arguments += [f"--features={features}"] if features else []
    environment = {k: v for k, v in os.environ.items() if k not in ("RUSTFLAGS", "BOARD", "CARGO_BUILD_TARGET")}
    wrapper = f"{checkout}/tools/rustc-anywhere"
    environment |= {"RUSTC": rustc, "RUSTC_WRAPPER": wrapper, "RUSTFLAGS": run([wrapper, "--flags"]).strip()}
    run(arguments, checkout, env=environment)
    return {image: str(folder / target / profile / image) for image in images}


def lines(board, image, extra=""):
    """What an image printed, as {name: number}."""
    output = run(command(board, image, f"-semihosting-config enable=on,target=native {extra}"), timeout=120)
    found = re.findall(r"^(.*) = (\d+)$", output, re.MULTILINE)
    if not found:
        raise Trouble(f"{image} on {board} printed no number:\n{output}")
    return {name: int(number) for name, number in found}


def measure(column, rustc):
    """{(table, row): number} of one column."""
    target, profile, features, sizes, clock = COLUMNS[column]
    images = COUNTING + [*STACKS, *IMAGES.values()] if sizes else COUNTING
    images = [image for image in images if image != "no-panic"]
    built = build(rustc, target, profile, "measure", images, features)
    numbers = {}
    if sizes:
        built |= build(rustc, target, profile, "no-panic", ["no-panic"], "single")
        for row, image in IMAGES.items():
            image = Image(built[image])
            numbers["flash", row], numbers["RAM", row] = image.flash(), image.ram()
        for image in STACKS:
            for name, number in lines(measured(target, "sizes_of"), built[image]).items():
                numbers["RAM" if name.startswith("static") else "stack", name] = number
    for image in COUNTING:
        if target == HOST:
            counts = callgrind(built[image])
        else:
            (icount, ticks), board = clock, measured(target, "counts_of")
            counts = {name: round(number / ticks) for name, number in lines(board, built[image], icount).items()}
        if counts.pop("loop of 2000 instructions") not in range(2000, 2004):
            raise Trouble("the counter does not count instructions")
        numbers |= {("instructions", name): number for name, number in counts.items()}
    return numbers


def verdict(found, allowed, same_compiler, rise=0.0):
    """Whether a number will do, and what to say about it."""
    if found is None or allowed is None:
        return False, "not measured" if found is None else f"{found}, not in budget.toml; measure.py --write puts it there"
    if found == allowed:
        return True, str(found)
    change = f"{found}, budget {allowed}, {100 * (found / allowed - 1) if allowed else 100:+.1f} %"
    if not same_compiler:
        return found <= allowed * (1 + OTHER_COMPILER), f"{change}, another compiler"
    if found > allowed * (1 + rise):
        return False, f"{change}; if it has to be, measure.py --write --reason '..'"
    return found >= allowed * (1 - SLACK), f"{change}; measure.py --write tightens it"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--reason", action="append", default=[])
    parser.add_argument("target", nargs="*")
    options = parser.parse_args()
    targets = options.target or sorted({column[0] for column in COLUMNS.values()})
    columns = [column for column in COLUMNS if COLUMNS[column][0] in targets]
    old, failed, results, version = budget.read(), 0, {}, None
    for column in columns:
        try:
            rustc, version = compiler(COLUMNS[column][0])
            results[column] = measure(column, rustc)
        except (Trouble, subprocess.TimeoutExpired) as trouble:
            print(f"test measuring {column} ... FAILED\n{trouble}")
            failed += 1
            continue
        rows = [key for key in old.rows if column in old.rows[key]]
        for key in dict.fromkeys([*rows, *results[column]]):
            found, allowed = results[column].get(key), old.rows.get(key, {}).get(column)
            rise = SLACK if COLUMNS[column][0] == HOST else 0.0
            good, text = verdict(found, allowed, version == old.compiler, rise)
            text = f"{column}, {key[0]} of {key[1]}: {text}"
            print(f"test {text} ... {'ok' if good else 'FAILED'}" if options.check else text)
            failed += not good
    if options.write and len(results) == len(columns):
        return budget.write(old, results, version, options.reason, list(COLUMNS))
    if options.check:
        fresh = budget.is_fresh(old, list(COLUMNS))
        print(f"test README.md shows budget.toml, or measure.py --write ... {'ok' if fresh else 'FAILED'}")
        failed += not fresh
        return failed > 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
