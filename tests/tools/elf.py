"""The parts of a 32-bit little-endian ELF file that the tools look at: sections, symbols, bytes."""

import struct
import sys

ALLOC, PROGBITS, NOBITS, SYMTAB = 2, 1, 8, 2
FIELDS = ("name", "kind", "flags", "address", "offset", "size", "link", "info", "align", "entry")


class Image:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:6] != b"\x7fELF\x01\x01":
            sys.exit(f"{path}: not a 32-bit little-endian ELF image")
        (start,) = struct.unpack_from("<I", self.data, 32)
        size, count, names = struct.unpack_from("<HHH", self.data, 46)
        rows = (struct.unpack_from("<10I", self.data, start + i * size) for i in range(count))
        self.sections = [dict(zip(FIELDS, row)) for row in rows]
        self.section_names = [self.string(names, s["name"]) for s in self.sections]

    def string(self, section, offset):
        start = self.sections[section]["offset"] + offset
        return self.data[start : self.data.index(b"\0", start)].decode()

    def read(self, address, length):
        for s in self.sections:
            if s["kind"] == PROGBITS and s["address"] and s["address"] <= address < s["address"] + s["size"]:
                start = s["offset"] + address - s["address"]
                return self.data[start : start + length]
        return b""

    def symbols(self):
        """(name, value, index of its section) of every symbol."""
        for table in (s for s in self.sections if s["kind"] == SYMTAB):
            for offset in range(table["offset"], table["offset"] + table["size"], table["entry"]):
                name, value, _, _, _, section = struct.unpack_from("<IIIBBH", self.data, offset)
                yield self.string(table["link"], name), value, section

    def flash(self):
        """Bytes that are programmed: vectors, code, constants and the first values of variables."""
        return sum(s["size"] for s in self.sections if s["flags"] & ALLOC and s["kind"] != NOBITS)

    def ram(self):
        """Bytes that variables take for good: .data, .bss and their like, but no stack and no heap."""
        names = (".data", ".bss", ".uninit", ".sdata", ".sbss")
        return sum(s["size"] for s, name in zip(self.sections, self.section_names) if name in names)
