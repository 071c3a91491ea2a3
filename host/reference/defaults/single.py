"""The whole calibration in f32: which smallest ridge can be used, and what it costs. ReLU NNGP by marginal likelihood.

    python single.py [--splits 40]

For each smallest ridge (relative to the mean diagonal): settings chosen among the bias variances of the library and decades
from that ridge to 1, with Gram matrix (rounded to f32), Cholesky factor, weights, inverse diagonal and interval in f32. A
ridge whose factorisation fails is passed over, as the library does. The same in f64 stands beside it. At n = 24 half the
splits.
"""

import argparse

import numpy as np
from scipy.linalg import LinAlgError, cho_solve, cholesky, solve_triangular

import measure as m
from intervals import diagonal, kernel

KERNEL = "relu nngp"
NO_NOISE = ("sin3", "sin10", "type_k")


def likelihood(factor, y):
    u = solve_triangular(factor, y, lower=True, check_finite=False)
    return 0.5 * len(y) * np.log(u @ u / len(y)) + np.sum(np.log(np.diagonal(factor)))


def calibrate(x, y, ridges, real):
    """(bias variance, ridge, factor, number of failures) of the smallest criterion."""
    best, failed = None, 0
    for b in m.BIASES:
        k = kernel(KERNEL, x, x, b).astype(real)
        mean = np.mean(np.diagonal(k))
        for r in ridges:
            try:
                factor = cholesky(k + real(r) * mean * np.eye(len(y), dtype=real), lower=True, check_finite=False)
            except LinAlgError:
                failed += 1
                continue
            score = likelihood(factor, y)
            if np.isfinite(score) and (best is None or score < best[0]):
                best = (score, b, real(r) * mean, factor)
    return (*best[1:], failed)


def interval(x, y, q, b, ridge, factor, real, level=0.9):
    n = len(y)
    f = int(np.floor((1 - level) * (n + 1) + 1e-9))
    a = cho_solve((factor, True), y, check_finite=False)
    root = solve_triangular(factor, np.eye(n, dtype=real), lower=True, check_finite=False)
    h = 1 / np.sum(root * root, 0)
    k = kernel(KERNEL, q, x, b).astype(real)
    t = solve_triangular(factor, k.T, lower=True, check_finite=False)
    v = solve_triangular(factor, t, lower=True, trans="T", check_finite=False)
    s2 = np.maximum(diagonal(KERNEL, q, b).astype(real) + ridge - np.sum(t * t, 0), ridge)
    mean = k @ a
    centre = mean[:, None] - v.T * (a * h)
    half = np.abs(a) * np.sqrt(h) * np.sqrt(s2[:, None] + v.T**2 * h)
    return mean, np.sort(centre - half, 1)[:, f - 1], np.sort(centre + half, 1)[:, n - f]


def outcome(name, n, splits, ridges, real):
    """Coverage in percent, median half-width, rmse, share of factorisations that fail in percent."""
    x, y = m.load(name)
    samples = m.draw(x, y, n, splits, np.random.default_rng([m.seed(name), n]), most=20)
    inside, half, errors, failed = [], [], [], 0
    for xt, yt, xq, yq, scale in zip(*samples):
        xs, ys, qs = xt.astype(real).astype(float), yt.astype(real), xq.astype(real).astype(float)
        b, ridge, factor, bad = calibrate(xs, ys, ridges, real)
        mean, low, high = interval(xs, ys, qs, b, ridge, factor, real)
        failed += bad
        inside.append(np.mean((low <= yq) & (yq <= high)))
        half.append((high - low) / 2 * scale / y.std())
        errors.append(np.abs(mean - yq) * scale / y.std())
    rmse = np.sqrt(np.mean(np.square(errors)))
    return 100 * np.mean(inside), np.median(half), rmse, 100 * failed / splits / len(m.BIASES) / len(ridges)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--splits", type=int, default=40)
    splits = parser.parse_args().splits
    print("smallest ridge | n | coverage f32 / f64 | half-width f32 / f64 | rmse f32 / f64 | failed | no noise, f32")
    for n, count in ((15, splits), (24, splits // 2)):
        for power in (-7, -6, -5, -4):
            ridges, sets = [10.0**p for p in range(power, 1)], (*m.SETS, "sin3", "sin10")
            single, double = ({s: outcome(s, n, count, ridges, real) for s in sets} for real in (np.float32, np.float64))
            table = [np.array([found[s] for s in m.SETS]) for found in (single, double)]
            cover = " / ".join(f"{t[:, 0].mean():.1f}" for t in table)
            half, rmse = (" / ".join(f"{m.geometric(t[:, i]):.4f}" for t in table) for i in (1, 2))
            without = m.geometric([single[s][1] for s in NO_NOISE])
            print(f"1e{power} | {n} | {cover} | {half} | {rmse} | {table[0][:, 3].mean():.2f} % | {without:.4f}", flush=True)


if __name__ == "__main__":
    main()
