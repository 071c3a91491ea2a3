#!/usr/bin/env python3
"""Writes src/reference.rs: a device-sized part of host/reference, every number as its bits.

The kernel, network and trace cases are copied from the JSON files there. The regression on 15 samples is
computed here with mpmath at 50 digits from the exact kernels of host/reference/common.py, by the formulas of
Rasmussen and Williams. Run it where host/reference/requirements.txt is installed; no test needs Python.
"""

import json
import struct
import sys
from pathlib import Path

from mpmath import mp

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent.parent / "host" / "reference"
sys.path.insert(0, str(SOURCE))
from common import nearest_double, relu_kernels  # noqa: E402

mp.dps = 50
RIDGE = 0.01
QUERIES = [-0.9, -0.35, 0.0, 0.2, 0.7]


def load(name):
    return json.loads((SOURCE / f"{name}.json").read_text())


def bits(value):
    return f"f(0x{struct.unpack('<Q', struct.pack('<d', float(value)))[0]:016x})"


def flat(nested):
    return [v for item in nested for v in flat(item)] if isinstance(nested, list) else [nested]


def numbers(nested):
    return "&[" + ", ".join(bits(v) for v in flat(nested)) + "]"


def transposed(rows):
    return [list(column) for column in zip(*rows)]


def parameters(p):
    """A, then B transposed, as the core lays them out; the files have B unit by unit."""
    return flat(p["a"]) + flat(transposed(p["b"]))


def kernels():
    data = load("kernels")
    for name, key in (("KERNELS_F32", "f32"), ("KERNELS_F64", "f64")):
        print(f"\n/// Every tenth case with inputs exact in `{key}`, one hidden layer.")
        print(f"pub const {name}: &[KernelCase] = &[")
        for case in data[key][::10]:
            values = f"x: {numbers(case['x'])}, y: {numbers(case['y'])}, depth: 1, weight: 1.0, bias: 0.0"
            print(f"    KernelCase {{ {values}, nngp: {bits(case['nngp'])}, ntk: {bits(case['ntk'])} }},")
        print("];")
    print("\n/// Every sixth case of deeper networks.\npub const KERNELS_DEEP: &[KernelCase] = &[")
    for case in data["deep"][::6]:
        values = f"x: {numbers(case['x'])}, y: {numbers(case['y'])}, depth: {case['depth']}, "
        values += f"weight: {bits(case['weight_variance'])}, bias: {bits(case['bias_variance'])}"
        print(f"    KernelCase {{ {values}, nngp: {bits(case['nngp'])}, ntk: {bits(case['ntk'])} }},")
    print("];")


def networks():
    chosen = ["tanh-3-7-2", "erf-3-6-1", "sin-1-5-1", "relu-3-6-1"]
    for case in load("networks")["cases"]:
        if case["name"] not in chosen:
            continue
        print(f"\n/// The case {case['name']} of networks.json.")
        print(f"pub const {case['name'].upper().replace('-', '_')}: NetworkCase = NetworkCase {{")
        print(f"    shape: Shape {{ inputs: {case['inputs']}, width: {case['width']}, outputs: {case['outputs']} }},")
        # The gradients: per sample and output.
        gradients = [parameters(g) for sample in case["gradient"] for g in sample]
        fields = {
            "weights": parameters(case), "direction": parameters(case["delta"]), "x": case["x"], "y": case["y"],
            "f": case["f"], "gradients": gradients, "loss_gradient": parameters(case["loss_gradient"]),
            "ntk": case["ntk"], "linearized": case["linearised"],
            "hessian_eigenvalues": case.get("hessian_eigenvalues", []), "hessian_norms": case.get("hessian_norm", []),
        }
        for field, value in fields.items():
            print(f"    {field}: {numbers(value)},")
        print(f"    loss: {bits(case['loss'])},\n}};")


def traces():
    for case in load("traces")["cases"]:
        if case["name"] not in ("relu-circle-1", "relu-circle-10", "relu-circle-64"):
            continue
        print(f"\n/// The case {case['name']} of traces.json.")
        print(f"pub const {case['name'].upper().replace('-', '_')}: Trace = Trace {{")
        print(f"    width: {case['width']},\n    rate: {bits(case['rate'])},")
        for field, value in (("weights", parameters(case)), ("x", case["x"]), ("y", case["y"])):
            print(f"    {field}: {numbers(value)},")
        losses = ", ".join(f"({step}, {bits(loss)})" for step, loss in case["loss"])
        print(f"    losses: &[{losses}],\n}};")


