"""What the suites of other libraries assert, as values: kernels, readouts and training by neural-tangents, and arc-cosine
kernels by the formulas of Cho and Saul.

neural-tangents' own tests compare its closed forms with sampled networks; here its closed forms are the values: NNGP
and NTK of eleven activations, 1 to 10 hidden layers, three pairs of weight and bias variances, and for three times of
gradient flow the mean and the variance over networks of which all layers or only the last one (the readout) are
trained. Its kernels divide <x, y> by the dimension, so it is given inputs times the root of it. `nngp` of a network
is the kernel of training its readout alone.

The arc-cosine kernels of order 0 and 1, one to three layers (Cho and Saul 2009, equations 3 to 6, composed as in
their Section 2.3), are mpmath's: other suites assert them to six digits, by quadrature.

The newer activations are compared between different inputs only: neural-tangents gives NaN for a rectified monomial of
an input with itself. Its Hermite polynomials are those of inputs on the unit sphere.

neural-tangents does not run on today's JAX: this script has the requirements of dynamics.py.
"""

import jax
import numpy as np
from mpmath import mp

from common import nearest_double, write_json

jax.config.update("jax_enable_x64", True)
import neural_tangents as nt  # noqa: E402  (after the precision)
from neural_tangents import stax  # noqa: E402

mp.dps = 50
X = [[0.9, 0.3, -0.2], [-0.4, 0.7, 0.1], [0.8, 0.5, 0.6], [0.1, -1.2, 0.4]]
Y = [[1.0], [-0.5], [0.25], [0.75]]
QUERIES = [[0.2, 0.1, -0.6], [1.1, -0.3, 0.2]]
VARIANCES = [(1.0, 0.0), (1.5, 0.1), (0.6, 0.4)]
DEPTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
TIMES = [0.1, 5.0, 200.0]
# Those whose moments grow from layer to layer without bound are kept to a few layers and small weights.
ACTIVATIONS = {
    "relu": (stax.ABRelu(0.0, np.sqrt(2.0)), DEPTHS, VARIANCES),
    "leaky-relu:0.2": (stax.ABRelu(0.2, 1.0), DEPTHS, VARIANCES),
    "abs": (stax.Abs(), DEPTHS, VARIANCES),
    "erf": (stax.Erf(), DEPTHS, VARIANCES),
    "gelu": (stax.Gelu(), DEPTHS, VARIANCES),
    "sin": (stax.Sin(), DEPTHS, VARIANCES),
    "cos": (stax.Cos(), DEPTHS, VARIANCES),
    "gaussian": (stax.Gaussian(), DEPTHS, VARIANCES),
    "identity": (stax.Identity(), DEPTHS, VARIANCES),
    "exp": (stax.Exp(), [1, 2], [(0.3, 0.1)]),
    "quadratic": (stax.Monomial(2), [1, 2, 3], [(0.3, 0.1)]),
}
# Name and parameters, activation, depths; rectified monomials grow from layer to layer.
NEWER = [
    ("sign", [], stax.Sign(), [1, 2, 3]),
    ("rectified-power", [2], stax.RectifiedMonomial(2), [1]),
    ("rectified-power", [3], stax.RectifiedMonomial(3), [1]),
    ("rbf", [0.5], stax.Rbf(0.5), [1, 2, 3]),
    ("sine", [1.3, 0.4], stax.Sin(1.0, 1.3, 0.4), [1, 2, 3]),
    ("sine", [0.5, -2.0], stax.Sin(1.0, 0.5, -2.0), [1, 2, 3]),
    *(("hermite", [n], stax.Hermite(n), [1]) for n in range(1, 9)),
]


def network(phi, depth, w, b):
    """Infinitely wide: so many hidden layers, then the readout; weights of variance w, biases of variance b."""
    def dense():
        return stax.Dense(1, W_std=np.sqrt(w), b_std=np.sqrt(b))
    return stax.serial(*[layer for _ in range(depth) for layer in (dense(), phi)], dense())[2]


def inputs(rows):
    """As neural-tangents divides by the dimension."""
    return np.array(rows) * np.sqrt(len(rows[0]))


def kernels():
    """NNGP and NTK of each activation, depth and pair of variances between all inputs."""
    rows = []
    for name, (phi, depths, variances) in ACTIVATIONS.items():
        for depth in depths:
            for w, b in variances:
                both = network(phi, depth, w, b)(inputs(X), None, ("nngp", "ntk"))
                rows.append({"phi": name, "depth": depth, "w": w, "b": b, "nngp": np.asarray(both.nngp).tolist(),
                             "ntk": np.asarray(both.ntk).tolist()})
    return rows


