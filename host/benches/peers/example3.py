"""The whole of Example 3, 18 widths from one seed to the lecture's stop rules: ntk, JAX and eager PyTorch in one run.

    cargo build --release -p host
    pip install -r requirements.txt && python example3.py [--ntk PATH] [--seed S] [--rounds R] [--torch-steps N]

All start from the samples and weights of `ntk sweep --seed S`, f64, so that they do the same work; a narrow network is
chaotic, and rounding may decide how many steps it takes. The three take turns, round by round, since absolute times drift on a
shared machine: the ratios are what counts. Beside the seconds stand those of the processors, of all threads together, which
others at work on the machine change less.

* ntk: the program, from start to end, on two threads; it also fits the NTK, computes test errors and draws the figures. What a
  second run takes that finds the rows but not the learned functions is taken off to get the training alone (least from least, median
  from median), with the test errors and what the rows say of the linearisation.
* JAX: the loop with its stop rules is one `lax.while_loop`, compiled before and timed apart; gradients are automatic. Widths go
  one after the other, and in a second turn in two threads, the widest first.
* PyTorch: autograd and a loop in Python that looks at the loss after each step, as the stop rules ask. Timed over so many
  steps of each width (all of them with --torch-steps 0) and scaled by the number of steps that JAX took.
"""
import argparse
import csv
import resource
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import torch

import draws

jax.config.update("jax_enable_x64", True)
WIDTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 32, 64, 128, 256, 512, 1024]
RATE, TARGET, PATIENCE, CAP = 0.01, 2e-3, 50, 1_000_000
PROGRAM = Path(__file__).resolve().parents[3] / "target/release/ntk"


def clock():
    """Seconds, and seconds of the processors, here and in programs that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return np.array([time.perf_counter(), time.process_time() + children.ru_utime + children.ru_stime])


def ntk(program, seed, threads=2):
    """Seconds of the whole and of all but the training, each with those of the processors; steps by width."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "sweep", "--seed", str(seed), "--jobs", str(threads), "--out", folder]
        command += ["--widths", ",".join(map(str, WIDTHS))]

        def run():
            start = clock()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return clock() - start

        whole = run()
        (Path(folder) / "curves.csv").unlink()
        rest = run()
        rows = list(csv.DictReader(open(Path(folder) / "sweep.csv")))
    return whole, rest, {int(row["width"]): int(row["steps"]) for row in rows if row["width"].isdigit()}


def jax_loss(weights, x, y):
    a, b = weights
    f = jnp.sqrt(2.0 / a.shape[0]) * jnp.maximum(x @ b.T, 0.0) @ a
    return 0.5 * jnp.sum((f - y) ** 2)


def jax_descend(weights, x, y):
    """Steps until the width's rule holds, and the mean squared error then."""
    wide = weights[0].shape[0] >= draws.SAMPLES
    gradient = jax.value_and_grad(jax_loss)

    def goes_on(state):
        _, loss, _, steps, _, stale = state
        rule = 2 * loss / y.shape[0] >= TARGET if wide else stale <= PATIENCE
        return rule & (steps < CAP) & jnp.isfinite(loss)

    def step(state):
        weights, _, slope, steps, best, stale = state
        weights = jax.tree.map(lambda w, g: w - RATE * g, weights, slope)
        loss, slope = gradient(weights, x, y)
        stale = jnp.where(loss < best, 0, stale + 1)
        return weights, loss, slope, steps + 1, jnp.minimum(loss, best), stale

    loss, slope = gradient(weights, x, y)
    state = jax.lax.while_loop(goes_on, step, (weights, loss, slope, 0, loss, 0))
    return state[3], 2 * state[1] / y.shape[0]


def torch_descend(weights, x, y, limit):
    """Seconds and steps, at most `limit` of them."""
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    a, b = (torch.from_numpy(w).clone().requires_grad_() for w in weights)
    wide, best, stale, steps = len(a) >= draws.SAMPLES, float("inf"), 0, 0
    start = clock()
    while steps < limit:
        f = (2.0 / len(a)) ** 0.5 * torch.relu(x @ b.T) @ a
        loss = 0.5 * ((f - y) ** 2).sum()
        loss.backward()
        now = loss.item()
        stale = 0 if now < best else stale + 1
        best = min(now, best)
        if (2 * now / len(y) < TARGET) if wide else stale > PATIENCE:
            break
        with torch.no_grad():
            for w in (a, b):
                w -= RATE * w.grad
                w.grad = None
        steps += 1
    return clock() - start, steps


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--ntk", type=Path, default=PROGRAM)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--torch-steps", type=int, default=300)
    options = parser.parse_args()
    x, y = draws.samples(options.seed)
    start = {width: draws.weights(options.seed, width) for width in WIDTHS}

    begin = time.perf_counter()
    compiled = {k: jax.jit(jax_descend).lower(start[k], x, y).compile() for k in WIDTHS}
    compiling = time.perf_counter() - begin

    def one(width):
        return int(jax.block_until_ready(compiled[width](start[width], x, y))[0])

    steps = {width: one(width) for width in WIDTHS}  # warm from here on
    times = {name: [] for name in ("ntk", "rest", "jax", "jax, two threads", "torch")}
    for _ in range(options.rounds):
        whole, rest, own = ntk(options.ntk, options.seed)
        times["ntk"].append(whole)
        times["rest"].append(rest)
        begin = clock()
        for width in WIDTHS:
            one(width)
        times["jax"].append(clock() - begin)
        begin = clock()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(one, reversed(WIDTHS)))
        times["jax, two threads"].append(clock() - begin)
        seconds = np.zeros(2)
        for width in WIDTHS:
            time_taken, taken = torch_descend(start[width], x, y, options.torch_steps or CAP)
            seconds += time_taken * steps[width] / max(taken, 1)
        times["torch"].append(seconds)

    print(f"jax {jax.__version__}, torch {torch.__version__}, seed {options.seed}, {options.rounds} rounds")
    print(f"{'width':>6} {'ntk steps':>10} {'JAX steps':>10}")
    for width in WIDTHS:
        print(f"{width:>6} {own[width]:>10} {steps[width]:>10}")
    print(f"{'all':>6} {sum(own.values()):>10} {sum(steps.values()):>10}\n")
    print(f"compiling JAX: {compiling:.1f} s\n")
    found = {name: np.array([np.min(values, 0), np.median(values, 0)]) for name, values in times.items()}
    found = {"ntk": found["ntk"], "training": found["ntk"] - found.pop("rest")} | found
    print(f"{'seconds':>20} {'least':>9} {'median':>9} {'processors, least':>18} {'median':>9}")
    for name, ((least, least_busy), (median, busy)) in found.items():
        print(f"{name:>20} {least:>9.3f} {median:>9.3f} {least_busy:>18.3f} {busy:>9.3f}")
    print("\nTimes as long as the training, likewise")
    for name in ("jax", "jax, two threads", "torch"):
        (least, least_busy), (median, busy) = found[name] / found["training"]
        print(f"{name:>20} {least:>9.1f} {median:>9.1f} {least_busy:>18.1f} {busy:>9.1f}")


if __name__ == "__main__":
    main()
