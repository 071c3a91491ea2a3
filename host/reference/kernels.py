"""ReLU NNGP and NTK at 50 digits and more, for one hidden layer (f64 and f32 inputs) and for deep networks.

Source: Theorem 1, Example 2 and the remarks on inputs off the sphere of the lecture. All values come from the exact
rounded inputs; they are computed with 120 digits and rounded once, to the nearest double.
"""

import math
from fractions import Fraction

import numpy as np
from mpmath import mp

from common import angles, exact_dot, nearest_double, relu_expectations, relu_kernels, to_mp, write_json

mp.dps = 120

NORMS = [1e-3, 1e-1, 1.0, 17.3, 1e3]
SMALL_ANGLES = [float(t) for t in np.geomspace(1e-9, 1.5, 29)]


def rounder(precision):
    """The rounding of a list of numbers to doubles or to float32 values (written as doubles)."""
    if precision == "f64":
        return lambda values: [float(v) for v in values]
    return lambda values: [float(np.float32(v)) for v in values]


def plane(rng, d):
    """Two orthonormal directions in d dimensions."""
    q, _ = np.linalg.qr(rng.standard_normal((d, 2)))
    return q[:, 0], q[:, 1]


def pair(first, second, x_norm, y_norm, angle, reflect):
    """x along the first direction, y turned by the angle (by pi minus the angle if reflect), before rounding."""
    sign = -1.0 if reflect else 1.0
    x = x_norm * first
    y = sign * y_norm * (math.cos(angle) * first + math.sin(angle) * second)
    return x, y


def shallow_row(x, y):
    """One row of the tables "f64" and "f32"."""
    if not any(x) or not any(y):
        return {"x": x, "y": y, "angle": 0.0, "nngp": 0.0, "ntk": 0.0}
    angle, _ = angles(exact_dot(x, x), exact_dot(x, y), exact_dot(y, y))
    nngp, ntk = relu_kernels(x, y)
    return {"x": x, "y": y, "angle": nearest_double(angle), "nngp": nearest_double(nngp), "ntk": nearest_double(ntk)}


def axes():
    """The directions of the two axes of the plane, on which tiny angles survive the rounding to float32."""
    return np.array([1.0, 0.0]), np.array([0.0, 1.0])


