"""What the choice of settings costs: coverage with settings tuned on the same samples against settings fixed beforehand.

    python tuned.py [--replicates 4000] [--splits 200]

First ReLU NNGP on functions, with settings fixed beforehand, with these and scaling by the samples, and tuned: new samples and
one new observation in every replicate, so the error of every figure is the binomial one; x uniform on (-1, 1), noise of
deviation 0.1, or 0.1 times Student's of 2 degrees. Then the mean over the measured sets.
"""

import argparse

import numpy as np

import measure as m
from intervals import Model

KERNEL = "relu nngp"
FIXED = (0.25, 1e-3)
FUNCTIONS = ("line_normal", "sin3_none", "sin3_normal", "sin10_none", "sin10_normal", "sin10_student")


def function(name, x, rng):
    curve, noise = name.split("_")
    y = {"line": x, "sin3": x + np.sin(3 * x), "sin10": x + np.sin(10 * x)}[curve]
    if noise == "normal":
        y = y + 0.1 * rng.normal(size=x.shape)
    if noise == "student":
        y = y + 0.1 * rng.standard_t(2, size=x.shape)
    return y


def exact(n):
    """Coverage of level 0.9 with settings fixed beforehand, in percent."""
    return 100 * (1 - np.floor(0.1 * (n + 1) + 1e-9) / (n + 1))


def share(x, y, n, settings):
    _, low, high = Model(KERNEL, x[:, :n], y[:, :n], *settings).interval(x[:, n:])
    return 100 * np.mean((low[:, 0] <= y[:, n]) & (y[:, n] <= high[:, 0]))


def functions(count):
    rng = np.random.default_rng(5)
    print("function_noise | n | exact | fixed | fixed, scaled | tuned by marginal likelihood | tuned by leave-one-out")
    for name in FUNCTIONS:
        for n in (9, 15, 24, 32):
            x = rng.uniform(-1, 1, size=(count, n + 1, 1))
            y = function(name, x[..., 0], rng)
            xs = (x - x[:, :n].mean(1, keepdims=True)) / x[:, :n].std(1, keepdims=True)
            ys = (y - y[:, :n].mean(1, keepdims=True)) / y[:, :n].std(1, keepdims=True)
            score = m.scores(KERNEL, xs[:, :n], ys[:, :n], m.BIASES, m.RIDGES)
            found = [share(x, y, n, FIXED), share(xs, ys, n, FIXED)]
            found += [share(xs, ys, n, m.smallest(score[c], m.BIASES, m.RIDGES)) for c in ("lml", "loo")]
            print(f"{name} | {n} | {exact(n):.2f} | " + " | ".join(f"{f:.1f}" for f in found), flush=True)


def measured(splits):
    print("\nn | exact | tuned by marginal likelihood | least set")
    for n in (9, 10, 12, 15, 19, 24):
        cover = []
        for name in m.SETS:
            x, y = m.read(name)
            samples = m.draw(x, y, n, splits, np.random.default_rng([3, n]))
            score = m.scores(KERNEL, samples[0], samples[1], m.BIASES, m.RIDGES)["lml"]
            cover.append(m.measure(KERNEL, samples, *m.smallest(score, m.BIASES, m.RIDGES), y.std())["coverage"])
        print(f"{n} | {exact(n):.2f} | {np.mean(cover):.1f} | {min(cover):.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--replicates", type=int, default=4000)
    parser.add_argument("--splits", type=int, default=200)
    arguments = parser.parse_args()
    functions(arguments.replicates)
    measured(arguments.splits)
