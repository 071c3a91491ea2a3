"""Outputs, gradients, Hessians and the finite-width NTK of small networks, by automatic differentiation in JAX.

f_c(w; x) = (1 / sqrt k) sum_i a_ci phi(b_i . x) (Theorem 1 of the lecture); gradient and linearisation of
Definition 1, NTK of Definition 2, Hessian of Proposition 1, none of them derived by hand here. Float64 on the CPU.
"""

import json
import os

os.environ["JAX_PLATFORMS"] = "cpu"

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np

import traces
from common import HERE, write_json

ACTIVATIONS = {
    "relu": lambda z: jnp.sqrt(2.0) * jnp.maximum(0.0, z),
    "erf": jax.scipy.special.erf,
    "tanh": jnp.tanh,
    "sin": jnp.sin,
    "identity": lambda z: z,
}


def network(activation, weights, x):
    """f, one row per sample and one column per output."""
    hidden = ACTIVATIONS[activation](x @ weights["b"].T)
    return hidden @ weights["a"].T / jnp.sqrt(1.0 * len(weights["b"]))


def loss(activation, weights, x, y):
    """Half the sum of squares over samples and outputs."""
    return 0.5 * jnp.sum((network(activation, weights, x) - y) ** 2)


def one_output(activation, weights, point, c):
    """f_c at one sample."""
    return network(activation, weights, point[None, :])[0, c]


def flat(weights):
    """All weights as one vector: a row by row, then b row by row."""
    return jnp.concatenate([weights["a"].ravel(), weights["b"].ravel()])


def unflat(vector, like):
    """The inverse of flat."""
    size = like["a"].size
    return {"a": vector[:size].reshape(like["a"].shape), "b": vector[size:].reshape(like["b"].shape)}


def listed(weights):
    """Weights as nested lists."""
    return {key: np.asarray(value).tolist() for key, value in weights.items()}


def gradients(activation, weights, x):
    """df_c/dw per sample and output."""
    grad = jax.grad(lambda w, point, c: one_output(activation, w, point, c))
    return [[grad(weights, point, c) for c in range(len(weights["a"]))] for point in x]


def hessian_eigenvalues(activation, weights, point):
    """The eigenvalues of the full Hessian of f at one sample, ascending."""
    full = jax.hessian(lambda v: one_output(activation, unflat(v, weights), point, 0))(flat(weights))
    full = np.asarray(full)
    return np.linalg.eigvalsh((full + full.T) / 2)


def hessian_fields(activation, weights, x):
    """Eigenvalues and spectral norm per sample; whether a negative eigenvalue is the largest in size somewhere."""
    values = [hessian_eigenvalues(activation, weights, point) for point in x]
    return {"hessian_eigenvalues": [v.tolist() for v in values],
            "hessian_norm": [float(np.max(np.abs(v))) for v in values],
            "minus_root_larger": any(bool(-v[0] > v[-1] * (1 + 1e-6)) for v in values)}


def make_case(activation, d, k, outputs, seed):
    """One network with standard normal weights and four samples."""
    rng = np.random.default_rng(seed)
    n = 4
    weights = {"a": jnp.array(rng.standard_normal((outputs, k))), "b": jnp.array(rng.standard_normal((k, d)))}
    x, y = jnp.array(rng.standard_normal((n, d))), jnp.array(rng.standard_normal((n, outputs)))
    delta = {"a": jnp.array(0.125 * rng.standard_normal((outputs, k))),
             "b": jnp.array(0.125 * rng.standard_normal((k, d)))}
    value, slope = jax.jvp(lambda w: network(activation, w, x), (weights,), (delta,))
    grads = gradients(activation, weights, x)
    jacobian = np.array([flat(g) for row in grads for g in row])
    case = {"name": f"{activation}-{d}-{k}-{outputs}", "activation": activation, "inputs": d, "width": k,
            "outputs": outputs, "samples": n, "seed": seed, **listed(weights), "x": x.tolist(), "y": y.tolist(),
            "f": value.tolist(), "gradient": [[listed(g) for g in row] for row in grads],
            "loss": float(loss(activation, weights, x, y)),
            "loss_gradient": listed(jax.grad(lambda w: loss(activation, w, x, y))(weights)),
            "ntk": (jacobian @ jacobian.T).tolist(), "delta": listed(delta), "linearised": (value + slope).tolist()}
    if outputs == 1:
        case.update(hessian_fields(activation, weights, x))
    return case


def largest(difference):
    """The largest entry in size."""
    return float(np.max(np.abs(np.asarray(difference))))


