#!/usr/bin/env python3
"""absent.py heap|double IMAGE: fails and names the offenders if an image has a heap, or computes in double precision.

Compilers call a function for each operation on `f64` that the processor lacks; its symbol gives it away. Both names are known:
those of the Arm EABI and those of libgcc, which RISC-V uses.
"""

import re
import sys

from elf import Image

ABSENT = {
    "heap": r"__rust_(?:alloc|dealloc|realloc)|__r(?:dl|g)_(?:alloc|dealloc|realloc)|^_?(?:malloc|calloc|realloc|free|_?sbrk)$",
    "double": r"__aeabi_(?:c?d[a-z0-9]+|(?:f|h|u?i|u?l)2d)$"
    r"|_(?:add|sub|mul|div|neg|eq|ne|lt|le|gt|ge|unord|cmp|powi)df[23]"
    r"|_(?:extend[hs]fdf2|truncdf[hs]f2|fix(?:uns)?df[sdt]i|float(?:un)?[sdt]idf)",
}

what, image = sys.argv[1:]
found = sorted({name for name, _, _ in Image(image).symbols() if re.search(ABSENT[what], name)})
for name in found:
    print(f"{what}: {name}")
sys.exit(len(found) > 0)
