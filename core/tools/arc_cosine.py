"""Prints the coefficient tables of core/src/kernel/arc_cosine.rs.

With s = sin^2(t/2) for an angle t in [0, pi/2], each of

    A(s) = t / (pi q),  H(s) = (sin t - t cos t) / (pi q^3),  G(s) = (sin t - 2 t cos t) / (pi q),  q = sqrt(s),

is smooth on [0, 1/2]. Each is interpolated at Chebyshev nodes in 60-digit arithmetic, which is within a factor
of about two of the best polynomial of that degree; the degree is the smallest whose error is below a quarter of
the unit roundoff of the type. TURNING is G once more, in powers of s - 1/4, to a thousandth of the unit
roundoff: the first five coefficients with twice the digits, the first of them such that the error is 0 where G
is. Run: python arc_cosine.py (needs mpmath).
"""
import struct

from mpmath import asin, cos, findroot, mp, mpf, pi, polyval, sin, sqrt

mp.dps = 60
END = mpf(1) / 2
MIDDLE = mpf(1) / 4
EXACT = 5  # coefficients of TURNING with twice the digits


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


def interpolate(f, degree, low=mpf(0), high=END):
    """Monomial coefficients, lowest first, of the interpolant at the Chebyshev nodes of [low, high]."""
    n = degree + 1
    nodes = [(low + high + (high - low) * cos(pi * (2 * i + 1) / (2 * n))) / 2 for i in range(n)]
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


def turning(v):
    return g(MIDDLE + v)


def turning_error(coefficients):
    radius = MIDDLE
    return max(abs(polyval(coefficients[::-1], v) - turning(v)) for v in (radius * ((2 * i + 1) / mpf(200) - 1) for i in range(200)))


for single, unit in ((True, mpf(2) ** -24), (False, mpf(2) ** -53)):
    degree = EXACT
    while turning_error(interpolate(turning, degree, -MIDDLE, MIDDLE)) > unit / 1000:
        degree += 1
    exact = interpolate(turning, degree, -MIDDLE, MIDDLE)
    high = [rounded(x, single) for x in exact]
    low = [rounded(x - mpf(h), single) for x, h in zip(exact[:EXACT], high)]
    # Near its zero an error that is small beside 1 is not small beside G.
    zero = findroot(g, mpf("0.3")) - MIDDLE
    found = [mpf(h) + mpf(l) for h, l in zip(high, low)] + [mpf(h) for h in high[EXACT:]]
    low[0] = rounded(mpf(low[0]) - polyval(found[::-1], zero), single)
    print(f"TURNING {'f32' if single else 'f64'}: degree {degree}, error {float(turning_error(exact) / unit):.5f} u")
    print("    [" + ", ".join(f"({h!r}, {l!r})" for h, l in zip(high, low)) + "]")
    print("    [" + ", ".join(repr(x) for x in high[EXACT:]) + "]")
