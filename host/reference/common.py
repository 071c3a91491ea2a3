"""What the reference scripts share: exact kernels of the ReLU network, rounding, and the writing of JSON."""

import json
import platform
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

from mpmath import mp

DATE = "2026-11-23"
HERE = Path(__file__).resolve().parent


def nearest_double(value):
    """The double nearest to an mpmath number (ties to even), by exact rational arithmetic."""
    sign, mantissa, exponent, _ = mp.mpf(value)._mpf_
    exact = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return float(-exact if sign else exact)


def to_mp(fraction):
    """A rational number at the working precision of mpmath."""
    return mp.mpf(fraction.numerator) / fraction.denominator


def exact_dot(x, y):
    """<x, y> of two lists of doubles as an exact rational number."""
    return sum((Fraction(p) * Fraction(q) for p, q in zip(x, y)), Fraction(0))


def angles(sxx, sxy, syy):
    """The angle t of two vectors with these inner products, and pi - t, each accurate when it is small.

    t = atan2(sqrt(sxx syy - sxy^2), sxy). With rational arguments the determinant is exact, so it is exactly zero
    for parallel vectors. With mpmath numbers its rounding error is far below what is needed.
    """
    determinant = sxx * syy - sxy * sxy
    if isinstance(determinant, Fraction):
        determinant, sxy = to_mp(determinant), to_mp(sxy)
    root = mp.sqrt(max(determinant, mp.mpf(0)))
    return mp.atan2(root, sxy), mp.atan2(root, -sxy)


def relu_expectations(sxx, sxy, syy):
    """E[phi(u) phi(v)] and E[phi'(u) phi'(v)] for phi(z) = sqrt(2) max(0, z) and (u, v) normal, covariance given.

    sqrt(sxx syy) (sin t + (pi - t) cos t) / pi and (pi - t) / pi: Example 2 of the lecture, with the norms.
    Where a variance is zero, the first is zero and the second is never used with a non-zero factor.
    """
    if sxx == 0 or syy == 0:
        return mp.mpf(0), mp.mpf(0)
    angle, rest = angles(sxx, sxy, syy)
    product = sxx * syy
    size = mp.sqrt(to_mp(product) if isinstance(product, Fraction) else product)
    # sin t = sin(pi - t) and cos t = -cos(pi - t): the form in the rest loses no digits of the rest.
    return size * (mp.sin(rest) - rest * mp.cos(rest)) / mp.pi, rest / mp.pi


def relu_kernels(x, y):
    """(NNGP, NTK) of the ReLU network with one hidden layer (Theorem 1, Example 2), off the sphere too.

    NNGP = |x| |y| (sin t + (pi - t) cos t) / pi;  NTK = NNGP + <x, y> (pi - t) / pi.
    """
    sxy = exact_dot(x, y)
    nngp, slope = relu_expectations(exact_dot(x, x), sxy, exact_dot(y, y))
    return nngp, nngp + to_mp(sxy) * slope


def versions(*libraries):
    """The version of Python and of the named libraries."""
    return {"python": platform.python_version(), **{name: version(name) for name in libraries}}


def compact(value):
    """JSON on one line. Floats are printed by repr, so reading them back gives the same bits."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def write_json(stem, origin, libraries, data, date=DATE):
    """Write stem.json: the header fields, then the data, one line per row (and per field of a row in "cases")."""
    head = {"origin": origin, "script": stem + ".py", "date": date, "versions": versions(*libraries)}
    fields = [f"{compact(key)}:{compact(value)}" for key, value in head.items()]
    fields += [f"{compact(key)}:{_rows(key, value)}" for key, value in data.items()]
    (HERE / f"{stem}.json").write_text("{\n" + ",\n".join(fields) + "\n}\n", encoding="utf-8")


def _rows(key, value):
    """One line per row of a list; the rows of "cases" and "fits" are long, so one line for each of their fields."""
    if not isinstance(value, list):
        return compact(value)
    if key in ("cases", "fits", "streams"):
        return "[\n" + ",\n".join(_case(row) for row in value) + "\n]"
    return "[\n" + ",\n".join(compact(row) for row in value) + "\n]"


def _case(case):
    """A long row, one line per field; a list of objects gets one line per object."""
    lines = []
    for key, value in case.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            text = "[\n" + ",\n".join(compact(row) for row in value) + "\n]"
        else:
            text = compact(value)
        lines.append(f"{compact(key)}:{text}")
    return "{" + ",\n".join(lines) + "}"
