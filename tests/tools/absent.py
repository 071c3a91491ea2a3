#!/usr/bin/env python3
"""absent.py heap|double IMAGE: fails and names the offenders if an image has a heap, or computes in double
precision.

Compilers call a function for each operation on `f64` that the processor lacks; its symbol gives it away. Both
names are known: those of the Arm EABI and those of libgcc, which RISC-V uses.
"""

import re
import sys

from elf import Image

ABSENT = {
    "heap": r"__rust_(?:alloc|dealloc|realloc)|__r(?:dl|g)_(?:alloc|dealloc|realloc)"
    r"|^_?(?:malloc|calloc|realloc|free|_?sbrk)$",
    "double": r"__aeabi_(?:c?d[a-z0-9]+|(?:f|h|u?i|u?l)2d)$"
    r"|_(?:add|sub|mul|div|neg|eq|ne|lt|le|gt|ge|unord|cmp|powi)df[23]"
    r"|_(?:extend[hs]fdf2|truncdf[hs]f2|fix(?:uns)?df[sdt]i|float(?:un)?[sdt]idf)",
}


def offends(what, name):
    return bool(re.search(ABSENT[what], name))


def main():
    what, image = sys.argv[1:]
    found = sorted({name for name, _, _ in Image(image).symbols() if offends(what, name)})
    for name in found:
        print(f"{what}: {name}")
    return len(found) > 0


if __name__ == "__main__":
    sys.exit(main())
