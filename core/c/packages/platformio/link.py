"""Links the archive of the board's processor; PlatformIO runs this when it builds the library."""

Import("env")  # noqa: F821, PlatformIO's own

from os.path import join, realpath

TARGETS = {
    "cortex-m0": "thumbv6m-none-eabi",
    "cortex-m0plus": "thumbv6m-none-eabi",
    "cortex-m3": "thumbv7m-none-eabi",
    "cortex-m4": "thumbv7em-none-eabihf",
    "cortex-m7": "thumbv7em-none-eabihf",
    "cortex-m33": "thumbv8m.main-none-eabihf",
    "esp32c3": "riscv32imc-unknown-none-elf",
    "esp32c6": "riscv32imac-unknown-none-elf",
    "esp32h2": "riscv32imac-unknown-none-elf",
}

board = env.BoardConfig()  # noqa: F821
names = [str(board.get("build." + key, "")).lower() for key in ("cpu", "mcu")]
target = next((TARGETS[name] for name in names if name in TARGETS), None)
if target is None:
    raise SystemExit("ntk: no archive for %s; there are: %s" % (" ".join(names), ", ".join(sorted(TARGETS))))
# PlatformIO calls this in the folder of the library.
env.Append(LIBPATH=[join(realpath("lib"), target)], LIBS=["ntk"], LINKFLAGS=["-Wl,--gc-sections"])  # noqa: F821
