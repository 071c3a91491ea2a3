"""How small the search may be: grids of bias variances and ridges against a dense one, ReLU NNGP by marginal likelihood.

    python search.py [--splits 200]

Half-widths and rmse are relative to those of the dense search, geometric means over the measured sets. Instructions at
n = 15 are an estimate: 20,000 for a Gram matrix, 5,200 for a factorisation with a solve and logarithms.
"""

import argparse

import numpy as np

import measure as m

KERNEL = "relu nngp"
DENSE = ([2.0**k for k in range(-6, 7)], [10 ** (k / 4) for k in range(-24, 5)])
DECADES = [10.0**p for p in range(-6, 1)]
GRIDS = {
    "1/64 to 64 by factors of 4; decades": ([4.0**k for k in range(-3, 4)], DECADES),
    "1/64, 1/8, 1, 8; decades": ([1 / 64, 1 / 8, 1.0, 8.0], DECADES),
    "1/64, 1/4, 4; quarters of a decade": ([1 / 64, 1 / 4, 4.0], DENSE[1][:25]),
    "1/64, 1/4, 4; decades": ([1 / 64, 1 / 4, 4.0], DECADES),
    "1/64, 1/4, 4; every second decade": ([1 / 64, 1 / 4, 4.0], DECADES[::2]),
    "1/64, 1; decades": ([1 / 64, 1.0], DECADES),
    "1/4, 1, 4; decades": ([1 / 4, 1.0, 4.0], DECADES),
    "1/4; decades": ([1 / 4], DECADES),
    "1; decades": ([1.0], DECADES),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--splits", type=int, default=200)
    splits = parser.parse_args().splits
    rows = {}
    for name in m.SETS:
        x, y = m.read(name)
        for n in m.SIZES:
            samples = m.draw(x, y, n, splits, np.random.default_rng([m.seed(name), n]))
            for label, (biases, ridges) in {"dense": DENSE, **GRIDS}.items():
                score = m.scores(KERNEL, samples[0], samples[1], biases, ridges)["lml"]
                chosen = m.smallest(score, biases, ridges)
                rows[label, n, name] = m.measure(KERNEL, samples, *chosen, y.std())
    print("search | pairs | instructions | half-width n = 15 / 24 | worst set | rmse 15 / 24 | mean and greatest ratio, 24")
    for label, (biases, ridges) in {"dense": DENSE, **GRIDS}.items():
        relative = {
            (f, n): [rows[label, n, s][f] / rows["dense", n, s][f] for s in m.SETS] for f in ("half", "rmse") for n in m.SIZES
        }
        half, rmse = ([f"{m.geometric(relative[f, n]):.3f}" for n in m.SIZES] for f in ("half", "rmse"))
        worst = max(max(relative["half", n]) for n in m.SIZES)
        ratio = [rows[label, 24, s]["half"] / rows[label, 24, s]["q90"] for s in m.SETS]
        pairs = len(biases) * len(ridges)
        print(
            f"{label} | {pairs} | {len(biases) * 20_000 + pairs * 5_200:,} | {' / '.join(half)} | {worst:.2f} | "
            f"{' / '.join(rmse)} | {np.mean(ratio):.2f}, {max(ratio):.2f}"
        )


if __name__ == "__main__":
    main()
