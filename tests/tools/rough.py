#!/usr/bin/env python3
"""rough.py: instructions of each operation in `f32` and in `Micro`, the table of README.md.

Environment: as for measure.py. Errors: cargo run --release -p measure --bin rough
"""

from boards import measured
from measure import COLUMNS, build, compiler, lines

NAMES = ["relu NTK entry", "erf NTK entry", "gaussian NTK entry", "factor N = 15", "mean", "training step"]


def main():
    print("| Instructions | M0, `f32` | M0, `Micro` | M4F, `f32` | M4F, `Micro` |\n|---|---:|---:|---:|---:|")
    columns = []
    for column in ("M0", "M4F"):
        target, profile, _, _, (icount, ticks) = COLUMNS[column]
        image = build(compiler(target)[0], target, profile, "measure", ["rough"], "")["rough"]
        counts = {name: round(number / ticks) for name, number in lines(measured(target, "counts_of"), image, icount).items()}
        assert counts["loop of 2000 instructions"] in range(2000, 2004)
        columns += [[counts[f"{scalar}: {name}"] for name in NAMES] for scalar in ("f32", "Micro")]
    for row in zip(NAMES, *columns):
        print(f"| {row[0]} | " + " | ".join(f"{count:,}" for count in row[1:]) + " |")


if __name__ == "__main__":
    main()
