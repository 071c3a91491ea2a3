#!/usr/bin/env python3
"""sizes.py ARCHIVE FOLDER: compares programs in C for the Cortex-M4F with the table of core/c/README.md.

ARCHIVE is `all`, for the programs fit_predict, sensor and stream in FOLDER, or `small`, for fit_predict linked with
the archive of its shape alone. A program that is larger than its row fails, and one that is smaller by more than 2 %;
with another compiler than that of tests/budget.toml, by more than a quarter either way. So does a row whose size in
Rust is not that of tests/budget.toml.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "tools"))
from elf import Image  # noqa: E402

SLACK, OTHER_COMPILER = 0.02, 0.25
# archive, program: how its row begins, and the row of the budget that it stands beside
ROWS = {
    ("all", "sensor"): ("`ntk_sensor_1x16`", "a sensor that fits and reads, N = 16"),
    ("all", "stream"): ("`ntk_stream_1x16`", "a stream that hears and answers, N = 16"),
    ("all", "fit_predict"): ("`ntk_model_2x32`", "fit and predict, N = 32"),
    ("small", "fit_predict"): ("the same from a small archive", "fit and predict, N = 32"),
}


def main():
    archive, folder = sys.argv[1:]
    readme = (ROOT / "core" / "c" / "README.md").read_text()
    budget = tomllib.loads((ROOT / "tests" / "budget.toml").read_text())
    rustc = subprocess.run([ROOT / "tests/tools/compiler.sh", "thumbv7em-none-eabihf"], stdout=subprocess.PIPE, text=True).stdout
    version = subprocess.run([rustc.strip(), "-V"], stdout=subprocess.PIPE, text=True).stdout.split()[1]
    same, failed = f"rustc {version}," in budget["compiler"], False
    for (of, program), (begin, row) in ROWS.items():
        if of != archive:
            continue
        line = re.search(rf"^\| {re.escape(begin)}.*$", readme, re.MULTILINE)[0]
        flash, in_rust, ram = (int(cell.strip().replace(",", "")) for cell in line.split("|")[2:5])
        image = Image(str(Path(folder) / program))
        rise, fall = (0, SLACK) if same else (OTHER_COMPILER, OTHER_COMPILER)
        fine = flash * (1 - fall) <= image.flash() <= flash * (1 + rise) and image.ram() == ram
        fine = fine and in_rust == budget["flash"][row]["M4F"]
        print(f"{archive}, {program}: {image.flash()} bytes of flash, {image.ram()} of RAM; README.md: {flash}, {ram};", end=" ")
        print(f"Rust {budget['flash'][row]['M4F']}, README.md: {in_rust}" + ("" if fine else ": FAILED"))
        failed |= not fine
    return failed


if __name__ == "__main__":
    sys.exit(main())
