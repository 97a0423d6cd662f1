"""Times neural-tangents on the networks of DenseKernelBenchmark; prints one JSON object per line.

Needs Python with neural-tangents (see jmh/README.md). Warm: compiled once, then timed.
"""
import argparse
import json
import os
import statistics
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax  # noqa: E402
import numpy as np  # noqa: E402

EXAMPLES = 2048


def network(depth):
    from neural_tangents import stax

    layers = []
    for _ in range(depth):
        layers += [stax.Dense(1, W_std=1.4), stax.Relu()]
    return stax.serial(*layers, stax.Dense(1))[2]


def measure(features, depth, dtype, runs):
    kernel = network(depth)
    compiled = jax.jit(lambda x: kernel(x, None, ("nngp", "ntk")))
    x = jax.numpy.asarray(np.random.default_rng(0).uniform(-1, 1, (EXAMPLES, features)).astype(dtype))
    jax.block_until_ready(compiled(x))
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        jax.block_until_ready(compiled(x))
        times.append((time.perf_counter() - start) * 1e9 / EXAMPLES**2)
    return times


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--features", type=int, required=True)
    arguments.add_argument("--depth", type=int, required=True)
    arguments.add_argument("--dtype", choices=("F32", "F64"), required=True)
    arguments.add_argument("--runs", type=int, default=7)
    a = arguments.parse_args()
    jax.config.update("jax_enable_x64", a.dtype == "F64")
    times = measure(a.features, a.depth, np.float64 if a.dtype == "F64" else np.float32, a.runs)
    print(json.dumps({"median": statistics.median(times), "times": times}))


if __name__ == "__main__":
    main()
