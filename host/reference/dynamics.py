"""Infinitely wide networks in the course of their training, by neural-tangents.

`gradient_descent_mse` and `gradient_descent_mse_ensemble` of that library solve gradient flow on 1/2 mean (f - y)^2; with the
learning rate n it is flow on 1/2 sum (f - y)^2, as in the lecture. Descent in steps is a plain loop over the outputs. The
kernels are handed in: Example 2 of the lecture from 50-digit arithmetic, rounded to doubles (neural-tangents' own, an
arccos of a cosine, are off by 1e-8 on the diagonal).

neural-tangents does not run on today's JAX: this script has its own requirements, dynamics-requirements.txt.
"""

from collections import namedtuple

import jax
import numpy as np
from mpmath import mp

from common import nearest_double, relu_kernels, write_json

jax.config.update("jax_enable_x64", True)
import neural_tangents as nt  # noqa: E402  (after the precision)

mp.dps = 50
TIMES = [0.0, 1e-6, 0.01, 0.1, 1.0, 10.0, 1000.0]
STEPS = [0, 1, 2, 3, 10, 100, 1000]
Kernels = namedtuple("Kernels", ["nngp", "ntk"])


def kernels(x, other):
    """NNGP and NTK between the rows of two arrays."""
    pairs = [[relu_kernels(list(map(float, p)), list(map(float, q))) for q in other] for p in x]
    return [np.array([[nearest_double(pair[i]) for pair in row] for row in pairs]) for i in range(2)]


def kernel_fn(x1, x2=None, get=("nngp", "ntk")):
    """The kernels as neural-tangents asks for them."""
    both = Kernels(*kernels(np.asarray(x1), np.asarray(x1 if x2 is None else x2)))
    return getattr(both, get) if isinstance(get, str) else both


def flow(x, y, queries):
    """Mean on samples and queries, and standard deviation over the ensemble, at each time."""
    (_, train), (_, cross) = kernels(x, x), kernels(queries, x)
    single = nt.predict.gradient_descent_mse(train, y, learning_rate=y.size)
    ensemble = nt.predict.gradient_descent_mse_ensemble(kernel_fn, x, y, learning_rate=y.size)
    rows = []
    for t in TIMES:
        on_train, on_test = single(t, np.zeros_like(y), np.zeros((len(queries), y.shape[1])), cross)
        both = ensemble(t=t, x_test=queries, get="ntk", compute_cov=True)
        assert np.allclose(both.mean, on_test, rtol=0, atol=1e-11 * np.abs(y).max())
        variance = np.diag(both.covariance)
        rows.append({"time": t, "train": np.asarray(on_train).tolist(), "test": np.asarray(on_test).tolist(),
                     "variance": variance.tolist()})
    return rows


def descent(x, y, queries, rate):
    """Means after steps, one after the other."""
    (_, train), (_, cross) = kernels(x, x), kernels(queries, x)
    on_train, on_test, rows = np.zeros_like(y), np.zeros((len(queries), y.shape[1])), []
    for step in range(STEPS[-1] + 1):
        if step in STEPS:
            rows.append({"steps": step, "train": on_train.tolist(), "test": on_test.tolist()})
        on_test = on_test - rate * cross @ (on_train - y)
        on_train = on_train - rate * train @ (on_train - y)
    return rows


def make_case(name, x, y, queries):
    """Everything for one set of samples."""
    eigenvalues = np.linalg.eigvalsh(kernels(x, x)[1])
    rate = 1.5 / float(eigenvalues[-1])
    print(f"{name}: eigenvalues {eigenvalues[0]:.3g} to {eigenvalues[-1]:.3g}")
    return {"name": name, "x": x.tolist(), "y": y.tolist(), "queries": queries.tolist(),
            "eigenvalues": eigenvalues[::-1].tolist(), "rate": rate, "flow": flow(x, y, queries),
            "descent": descent(x, y, queries, rate)}


def main():
    rng = np.random.default_rng(2026)
    s = np.sort(rng.uniform(-1.0, 1.0, 15))
    lift = lambda s: np.stack([np.cos(np.pi * s / 2), np.sin(np.pi * s / 2)], axis=1)
    cases = [
        make_case("example-3", lift(s), (s + np.sin(10 * s))[:, None], lift(np.linspace(-1.0, 1.0, 7))),
        make_case("normal", rng.standard_normal((10, 3)), rng.standard_normal((10, 1)), rng.standard_normal((6, 3))),
    ]
    write_json("dynamics", "Gradient flow of the infinitely wide ReLU network by neural-tangents (mean, and variance over the "
               "ensemble), gradient descent by a plain loop; kernels from 50-digit arithmetic.",
               ["jax", "jaxlib", "mpmath", "neural-tangents", "numpy"], {"cases": cases})


if __name__ == "__main__":
    main()
