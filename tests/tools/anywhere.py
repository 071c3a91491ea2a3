#!/usr/bin/env python3
"""anywhere.py: builds one measured image in this checkout and in two copies of it, in folders whose names
differ in length and depth. Where `core` has to be compiled too, each copy compiles its own.

Fails unless the three are the same bytes; then no number that is measured on them depends on the folder.
Prints the first byte that differs. Environment: as for measure.py.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from measure import HERE, build, compiler

TARGET, PROFILE, IMAGE = "thumbv7em-none-eabihf", "proof-small", "instructions"
FOLDERS = "a", "a-name-that-is-longer/and/lies/deeper/than/most/checkouts"


def copy(checkout):
    """Copies what the image is made of: the manifest of the root, the core and the tests."""
    shutil.copytree(HERE.parent / "core", checkout / "core")
    shutil.copytree(HERE, checkout / "tests", ignore=shutil.ignore_patterns("target"))
    shutil.copy(HERE.parent / "Cargo.toml", checkout)


def image_of(tests):
    rustc, _ = compiler(TARGET, tests)
    return Path(build(rustc, TARGET, PROFILE, "measure", [IMAGE], "", tests)[IMAGE]).read_bytes()


def main():
    os.environ.pop("SYSROOT_CACHE", None)
    here = image_of(HERE)
    with tempfile.TemporaryDirectory() as temporary:
        for name in FOLDERS:
            checkout = Path(temporary).resolve() / name
            copy(checkout)
            there = image_of(checkout / "tests")
            if there != here:
                at = next((i for i, (a, b) in enumerate(zip(here, there)) if a != b), min(len(here), len(there)))
                sys.exit(f"{IMAGE}: {len(here)} bytes here, {len(there)} in a folder {name}; byte {at} is the first that differs")
            print(f"{IMAGE} for {TARGET}: the same {len(here)} bytes in a folder {name}")


if __name__ == "__main__":
    main()
