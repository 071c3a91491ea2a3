"""Kernel ridge regression with the ReLU NTK and NNGP on the NIST data set Chwirut2, at 50 digits.

Inputs (x, 1), kernels of Theorem 1 and Example 2 of the lecture off the sphere, G = K + ridge I, alpha = G^-1 y:
  mean k_*^T alpha, std sqrt(k(x, x) - k_*^T G^-1 k_*) (of the latent function),
  leave-one-out mean y_i - alpha_i / (G^-1)_ii and variance 1 / (G^-1)_ii (of the observation),
  log marginal likelihood -y^T alpha / 2 - sum log L_ii - (n / 2) log(2 pi), with G = L L^T
(Rasmussen and Williams, Gaussian Processes for Machine Learning, sections 2.2, 2.3 and 5.4.2).
"""

import csv

from mpmath import mp

from common import HERE, nearest_double, relu_kernels, write_json

mp.dps = 50


def read_data():
    """The inputs (x, 1) and the responses, as doubles."""
    with open(HERE / "chwirut2.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 54
    return [[float(row["x0"]), float(row["x1"])] for row in rows], [float(row["y"]) for row in rows]


def query_inputs():
    """25 distances in [0.3, 6.5], in steps of about 1/4, two of them training inputs (0.5 and 3.0)."""
    spaced = [0.3] + [round(64 * (0.3 + 6.2 * i / 24)) / 64 for i in range(1, 24)] + [6.5]
    for wanted in (0.5, 3.0):
        spaced[min(range(25), key=lambda i: abs(spaced[i] - wanted))] = wanted
    return spaced


class Kernel:
    """The NTK or the NNGP; each value is computed once."""

    def __init__(self, kind):
        self.index = ("nngp", "ntk").index(kind)
        self.known = {}

    def __call__(self, x, y):
        key = (tuple(x), tuple(y))
        if key not in self.known:
            self.known[key] = self.known[key[::-1]] = relu_kernels(x, y)[self.index]
        return self.known[key]

    def gram(self, xs, ridge):
        """K + ridge I."""
        rows = [[self(p, q) + (mp.mpf(ridge) if i == j else 0) for j, q in enumerate(xs)] for i, p in enumerate(xs)]
        return mp.matrix(rows)


def dot(u, v):
    """Inner product of two sequences."""
    return mp.fdot(list(u), list(v))


def predict(kernel, xs, inverse, alpha, point):
    """Mean and standard deviation of the latent function at one point."""
    column = mp.matrix([kernel(x, point) for x in xs])
    return dot(column, alpha), mp.sqrt(kernel(point, point) - dot(column, inverse * column))


def check_left_out(kernel, xs, y, ridge, mean, std):
    """Refit without observation i: the closed forms must agree to 40 digits."""
    for i in (0, 20, 53):
        rest, targets = xs[:i] + xs[i + 1:], mp.matrix(y[:i] + y[i + 1:])
        gram = kernel.gram(rest, ridge)
        column = mp.matrix([kernel(x, xs[i]) for x in rest])
        weights = mp.lu_solve(gram, column)
        refit_mean = dot(weights, targets)
        refit_std = mp.sqrt(kernel(xs[i], xs[i]) + ridge - dot(weights, column))
        assert abs(refit_mean - mean[i]) < mp.mpf(10) ** -40 * 100
        assert abs(refit_std - std[i]) < mp.mpf(10) ** -40 * 100


def make_fit(kind, ridge, xs, y):
    """One kernel and one ridge."""
    kernel = Kernel(kind)
    n, targets = len(xs), mp.matrix(y)
    gram = kernel.gram(xs, ridge)
    inverse = gram ** -1
    alpha = inverse * targets
    mean = [targets[i] - alpha[i] / inverse[i, i] for i in range(n)]
    std = [mp.sqrt(1 / inverse[i, i]) for i in range(n)]
    check_left_out(kernel, xs, y, ridge, mean, std)
    factor = mp.cholesky(gram)
    log_likelihood = (-dot(targets, alpha) / 2 - mp.fsum(mp.log(factor[i, i]) for i in range(n))
                      - mp.mpf(n) / 2 * mp.log(2 * mp.pi))
    rmse = mp.sqrt(mp.fsum((targets[i] - mean[i]) ** 2 for i in range(n)) / n)
    rows = []
    for x in query_inputs():
        value, spread = predict(kernel, xs, inverse, alpha, [x, 1.0])
        rows.append({"x": x, "mean": nearest_double(value), "std": nearest_double(spread)})
    print(f"{kind:4} ridge {ridge:4}: loo rmse {mp.nstr(rmse, 8)}, log likelihood {mp.nstr(log_likelihood, 8)}")
    return {"kernel": kind, "ridge": ridge, "predict": rows, "loo_mean": [nearest_double(v) for v in mean],
            "loo_std": [nearest_double(v) for v in std], "loo_rmse": nearest_double(rmse),
            "log_marginal_likelihood": nearest_double(log_likelihood)}


def check_double(fit, xs, y):
    """The same fit in plain doubles with NumPy and the textbook arccos formula."""
    import numpy as np

    def kernel(p, q):
        p, q = np.array(p), np.array(q)
        inner, size = p @ q.T, np.sqrt(np.outer((p * p).sum(1), (q * q).sum(1)))
        c = np.clip(inner / size, -1, 1)
        nngp = size * (np.sqrt(1 - c * c) + (np.pi - np.arccos(c)) * c) / np.pi
        return nngp if fit["kernel"] == "nngp" else nngp + inner * (np.pi - np.arccos(c)) / np.pi

    query = [[row["x"], 1.0] for row in fit["predict"]]
    gram, cross = kernel(xs, xs) + fit["ridge"] * np.eye(len(xs)), kernel(query, xs)
    mean = cross @ np.linalg.solve(gram, y)
    variance = np.diag(kernel(query, query)) - np.einsum("ij,ji->i", cross, np.linalg.solve(gram, cross.T))
    assert np.allclose(mean, [row["mean"] for row in fit["predict"]], rtol=0, atol=1e-5)
    assert np.allclose(variance, [row["std"] ** 2 for row in fit["predict"]], rtol=0, atol=1e-5)
    likelihood = -0.5 * np.array(y) @ np.linalg.solve(gram, y) - 0.5 * np.linalg.slogdet(gram)[1] - 27 * np.log(2 * np.pi)
    assert abs(likelihood - fit["log_marginal_likelihood"]) < 1e-6 * abs(likelihood)


def main():
    xs, y = read_data()
    fits = [make_fit(kind, ridge, xs, y) for kind in ("ntk", "nngp") for ridge in (0.1, 10.0)]
    for fit in fits:
        check_double(fit, xs, y)
    write_json("chwirut2", "Kernel ridge regression on chwirut2.csv in mpmath with 50 digits, each value rounded once "
               "to the nearest double; data, ridge and query inputs are the doubles nearest to the decimals.",
               ["mpmath", "numpy"], {"data": "chwirut2.csv", "fits": fits})


if __name__ == "__main__":
    main()
