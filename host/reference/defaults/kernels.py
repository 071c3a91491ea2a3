"""Which kernel, which criterion: intervals of four kernels with each criterion, and with settings fixed beforehand.

    python kernels.py [--splits 200]

Means over the measured sets, then the marginal likelihood on curves without noise, set by set.
"""

import argparse

import numpy as np

import measure as m
from intervals import CRITERIA

FIXED = (0.25, 1e-3)
SMOOTH = ("sin3", "sin10", "kirby2")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--splits", type=int, default=200)
    splits = parser.parse_args().splits
    rows = {}
    for name in (*m.SETS, *m.SYNTHETIC):
        x, y = m.load(name)
        for n in m.SIZES:
            samples = m.draw(x, y, n, splits, np.random.default_rng([m.seed(name), n]))
            for k in m.KERNELS:
                score = m.scores(k, samples[0], samples[1], m.BIASES, m.RIDGES)
                for c in CRITERIA:
                    chosen = m.smallest(score[c], m.BIASES, m.RIDGES)
                    rows[k, c, n, name] = m.measure(k, samples, *chosen, y.std())
                fixed = (np.full(splits, v) for v in FIXED)
                rows[k, "fixed", n, name] = m.measure(k, samples, *fixed, y.std())
    print("kernel | criterion | n | coverage | least | ratio | greatest | half-width | rmse")
    for k in m.KERNELS:
        for c in (*CRITERIA, "fixed"):
            for n in m.SIZES:
                print(f"{k} | {c} | {n} | " + m.cells([rows[k, c, n, name] for name in m.SETS]))
    print("\nset | kernel | n | coverage | half-width | rmse")
    for name in (*SMOOTH, *(s for s in m.SYNTHETIC if s not in SMOOTH)):
        for k in m.KERNELS:
            for n in m.SIZES:
                row = rows[k, "lml", n, name]
                print(f"{name} | {k} | {n} | {row['coverage']:.1f} | {row['half']:.3g} | {row['rmse']:.3g}")


if __name__ == "__main__":
    main()
