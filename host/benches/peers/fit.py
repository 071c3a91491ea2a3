"""`ntk fit` and `ntk predict` beside LAPACK and scikit-learn, in turns, medians of several rounds.

    cargo bench -p host --bench dense --no-run      # says where the program is
    pip install -r fit_requirements.txt
    python fit.py --ntk target/release/ntk --dense target/release/deps/dense-...  [--sizes 500,1000,2000,4000]

Prints a table for each task: seconds, and how many times as long as the first column; then the exponents of time and
memory against n. The memory of scikit-learn's fits is that of a process of their own, less that of one which only
imports it. LAPACK is OpenBLAS's, on as many threads as --threads says, which `ntk` gets too. A task that a
program would take too long for (--limit seconds, by its last size) is left out. With --processor the time is that of
the processors, of all threads together, which other programs on the machine disturb less.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--ntk", required=True)
parser.add_argument("--dense", required=True)
parser.add_argument("--sizes", default="250,500,1000,2000,4000")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--limit", type=float, default=20.0)
parser.add_argument("--processor", action="store_true")
parser.add_argument("--tasks", default="factor,fit,predict,tune")
parser.add_argument("--inputs", type=int, default=4)  # others with --tasks fit, tune: the bench of blocks has four
parser.add_argument("--outputs", type=int, default=1)
options = parser.parse_args()
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["RAYON_NUM_THREADS"] = str(options.threads)

import numpy as np  # noqa: E402
import scipy.linalg  # noqa: E402
from sklearn.gaussian_process import GaussianProcessRegressor  # noqa: E402
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel  # noqa: E402
from sklearn.kernel_ridge import KernelRidge  # noqa: E402

warnings.filterwarnings("ignore")  # of an optimiser at its bounds
SIZES = [int(n) for n in options.sizes.split(",")]
INPUTS, QUERIES, RIDGE = options.inputs, 10_000, 0.1
folder = Path(tempfile.mkdtemp())
clock = time.process_time if options.processor else time.perf_counter
random = np.random.default_rng(1)


def samples(n):
    x = random.standard_normal((n, INPUTS))
    y = x[:, 0] * x[:, -1] - x[:, INPUTS // 2] + 0.1 * random.standard_normal((options.outputs, n))
    return x, y[0] if options.outputs == 1 else y.T


def table(path, x, y=None):
    names = [f"x{i}" for i in range(x.shape[1])]
    if y is not None:
        names += ["y"] if y.ndim == 1 else [f"y{i}" for i in range(y.shape[1])]
    rows = x if y is None else np.column_stack([x, y])
    np.savetxt(path, rows, delimiter=",", header=",".join(names), comments="", fmt="%.17g")


# A small program starts the others: what is measured of their memory includes that of what starts them.
START = """
import os, sys, time
start = time.perf_counter()
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
_, status, usage = os.wait4(os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:]), 0)
print(status, time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, file=sys.stderr)
"""


def run(*arguments):
    """Seconds and megabytes at most of a program."""
    line = [sys.executable, "-S", "-c", START, *(str(a) for a in arguments)]
    last = subprocess.run(line, stderr=subprocess.PIPE, text=True, check=True).stderr.splitlines()[-1]
    status, elapsed, processors, megabytes = map(float, last.split())
    if status != 0:
        sys.exit(f"{arguments} failed")
    return processors if options.processor else elapsed, megabytes


def dense(what, n):
    """One round of the bench; what it does before the first is not counted."""
    if options.processor:
        return max(run(options.dense, what, n, 3)[0] - run(options.dense, what, n, 1)[0], 0.0) / 2, None
    out = subprocess.run([options.dense, what, str(n), "1"], capture_output=True, text=True, check=True)
    return json.loads(out.stdout)[0], None


def timed(work):
    start = clock()
    work()
    return clock() - start, None


def tasks(n):
    """For each task its programs, the one that others are compared with first."""
    x, y = samples(n)
    train, at, model = folder / f"train{n}.csv", folder / "at.csv", folder / f"model{n}.json"
    queries = random.standard_normal((QUERIES, INPUTS))
    table(train, x, y)
    table(at, queries)
    matrix = RBF(2.0)(x) + RIDGE * np.eye(n)
    ours = (options.ntk, "fit", "--train", train, "--model", model)
    given = ("--bias-variance", "0.25", "--ridge", RIDGE)
    fixed = ConstantKernel() * RBF(2.0) + WhiteKernel(RIDGE)
    ridge = KernelRidge(alpha=RIDGE, kernel="rbf", gamma=0.125)
    process = GaussianProcessRegressor(fixed, optimizer=None, normalize_y=True)
    searched = GaussianProcessRegressor(fixed, normalize_y=True)
    lapack = ("LAPACK cho_factor", lambda: timed(lambda: scipy.linalg.cho_factor(matrix, check_finite=False)))
    all_tasks = {
        "factor": [lapack, ("ntk, factor alone", lambda: dense("factor", n)), ("the core", lambda: dense("core", n))],
        "fit": [
            lapack,
            ("ntk fit", lambda: run(*ours, *given)),
            ("KernelRidge.fit", lambda: timed(lambda: ridge.fit(x, y))),
            ("GaussianProcessRegressor.fit", lambda: timed(lambda: process.fit(x, y))),
        ],
        "predict": [
            ("GaussianProcessRegressor.predict, mean and deviation", lambda: timed(lambda: process.predict(queries, return_std=True))),
            ("ntk, mean, deviation and interval", lambda: dense("predict", n)),
            ("KernelRidge.predict, mean alone", lambda: timed(lambda: ridge.predict(queries))),
            ("ntk fit and predict, from file to file", lambda: run(options.ntk, "predict", "--model", model, "--x", at)),
        ],
        "tune": [
            ("GaussianProcessRegressor.fit, optimiser", lambda: timed(lambda: searched.fit(x, y))),
            ("ntk fit --ridge auto", lambda: run(*ours)),
            ("ntk fit --ridge auto, bias given", lambda: run(*ours, "--bias-variance", "0.25")),
            ("ntk fit --tune bias", lambda: run(*ours, "--tune", "bias")),
        ],
    }
    run(*ours, *given)
    ridge.fit(x, y)
    process.fit(x, y)
    return {task: all_tasks[task] for task in options.tasks.split(",")}


# One fit of scikit-learn, in a process of its own, whose memory is measured.
PEER = """
import sys
import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.kernel_ridge import KernelRidge

