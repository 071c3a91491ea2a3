#!/usr/bin/env python3
"""panics.py IMAGE: where each reachable panic of an image of the proof comes from, as file and line.

The image must be linked with `-Clink-arg=--defsym=a_panic_is_reachable=0`; README.md has the command. Needs
llvm-objdump and llvm-symbolizer, from the folder LLVM names or from Debian's llvm-22.
"""

import os
import re
import subprocess
import sys

LLVM = os.environ.get("LLVM", "/usr/lib/llvm-22/bin")
FUNCTION = re.compile(r"^([0-9a-f]+) <(.*)>:$")
JUMP = re.compile(r"^\s*([0-9a-f]+):\s.*<([^+>]*(?:<[^+]*>)?[^+]*?)>(?: @.*)?$")
PANIC = re.compile(r"^_(ZN|R).*4core.*(panic|_fail|expect_failed)")


def run(tool, *arguments):
    return subprocess.run([f"{LLVM}/{tool}", *arguments], check=True, capture_output=True, text=True).stdout


def jumps(image):
    """(address, function it stands in, function it goes to)."""
    inside = ""
    for line in run("llvm-objdump", "-d", "--no-show-raw-insn", image).splitlines():
        if found := FUNCTION.match(line):
            inside = found[2]
        elif (found := JUMP.match(line)) and found[2] != inside:
            yield found[1], inside, found[2]


def frames(image, address):
    """Function and place of the instruction, then of whatever it was inlined into."""
    lines = run("llvm-symbolizer", "-i", "-C", f"--obj={image}", f"0x{address}").split("\n")
    return [(what, where) for what, where in zip(lines[::2], lines[1::2]) if where]


def main():
    image = sys.argv[1]
    calls = {}
    for address, inside, target in jumps(image):
        calls.setdefault(target, []).append((address, inside))
    seen, found = set(), set()
    waiting = [target for target in calls if PANIC.match(target)]
    while waiting:
        target = waiting.pop()
        if target in seen:
            continue
        seen.add(target)
        for address, inside in calls.get(target, []):
            own = [(what, where) for what, where in frames(image, address) if "/rustlib/" not in where]
            own = [(what, where) for what, where in own if not where.startswith("/rustc/")]
            if not own or PANIC.match(inside):
                waiting.append(inside)  # a part of the library left out of line: ask who calls it
            else:
                found.add((own[0][1], target))
    for where, target in sorted(found):
        print(f"{where}\n    reaches {target}")


main()
