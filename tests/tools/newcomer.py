#!/usr/bin/env python3
"""Does what docs/boards.md tells a newcomer, to the letter, in an empty folder, and compares the output:
newcomer.py BOARD

Takes the code blocks of the section "From `cargo new` to a board" up to "It prints": shell lines are run, a
block after a line that is a file's name is written to it, the last block is the output. Only these differ
from a newcomer's machine: QEMU takes the place of the probe (the environment's runner has the last word),
RUSTC may name a compiler, and the versions of tests/Cargo.lock are taken, so that a crate published tomorrow
changes nothing.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
SECTION = "## From `cargo new` to a board\n"


def blocks():
    """Each fenced block of the walk: its language, the file it belongs in or None, its text."""
    text = (TESTS.parent / "docs" / "boards.md").read_text()
    section = text[text.index(SECTION) :]
    for match in re.finditer(r"(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$", section, re.S | re.M):
        yield match[2], match[1], match[3]
        if match[2] == "text":
            return


def main():
    board = sys.argv[1]
    walk = list(blocks())
    assert [kind for kind, _, _ in walk] == ["sh", "toml", "rust", "sh", "text"], "docs/boards.md: other blocks than expected"
    target = re.search(r'^target = "(.*)"$', walk[1][2], re.M)[1]
    runner = f"CARGO_TARGET_{target.upper().replace('-', '_').replace('.', '_')}_RUNNER"
    environment = {k: v for k, v in os.environ.items() if k not in ("BOARD", "CARGO_TARGET_DIR", "RUSTFLAGS", "RUSTC_WRAPPER")}
    environment[runner] = f"{TESTS}/tools/qemu-runner {board}"
    with tempfile.TemporaryDirectory() as empty:
        os.symlink(TESTS.parent, f"{empty}/ntk")
        project = pathlib.Path(empty)
        found = ""
        for kind, name, text in walk[:-1]:
            if kind == "sh":
                done = subprocess.run(
                    ["sh", "-e", "-c", text], cwd=project, env=environment, stdout=subprocess.PIPE, text=True
                )
                if done.returncode:
                    sys.exit(f"{text}ended with status {done.returncode}\n{done.stdout}")
                found = done.stdout
                if project == pathlib.Path(empty):
                    project /= re.search(r"cargo new (\S+)", text)[1]
                    shutil.copy(TESTS / "Cargo.lock", project)
            else:
                (project / name).write_text(text)
    if found != walk[-1][2]:
        sys.exit(f"docs/boards.md promises\n{walk[-1][2]}but this is printed\n{found}")


main()
