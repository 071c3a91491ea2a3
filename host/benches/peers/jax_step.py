"""Microseconds per full-batch gradient-descent step of JAX's compiled loop: n = 15, d = 2, ReLU, f64 and f32.

    pip install -r requirements.txt && python jax_step.py

The whole loop is one `lax.fori_loop` under `jit`, so no Python runs between steps; the gradient is automatic. Prints the
least and the median of several runs, to be compared with `cargo bench -p host --bench step` on the same machine.
"""
import statistics
import time

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)
SAMPLES, RATE = 15, 1e-4


def loss(weights, x, y):
    a, b = weights
    f = jnp.sqrt(2.0 / a.shape[0]).astype(x.dtype) * jnp.maximum(x @ b.T, 0.0) @ a
    return 0.5 * jnp.sum((f - y) ** 2)


def descend(weights, x, y, steps):
    def step(_, w):
        gradient = jax.grad(loss)(w, x, y)
        return jax.tree.map(lambda p, g: p - jnp.asarray(RATE, p.dtype) * g, w, gradient)

    return jax.lax.fori_loop(0, steps, step, weights)


def measure(width, dtype, repeats=9):
    keys = jax.random.split(jax.random.key(1), 4)
    x = jax.random.uniform(keys[0], (SAMPLES, 2), dtype, -1, 1)
    y = jax.random.uniform(keys[1], (SAMPLES,), dtype, -1, 1)
    weights = (jax.random.normal(keys[2], (width,), dtype), jax.random.normal(keys[3], (width, 2), dtype))
    steps = max(200, 2_000_000 // (width + 100))
    run = jax.jit(descend, static_argnums=3)
    jax.block_until_ready(run(weights, x, y, steps))
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        jax.block_until_ready(run(weights, x, y, steps))
        times.append((time.perf_counter() - start) / steps * 1e6)
    return min(times), statistics.median(times)


print(f"jax {jax.__version__}")
for dtype in (jnp.float64, jnp.float32):
    for width in (1, 15, 64, 1024, 16384):
        least, median = measure(width, dtype)
        print(f"{dtype.__name__} k={width:<6} least {least:9.3f} us   median {median:9.3f} us")
