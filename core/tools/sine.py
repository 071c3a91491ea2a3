"""Prints the numbers of core/src/scalar/sine.rs: the bits of 2/pi and the coefficients of sine and cosine for `f32`.

With z = y^2 and |y| <= pi/4 the functions S(z) = (sin y - y) / y^3 and C(z) = (cos y - 1 + z/2) / z^2 are interpolated at
Chebyshev nodes in 80-digit arithmetic; the degree is the smallest whose error, in the sine or the cosine, is below an
eighth of the unit roundoff. Run: python sine.py (needs mpmath).
"""
import struct

from mpmath import cos, floor, lu_solve, matrix, mp, mpf, pi, polyval, sin, sqrt

mp.dps = 80
END = (pi / 4) ** 2
UNIT = mpf(2) ** -24


def s(z):
    y = sqrt(z)
    return (sin(y) - y) / y**3


def c(z):
    return (cos(sqrt(z)) - 1 + z / 2) / z**2


def interpolate(f, degree):
    """Coefficients, lowest first, of the interpolant at the Chebyshev nodes of [0, END]."""
    n = degree + 1
    nodes = [END / 2 * (1 + cos(pi * (2 * i + 1) / (2 * n))) for i in range(n)]
    return list(lu_solve(matrix([[x**k for k in range(n)] for x in nodes]), matrix([f(x) for x in nodes])))


def error(f, coefficients, weight):
    """Largest error of the function itself: the polynomial's times z (relative to y) or z^2."""
    grid = [END * (i + mpf(1) / 2) / 400 for i in range(400)]
    return max(abs(polyval(coefficients[::-1], z) - f(z)) * z**weight for z in grid)


def single(x):
    return struct.unpack("f", struct.pack("f", float(x)))[0]


for name, f, weight in (("sine", s, 1), ("cosine", c, 2)):
    degree = 1
    while error(f, interpolate(f, degree), weight) > UNIT / 8:
        degree += 1
    table = [single(x) for x in interpolate(f, degree)]
    print(f"{name}: degree {degree}, error {float(error(f, [mpf(x) for x in table], weight) / UNIT):.3f} u")
    print("    [" + ", ".join(repr(x) for x in table) + "]")
bits = int(floor(2 / pi * mpf(2) ** 192 * 2**32))
print("2/pi: [" + ", ".join(f"0x{bits >> (32 * (6 - i)) & 0xFFFFFFFF:08x}" for i in range(7)) + "]")
print(f"pi/4 in 2^-32: 0x{int(floor(pi / 4 * 2**32 + mpf(1) / 2)):08x}")
