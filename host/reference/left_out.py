"""Every sample of six measured data sets predicted by models that have not seen it.

For each sample in turn a model is scaled, tuned and fitted on all others, then asked for that one: nothing of the sample is
known to the model, hyperparameters included. Results go to left_out.csv, one row per sample; README.md has the root mean squares.

  line, cubic    least squares on all monomials of the inputs up to degree 1 and 3
  rbf, matern    scikit-learn's GaussianProcessRegressor: a constant times an RBF or a Matern kernel (smoothness 3/2 or 5/2),
                 one length for each input, plus white noise, inputs and targets scaled to deviation 1; all of it (the
                 smoothness too) by the marginal likelihood, best of four starts
  the others     the program: `ntk fit` with OPTIONS below, then `ntk predict`

With --ours only the last are computed, and the other columns kept. Build the program first: cargo build --release -p host
"""

import csv
import itertools
import os
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from common import HERE

NTK = os.environ.get("NTK", str(HERE / "../../target/release/ntk"))
INPUTS = {"chwirut2": ["x0"], "hahn1": ["x0"], "nelson": ["x0", "x1"], "roszman1": ["x0"], "thurber": ["x0"], "type_k": ["x0"]}
OPTIONS = ["--scale", "standard", "--tune", "bias", "--criterion", "leave-one-out"]
OURS = {f"{activation}-{kind}": ["--kind", kind, "--activation", activation] for activation in ("relu", "erf") for kind in ("ntk", "nngp")}
PEERS = ["line", "cubic", "rbf", "matern"]


def read(name):
    """Inputs and target of a data set as they stand in the file."""
    with open(HERE / f"{name}.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [[row[x] for x in INPUTS[name]] for row in rows], [row["y"] for row in rows]


def standard(train):
    """Shift and scale to mean 0 and deviation 1."""
    return train.mean(axis=0), train.std(axis=0)


def polynomial(degree, x, y, query):
    """Least squares on all monomials of the scaled inputs up to this degree."""
    shift, scale = standard(x)
    powers = [p for p in itertools.product(range(degree + 1), repeat=x.shape[1]) if sum(p) <= degree]
    design = lambda rows: np.stack([np.prod(((rows - shift) / scale) ** p, axis=1) for p in powers], axis=1)
    coefficients, *_ = np.linalg.lstsq(design(x), y, rcond=None)
    return (design(query[None]) @ coefficients)[0]


def gaussian_process(shapes, x, y, query):
    """scikit-learn's, with the shape of the largest marginal likelihood."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel

    shift, scale = standard(x)
    best = None
    for shape in shapes:
        kernel = ConstantKernel(1.0, (1e-3, 1e5)) * shape(np.ones(x.shape[1])) + WhiteKernel(1e-2, (1e-10, 1e1))
        model = GaussianProcessRegressor(kernel, normalize_y=True, n_restarts_optimizer=3, random_state=0)
        model.fit((x - shift) / scale, y)
        if best is None or model.log_marginal_likelihood_value_ > best.log_marginal_likelihood_value_:
            best = model
    return best.predict((query - shift)[None] / scale)[0]


def peers(x, y, query):
    """The predictions of all that is not ours, in the order of PEERS."""
    from sklearn.gaussian_process.kernels import RBF, Matern

    warnings.filterwarnings("ignore")  # an optimum on a bound is an optimum
    rbf = lambda ones: RBF(ones, (1e-2, 1e3))
    matern = [lambda ones, nu=nu: Matern(ones, (1e-2, 1e3), nu=nu) for nu in (1.5, 2.5)]
    return [polynomial(1, x, y, query), polynomial(3, x, y, query), gaussian_process([rbf], x, y, query),
            gaussian_process(matern, x, y, query)]


def ours(x, y, query):
    """The predictions of the program, in the order of OURS."""
    with tempfile.TemporaryDirectory() as folder:
        train, model, point = (f"{folder}/{name}" for name in ("train.csv", "model.json", "x.csv"))
        names = [f"x{i}" for i in range(len(query))]
        with open(train, "w", encoding="utf-8") as file:
            csv.writer(file).writerows([[*names, "y"], *(row + [target] for row, target in zip(x, y))])
        with open(point, "w", encoding="utf-8") as file:
            csv.writer(file).writerows([names, query])
        means = []
        for options in OURS.values():
            subprocess.run([NTK, "fit", "--train", train, "--model", model, *OPTIONS, *options], check=True, stdout=subprocess.DEVNULL)
            answer = subprocess.run([NTK, "predict", "--model", model, "--x", point], check=True, capture_output=True, text=True)
            means.append(float(answer.stdout.splitlines()[1].split(",")[0]))
        return means


def left_out(task):
    """One fold: the row of left_out.csv that it adds, of the peers or of ours."""
    name, i, ours_only = task
    x, y = read(name)
    rest, targets = x[:i] + x[i + 1:], y[:i] + y[i + 1:]
    if ours_only:
        return ours(rest, targets, x[i])
    return peers(np.array(rest, float), np.array(targets, float), np.array(x[i], float))


def main():
    folds = [(name, i) for name in INPUTS for i in range(len(read(name)[1]))]
    with ProcessPoolExecutor(max_workers=2) as pool:
        if "--ours" in sys.argv:
            with open(HERE / "left_out.csv", newline="", encoding="utf-8") as file:
                others = [[float(row[peer]) for peer in PEERS] for row in csv.DictReader(file)]
        else:
            others = list(pool.map(left_out, [(*fold, False) for fold in folds], chunksize=4))
        if "--peers" in sys.argv:
            own = [[float("nan")] * len(OURS)] * len(folds)
        else:
            own = list(pool.map(left_out, [(*fold, True) for fold in folds], chunksize=4))
    targets = {name: read(name)[1] for name in INPUTS}
    with open(HERE / "left_out.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["data", "sample", "y", *PEERS, *OURS])
        for (name, i), a, b in zip(folds, others, own):
            writer.writerow([name, i, targets[name][i], *(f"{value:.9g}" for value in a + b)])
    print("| | " + " | ".join([*PEERS, *OURS]) + " |")
    for name in INPUTS:
        rows = [a + b for (data, _), a, b in zip(folds, others, own) if data == name]
        errors = np.array(rows) - np.array(targets[name], float)[:, None]
        print(f"| {name} | " + " | ".join(f"{rms:.3g}" for rms in np.sqrt((errors ** 2).mean(axis=0))) + " |")


if __name__ == "__main__":
    main()
