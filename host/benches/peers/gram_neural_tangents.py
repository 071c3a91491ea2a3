"""Milliseconds per Gram matrix of the ReLU NTK by neural-tangents, jitted: n = 2,048, d = 64, f32 and f64.

    pip install -r gram_requirements.txt && python gram_neural_tangents.py

Warm, on all processors, without the compilation. Prints the least and the median of several runs and the processor time of
one, to be compared with `cargo bench -p host --bench gram` on the same machine.
"""
import statistics
import time

import jax
import neural_tangents
from neural_tangents import stax

jax.config.update("jax_enable_x64", True)


def measure(n, d, dtype, repeats=25):
    x = jax.random.normal(jax.random.key(1), (n, d), dtype)
    _, _, kernel = stax.serial(stax.Dense(1), stax.Relu(), stax.Dense(1))
    gram = jax.jit(lambda x: kernel(x, None, "ntk"))
    gram(x).block_until_ready()
    times, processor = [], time.process_time()
    for _ in range(repeats):
        start = time.perf_counter()
        gram(x).block_until_ready()
        times.append((time.perf_counter() - start) * 1e3)
    return min(times), statistics.median(times), (time.process_time() - processor) / repeats * 1e3


print(f"neural-tangents {neural_tangents.__version__} on jax {jax.__version__}")
for n, d in ((256, 8), (2048, 64)):
    for dtype in ("float32", "float64"):
        least, median, processor = measure(n, d, dtype)
        print(f"{dtype} n={n} d={d}: least {least:8.2f} ms  median {median:8.2f} ms  of processor {processor:8.2f} ms")
