"""Times neural-tangents on the ensembles of PredictBenchmark; prints one JSON object.

Needs Python with neural-tangents (see jmh/README.md). The kernel function is compiled and warm; the
predictor, which keeps factors, is made anew for each run. f64, as all solves of PredictBenchmark.
"""
import argparse
import json
import os
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax  # noqa: E402
import numpy as np  # noqa: E402

jax.config.update("jax_enable_x64", True)

FEATURES = 64
CLASSES = 10


def network(nonlinearity):
    from neural_tangents import stax

    activation = {"RELU": stax.Relu, "ERF": stax.Erf}[nonlinearity]

    def dense(width):
        return stax.Dense(width, W_std=1.5, b_std=0.05)

    kernel = stax.serial(dense(512), activation(), dense(512), activation(), dense(1))[2]
    return jax.jit(kernel, static_argnames="get")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--benchmark", required=True,
                           choices=("infiniteTimeWithCovariance", "hundredTimes", "hundredTimesWithCovariance"))
    arguments.add_argument("--examples", type=int, required=True)
    arguments.add_argument("--test", type=int, default=500)
    arguments.add_argument("--nonlinearity", choices=("RELU", "ERF"), required=True)
    arguments.add_argument("--runs", type=int, default=5)
    a = arguments.parse_args()
    from neural_tangents import predict

    random = np.random.default_rng(0)
    train = random.normal(size=(a.examples, FEATURES))
    labels = np.eye(CLASSES)[random.integers(0, CLASSES, a.examples)] - 0.1
    test = random.normal(size=(a.test, FEATURES))
    kernel = network(a.nonlinearity)
    times = None if a.benchmark == "infiniteTimeWithCovariance" else np.logspace(0, 6, 100)

    def run():
        ensemble = predict.gradient_descent_mse_ensemble(kernel, train, labels, diag_reg=1e-4)
        return jax.block_until_ready(
            ensemble(t=times, x_test=test, get=("nngp", "ntk"), compute_cov=a.benchmark != "hundredTimes"))

    run()
    seconds = []
    for _ in range(a.runs):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"times": [1e3 * s for s in seconds]}))


if __name__ == "__main__":
    main()