def shallow_table(precision):
    """About 300 rows: each angle in the plane (turned, and along the axes) and in 3 or 8 dimensions, norms in turn."""
    rng = np.random.default_rng(5)
    rounded = rounder(precision)
    nominal = [(t, False) for t in SMALL_ANGLES] + [(math.pi / 2, False)] + [(t, True) for t in SMALL_ANGLES]
    rows, count = [], 0
    for index, (angle, reflect) in enumerate(nominal):
        directions = [plane(rng, 2), plane(rng, 2), plane(rng, 2), axes(), plane(rng, (3, 8)[index % 2])]
        for first, second in directions:
            x_norm, y_norm = NORMS[(count + index) % 5], NORMS[(2 * count + index // 5) % 5]
            x, y = pair(first, second, x_norm, y_norm, angle, reflect)
            rows.append(shallow_row(rounded(x), rounded(y)))
            count += 1
    return rows + parallel_rows(rng, rounded) + zero_rows()


def parallel_rows(rng, rounded):
    """Identical, exactly parallel and exactly opposite vectors (factors that are powers of two are exact)."""
    rows = []
    for d, norm in zip((2, 2, 3, 8, 2), NORMS):
        x = rounded(norm * plane(rng, d)[0])
        for factor in (1.0, -1.0, 0.25, -8.0):
            rows.append(shallow_row(x, [factor * v for v in x]))
    return rows


def zero_rows():
    """The zero vector against another one and against itself."""
    return [shallow_row([0.0, 0.0], [0.625, 0.8125]), shallow_row([0.0, 0.0], [0.0, 0.0])]


def deep_kernels(x, y, depth, weight_variance, bias_variance):
    """(NNGP, NTK) of a network with `depth` hidden layers.

    Sigma_1 = wv <x, y> + bv, Theta_1 = Sigma_1; per hidden layer Sigma' = wv E[phi phi] + bv and
    Theta' = Sigma' + Theta wv E[phi' phi']. The first layer is exact (rational numbers).
    """
    wv, bv = Fraction(weight_variance), Fraction(bias_variance)
    sxx, sxy, syy = (wv * exact_dot(p, q) + bv for p, q in ((x, x), (x, y), (y, y)))
    theta = to_mp(sxy)
    wv_mp, bv_mp = to_mp(wv), to_mp(bv)
    for _ in range(depth):
        value, slope = relu_expectations(sxx, sxy, syy)
        # E[phi(u)^2] is the variance of u.
        sxx, syy = (wv_mp * as_mp(s) + bv_mp for s in (sxx, syy))
        sxy = wv_mp * value + bv_mp
        theta = sxy + theta * wv_mp * slope
    return sxy, theta


def as_mp(value):
    """A rational or mpmath number as an mpmath number."""
    return to_mp(value) if isinstance(value, Fraction) else value


def deep_row(x, y, depth, weight_variance, bias_variance):
    """One row of the table "deep"."""
    nngp, ntk = deep_kernels(x, y, depth, weight_variance, bias_variance)
    return {"x": x, "y": y, "depth": depth, "weight_variance": weight_variance, "bias_variance": bias_variance,
            "nngp": nearest_double(nngp), "ntk": nearest_double(ntk)}


def deep_table():
    """Every depth with every pair of variances, four angles each, and identical, opposite and zero vectors."""
    rng = np.random.default_rng(11)
    nominal = [(t, r) for t in (1e-9, 1e-6, 1e-3, 0.1, 0.7, 1.4) for r in (False, True)] + [(math.pi / 2, False)]
    norms = [0.1, 0.5, 1.0, 3.7, 10.0]
    rows, count = [], 0
    for depth in (1, 2, 3, 5, 20):
        for wv in (1.0, 0.5, 2.0):
            for bv in (0.0, 0.1, 1.0):
                for _ in range(3):
                    angle, reflect = nominal[count % len(nominal)]
                    first, second = plane(rng, 2 + count % 2)
                    x, y = pair(first, second, norms[count % 5], norms[(count // 5) % 5], angle, reflect)
                    rows.append(deep_row(x.tolist(), y.tolist(), depth, wv, bv))
                    count += 1
        x = (2.5 * plane(rng, 2)[0]).tolist()
        for y, bv in ((x, 0.0), ([-v for v in x], 0.0), ([0.0, 0.0], 0.1), (x, 1.0)):
            rows.append(deep_row(x, y, depth, 1.0, bv))
    return rows


def check_quadrature(rows):
    """The two expectations by numerical integration over the angle of a normal vector in the plane.

    In polar coordinates E[phi phi] = (2 / pi) |x| |y| int max(0, cos s) max(0, cos(s - t)) ds, E[phi' phi'] =
    (1 / pi) times the length of the set where both are positive, which is counted, not derived.
    """
    with mp.workdps(30):
        for row in rows:
            x, y = [mp.mpf(v) for v in row["x"]], [mp.mpf(v) for v in row["y"]]
            size = mp.sqrt(mp.fsum(v * v for v in x) * mp.fsum(v * v for v in y))
            dot = mp.fsum(p * q for p, q in zip(x, y))
            t = mp.acos(dot / size)
            value = 2 / mp.pi * size * mp.quad(lambda s: mp.cos(s) * mp.cos(s - t), [t - mp.pi / 2, mp.pi / 2])
            slope = mp.quad(lambda s: 1, [t - mp.pi / 2, mp.pi / 2]) / mp.pi
            scale = max(abs(row["ntk"]), 1e-6 * float(size))
            assert abs(value - row["nngp"]) < 1e-12 * scale
            assert abs(value + dot * slope - row["ntk"]) < 1e-12 * scale


def check_literally(rows):
    """The formula as printed, with arccos at 200 digits (so that its cancellation does no harm)."""
    with mp.workdps(200):
        for row in rows:
            x, y = [mp.mpf(v) for v in row["x"]], [mp.mpf(v) for v in row["y"]]
            dot, size = mp.fdot(x, y), mp.sqrt(mp.fdot(x, x) * mp.fdot(y, y))
            c = max(mp.mpf(-1), min(mp.mpf(1), dot / size)) if size else mp.mpf(0)
            nngp = size * (mp.sin(mp.acos(c)) + (mp.pi - mp.acos(c)) * c) / mp.pi
            ntk = nngp + dot * (mp.pi - mp.acos(c)) / mp.pi
            for value, known in ((nngp, row["nngp"]), (ntk, row["ntk"])):
                assert abs(value - known) <= abs(mp.mpf(known)) * mp.mpf(2) ** -53 + mp.mpf(10) ** -90, row


def check_monte_carlo(rows):
    """One hidden layer against random units: the mean over 400,000 units lies within 5 standard errors."""
    rng = np.random.default_rng(3)
    for row in rows:
        x, y = np.array(row["x"]), np.array(row["y"])
        b = rng.standard_normal((400_000, len(x)))
        u, v = b @ x, b @ y
        nngp = 2 * np.maximum(0, u) * np.maximum(0, v)
        ntk = nngp + 2 * (u > 0) * (v > 0) * (x @ y)
        for sample, expected in ((nngp, row["nngp"]), (ntk, row["ntk"])):
            assert abs(sample.mean() - expected) < 5 * sample.std() / math.sqrt(len(sample))


def check_deep(rows):
    """The recursion in plain doubles with arccos of the correlation, where that is accurate enough."""
    checked = 0
    for row in rows:
        x, y, wv, bv = row["x"], row["y"], row["weight_variance"], row["bias_variance"]
        inner = [sum(p * q for p, q in zip(*ab)) for ab in ((x, x), (x, y), (y, y))]
        sxx, sxy, syy = (wv * s + bv for s in inner)
        if min(sxx, syy) == 0:
            continue
        theta = sxy
        for _ in range(row["depth"]):
            size = math.sqrt(sxx * syy)
            c = max(-1.0, min(1.0, sxy / size))
            sxy = wv * size * (c * (math.pi - math.acos(c)) + math.sqrt(1 - c * c)) / math.pi + bv
            theta = sxy + theta * wv * (math.pi - math.acos(c)) / math.pi
            sxx, syy = wv * sxx + bv, wv * syy + bv
        assert abs(sxy - row["nngp"]) < 1e-6 * abs(size * wv + bv), row
        assert abs(theta - row["ntk"]) < 1e-6 * row["depth"] * abs(size * wv + bv), row
        checked += 1
    return checked


def check_deep_is_shallow(rows):
    """With one hidden layer, weight variance 1 and no bias, the recursion is the closed form of Theorem 1."""
    for row in rows:
        nngp, ntk = deep_kernels(row["x"], row["y"], 1, 1.0, 0.0)
        assert (nearest_double(nngp), nearest_double(ntk)) == (row["nngp"], row["ntk"]), row


def main():
    f64, f32, deep = shallow_table("f64"), shallow_table("f32"), deep_table()
    check_quadrature([row for row in f64[::7] if row["angle"] > 0])
    check_literally(f64 + f32)
    check_monte_carlo([row for row in f64 if 0.1 < row["angle"] < 2.5][::8])
    check_deep_is_shallow(f64 + f32)
    checked = check_deep(deep)
    for row in f32:
        assert all(float(np.float32(v)) == v for v in row["x"] + row["y"])
    write_json("kernels", "ReLU NNGP and NTK in mpmath with 120 digits, from the exact rounded inputs, rounded once to "
               "the nearest double; the inner products and the determinant behind the angle are exact rational numbers.",
               ["mpmath", "numpy"], {"f64": f64, "f32": f32, "deep": deep})
    print(f"kernels.json: {len(f64)} f64, {len(f32)} f32, {len(deep)} deep rows ({checked} deep rows re-computed)")


if __name__ == "__main__":
    main()
