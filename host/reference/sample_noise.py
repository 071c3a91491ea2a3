"""scikit-learn's Gaussian process with a noise variance for each sample, `alpha` as a vector, on Chwirut2.

The kernel is the ReLU NTK or NNGP of inputs (x, 1), its values at 50 digits rounded once; nothing is optimised.
  mean, std   of the latent function, at the distances of chwirut2.py
  log_marginal_likelihood
The same again at 50 digits has to agree to 1e-11 before the file is written.
"""

import numpy as np
from mpmath import mp
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Kernel as Base

from chwirut2 import Kernel, dot, predict, query_inputs, read_data
from common import nearest_double, write_json


class Exact(Base):
    """A kernel of the lecture for scikit-learn."""

    def __init__(self, exact):
        self.exact = exact

    def get_params(self, deep=True):
        return {"exact": self.exact}

    def __call__(self, x, y=None, eval_gradient=False):
        rows, columns = x.tolist(), (x if y is None else y).tolist()
        return np.array([[nearest_double(self.exact(p, q)) for q in columns] for p in rows])

    def diag(self, x):
        return np.array([nearest_double(self.exact(p, p)) for p in x.tolist()])

    def is_stationary(self):
        return False


def deviations(n):
    """Standard deviations from 1/8 to 8, in no order."""
    return [2.0 ** ((5 * i) % 7 - 3) for i in range(n)]


def make_fit(kind, xs, y, noise):
    """One kernel."""
    exact = Kernel(kind)
    process = GaussianProcessRegressor(Exact(exact), alpha=np.square(noise), optimizer=None).fit(np.array(xs), np.array(y))
    queries = [[x, 1.0] for x in query_inputs()]
    mean, std = process.predict(np.array(queries), return_std=True)
    likelihood = process.log_marginal_likelihood_value_

    gram = exact.gram(xs, 0)
    for i, deviation in enumerate(noise):
        gram[i, i] += mp.mpf(deviation) ** 2
    inverse = gram ** -1
    alpha = inverse * mp.matrix(y)
    for i, point in enumerate(queries):
        value, spread = predict(exact, xs, inverse, alpha, point)
        assert abs(value - mean[i]) < 1e-11 * max(map(abs, y)) and abs(spread - std[i]) < 1e-11 * spread
    factor = mp.cholesky(gram)
    expected = (-dot(y, alpha) / 2 - mp.fsum(mp.log(factor[i, i]) for i in range(len(y)))
                - mp.mpf(len(y)) / 2 * mp.log(2 * mp.pi))
    assert abs(expected - likelihood) < 1e-11 * abs(expected)
    rows = [{"x": x, "mean": float(m), "std": float(s)} for (x, _), m, s in zip(queries, mean, std)]
    return {"kernel": kind, "predict": rows, "log_marginal_likelihood": float(likelihood)}


def main():
    xs, y = read_data()
    noise = deviations(len(y))
    fits = [make_fit(kind, xs, y, noise) for kind in ("ntk", "nngp")]
    write_json("sample_noise", "scikit-learn's GaussianProcessRegressor with alpha = noise^2 on chwirut2.csv, in doubles; "
               "kernel values from mpmath with 50 digits, rounded once.",
               ["mpmath", "numpy", "scikit-learn", "scipy"], {"data": "chwirut2.csv", "noise": noise, "fits": fits}, "2026-11-27")


if __name__ == "__main__":
    main()