def check(case):
    """Against the NumPy network of traces.py, and the Hessian against the 2x2 blocks of Proposition 1."""
    a, b, x, y = (np.array(case[key]) for key in ("a", "b", "x", "y"))
    name = case["activation"]
    assert abs(x @ b.T).min() > 1e-3 or name != "relu"
    assert largest(traces.output(name, a, b, x) - case["f"]) < 1e-14
    assert abs(traces.loss(name, a, b, x, y) - case["loss"]) < 1e-13
    for got, key in zip(traces.loss_gradient(name, a, b, x, y), "ab"):
        assert largest(got - np.array(case["loss_gradient"][key])) < 1e-13
    phi, slope = traces.ACTIVATIONS[name]
    z = x @ b.T
    k = len(b)
    # Streamed NTK of the proof of Theorem 1, with the outputs as blocks.
    ntk = np.einsum("ip,jp,cd->icjd", phi(z), phi(z), np.eye(len(a))) / k
    ntk += np.einsum("cp,dp,ip,jp,ij->icjd", a, a, slope(z), slope(z), x @ x.T) / k
    assert largest(ntk.reshape(len(case["ntk"]), -1) - np.array(case["ntk"])) < 1e-13
    if case["outputs"] == 1:
        for i, point in enumerate(x):
            assert largest(blocks(name, a[0], b, point) - np.array(case["hessian_eigenvalues"][i])) < 1e-13


def blocks(activation, a, b, point):
    """Eigenvalues of the Hessian from one 2x2 block per unit, the rest zero, ascending (d inputs)."""
    curvature = {
        "relu": np.zeros_like, "identity": np.zeros_like, "sin": lambda z: -np.sin(z),
        "tanh": lambda z: -2 * np.tanh(z) * (1 - np.tanh(z) ** 2),
        "erf": lambda z: -4 * z / np.sqrt(np.pi) * np.exp(-z * z),
    }[activation]
    z, s = b @ point, np.linalg.norm(point)
    diagonal, off = a * curvature(z) * s * s, traces.ACTIVATIONS[activation][1](z) * s
    root = np.sqrt(diagonal**2 + 4 * off**2)
    values = np.concatenate([diagonal + root, diagonal - root]) / (2 * np.sqrt(len(b)))
    return np.sort(np.concatenate([values, np.zeros(b.size - len(a))]))


def check_traces():
    """The 2,000 steps of traces.json (hand-derived gradient, NumPy) again, with jax.grad."""
    for case in json.loads((HERE / "traces.json").read_text(encoding="utf-8"))["cases"]:
        x, y = jnp.array(case["x"]), jnp.array(case["y"])
        measure = jax.jit(lambda w: loss(case["activation"], w, x, y))
        grad = jax.grad(measure)
        step = lambda _, w: {key: w[key] - case["rate"] * g for key, g in grad(w).items()}
        descend = jax.jit(lambda w, count: jax.lax.fori_loop(0, count, step, w))
        weights, done = {"a": jnp.array(case["a"]), "b": jnp.array(case["b"])}, 0
        worst = 0.0
        for at, expected in case["loss"]:
            weights, done = descend(weights, at - done), at
            worst = max(worst, abs(float(measure(weights)) - expected) / expected)
        worst_weight = max(largest(weights[key] - np.array(case[key + "_final"])) for key in "ab")
        assert worst < 1e-12 and worst_weight < 1e-12, case["name"]
        print(f"trace {case['name']:14} losses agree to {worst:.1e}, final weights to {worst_weight:.1e}")


def main():
    cases, seed = [], 20
    for activation in ACTIVATIONS:
        for d, k in ((1, 5), (3, 6)):
            cases.append(make_case(activation, d, k, 1, seed))
            seed += 1
    cases += [make_case("tanh", 3, 7, 2, 40), make_case("relu", 2, 5, 2, 41)]
    for case in cases:
        check(case)
        print(f"{case['name']:15} loss {case['loss']:.4g}, minus root larger: {case.get('minus_root_larger')}")
    check_traces()
    for name in ("erf", "tanh", "sin"):
        assert any(c["minus_root_larger"] for c in cases if c["activation"] == name and c["outputs"] == 1)
    write_json("networks", "Automatic differentiation in JAX (float64, CPU): jax.grad, jax.jvp, jax.hessian with "
               "numpy.linalg.eigvalsh; accurate to about 1e-14 relative to the largest entry.",
               ["jax", "jaxlib", "numpy", "scipy"], {"cases": cases})


if __name__ == "__main__":
    main()