def newer():
    """NNGP and NTK between different inputs, x first of the earlier ones; on the unit sphere for Hermite polynomials."""
    rows = []
    sphere = [[v / np.linalg.norm(p) for v in p] for p in X]
    for name, parameters, phi, depths in NEWER:
        for depth in depths:
            for w, b in [(1.0, 0.0)] if name == "hermite" else VARIANCES:
                points = sphere if name == "hermite" else X
                both = network(phi, depth, w, b)(inputs(points), None, ("nngp", "ntk"))
                pairs = [(i, j) for i in range(len(X)) for j in range(i)]
                row = {"phi": name, "parameters": parameters, "depth": depth, "w": w, "b": b, "x": np.array(points).tolist()}
                for kind in ("nngp", "ntk") if name != "sign" else ("nngp",):
                    row[kind] = [float(getattr(both, kind)[i, j]) for i, j in pairs]
                    assert np.all(np.isfinite(row[kind])), row
                rows.append(row)
    return rows


def training():
    """Gradient flow on 1/2 sum (f - y)^2 of all layers (ntk) and of the readout (nngp)."""
    rows = []
    for name, depth, w, b in [("relu", 1, 1.0, 0.0), ("erf", 3, 1.5, 0.1), ("gelu", 2, 1.5, 0.1)]:
        kernel_fn = network(ACTIVATIONS[name][0], depth, w, b)
        y = np.array(Y)
        predict = nt.predict.gradient_descent_mse_ensemble(kernel_fn, inputs(X), y, learning_rate=float(y.size))
        for trained in ("ntk", "nngp"):
            for time in TIMES:
                found = predict(t=time, x_test=inputs(QUERIES), get=trained, compute_cov=True)
                rows.append({"phi": name, "depth": depth, "w": w, "b": b, "trained": trained, "time": time,
                             "mean": np.asarray(found.mean)[:, 0].tolist(),
                             "variance": np.diag(np.asarray(found.covariance)).tolist()})
    return rows


def arc_cosine():
    """k_n(x, y) = |x|^n |y|^n J_n(t) / pi, J_0 = pi - t, J_1 = sin t + (pi - t) cos t, and its compositions."""
    rows = []
    for order in (0, 1):
        for layers in (1, 2, 3):
            def own(square, levels, order=order):
                for _ in range(levels):
                    square = square**order
                return square
            values = []
            for p in X:
                line = []
                for q in X:
                    inner = sum(mp.mpf(u) * mp.mpf(v) for u, v in zip(p, q))
                    squares = [sum(mp.mpf(u) ** 2 for u in point) for point in (p, q)]
                    for level in range(layers):
                        size = mp.sqrt(own(squares[0], level) * own(squares[1], level))
                        angle = mp.acos(max(min(inner / size, mp.mpf(1)), mp.mpf(-1)))
                        j = mp.pi - angle if order == 0 else mp.sin(angle) + (mp.pi - angle) * mp.cos(angle)
                        inner = size**order * j / mp.pi
                    line.append(nearest_double(inner))
                values.append(line)
            rows.append({"order": order, "layers": layers, "values": values})
    return rows


def main():
    origin = ("NNGP, NTK and gradient flow of all layers and of the readout by neural-tangents' closed forms; arc-cosine"
              " kernels after Cho and Saul by mpmath, 50 digits.")
    data = {"x": X, "y": Y, "queries": QUERIES, "kernels": kernels(), "newer": newer(), "training": training(),
            "arc_cosine": arc_cosine()}
    for row in data["kernels"]:
        assert np.all(np.isfinite(row["ntk"])) and np.allclose(row["ntk"], np.transpose(row["ntk"])), row
    relu = next(row for row in data["kernels"] if row["phi"] == "relu" and row["depth"] == 1 and row["b"] == 0.0)
    assert np.allclose(relu["nngp"], data["arc_cosine"][3]["values"], rtol=0, atol=1e-7), "order 1 is the ReLU's"
    write_json("peers", origin, ["jax", "jaxlib", "mpmath", "neural-tangents", "numpy", "scipy"], data, date="2026-11-27")


if __name__ == "__main__":
    main()
