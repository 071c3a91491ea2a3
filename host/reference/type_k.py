"""A calibration table of a type K thermocouple: voltage in, temperature out, every 50 C from -200 to 1350 C.

Reference function of ITS-90 (G. W. Burns et al., Temperature-Electromotive Force Reference Functions and Tables, NIST
Monograph 175, 1993; also NIST SRD 60): E(t) = sum_i c_i t^i, above 0 C with a0 exp(a1 (t - a2)^2) added, t in degrees
Celsius, E in millivolts, rounded to a microvolt as the printed tables are. The coefficients are public domain; they are
the same in the packages thermocouples-reference 0.20 and thermocouple-its90 1.0.2 on PyPI.
"""

from decimal import ROUND_HALF_EVEN, Decimal, getcontext

from common import HERE

getcontext().prec = 50

BELOW = ["0", ".394501280250E-01", ".236223735980E-04", "-.328589067840E-06", "-.499048287770E-08", "-.675090591730E-10",
         "-.574103274280E-12", "-.310888728940E-14", "-.104516093650E-16", "-.198892668780E-19", "-.163226974860E-22"]
ABOVE = ["-.176004136860E-01", ".389212049750E-01", ".185587700320E-04", "-.994575928740E-07", ".318409457190E-09",
         "-.560728448890E-12", ".560750590590E-15", "-.320207200030E-18", ".971511471520E-22", "-.121047212750E-25"]
GAUSS = [Decimal(a) for a in (".118597600000", "-.118343200000E-03", "126.968600000")]

# From the printed table of the monograph, in millivolts.
PRINTED = {-200: "-5.891", -100: "-3.554", 0: "0.000", 100: "4.096", 500: "20.644", 1000: "41.276", 1350: "54.138"}


def millivolts(t):
    """E(t), unrounded."""
    t, value = Decimal(t), Decimal(0)
    for c in reversed(BELOW if t < 0 else ABOVE):
        value = value * t + Decimal(c)
    return value if t < 0 else value + GAUSS[0] * (GAUSS[1] * (t - GAUSS[2]) ** 2).exp()


def printed(t):
    """E(t) as a table prints it."""
    return millivolts(t).quantize(Decimal("0.001"), ROUND_HALF_EVEN) + 0


def main():
    for t, expected in PRINTED.items():
        assert str(printed(t)) == expected, (t, printed(t))
    rows = [f"{printed(t)},{t}" for t in range(-200, 1351, 50)]
    (HERE / "type_k.csv").write_text("\n".join(["x0,y", *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
