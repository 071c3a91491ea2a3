"""The machines of QEMU that images run on."""

import shlex

BOARDS = {
    "microbit": "qemu-system-arm -M microbit",
    "mps2-an385": "qemu-system-arm -M mps2-an385",
    "mps2-an386": "qemu-system-arm -M mps2-an386",
    "mps2-an500": "qemu-system-arm -M mps2-an500",
    "mps2-an505": "qemu-system-arm -M mps2-an505",
    "netduinoplus2": "qemu-system-arm -M netduinoplus2",
    "riscv-virt": "qemu-system-riscv32 -M virt -bios none",
    "sifive_e": "qemu-system-riscv32 -M sifive_e -bios none",
}


def command(board, image, extra=""):
    quiet = "-nographic -monitor none -serial none"
    return shlex.split(f"{BOARDS[board]} {quiet} {extra}") + ["-kernel", image]