which, path, ridge, outputs = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
table = np.loadtxt(path, delimiter=",", skiprows=1)
x, y = table[:, :-outputs], table[:, -outputs:]
kernel = ConstantKernel() * RBF(2.0) + WhiteKernel(ridge)
if which == "KernelRidge.fit":
    KernelRidge(alpha=ridge, kernel="rbf", gamma=0.125).fit(x, y)
elif which != "nothing":
    GaussianProcessRegressor(kernel, optimizer=None, normalize_y=True).fit(x, y)
"""


def memory_of_peer(which, n):
    arguments = ("-c", PEER, which, folder / f"train{n}.csv", RIDGE, options.outputs)
    return run(sys.executable, *arguments)[1]


found, megabytes, too_long = {}, {}, set()
for n in SIZES:
    for task, programs in tasks(n).items():
        rounds = {name: [] for name, _ in programs if (task, name) not in too_long}
        for _ in range(options.rounds):
            for name, program in programs:
                if name in rounds:
                    seconds, size = program()
                    rounds[name].append(seconds)
                    if size is not None:
                        megabytes.setdefault((task, name), {})[n] = size
        for name, seconds in rounds.items():
            median = float(np.median(seconds))
            found.setdefault((task, name), {})[n] = (median, float(min(seconds)))
            if task == "fit" and name.endswith(".fit"):
                megabytes.setdefault((task, name), {})[n] = memory_of_peer(name, n) - memory_of_peer("nothing", n)
            if 8 * median > options.limit:
                too_long.add((task, name))
            first = found.get((task, programs[0][0]), {}).get(n)
            ratio = "" if first is None else f"{median / first[0]:8.2f}"
            print(f"{task:8} {n:6} {name:55} {median:9.4f} s, least {min(seconds):9.4f} {ratio}", flush=True)


def exponent(values):
    sizes = sorted(values)[-3:]
    return np.polyfit(np.log(sizes), np.log([values[n] for n in sizes]), 1)[0] if len(sizes) > 1 else float("nan")


print("\nexponents over the three largest sizes")
for (task, name), values in found.items():
    memory = megabytes.get((task, name))
    also = "" if memory is None else f", memory n^{exponent(memory):.2f}, {memory[max(memory)]:.0f} MB at {max(memory)}"
    print(f"{task:8} {name:55} n^{exponent({n: v[0] for n, v in values.items()}):.2f}{also}")
