#!/usr/bin/env python3
"""boards.toml for the tools: boards.py BOARD | --fits TARGET | --products TARGET | --jobs | --write

With a board it prints the fields as assignments of a shell; with --fits the boards of a target that no
emulator has; with --products the firmwares of core/store for a target; with --jobs the jobs of on-target.sh, a
line for each target. --write writes the tables of README.md and docs/boards.md.
"""

import shlex
import sys
import tomllib
from pathlib import Path

from fits import regions

HERE = Path(__file__).resolve().parent.parent
PAGES = {"machines": HERE / "README.md", "chips": HERE.parent / "docs" / "boards.md"}
BOARDS = tomllib.loads((HERE / "boards.toml").read_text())
PACKAGES = {"qemu-system-arm": "qemu-system-arm", "qemu-system-riscv32": "qemu-system-misc", "node": "nodejs"}
SEEN = {"rp2040": "links, fits its map, boot stage whole"}
# Targets with an archive for C (core/c/build.sh) and a machine here to run it on.
IN_C = (
    "thumbv6m-none-eabi", "thumbv7m-none-eabi", "thumbv7em-none-eabihf", "thumbv8m.main-none-eabihf",
    "riscv32imac-unknown-none-elf",
)
# Firmwares of core/store/firmware, by target.
PRODUCTS = {
    "thumbv6m-none-eabi": ("on-rp2040",),
    "thumbv7em-none-eabihf": ("on-microbit-v2", "on-nrf52840", "on-stm32f411", "on-stm32l432"),
    "riscv32imac-unknown-none-elf": ("on-esp32c6",), "riscv32imc-unknown-none-elf": ("on-esp32c3",),
}
MARK = "<!-- boards.toml: {} -->\n"
END = "<!-- end -->\n"


def emulated(board):
    return "qemu" in BOARDS[board] or BOARDS[board]["target"].startswith("wasm32")


def map_of(board):
    return BOARDS[board].get("map", board)


def usual(target):
    """The board that images of a target run on if none is named."""
    return next(name for name, board in BOARDS.items() if board["target"] == target and emulated(name))


def measured(target, what):
    """The board in whose memory a target's sizes (`sizes_of`) or instructions (`counts_of`) are measured, or None."""
    return next((name for name, board in BOARDS.items() if board.get(what) == target), None)


def shell(name):
    board = BOARDS[name]
    program = board.get("qemu", "node").split()[0]
    alike = [n for n, b in BOARDS.items() if emulated(n) and (b["target"], b.get("cpu")) == (board["target"], board.get("cpu"))]
    values = {
        "target": board["target"], "flags": f"-Ctarget-cpu={board['cpu']}" if "cpu" in board else "",
        "program": program, "package": PACKAGES[program], "map": map_of(name), "features": board.get("features", ""),
        "resets": board.get("resets", ""), "optimised": "yes" if board.get("optimised") else "", "alike": len(alike),
    }
    return "".join(f"{key}={shlex.quote(str(value))}\n" for key, value in values.items())


def jobs():
    """A line for each target, the longest first: jobs of a target share builds."""
    lines = []
    for target in dict.fromkeys([*(board["target"] for board in BOARDS.values()), *PRODUCTS]):
        line = [name for name, board in BOARDS.items() if board["target"] == target and emulated(name)]
        line.sort(key=lambda name: "cpu" in BOARDS[name])
        line += [f"maps:{target}"] * any(b["target"] == target and not emulated(n) for n, b in BOARDS.items())
        line += [f"resets:{name}" for name in line if "resets" in BOARDS.get(name, {})]
        line += [f"products:{target}"] * (target in PRODUCTS)
        line += [f"proof:{target}"] * bool(measured(target, "sizes_of"))
        line += [f"measured:{target}"] * bool(measured(target, "counts_of"))
        line += [f"c:{target}"] * (target in IN_C)
        line += ["page"] * target.startswith("wasm32")
        if target == "thumbv7em-none-eabihf":
            line += ["anywhere", "measured:x86_64-unknown-linux-gnu"]
        lines.append(line)
    lines.append(["judges", "host"])
    return sorted(lines, key=len, reverse=True)


def size(n):
    return f"{n >> 20} MB" if n % (1 << 20) == 0 else f"{n >> 10} KB"


def ram(board):
    return size(regions((HERE / f"boards/{map_of(board)}.x").read_text())["RAM"][1]) if "qemu" in BOARDS[board] else ""


def machines():
    text = "\n| board | processor | RAM | target |\n|---|---|---:|---|\n"
    for name in filter(emulated, BOARDS):
        board = BOARDS[name]
        flags = f", `-Ctarget-cpu={board['cpu']}`" if "cpu" in board else ""
        text += f"| `{name}` | {board['processor']} | {ram(name)} | `{board['target']}`{flags} |\n"
    return text + "\n"


def chips():
    text = "\n| board | memory map | target | `--chip` | seen here |\n|---|---|---|---|---|\n"
    for name, board in BOARDS.items():
        if "chip" in board:
            seen = "runs in QEMU" if emulated(name) else SEEN.get(name, "links, fits its map")
            text += f"| {board['name']} | `{map_of(name)}.x` | `{board['target']}` | `{board['chip']}` | {seen} |\n"
    return text + (
        "| ESP32-C3 | that of esp-hal | `riscv32imc-unknown-none-elf` | `esp32c3` | a firmware on esp-hal links, see below |\n\n"
    )


TABLES = {"machines": machines, "chips": chips}


def with_table(name):
    """The page that has a table, with this table as it should be."""
    before, rest = PAGES[name].read_text().split(MARK.format(name))
    return before + MARK.format(name) + TABLES[name]() + rest[rest.index(END) :]


def main():
    what, *more = sys.argv[1:]
    if what == "--jobs":
        print("\n".join(map(" ".join, jobs())))
    elif what == "--fits":
        print("\n".join(name for name, board in BOARDS.items() if board["target"] == more[0] and not emulated(name)))
    elif what == "--products":
        print("\n".join(PRODUCTS.get(more[0], ())))
    elif what == "--write":
        for name, page in PAGES.items():
            page.write_text(with_table(name))
    elif what in BOARDS:
        print(shell(what), end="")
    else:
        sys.exit(f"no such board: {what}; boards.toml has {', '.join(BOARDS)}")


if __name__ == "__main__":
    main()
