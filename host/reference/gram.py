"""Gram matrices of the NTK of the ReLU and of a leaky one, one hidden layer, 2 and 64 inputs: 120 digits.

A third of the inputs of a matrix are normal, a third lie all around a plane, and a third are those again, turned by 1e-9 to
0.5 or opposite. All values come from the exact rounded inputs and are rounded once, to the nearest double. Only entries on
and below the diagonal are written, row by row.
"""

import numpy as np
from mpmath import mp

from common import nearest_double, write_json
from sign_changes import kernel

mp.dps = 120

DIMENSIONS = [2, 64]
SLOPES = {"relu": None, "leaky": 0.125}
NORMS = [1e-3, 1e-1, 1.0, 17.3, 1e3]
TURNS = [1e-9, 1e-6, 1e-3, 1e-2, 0.1, 0.5]
THIRD = 8


def inputs(rng, d, precision):
    rounded = lambda x: [float(v if precision == "f64" else np.float32(v)) for v in x]
    plane = np.linalg.qr(rng.standard_normal((d, 2)))[0]
    around = [plane @ (np.cos(t), np.sin(t)) for t in 2 * np.pi * (np.arange(THIRD) + rng.random(THIRD)) / THIRD]
    first = [rng.choice(NORMS) * x for x in (*rng.standard_normal((THIRD, d)), *around)]
    near = []
    for i, turn in enumerate(TURNS):
        x = first[2 * i]
        near.append(rng.choice(NORMS) * (x / np.linalg.norm(x) + turn * rng.standard_normal(d)))
    first = [rounded(x) for x in first]
    opposite = [[-0.25 * v for v in x] for x in (first[1], first[-1])]  # a power of two: exactly opposite
    return first + [rounded(x) for x in near] + opposite


def matrix(x, slope):
    return [nearest_double(kernel(x[i], x[j], slope)) for i in range(len(x)) for j in range(i + 1)]


def cases(precision):
    rng = np.random.default_rng(29)
    table = []
    for d in DIMENSIONS:
        x = inputs(rng, d, precision)
        table.append({"x": x} | {name: matrix(x, slope) for name, slope in SLOPES.items()})
    return table


def check(table):
    """Each entry in plain doubles, the angle by the arccos of the cosine, where that is accurate enough."""
    for case in table:
        x = np.array(case["x"])
        size = np.linalg.norm(x, axis=1)
        size, dot = np.outer(size, size), x @ x.T
        t = np.arccos(np.clip(dot / size, -1, 1))
        below = np.tril_indices(len(x))
        for name, slope in SLOPES.items():
            s, gain = (0.0, 2.0) if slope is None else (slope, 1.0)
            # E[phi phi] and E[phi' phi'] by those of max(0, z), at t and at pi - t.
            part = lambda t: size * (np.sin(t) + (np.pi - t) * np.cos(t)) / (2 * np.pi)
            share = lambda t: (np.pi - t) / (2 * np.pi)
            value = (1 + s * s) * part(t) - 2 * s * part(np.pi - t)
            slopes = (1 + s * s) * share(t) + 2 * s * share(np.pi - t)
            found = gain * (value + dot * slopes)
            assert np.all(np.abs(found[below] - case[name]) < 1e-7 * size[below]), name


def main():
    f64, f32 = cases("f64"), cases("f32")
    check(f64 + f32)
    write_json("gram", "Gram matrices of the NTK of ReLU and leaky ReLU with one hidden layer in mpmath with 120 digits, 2 and 64 "
               "inputs, from the exact rounded inputs, rounded once to the nearest double; on and below the diagonal.",
               ["mpmath", "numpy"], {"f64": f64, "f32": f32}, date="2026-11-26")
    print(f"gram.json: {len(f64)} f64, {len(f32)} f32 matrices of {3 * THIRD} inputs")


if __name__ == "__main__":
    main()
