"""Twelve measured data sets of NIST as CSV files, with the digits of their sources; see `measured.md`.

    python nist.py SOURCES

SOURCES is a folder that holds these folders, none of which is part of this repository:

    lmfit     the folder NIST_STRD of the source distribution of lmfit 1.3.4 on PyPI
    ceres     the folder data/nist of github.com/ceres-solver/ceres-solver, fe351d5ab8cbc574f33456376bf5aa90d3162d5d
    lls       Norris.dat, Pontius.dat and Filip.dat of the folder data-raw/linear of github.com/ab9sq/Rqualification,
              66350ad4bfc1af2ff08523acde4c330c8f74c7db
    dataplot  the folder lib/data of github.com/usnistgov/dataplot, 19a6caae6643bc7719a9f550595e75c2bc52d1af

What is read into a CSV file must have the SHA-256 below. A second copy of every StRD set is compared line by line, and the
parameters that NIST certifies must reproduce the residual sum of squares that NIST certifies, to eight digits: a wrong
digit in the data would show. The polynomial of degree ten needs more than double precision for that. For Dataplot's sets
without certified values the script checks the residual standard deviation of a line or a parabola. It writes nothing
if a check fails.
"""

import hashlib
import sys
from decimal import Decimal, getcontext
from pathlib import Path

import numpy as np

from common import HERE

getcontext().prec = 60

SHA256 = {
    "Bennett5.dat": "e2be71fffe2a78821361ff3e71eef4549df7015911e3e8e893f3914829872ab4",
    "Chwirut1.dat": "a934a583464358c8cb3f67d27a016c15ab90dadfbf5303079b33dd284134b55b",
    "Eckerle4.dat": "b91c6505f0f0c8504e1b4c87b2a043368a8e18bd5ecb5efeb7a0fb346e9a3e10",
    "ENSO.dat": "f27b059fb680f986a0eb44a54fa4705bff1bd2ba4b0214bb680c19e2d66f2972",
    "Kirby2.dat": "64f9f1c525a76d0ca56de05bf8f053dcced5f91a6eeb156051dbcb5b9b81c374",
    "Filip.dat": "1e8cb9a4644b1c6a8b1038eb46c59543814fa2a8d1ca31cb833040a75bf6a151",
    "Norris.dat": "cc3fd14d1c5fa891d5653000c9d7732c30db842cca49fc051abde1c19d67ab7d",
    "Pontius.dat": "4a48abd813af0d8dc78f8a0762d353d34b73b2fffaa07e266b69fae7b2b0669d",
    "BERGER1.DAT": "a87e31e81c2c91c83e26b75bf8bd5c9a448c4eaf6f4bf3fc20ee899254d6fb30",
    "CALIBRATIONLINE.DAT": "b9a7277c2f2e6ac9e9d96402dbd7683704263180c8a99d8925fe44fb0b219ddc",
    "LOADCELL.DAT": "263e56bf4f080850e090bf2c3b70b223a48034060ce07865f4122e33232b0ac9",
    "SPIEGEL.DAT": "334b4682fce975d13ab93fd08473650f7eeb04a1bf8e5826a5ce792055a7dbb9",
}

# Name: folder and file, first and last line of the data, the second copy of the same data (folder, file).
STRD = {
    "chwirut1": ("lmfit", "Chwirut1.dat", 61, 274, [("ceres", "Chwirut1.dat"), ("dataplot", "CHWIRUT1.DAT")]),
    "enso": ("lmfit", "ENSO.dat", 61, 228, [("ceres", "ENSO.dat"), ("dataplot", "ENSO.DAT")]),
    "kirby2": ("lmfit", "Kirby2.dat", 61, 211, [("ceres", "Kirby2.dat"), ("dataplot", "KIRBY2.DAT")]),
    "eckerle4": ("lmfit", "Eckerle4.dat", 61, 95, [("ceres", "Eckerle4.dat"), ("dataplot", "ECKERLE4.DAT")]),
    "bennett5": ("lmfit", "Bennett5.dat", 61, 214, [("ceres", "Bennett5.dat"), ("dataplot", "BENNETT5.DAT")]),
    "norris": ("lls", "Norris.dat", 61, 96, [("dataplot", "NORRIS11.DAT")]),
    "pontius": ("lls", "Pontius.dat", 61, 100, [("dataplot", "PONTIUS.DAT")]),
    "filip": ("lls", "Filip.dat", 61, 142, [("dataplot", "FILIP.DAT")]),
}

# Name: file, column of the input, column of the response (of Dataplot's file), degree of a polynomial and the residual
# standard deviation of its fit.
DATAPLOT = {
    "berger1": ("BERGER1.DAT", 1, 0, 1, "6.080924"),
    "loadcell": ("LOADCELL.DAT", 0, 1, 2, "3.764029e-05"),
    "spiegel": ("SPIEGEL.DAT", 1, 0, 2, "59.72332"),
    "linewidth": ("CALIBRATIONLINE.DAT", 0, 1, 1, "0.06203196"),
}


def digits(token):
    """The token as the CSV file has it: an exponent of zero dropped, a leading zero added, the other digits kept."""
    upper = token.upper().lstrip("+")
    mantissa, _, exponent = upper.partition("E")
    if exponent and int(exponent) != 0:
        mantissa = format(Decimal(upper), "f")
    sign = "-" if mantissa.startswith("-") else ""
    mantissa = mantissa.lstrip("-")
    mantissa = "0" + mantissa if mantissa.startswith(".") else mantissa
    mantissa = mantissa[:-1] if mantissa.endswith(".") else mantissa
    return sign + mantissa


