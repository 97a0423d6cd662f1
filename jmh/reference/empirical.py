"""Times neural-tangents on the kernels of EmpiricalKernelBenchmark; prints one JSON object.

Needs Python with neural-tangents (see jmh/README.md). f32, compiled and warm, with vmap_axes=0, which is its
fastest way where examples are independent.
"""
import argparse
import json
import os
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax  # noqa: E402
import neural_tangents as nt  # noqa: E402
from neural_tangents import stax  # noqa: E402


def case(name):
    if name == "MLP":
        layers = [stax.Dense(512), stax.Relu()] * 3 + [stax.Dense(10)]
        return stax.serial(*layers), (100, 784), (-1,)
    if name == "CNN":
        layers = [stax.Conv(64, (3, 3), padding="SAME"), stax.Relu()] * 3
        return stax.serial(*layers, stax.GlobalAvgPool(), stax.Dense(10)), (10, 32, 32, 3), ()
    return stax.serial(stax.Dense(1024), stax.Relu(), stax.Dense(10)), (64, 784), ()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--case", choices=("MLP", "CNN", "WIDE"), required=True)
    arguments.add_argument("--implementation", type=int, choices=(1, 2, 3), required=True)
    arguments.add_argument("--runs", type=int, default=10)
    a = arguments.parse_args()
    (init, apply, _), shape, trace = case(a.case)
    x = jax.random.normal(jax.random.PRNGKey(0), shape)
    _, parameters = init(jax.random.PRNGKey(1), shape)
    kernel = jax.jit(nt.empirical_ntk_fn(
        apply, trace_axes=trace, vmap_axes=0,
        implementation=nt.NtkImplementation(a.implementation)))

    def run():
        jax.block_until_ready(kernel(x, None, parameters))

    run()
    times = []
    for _ in range(a.runs):
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    print(json.dumps({"times": times}))


if __name__ == "__main__":
    main()
