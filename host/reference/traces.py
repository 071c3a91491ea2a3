"""Gradient-descent traces of small networks: a plain NumPy loop with the gradient derived by hand.

f_c(x) = (1 / sqrt k) sum_i a_ci phi(b_i . x), loss L = 1/2 sum (f_c(x) - y_c)^2, and with r = f - y
  dL/da_ci = (1 / sqrt k) sum_x r_c phi(b_i . x),
  dL/db_ij = (1 / sqrt k) sum_x sum_c r_c a_ci phi'(b_i . x) x_j
(the gradients in the proof of Theorem 1 of the lecture). Gradient descent on both layers: w <- w - rate dL/dw.
"""

import math

import numpy as np
from scipy.special import erf

from common import write_json

RECORDED = [0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 1500, 2000]
ROOT_TWO = math.sqrt(2.0)

# phi and phi' of every activation.
ACTIVATIONS = {
    "relu": (lambda z: ROOT_TWO * np.maximum(0.0, z), lambda z: ROOT_TWO * (z > 0)),
    "erf": (erf, lambda z: 2.0 / math.sqrt(math.pi) * np.exp(-z * z)),
    "tanh": (np.tanh, lambda z: 1.0 - np.tanh(z) ** 2),
    "sin": (np.sin, np.cos),
    "identity": (lambda z: z, np.ones_like),
}


def output(activation, a, b, x):
    """f, one row per sample and one column per output."""
    phi, _ = ACTIVATIONS[activation]
    return phi(x @ b.T) @ a.T / math.sqrt(len(b))


def loss(activation, a, b, x, y):
    """Half the sum of squares over samples and outputs."""
    return 0.5 * float(np.sum((output(activation, a, b, x) - y) ** 2))


def loss_gradient(activation, a, b, x, y):
    """dL/da (C x k) and dL/db (k x d)."""
    phi, slope = ACTIVATIONS[activation]
    z = x @ b.T
    root = math.sqrt(len(b))
    residual = phi(z) @ a.T / root - y
    return residual.T @ phi(z) / root, ((residual @ a) * slope(z)).T @ x / root


def descend(activation, rate, a, b, x, y, after_step=lambda a, b: (a, b)):
    """The losses at the recorded steps and the final weights."""
    trace = []
    for step in range(RECORDED[-1] + 1):
        if step in RECORDED:
            trace.append([step, loss(activation, a, b, x, y)])
        if step < RECORDED[-1]:
            grad_a, grad_b = loss_gradient(activation, a, b, x, y)
            a, b = after_step(a - rate * grad_a, b - rate * grad_b)
    return trace, a, b


def nudge(rng, w):
    """Every weight moved to a neighbouring double, up or down at random."""
    return np.nextafter(w, np.where(rng.random(w.shape) < 0.5, -np.inf, np.inf))


def change(trace, other):
    """The largest relative change of the recorded losses."""
    return max(abs(p - q) / abs(p) for (_, p), (_, q) in zip(trace, other))


def sensitivities(activation, rate, a, b, x, y, trace):
    """How far the losses move when the first weights, or the weights after every step, are moved by 1 ulp."""
    rng = np.random.default_rng(99)
    start = [change(trace, descend(activation, rate, nudge(rng, a), nudge(rng, b), x, y)[0]) for _ in range(3)]
    steps = change(trace, descend(activation, rate, a, b, x, y, lambda a, b: (nudge(rng, a), nudge(rng, b)))[0])
    return max(start), steps


def example_three(rng, n, lift):
    """Inputs uniform on [-1, 1], lifted, and the target x + sin(10 x) of Example 3 of the lecture."""
    s = rng.uniform(-1.0, 1.0, n)
    if lift == "circle":
        x = np.stack([np.cos(np.pi * s / 2), np.sin(np.pi * s / 2)], axis=1)
    else:
        x = np.stack([s, np.ones(n)], axis=1)
    return x, (s + np.sin(10 * s))[:, None]


def random_data(rng, n, d, outputs):
    """Normal inputs, and targets that no small network fits exactly."""
    return rng.standard_normal((n, d)), rng.standard_normal((n, outputs))


def make_case(name, activation, rate, k, seed, data):
    """One trace with standard normal weights."""
    rng = np.random.default_rng(seed)
    x, y = data(rng)
    a, b = rng.standard_normal((y.shape[1], k)), rng.standard_normal((k, x.shape[1]))
    trace, a_final, b_final = descend(activation, rate, a, b, x, y)
    start, steps = sensitivities(activation, rate, a, b, x, y, trace)
    assert start < 1e-9 and steps < 1e-9, (name, start, steps)
    print(f"{name:14} loss {trace[0][1]:.4g} -> {trace[-1][1]:.4g}, sensitivity {start:.1e}, every step {steps:.1e}")
    return {"name": name, "activation": activation, "rate": rate, "inputs": x.shape[1], "width": k,
            "outputs": y.shape[1], "samples": len(x), "seed": seed, "a": a.tolist(), "b": b.tolist(),
            "x": x.tolist(), "y": y.tolist(), "loss": trace, "a_final": a_final.tolist(), "b_final": b_final.tolist(),
            "sensitivity": start, "sensitivity_every_step": steps}


def check_gradient(case):
    """The gradient derived by hand against central differences of the loss."""
    a, b, x, y = (np.array(case[key]) for key in ("a", "b", "x", "y"))
    grad_a, grad_b = loss_gradient(case["activation"], a, b, x, y)
    for w, grad in ((a, grad_a), (b, grad_b)):
        for index in np.ndindex(w.shape):
            kept, values = w[index], []
            for step in (1e-6, -1e-6):
                w[index] = kept + step
                values.append(loss(case["activation"], a, b, x, y))
            w[index] = kept
            difference = (values[0] - values[1]) / 2e-6
            assert abs(difference - grad[index]) < 1e-6 * max(1.0, case["loss"][0][1]), (case["name"], index)


def main():
    circle = lambda rng: example_three(rng, 15, "circle")
    cases = [
        make_case("relu-circle-1", "relu", 0.01, 1, 1, circle),
        make_case("relu-circle-10", "relu", 0.01, 10, 2, circle),
        make_case("relu-circle-64", "relu", 0.01, 64, 3, circle),
        make_case("relu-bias-20", "relu", 0.01, 20, 4, lambda rng: example_three(rng, 15, "bias")),
        make_case("erf-3-12", "erf", 0.01, 12, 5, lambda rng: random_data(rng, 10, 3, 1)),
        make_case("tanh-2-9-2", "tanh", 0.01, 9, 6, lambda rng: random_data(rng, 8, 2, 2)),
        make_case("sin-1-16", "sin", 0.01, 16, 7, lambda rng: random_data(rng, 6, 1, 1)),
        make_case("identity-2-5", "identity", 0.005, 5, 8, lambda rng: random_data(rng, 6, 2, 1)),
    ]
    for case in cases:
        check_gradient(case)
    write_json("traces", "2,000 steps of gradient descent on both layers in float64, by a plain NumPy loop with the "
               "gradient derived by hand; sensitivity is the largest relative change of the recorded losses when the "
               "first weights (sensitivity_every_step: the weights after every step) are moved by 1 ulp at random.",
               ["numpy", "scipy"], {"cases": cases})


if __name__ == "__main__":
    main()
