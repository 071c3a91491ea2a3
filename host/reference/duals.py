"""NNGP and NTK of every activation at 50 digits and more, one hidden layer and several, f64 and f32 inputs.

The duals are the printed formulas, evaluated with 120 digits from exact inner products so that no cancellation harms them:
Cho and Saul 2009 (ReLU, leaky ReLU, absolute value, step), Williams 1997 (erf), Tsuchida et al. 2021 (GELU), and integrals of
exponentials. Activations without a closed form are integrated with 32 digits. All closed forms are checked against
numerical integration of the definition.
"""

import math
from fractions import Fraction

import numpy as np
from mpmath import mp

from common import angles, exact_dot, nearest_double, to_mp, write_json
from kernels import axes, pair, plane, rounder

mp.dps = 120

TWO_PI = 2 * mp.pi


def arc_cosine(line, bend):
    """phi = l z + c |z| with line = l^2, bend = c^2: E[uv], E[|u||v|], and 1 and E[sign u sign v] = 1 - 2 t / pi."""
    def duals(sxx, sxy, syy):
        size = mp.sqrt(sxx * syy)
        t, _ = angles(sxx, sxy, syy)
        both = 2 / mp.pi * size * (mp.sin(t) + (mp.pi / 2 - t) * mp.cos(t))
        return line * sxy + bend * both, line + bend * (1 - 2 * t / mp.pi)
    return duals


def step(sxx, sxy, syy):
    _, rest = angles(sxx, sxy, syy)
    return rest / mp.pi, None


def erf(sxx, sxy, syy):
    a, b = 1 + 2 * sxx, 1 + 2 * syy
    return 2 / mp.pi * mp.asin(2 * sxy / mp.sqrt(a * b)), 4 / mp.pi / mp.sqrt(a * b - 4 * sxy * sxy)


def sin(sxx, sxy, syy):
    decay = mp.exp(-(sxx + syy) / 2)
    return decay * mp.sinh(sxy), decay * mp.cosh(sxy)


def cos(sxx, sxy, syy):
    value, slope = sin(sxx, sxy, syy)
    return slope, value


def identity(sxx, sxy, syy):
    return sxy, mp.mpf(1)


def quadratic(sxx, sxy, syy):
    return sxx * syy + 2 * sxy * sxy, 4 * sxy


def exp(sxx, sxy, syy):
    value = mp.exp((sxx + 2 * sxy + syy) / 2)
    return value, value


def gaussian(sxx, sxy, syy):
    determinant = (1 + 2 * sxx) * (1 + 2 * syy) - 4 * sxy * sxy
    return 1 / mp.sqrt(determinant), 4 * sxy / determinant ** mp.mpf("1.5")


def gelu(sxx, sxy, syy):
    a, b = 1 + sxx, 1 + syy
    density = 1 / (TWO_PI * mp.sqrt(a * b - sxy * sxy))
    both = mp.mpf(1) / 4 + mp.asin(sxy / mp.sqrt(a * b)) / TWO_PI
    value = sxy * both + density * (sxx * syy + sxy * sxy * (1 - sxx * syy) / (a * b))
    slope = both + density * sxy * (1 / a + 1 / b + 1 / (a * b - sxy * sxy))
    return value, slope


def sign(sxx, sxy, syy):
    t, rest = angles(sxx, sxy, syy)
    return (rest - t) / mp.pi, None


def rectified_power(order):
    """max(0, z)^p: half of Cho and Saul's kernel of order p, in the rest r = pi - t; its slope is p times order p - 1."""
    def half(p, sxx, sxy, syy):
        _, r = angles(sxx, sxy, syy)
        s, c = mp.sin(r), -mp.cos(r)
        j = [r, s + r * c, 3 * s * c + r * (1 + 2 * c * c), 15 * s - 11 * s ** 3 + r * (9 * c + 6 * c ** 3)][p]
        return mp.sqrt(to_mp(sxx * syy) if isinstance(sxx * syy, Fraction) else sxx * syy) ** p * j / TWO_PI

    def duals(sxx, sxy, syy):
        return half(order, sxx, sxy, syy), order ** 2 * half(order - 1, sxx, sxy, syy)
    return duals


