"""Times neural-tangents on a model file of examples/models; prints one JSON object per line.

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


def network(model):
    from neural_tangents import stax

    if isinstance(model, str):
        return getattr(stax, model)()
    (name, body), = model.items()
    if name in ("serial", "parallel"):
        return getattr(stax, name)(*map(network, body))
    if name == "repeat":
        return stax.serial(*[network(body["layer"]) for _ in range(body["n"])])
    return getattr(stax, name)(**{key: tuple(value) if isinstance(value, list) else value for key, value in body.items()})


def measure(model, rows, columns, dtype, runs):
    kernel = network(model)[2]
    compiled = jax.jit(lambda x1, x2: kernel(x1, x2, ("nngp", "ntk")))
    x1, x2 = (
        jax.numpy.asarray(np.random.default_rng(seed).normal(size=(count, 32, 32, 3)).astype(dtype))
        for seed, count in ((1, rows), (2, columns)))
    jax.block_until_ready(compiled(x1, x2))
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        jax.block_until_ready(compiled(x1, x2))
        times.append((time.perf_counter() - start) * 1e3 / rows / columns)
    return times


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--model", required=True)
    arguments.add_argument("--rows", type=int, required=True)
    arguments.add_argument("--columns", type=int, required=True)
    arguments.add_argument("--dtype", choices=("F32", "F64"), required=True)
    arguments.add_argument("--runs", type=int, default=3)
    a = arguments.parse_args()
    jax.config.update("jax_enable_x64", a.dtype == "F64")
    with open(a.model) as file:
        model = json.load(file)
    times = measure(model, a.rows, a.columns, np.float64 if a.dtype == "F64" else np.float32, a.runs)
    print(json.dumps({"median": statistics.median(times), "times": times}))


if __name__ == "__main__":
    main()
