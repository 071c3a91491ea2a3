"""What the scripts here share: data, random splits, the choice of settings, and what is measured of the intervals.

n training samples are drawn at random from a set, the rest is held out (at most 50 of them, at random). Inputs and labels are
scaled by mean and deviation of the training samples. A criterion chooses bias variance and ridge on the training samples;
the interval of level 0.9 is measured on the held-out ones. Lengths are in units of the deviation of the whole set's labels.
"""

from pathlib import Path

import numpy as np

from intervals import CRITERIA, Model, criteria, kernel

KERNELS = ("relu ntk", "relu nngp", "erf ntk", "erf nngp")
SIZES = (15, 24)

# The search of the library.
BIASES = [1 / 64, 1 / 4, 4.0]
RIDGES = [10.0**p for p in range(-6, 1)]

# Input columns of each measured set, in the folder above.
SETS = {
    **dict.fromkeys(("bennett5", "berger1", "chwirut1", "chwirut2", "eckerle4", "enso", "filip", "hahn1", "kirby2"), ["x0"]),
    **dict.fromkeys(("linewidth", "loadcell", "norris", "pontius", "roszman1", "spiegel", "thurber", "type_k"), ["x0"]),
    "nelson": ["x0", "x1"],
}
SYNTHETIC = ("sin3", "sin10", "sin10_normal", "sin10_student")


def read(name):
    path = Path(__file__).resolve().parent.parent / f"{name}.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return table[:, [header.index(c) for c in SETS[name]]], table[:, header.index("y")]


def synthetic(name, rng):
    """400 points uniform on (-1, 1): x + sin 3x or x + sin 10x, without noise, with normal noise or Student's of 2 degrees."""
    x = rng.uniform(-1, 1, size=400)
    if name.startswith("sin3"):
        return x[:, None], x + np.sin(3 * x)
    y = x + np.sin(10 * x)
    if name.endswith("normal"):
        y = y + 0.1 * rng.normal(size=400)
    if name.endswith("student"):
        y = y + 0.1 * rng.standard_t(2, size=400)
    return x[:, None], y


def seed(name):
    return int.from_bytes(name.encode(), "little") % 2**32


def load(name):
    return synthetic(name, np.random.default_rng(seed(name))) if name in SYNTHETIC else read(name)


def draw(x, y, n, splits, rng, most=50):
    """Scaled training and held-out samples of `splits` random splits, and the label's scale of each."""
    order = np.argsort(rng.random((splits, len(y))), axis=1)
    train, test = order[:, :n], order[:, n : n + most]
    xt, yt = x[train], y[train]
    xm, xs = xt.mean(1, keepdims=True), xt.std(1, keepdims=True)
    ym, ys = yt.mean(1, keepdims=True), yt.std(1, keepdims=True)
    xs, ys = np.where(xs > 0, xs, 1), np.where(ys > 0, ys, 1)
    return (xt - xm) / xs, (yt - ym) / ys, (x[test] - xm) / xs, (y[test] - ym) / ys, ys[:, 0]


def scores(name, x, y, biases, ridges):
    """Every criterion on the whole grid: {criterion: (splits, biases, ridges)}"""
    found = [criteria(kernel(name, x, x, b), y, ridges) for b in biases]
    return {c: np.stack([f[c] for f in found], 1) for c in CRITERIA}


def smallest(score, biases, ridges):
    """Bias variance and ridge of the smallest score of every split."""
    i, j = np.unravel_index(np.argmin(score.reshape(len(score), -1), 1), score.shape[1:])
    return np.array(biases)[i], np.array(ridges)[j]


def measure(name, samples, b, ridge, deviation, level=0.9):
    xt, yt, xq, yq, scale = samples
    mean, low, high = Model(name, xt, yt, b, ridge).interval(xq, level)
    unit = scale[:, None] / deviation
    error, half = np.abs(mean - yq) * unit, (high - low) / 2 * unit
    return {
        "coverage": 100 * float(((low <= yq) & (yq <= high)).mean()),
        "half": float(np.median(half)),
        "q90": float(np.quantile(error, 0.9)),
        "rmse": float(np.sqrt(np.mean(error**2))),
    }


def geometric(values):
    return float(np.exp(np.mean(np.log(values))))


def cells(rows):
    """Mean and least coverage, mean and greatest ratio, geometric means of half-width and rmse, over sets."""
    cover, ratio = [r["coverage"] for r in rows], [r["half"] / r["q90"] for r in rows]
    half, rmse = (geometric([r[f] for r in rows]) for f in ("half", "rmse"))
    return f"{np.mean(cover):.1f} | {min(cover):.0f} | {np.mean(ratio):.2f} | {max(ratio):.2f} | {half:.4f} | {rmse:.4f}"
