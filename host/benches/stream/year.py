"""Draws what the bench `stream -- year` prints: year.py year.csv [stream-year.png]. Needs matplotlib."""
import csv
import sys

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

ERRORS = {
    "once": ("#999999", "-", "calibrated once, 15 samples"),
    "window": ("#0072B2", "-", "the last 15 samples"),
    "large window": ("#0072B2", ":", "the last 150, 100 times the memory"),
    "stream": ("#D55E00", "-", "stream, room for 15"),
}
WEEK = 7


def series(rows, name, column="value"):
    return np.array([float(row[column]) for row in rows if row["series"] == name])


def main(source, target="stream-year.png"):
    rows = list(csv.DictReader(open(source)))
    figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.9), constrained_layout=True)
    for name, (colour, style, label) in ERRORS.items():
        days = series(rows, name)
        weeks = days[: len(days) // WEEK * WEEK].reshape(-1, WEEK)
        middle = (np.arange(len(weeks)) + 0.5) * WEEK
        left.semilogy(middle, np.sqrt((weeks**2).mean(axis=1)), style, color=colour, label=label)
    left.axhline(0.25, color="black", lw=0.8, ls="--")
    left.annotate("noise of a sample", (362, 0.26), ha="right", va="bottom", fontsize=8)
    left.set(title="(a) error of the curve, week by week", xlabel="day", ylabel="root mean square error")
    left.set(xlim=(0, 365), ylim=(0.03, 4))
    left.legend(fontsize=8, loc="upper center", ncols=2)
    right.plot(series(rows, "last week", "x"), series(rows, "last week"), ".", color="#BBBBBB", ms=4, label="samples of the last week")
    for name, colour in (("window", "#0072B2"), ("stream", "#D55E00")):
        end = f"{name} at the end"
        x, low, high = (series(rows, end, column) for column in ("x", "low", "high"))
        right.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
        right.plot(x, series(rows, end), color=colour, label=ERRORS[name][2])
    right.plot(series(rows, "truth at the end", "x"), series(rows, "truth at the end"), "k--", lw=1, label="truth")
    right.set(title="(b) after a year, with 90 % intervals", xlabel="input", ylabel="label", ylim=(-2.5, 3.2))
    right.legend(fontsize=8, loc="upper left", ncols=2)
    for axis in (left, right):
        axis.grid(alpha=0.3)
    figure.savefig(target, dpi=110)


if __name__ == "__main__":
    main(*sys.argv[1:])
