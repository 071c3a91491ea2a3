"""Draws growth.csv of the bench `growth` and fits exponents: growth.py growth.csv [growth.png]. Needs matplotlib.

An exponent is the slope of the least-squares line through the logarithms, over the upper half of a series' range.
"""
import csv
import sys

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

COLOURS = {"plain": "#D55E00", "exact": "#0072B2", "general": "#009E73"}
PANELS = [("k", "k", "microseconds", "time of a step, n = 15, d = 2"), ("n", "n", "microseconds", "time of a step, k = 1,024, d = 2"),
          ("d", "d", "microseconds", "time of a step, k = 1,024, n = 15"),
          ("width", "k", "microseconds", "time of a step, n = 15, d = 3"), ("k", "k", "bytes", "memory, n = 15, d = 2")]


def exponent(x, y):
    upper = x >= np.sqrt(x[0] * x[-1])
    return np.polyfit(np.log(x[upper]), np.log(y[upper]), 1)[0]


def main(source, target="growth.png"):
    rows = list(csv.DictReader(open(source)))
    figure, axes = plt.subplots(1, len(PANELS), figsize=(3.6 * len(PANELS), 3.6), constrained_layout=True)
    for axis, (vary, by, what, title) in zip(axes, PANELS):
        for engine in COLOURS:
            series = [row for row in rows if row["vary"] == vary and row["engine"] == engine]
            if not series:
                continue
            x, y = (np.array([float(row[name]) for row in series]) for name in (by, what))
            slope = exponent(x, y)
            axis.loglog(x, y, "o-", color=COLOURS[engine], label=f"{engine}, {by}^{slope:.2f}")
            print(f"{title}, {engine}: exponent {slope:.2f}; " + ", ".join(f"{a:g}: {b:.4g}" for a, b in zip(x, y)))
        axis.set(title=title, xlabel=by, ylabel=what)
        if by != "k":
            ticks = [tick for tick in (1, 2, 3, 4, 6, 8, 16, 32, 64) if x[0] <= tick <= x[-1]]
            axis.set_xticks(ticks, map(str, ticks))
            axis.minorticks_off()
        axis.legend()
        axis.grid(alpha=0.3)
    figure.savefig(target, dpi=110)


if __name__ == "__main__":
    main(*sys.argv[1:])
