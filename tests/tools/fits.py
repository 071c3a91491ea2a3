#!/usr/bin/env python3
"""Checks that an image lies inside of the memory map of its board: fits.py boards/BOARD.x IMAGE

Reads the regions from the map and the sections from the ELF file, apart from the linker that placed them. On
Cortex-M the first words must be the vector table: a stack pointer at the end of RAM and a reset address in
flash. On an RP2040 the boot stage must be whole: 256 bytes, the last four a CRC-32 (RP2040 datasheet, "Boot
Stage 2").
"""

import re
import struct
import sys

ALLOCATED, NOTHING_IN_FILE, ARM = 2, 8, 40


def regions(text):
    units = {"": 1, "K": 1024, "M": 1024 * 1024}

    def number(term):
        digits, unit = re.fullmatch(r"(0x[0-9a-fA-F]+|\d+)([KM]?)", term.strip()).groups()
        return int(digits, 0) * units[unit]

    found = {}
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    for name, origin, length in re.findall(r"(\w+)\s*:\s*ORIGIN\s*=\s*(\w+),\s*LENGTH\s*=\s*([^\n]+)", text):
        first, *rest = length.split("-")
        found[name] = (number(origin), number(first) - sum(map(number, rest)))
    return found


def sections(elf):
    (start,) = struct.unpack_from("<I", elf, 32)
    size, count, names = struct.unpack_from("<HHH", elf, 46)
    headers = [struct.unpack_from("<10I", elf, start + i * size) for i in range(count)]
    for name, kind, flags, address, offset, length, *_ in headers:
        at = headers[names][4] + name
        yield elf[at : elf.index(b"\0", at)].decode(), kind, flags, address, offset, length


def crc32(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc >> 31 else 0)) & 0xFFFFFFFF
    return crc


def main():
    path, image = sys.argv[1:]
    with open(path) as file:
        memory = regions(file.read())
    with open(image, "rb") as file:
        elf = file.read()
    assert elf[:6] == b"\x7fELF\x01\x01", "not a 32-bit little-endian ELF image"
    used, placed = dict.fromkeys(memory, 0), {}
    for name, kind, flags, address, offset, length in sections(elf):
        if not flags & ALLOCATED or not length:
            continue
        home = [r for r, (o, n) in memory.items() if o <= address and address + length <= o + n]
        assert home, f"{name}: {address:#x} to {address + length:#x} lies in no region of {path}"
        used[home[0]] += length
        placed[name] = (address, elf[offset : offset + length] if kind != NOTHING_IN_FILE else b"")
    # What must be there at power-on is loaded into flash, even if it is used in RAM.
    start, size, count = *struct.unpack_from("<I", elf, 28), *struct.unpack_from("<HH", elf, 42)
    for kind, _, _, load, stored, *_ in (struct.unpack_from("<8I", elf, start + i * size) for i in range(count)):
        inside = any(o <= load and load + stored <= o + n for r, (o, n) in memory.items() if r != "RAM")
        assert kind != 1 or not stored or inside, f"{stored} bytes to be loaded at {load:#x}, not in flash"
    if struct.unpack_from("<H", elf, 18)[0] == ARM:
        (flash, size), (ram, length) = memory["FLASH"], memory["RAM"]
        address, table = placed[".vector_table"]
        stack, reset = struct.unpack_from("<II", table)
        assert address == flash, f"the vector table is at {address:#x}, not at {flash:#x}"
        assert stack == ram + length, f"the stack starts at {stack:#x}, not at the end of RAM"
        assert reset & 1 and flash <= reset < flash + size, f"reset at {reset:#x}"
    if "BOOT2" in memory:
        address, stage = placed.get(".boot2", (0, b""))
        assert address == memory["BOOT2"][0] and len(stage) == 256, "no boot stage of 256 bytes"
        assert crc32(stage[:252]) == struct.unpack("<I", stage[252:])[0], "the boot stage has a wrong checksum"
    print(", ".join(f"{name} {n} of {memory[name][1]}" for name, n in used.items()))


if __name__ == "__main__":
    try:
        main()
    except AssertionError as wrong:
        sys.exit(f"{sys.argv[2]}: {wrong}")