def rows(path, first=None, last=None):
    """Lines of numbers of a file: those between two line numbers, or all whose fields are all numbers."""
    lines = path.read_text(encoding="latin-1").splitlines()
    lines = lines[first - 1 : last] if first else lines
    out = []
    for line in lines:
        fields = line.split()
        try:
            [Decimal(f) for f in fields]
        except ArithmeticError:
            if first:
                raise
            continue
        if fields:
            out.append(fields)
    return out


def values(table, columns):
    return [tuple(Decimal(r[c]) for c in columns) for r in table]


def polynomial(coefficients, x, y):
    total = Decimal(0)
    for u, v in zip(x, y):
        value = Decimal(0)
        for c in reversed(coefficients):
            value = value * u + Decimal(c)
        total += (v - value) ** 2
    return float(total)


def certified(name, x, y):
    """(residual sum of squares at NIST's certified parameters, NIST's certified sum)"""
    if name == "norris":
        return polynomial(["-0.262323073774029", "1.00211681802045"], x, y), 26.6173985294224
    if name == "pontius":
        b = ["0.673565789473684E-03", "0.732059160401003E-06", "-0.316081871345029E-14"]
        return polynomial(b, x, y), 0.155761768796992e-5
    if name == "filip":
        b = [
            "-1467.48961422980",
            "-2772.17959193342",
            "-2316.37108160893",
            "-1127.97394098372",
            "-354.478233703349",
            "-75.1242017393757",
            "-10.8753180355343",
            "-1.06221498588947",
            "-0.670191154593408E-01",
            "-0.246781078275479E-02",
            "-0.402962525080404E-04",
        ]
        return polynomial(b, x, y), 0.795851382172941e-3
    u, v = np.array(x, dtype=float), np.array(y, dtype=float)
    if name == "chwirut1":
        b = [1.9027818370e-1, 6.1314004477e-3, 1.0530908399e-2]
        model, total = np.exp(-b[0] * u) / (b[1] + b[2] * u), 2.3844771393e3
    elif name == "enso":
        b = [
            1.0510749193e1,
            3.0762128085,
            5.3280138227e-1,
            4.4311088700e1,
            -1.6231428586,
            5.2554493756e-1,
            2.6887614440e1,
            2.1232288488e-1,
            1.4966870418,
        ]
        turn = 2 * np.pi * u
        model = b[0] + b[1] * np.cos(turn / 12) + b[2] * np.sin(turn / 12)
        model += b[4] * np.cos(turn / b[3]) + b[5] * np.sin(turn / b[3])
        model += b[7] * np.cos(turn / b[6]) + b[8] * np.sin(turn / b[6])
        total = 7.8853978668e2
    elif name == "kirby2":
        b = [1.6745063063, -1.3927397867e-1, 2.5961181191e-3, -1.7241811870e-3, 2.1664802578e-5]
        model, total = (b[0] + b[1] * u + b[2] * u**2) / (1 + b[3] * u + b[4] * u**2), 3.9050739624
    elif name == "eckerle4":
        b = [1.5543827178, 4.0888321754, 4.5154121844e2]
        model, total = b[0] / b[1] * np.exp(-0.5 * ((u - b[2]) / b[1]) ** 2), 1.4635887487e-3
    else:
        b = [-2.5235058043e3, 4.6736564644e1, 9.3218483193e-1]
        model, total = b[0] * (b[1] + u) ** (-1 / b[2]), 5.2404744073e-4
    return float(np.sum((v - model) ** 2)), total


def checked(path):
    """The path of a file whose bytes are the ones that were read when the CSV files were made."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == SHA256[path.name], (path.name, found)
    return path


def write(name, table, x, y):
    lines = [f"{digits(r[x])},{digits(r[y])}" for r in table]
    (HERE / f"{name}.csv").write_text("\n".join(["x0,y", *lines]) + "\n", encoding="utf-8")
    print(f"{name}: {len(table)} rows")


def main(sources):
    made = []
    for name, (folder, file, first, last, copies) in STRD.items():
        table = rows(checked(sources / folder / file), first, last)
        data = values(table, (0, 1))
        for other, second in copies:
            again = [r for r in rows(sources / other / second) if len(r) >= 2][-len(data) :]
            # Dataplot's copy of Eckerle4 has the wavelength first.
            pairs = values(again, (1, 0) if second == "ECKERLE4.DAT" else (0, 1))
            assert pairs == data, (name, other, [(a, b) for a, b in zip(data, pairs) if a != b][:3])
        measured, expected = certified(name, [d[1] for d in data], [d[0] for d in data])
        # The printed parameters have 10 or 11 digits; the sum is at its minimum in them, so its error is of second order.
        assert abs(measured / expected - 1) < 1e-8, (name, measured, expected)
        made.append((name, table, 1, 0))
    for name, (file, x, y, degree, expected) in DATAPLOT.items():
        table = rows(checked(sources / "dataplot" / file), 26, 10**6)
        u, v = (np.array([float(r[column]) for r in table]) for column in (x, y))
        fit = np.polynomial.Polynomial.fit(u, v, degree)
        deviation = np.sqrt(np.sum((v - fit(u)) ** 2) / (len(u) - degree - 1))
        assert f"{deviation:.7g}" == expected, (name, deviation)
        made.append((name, table, x, y))
    for one in made:
        write(*one)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
