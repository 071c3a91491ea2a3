"""Gradients in x of the NNGP and NTK of every activation that has an NTK, one hidden layer and several, with and without biases.

The kernels are those of duals.py with 120 digits (integrated: 32), from exact inner products; each is differentiated by the
rise over a step in one coordinate to either side, 1e-30 (integrated: five points, 1e-6), so that what the step leaves out is far
below a double. No formula for a derivative is used. Those of one layer are checked against the integral of the derivative.
"""

import math
from fractions import Fraction

import numpy as np
from mpmath import mp

from common import nearest_double, write_json
from duals import CLOSED, FAMILY, GROWING, INTEGRATED, NEWER, kernels
from kernels import pair, plane, rounder

CENTRAL = (Fraction(1, 10**30), ((1, Fraction(1, 2)),))
FIVE_POINTS = (Fraction(1, 10**6), ((1, Fraction(2, 3)), (2, Fraction(-1, 12))))


def gradients(duals, x, y, depth, wv, bv, rule):
    """[d NNGP / dx, d NTK / dx]."""
    h, weights = rule
    found = [[], []]
    for i in range(len(x)):
        sums = [mp.mpf(0), mp.mpf(0)]
        for steps, weight in weights:
            for sign in (1, -1):
                moved = [Fraction(v) + (sign * steps * h if j == i else 0) for j, v in enumerate(x)]
                for k, value in enumerate(kernels(duals, moved, y, depth, wv, bv)):
                    sums[k] += sign * value * weight.numerator / weight.denominator
        for k in range(2):
            found[k].append(sums[k] * h.denominator)
    return found


def row(name, duals, x, y, depth, wv, bv, rule):
    """The gradients, and as scale of each sqrt(w K(x, x) K(y, y)) / sqrt(w |x|^2 + b)."""
    own = [kernels(duals, v, v, depth, wv, bv) for v in (x, y)]
    length = math.sqrt(wv * sum(v * v for v in x) + bv)
    out = {"phi": name, "x": x, "y": y, "depth": depth, "w": wv, "b": bv}
    for key, found, p, q in zip(("nngp", "ntk"), gradients(duals, x, y, depth, wv, bv, rule), *own):
        scale = mp.sqrt(wv * p * q) / length
        out[key] = {"gradient": [nearest_double(v) for v in found], "scale": float(f"{float(scale):.6g}")}
    return out


def table():
    """Float32 values, so that one table serves both precisions."""
    rng = np.random.default_rng(29)
    rounded, rows, count = rounder("f32"), [], 0
    # The newer ones last: the others keep the inputs that they were drawn with.
    for name, duals in sorted((CLOSED | INTEGRATED).items(), key=lambda item: item[0] in NEWER):
        if name in ("step", "sign"):
            continue
        closed = name in CLOSED
        settings = [(1, 1.0, 0.0), (1, 1.5, 0.125), (2, 0.5, 0.125)]
        if closed and name not in GROWING:
            settings += [(3, 1.0, 0.0), (5, 0.75, 0.25)]
        for depth, wv, bv in settings:
            angles = [(0.02, False), (0.9, False), (1.2, True)]
            if name in FAMILY:
                angles += [(1e-4, False), (1e-3, True)]
            for angle, reflect in angles if closed else angles[1:]:
                first, second = plane(rng, 2 + count % 2)
                norms = [0.5, 1.0, 0.8, 1.2]
                x, y = pair(first, second, norms[count % 4], norms[(count // 2) % 4], angle, reflect)
                x, y = rounded(x.tolist()), rounded(y.tolist())
                rows.append(row(name, duals, x, y, depth, wv, bv, CENTRAL if closed else FIVE_POINTS))
                count += 1
    return rows


def check_definition(rows):
    """One layer, w = 1, b = 0: d/dx E[phi(u) phi(v)] = E[g phi'(u) phi(v)] with u = <g, x>, by a plain rule in doubles."""
    erf, normal = np.vectorize(math.erf), np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2)))
    logistic = lambda z: 1 / (1 + np.exp(-z))
    phis = {"erf": erf, "sin": np.sin, "cos": np.cos, "identity": lambda z: z, "quadratic": lambda z: z * z, "exp": np.exp,
            "gaussian": lambda z: np.exp(-z * z), "gelu": lambda z: z * normal(z), "tanh": np.tanh, "sigmoid": logistic,
            "softplus": lambda z: np.logaddexp(0, z), "silu": lambda z: z * logistic(z),
            "relu": lambda z: math.sqrt(2) * np.maximum(0, z), "abs": np.abs,
            "leaky-relu:0.125": lambda z: np.where(z > 0, z, z / 8), "leaky-relu:-0.5": lambda z: np.where(z > 0, z, -z / 2), **NEWER}
    g = np.arange(-220, 221) * 0.04 + 0.013
    weight = np.exp(-g * g / 2)
    weight = np.outer(weight, weight) / weight.sum() ** 2
    first, second = np.meshgrid(g, g, indexing="ij")
    checked = 0
    for r in rows:
        if (r["depth"], r["w"], r["b"]) != (1, 1.0, 0.0):
            continue
        x, y, phi = np.array(r["x"]), np.array(r["y"]), phis[r["phi"]]
        basis = np.linalg.qr(np.array([x, y]).T)[0]
        u, v = (sum(p * q for p, q in zip(basis.T @ z, (first, second))) for z in (x, y))
        kinked = r["phi"] in ("relu", "abs") or "leaky" in r["phi"] or "rectified" in r["phi"]
        slope = lambda f, z: (f(z + 1e-5) - f(z - 1e-5)) / 2e-5
        d_u, d_v = slope(phi, u), slope(phi, v)
        value = basis @ [(weight * axis * d_u * phi(v)).sum() for axis in (first, second)]
        allowed = 1e-2 if kinked else 1e-7
        assert np.abs(value - r["nngp"]["gradient"]).max() < allowed * r["nngp"]["scale"], (r, value)
        if not kinked:
            curvature = (phi(u + 1e-3) - 2 * phi(u) + phi(u - 1e-3)) / 1e-6
            mixed = basis @ [(weight * axis * curvature * d_v).sum() for axis in (first, second)]
            ntk = value + y * (weight * d_u * d_v).sum() + (x @ y) * mixed
            assert np.abs(ntk - r["ntk"]["gradient"]).max() < 1e-5 * r["ntk"]["scale"], (r, ntk)
        checked += 1
    return checked


def main():
    mp.dps = 120
    rows = table()
    checked = check_definition(rows)
    write_json("gradients", "Gradients of NNGP and NTK in x, differences of mpmath values with 120 digits (integrated: 32), rounded once "
               "to the nearest double; beside each its scale.", ["mpmath", "numpy"], {"rows": rows})
    print("gradients.json:", len(rows), f"{checked} rows integrated again")


if __name__ == "__main__":
    main()