def moment(i, j, sxx, sxy, syy):
    """E[u^i v^j] by counting pairs (Isserlis): k of them mixed."""
    return sum((math.comb(i, k) * math.comb(j, k) * math.factorial(k) * sxy ** k * sxx ** ((i - k) // 2)
                * syy ** ((j - k) // 2) * int(mp.fac2(i - k - 1)) * int(mp.fac2(j - k - 1))
                for k in range(i % 2, min(i, j) + 1, 2)), 0) if (i + j) % 2 == 0 else 0


def hermite(degree):
    """he_n = He_n / sqrt(n!), by the coefficients of the polynomial and the moments of all powers."""
    def dual(n, sxx, sxy, syy):
        powers = [(n - 2 * j, Fraction((-1) ** j * math.factorial(n), 2 ** j * math.factorial(j) * math.factorial(n - 2 * j)))
                  for j in range(n // 2 + 1)]
        return sum(to_mp(p * q) * moment(i, j, sxx, sxy, syy) for i, p in powers for j, q in powers) / math.factorial(n)

    def duals(*covariances):
        covariances = [to_mp(v) if isinstance(v, Fraction) else v for v in covariances]
        return dual(degree, *covariances), degree * dual(degree - 1, *covariances)
    return duals


def rbf(gamma):
    """sqrt 2 sin(sqrt(2 g) z + pi / 4): exp(-g E[(u - v)^2])."""
    def duals(sxx, sxy, syy):
        value = mp.exp(-gamma * (sxx - 2 * sxy + syy))
        return value, 2 * gamma * value
    return duals


def leaky(slope):
    slope = mp.mpf(slope)
    return arc_cosine(((1 + slope) / 2) ** 2, ((1 - slope) / 2) ** 2)


HALF = mp.mpf(1) / 2
CLOSED = {"relu": arc_cosine(HALF, HALF), "leaky-relu:0.125": leaky(0.125), "leaky-relu:-0.5": leaky(-0.5),
          "abs": arc_cosine(0, 1), "step": step, "erf": erf, "sin": sin, "cos": cos, "identity": identity,
          "quadratic": quadratic, "exp": exp, "gaussian": gaussian, "gelu": gelu, "sign": sign,
          "rectified-power:2": rectified_power(2), "rectified-power:3": rectified_power(3), "hermite:2": hermite(2),
          "hermite:3": hermite(3), "hermite:8": hermite(8), "rbf:0.5": rbf(HALF)}

FAMILY = ("relu", "leaky-relu:0.125", "leaky-relu:-0.5", "abs", "step", "identity", "sign")  # any length
GROWING = ("quadratic", "exp", "rectified-power:2", "rectified-power:3", "hermite:2", "hermite:3", "hermite:8")  # with depth


def integrated(phi, slope, precision=32):
    """The definition by the trapezoidal rule, whose error is exp(-2 pi a / h), a = pi / (2 s) the nearest pole of tanh."""
    def duals(sxx, sxy, syy):
        with mp.workdps(precision + 5):
            x, y = mp.sqrt(sxx), mp.sqrt(syy)
            t, _ = angles(sxx, sxy, syy)
            c, s = mp.cos(t / 2), mp.sin(t / 2)
            digits = precision * mp.log(10)
            reach, largest = mp.sqrt(2 * digits), max(x, y)
            sums = [mp.mpf(0), mp.mpf(0)]
            step_g, step_h = (min(mp.sqrt(2 / digits) * mp.pi, mp.pi ** 2 / (digits * largest * v)) if v * largest > 0
                              else mp.mpf(1) for v in (c, s))
            nodes = lambda h: [i * h for i in range(-int(reach / h), int(reach / h) + 1)]
            if s == 0:
                nodes_h = [mp.mpf(0)]
            else:
                nodes_h = nodes(step_h)
            weight_h = [mp.exp(-h * h / 2) for h in nodes_h]
            total = mp.mpf(0)
            for g in nodes(step_g):
                w = mp.exp(-g * g / 2)
                for h, v in zip(nodes_h, weight_h):
                    if w * v < mp.mpf(10) ** (-precision - 2):
                        continue
                    a, b = x * (c * g + s * h), y * (c * g - s * h)
                    sums[0] += w * v * phi(a) * phi(b)
                    sums[1] += w * v * slope(a) * slope(b)
                    total += w * v
            return sums[0] / total, sums[1] / total
    return duals


def logistic(z):
    return 1 / (1 + mp.exp(-z))


def logistic_slope(z):
    e = mp.exp(-z)
    return e / (1 + e) ** 2


def once(z):
    e = mp.exp(-z)
    s = 1 / (1 + e)
    return s, s * s * e


def silu_slope(z):
    s, d = once(z)
    return s + z * d


INTEGRATED = {"tanh": integrated(mp.tanh, lambda z: mp.sech(z) ** 2), "sigmoid": integrated(logistic, logistic_slope),
              "softplus": integrated(lambda z: mp.log1p(mp.exp(z)), logistic),
              "silu": integrated(lambda z: z * logistic(z), silu_slope)}


def kernels(duals, x, y, depth, wv, bv):
    """(NNGP, NTK) after `depth` layers: Sigma' = wv E[phi phi] + bv, Theta' = Sigma' + Theta wv E[phi' phi']."""
    wv, bv = Fraction(wv), Fraction(bv)
    sxx, sxy, syy = (to_mp(wv * exact_dot(p, q) + bv) for p, q in ((x, x), (x, y), (y, y)))
    theta = sxy
    wv, bv = to_mp(wv), to_mp(bv)
    for layer in range(depth):
        value, slope = duals(sxx, sxy, syy)
        sxx, syy = (wv * duals(s, s, s)[0] + bv if depth > 1 and layer < depth - 1 else None for s in (sxx, syy))
        sxy = wv * value + bv
        theta = None if slope is None else sxy + theta * wv * slope
    return sxy, theta


def row(name, duals, x, y, depth=1, wv=1.0, bv=0.0):
    """One row; the scales are sqrt(K(x, x) K(y, y)) of either kernel."""
    own = [kernels(duals, x, x, depth, wv, bv), kernels(duals, y, y, depth, wv, bv)]
    found = kernels(duals, x, y, depth, wv, bv)
    out = {"phi": name, "x": x, "y": y}
    if (depth, wv, bv) != (1, 1.0, 0.0):
        out |= {"depth": depth, "w": wv, "b": bv}
    for key, value, p, q in zip(("nngp", "ntk"), found, *own):
        if value is not None:
            out[key] = [nearest_double(value), float(f"{float(mp.sqrt(p * q)):.6g}")]
    return out


NOMINAL = [(t, r) for t in (1e-9, 3e-7, 1e-4, 4e-3, 0.03, 0.2, 0.6, 1.0, 1.3, 1.5) for r in (False, True)]


def table(precision):
    """Every angle for every activation, lengths in turn."""
    rng = np.random.default_rng(17)
    rounded, rows, count = rounder(precision), [], 0
    for name, duals in CLOSED.items():
        wide = name in FAMILY or name in ("erf", "gaussian", "gelu", "rectified-power:2", "rectified-power:3")
        norms = [1e-3, 0.1, 1.0, 17.3, 1e3] if wide else [1e-2, 0.1, 0.5, 1.0, 2.0]
        for index, (angle, reflect) in enumerate(NOMINAL):
            first, second = axes() if index % 3 == 0 else plane(rng, 2 + index % 2)
            x, y = pair(first, second, norms[count % 5], norms[(count // 5 + 2 * index) % 5], angle, reflect)
            rows.append(row(name, duals, rounded(x.tolist()), rounded(y.tolist())))
            count += 1
    return rows


def deep_table(precision):
    """Several layers; variances that are float32 values."""
    rng = np.random.default_rng(19)
    rounded, rows, count = rounder(precision), [], 0
    for name, duals in CLOSED.items():
        settings = [(2, 1.0, 0.0), (3, 1.5, 0.125), (5, 0.5, 0.25)] + ([(20, 1.0, 0.0), (20, 1.5, 0.125)] if name in FAMILY else [])
        if name in GROWING:
            settings = [(2, 0.5, 0.0), (2, 0.25, 0.125)]
        for depth, wv, bv in settings:
            for angle, reflect in ((1e-6, False), (0.01, True), (0.9, False)) if name in FAMILY else ((0.02, False), (1.2, True)):
                first, second = plane(rng, 2)
                norms = [0.5, 1.0, 0.8, 1.2]
                x, y = pair(first, second, norms[count % 4], norms[(count // 2) % 4], angle, reflect)
                rows.append(row(name, duals, rounded(x.tolist()), rounded(y.tolist()), depth, wv, bv))
                count += 1
    return rows


def integrated_table():
    """Float32 values, so that one table serves both precisions. Deviations up to 6; two layers once each."""
    rng = np.random.default_rng(23)
    rounded, rows, count = rounder("f32"), [], 0
    for name, duals in INTEGRATED.items():
        for p, q, angle, reflect in ((0.1, 0.5, 0.3, False), (1.0, 1.0, 1e-3, False), (1.0, 2.0, 1.2, False),
                                     (2.0, 0.7, 0.5, True), (3.0, 3.0, 0.1, False), (3.0, 2.5, 1.5, True), (6.0, 5.0, 0.02, False)):
            x, y = pair(*plane(rng, 2), p, q, angle, reflect)
            rows.append(row(name, duals, rounded(x.tolist()), rounded(y.tolist())))
    return rows


def normalised(n):
    """he_n by its recurrence."""
    def phi(z):
        before, now = np.zeros_like(z), np.ones_like(z)
        for i in range(n):
            before, now = now, (z * now - math.sqrt(i) * before) / math.sqrt(i + 1)
        return now
    return phi


NEWER = {"sign": np.sign, "rectified-power:2": lambda z: np.maximum(0, z) ** 2, "rectified-power:3": lambda z: np.maximum(0, z) ** 3,
         "hermite:2": normalised(2), "hermite:3": normalised(3), "hermite:8": normalised(8),
         "rbf:0.5": lambda z: math.sqrt(2) * np.sin(z + math.pi / 4)}


def check_definition(rows):
    """Each expectation of one layer by a plain trapezoidal rule in doubles, where lengths and kinks allow."""
    def slope_of(f):
        return lambda z: (f(z + 1e-5) - f(z - 1e-5)) / 2e-5
    normal = np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2)))
    phis = {"erf": np.vectorize(math.erf), "sin": np.sin, "cos": np.cos, "identity": lambda z: z, "quadratic": lambda z: z * z,
            "exp": np.exp, "gaussian": lambda z: np.exp(-z * z), "gelu": lambda z: z * normal(z), "tanh": np.tanh,
            "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "softplus": lambda z: np.logaddexp(0, z), "silu": lambda z: z / (1 + np.exp(-z)),
            "relu": lambda z: math.sqrt(2) * np.maximum(0, z), "abs": np.abs, "step": lambda z: math.sqrt(2) * (z > 0),
            "leaky-relu:0.125": lambda z: np.where(z > 0, z, z / 8), "leaky-relu:-0.5": lambda z: np.where(z > 0, z, -z / 2),
            **NEWER}
    g = np.arange(-220, 221) * 0.04 + 0.013
    weight = np.exp(-g * g / 2)
    weight = np.outer(weight, weight) / weight.sum() ** 2
    first, second = np.meshgrid(g, g)
    checked = 0
    for r in rows:
        x, y = np.array(r["x"]), np.array(r["y"])
        p, q = np.linalg.norm(x), np.linalg.norm(y)
        if "depth" in r or max(p, q) > 3.1:
            continue
        t = math.acos(max(-1, min(1, x @ y / (p * q))))
        phi = phis[r["phi"]]
        u, v = p * first, q * (math.cos(t) * first + math.sin(t) * second)
        kinked = r["phi"] in ("relu", "abs", "step", "sign") or "leaky" in r["phi"] or "rectified" in r["phi"]
        allowed = (6e-2 if r["phi"] in ("step", "sign") else 2e-3 if kinked else 1e-7)
        value = (weight * phi(u) * phi(v)).sum()
        assert abs(value - r["nngp"][0]) < allowed * r["nngp"][1], (r, value)
        if "ntk" in r and not kinked:
            d = slope_of(phi)
            ntk = value + (x @ y) * (weight * d(u) * d(v)).sum()
            assert abs(ntk - r["ntk"][0]) < 2 * allowed * r["ntk"][1], (r, ntk)
        checked += 1
    return checked


def main():
    tables = {"f64": table("f64") + deep_table("f64"), "f32": table("f32") + deep_table("f32"), "integrated": integrated_table()}
    checked = check_definition(tables["f64"] + tables["integrated"])
    write_json("duals", "NNGP and NTK of all activations in mpmath with 120 digits (integrated: 32), from the exact rounded inputs, "
               "rounded once to the nearest double; beside each the scale sqrt(K(x, x) K(y, y)).", ["mpmath", "numpy"], tables)
    print("duals.json:", {k: len(v) for k, v in tables.items()}, f"{checked} rows integrated again")


if __name__ == "__main__":
    main()
