"""Prints the coefficient tables of core/src/kernel/arc_cosine.rs.

With s = sin^2(t/2) for an angle t in [0, pi/2], each of

    A(s) = t / (pi q),  H(s) = (sin t - t cos t) / (pi q^3),  G(s) = (sin t - 2 t cos t) / (pi q),  q = sqrt(s),

is smooth on [0, 1/2]. Each is interpolated at Chebyshev nodes in 60-digit arithmetic, which is within a factor
of about two of the best polynomial of that degree; the degree is the smallest whose error is below a quarter of
the unit roundoff of the type. Run: python arc_cosine.py (needs mpmath).
"""
import struct

from mpmath import asin, cos, mp, mpf, pi, polyval, sin, sqrt

mp.dps = 60
END = mpf(1) / 2


def angle(s):
    return 2 * asin(sqrt(s))


def a(s):
    return angle(s) / sqrt(s) / pi


def h(s):
    t = angle(s)
    return (sin(t) - t * cos(t)) / sqrt(s) ** 3 / pi


def g(s):
    t = angle(s)
    return (sin(t) - 2 * t * cos(t)) / sqrt(s) / pi


def interpolate(f, degree):
    """Monomial coefficients, lowest first, of the interpolant at the Chebyshev nodes of [0, END]."""
    n = degree + 1
    nodes = [END / 2 * (1 + cos(pi * (2 * i + 1) / (2 * n))) for i in range(n)]
    table = [f(x) for x in nodes]
    for level in range(1, n):  # divided differences in place
        for i in range(n - 1, level - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (nodes[i] - nodes[i - level])
    coefficients = [mpf(0)] * n
    for i in range(n - 1, -1, -1):  # Newton form to monomials by Horner
        for j in range(n - 1, 0, -1):
            coefficients[j] = coefficients[j - 1] - nodes[i] * coefficients[j]
        coefficients[0] = table[i] - nodes[i] * coefficients[0]
    return coefficients


def error(f, coefficients, weight):
    grid = [END * (i + mpf(1) / 2) / 400 for i in range(400)]
    return max(abs(polyval(coefficients[::-1], s) - f(s)) * sqrt(s) ** weight for s in grid)


def rounded(x, single):
    return struct.unpack("f", struct.pack("f", float(x)))[0] if single else float(x)


for name, f, weight in (("ANGLE", a, 1), ("NNGP", h, 3), ("NTK", g, 1)):
    for single, unit in ((True, mpf(2) ** -24), (False, mpf(2) ** -53)):
        degree = 3
        while error(f, interpolate(f, degree), weight) > unit / 4:
            degree += 1
        c = [rounded(x, single) for x in interpolate(f, degree)]
        print(f"{name} {'f32' if single else 'f64'}: degree {degree}, error {float(error(f, [mpf(x) for x in c], weight) / unit):.3f} u")
        print("    [" + ", ".join(repr(x) for x in c) + "]")
