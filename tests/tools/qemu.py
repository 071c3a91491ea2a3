"""The machines of QEMU that images run on."""

import shlex

from boards import BOARDS


def command(board, image, extra=""):
    quiet = "-nographic -monitor none -serial none"
    return shlex.split(f"{BOARDS[board]['qemu']} {quiet} {extra}") + ["-kernel", image]