def regression():
    """The NTK regression on the 15 samples of relu-circle-10: mean, deviation, leave-one-out, likelihood."""
    case = next(c for c in load("traces")["cases"] if c["name"] == "relu-circle-10")
    x, y = case["x"], mp.matrix(flat(case["y"]))
    n = len(x)
    ntk = lambda p, q: relu_kernels(p, q)[1]  # noqa: E731
    gram = mp.matrix(n, n)
    for i in range(n):
        for j in range(n):
            gram[i, j] = ntk(x[i], x[j]) + (mp.mpf(RIDGE) if i == j else 0)
    inverse = gram**-1
    coefficients = inverse * y
    queries = [[float(mp.cos(mp.pi * q / 2)), float(mp.sin(mp.pi * q / 2))] for q in QUERIES]
    means, deviations = [], []
    for query in queries:
        k = mp.matrix([ntk(query, p) for p in x])
        means.append(nearest_double((k.T * coefficients)[0]))
        deviations.append(nearest_double(mp.sqrt(ntk(query, query) - (k.T * inverse * k)[0])))
    left_out = [nearest_double(y[i] - coefficients[i] / inverse[i, i]) for i in range(n)]
    left_out_deviations = [nearest_double(1 / mp.sqrt(inverse[i, i])) for i in range(n)]
    likelihood = -((y.T * coefficients)[0] + mp.log(mp.det(gram)) + n * mp.log(2 * mp.pi)) / 2
    largest = max(mp.eigsy(gram, eigvals_only=True)) - mp.mpf(RIDGE)
    print("\n/// NTK regression on the samples of `RELU_CIRCLE_10`.")
    print("pub const REGRESSION: RegressionCase = RegressionCase {")
    print(f"    ridge: {bits(RIDGE)},")
    for field, value in (
        ("queries", queries), ("means", means), ("deviations", deviations), ("left_out", left_out),
        ("left_out_deviations", left_out_deviations),
    ):
        print(f"    {field}: {numbers(value)},")
    print(f"    log_marginal_likelihood: {bits(nearest_double(likelihood))},")
    print(f"    largest_eigenvalue: {bits(nearest_double(largest))},\n}};")


HEAD = """\
//! Reference values, written by tools/reference.py from host/reference; not to be edited.

use ntk_core::Shape;

/// Two inputs, the settings of a network of infinite width, and its kernels.
pub struct KernelCase {
    pub x: &'static [f64],
    pub y: &'static [f64],
    pub depth: u16,
    pub weight: f64,
    pub bias: f64,
    pub nngp: f64,
    pub ntk: f64,
}

/// A network of finite width and everything that automatic differentiation finds about it.
pub struct NetworkCase {
    pub shape: Shape,
    pub weights: &'static [f64],
    pub direction: &'static [f64],
    pub x: &'static [f64],
    pub y: &'static [f64],
    pub f: &'static [f64],
    pub gradients: &'static [f64],
    pub loss_gradient: &'static [f64],
    pub ntk: &'static [f64],
    pub linearized: &'static [f64],
    pub hessian_eigenvalues: &'static [f64],
    pub hessian_norms: &'static [f64],
    pub loss: f64,
}

/// A training run: what it starts from, and the loss after some steps.
pub struct Trace {
    pub width: usize,
    pub rate: f64,
    pub weights: &'static [f64],
    pub x: &'static [f64],
    pub y: &'static [f64],
    pub losses: &'static [(u32, f64)],
}

/// A regression: inputs to predict at, and what comes out.
pub struct RegressionCase {
    pub ridge: f64,
    pub queries: &'static [f64],
    pub means: &'static [f64],
    pub deviations: &'static [f64],
    pub left_out: &'static [f64],
    pub left_out_deviations: &'static [f64],
    pub log_marginal_likelihood: f64,
    pub largest_eigenvalue: f64,
}

const fn f(bits: u64) -> f64 {
    f64::from_bits(bits)
}"""

sys.stdout = open(HERE.parent / "src" / "reference.rs", "w")
print(HEAD)
kernels()
networks()
traces()
regression()
