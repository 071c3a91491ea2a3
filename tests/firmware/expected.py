#!/usr/bin/env python3
"""Prints expected.txt: what the firmware must print, computed apart from it in double precision.

Readings come from the reference function of ITS-90 for type K thermocouples: G. W. Burns et al., Temperature-Electromotive
Force Reference Functions and Tables, NIST Monograph 175 (1993), also NIST SRD 60: E = sum_i c_i t^i + a0 exp(a1 (t - a2)^2)
in millivolts, the exponential above 0 C only. The NTK is the textbook's formula with an arccos (Example 2 of the lecture),
the matrix is inverted by elimination: nothing is shared with the core.
"""

import math

ABOVE = (
    -0.176004136860e-1, 0.389212049750e-1, 0.185587700320e-4, -0.994575928740e-7, 0.318409457190e-9,
    -0.560728448890e-12, 0.560750590590e-15, -0.320207200030e-18, 0.971511471520e-22, -0.121047212750e-25,
)
BELOW = (
    0.0, 0.394501280250e-1, 0.236223735980e-4, -0.328589067840e-6, -0.499048287770e-8, -0.675090591730e-10,
    -0.574103274280e-12, -0.310888728940e-14, -0.104516093650e-16, -0.198892668780e-19, -0.163226974860e-22,
)
CALIBRATION = range(0, 701, 50)
READINGS = 30, 75, 100, 125, 190, 275, 330, 525, 675, -20, -100, 750, 1000, 1200
RIDGE, LIMIT = 1e-5, 3.0


def microvolts(t):
    if t < 0:
        e = sum(c * t**i for i, c in enumerate(BELOW))
    else:
        e = sum(c * t**i for i, c in enumerate(ABOVE)) + 0.1185976 * math.exp(-0.1183432e-3 * (t - 126.9686) ** 2)
    return round(1000 * e)


def ntk(x, y):
    product = math.hypot(*x) * math.hypot(*y)
    cosine = max(-1.0, min(1.0, (x[0] * y[0] + x[1] * y[1]) / product))
    angle = math.acos(cosine)
    return product / math.pi * (math.sin(angle) + 2 * (math.pi - angle) * cosine)


def inverse(matrix):
    n = len(matrix)
    rows = [list(row) + [float(i == j) for j in range(n)] for i, row in enumerate(matrix)]
    for i in range(n):
        best = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[best] = rows[best], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for r in range(n):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i])]
    return [row[n:] for row in rows]


def point(uv):
    return (uv - 15000) / 15000, 1.0


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def main():
    x = [point(microvolts(t)) for t in CALIBRATION]
    y = [(t - 350) / 350 for t in CALIBRATION]
    k = [[ntk(a, b) + (RIDGE if i == j else 0) for j, b in enumerate(x)] for i, a in enumerate(x)]
    k = inverse(k)
    coefficients = [dot(row, y) for row in k]
    scale = math.sqrt(sum(c * c / k[i][i] for i, c in enumerate(coefficients)) / len(x))
    print(f"type K thermocouple, {len(x)} samples from 0 to 700 C")
    print("reading uV  predicted C    +-   truth C")
    for t in READINGS:
        at = point(microvolts(t))
        near = [ntk(at, b) for b in x]
        mean = 350 + 350 * dot(near, coefficients)
        bar = 350 * scale * math.sqrt(ntk(at, at) - dot(near, [dot(row, near) for row in k]))
        for value in (mean, bar):  # no single-precision result may fall on the other side
            assert abs(10 * value % 1 - 0.5) > 0.01, f"{value} is too near to where rounding turns"
        flag = "" if bar <= LIMIT else "  outside the calibration"
        print(f"{microvolts(t):10} {mean:8.1f}{bar:8.1f} {t:9}{flag}")


main()
