"""The draws of `ntk sweep`: samples and initial weights of Example 3, the same numbers to rounding.

The words of the generator are those of host/reference/normals.py; scipy's inverse of the normal distribution makes weights
of them.
"""
import sys
from pathlib import Path

import numpy as np
from scipy.special import ndtri

sys.path.append(str(Path(__file__).resolve().parents[2] / "reference"))
from normals import words  # noqa: E402

SAMPLES = 15


def tails(seed, stream, count):
    """Numbers of (0, 1), 2^-53 times an odd number, and signs."""
    drawn = words(seed, stream, count)
    size = np.array([(2 * (u >> 11 & 2**52 - 1) + 1) / 2**53 for u in drawn])
    return size, np.array([-1.0 if u >> 63 else 1.0 for u in drawn])


def samples(seed):
    """Inputs on the unit circle, n x 2, and labels x + sin 10 x."""
    size, sign = tails(seed, 0, SAMPLES)
    x = sign * size
    angle = np.pi / 2 * x
    return np.stack([np.cos(angle), np.sin(angle)], 1), x + np.sin(10 * x)


def weights(seed, width):
    """a of k units and B, k x 2."""
    size, sign = tails(seed, width, 3 * width)
    normal = (-sign * ndtri(size / 2)).reshape(width, 3)
    return normal[:, 0].copy(), normal[:, 1:].copy()
