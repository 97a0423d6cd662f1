"""How far kernels in f32 are from those in f64, beside the reference's, as a Markdown table.

    python jmh/reference/compare_accuracy.py [network ...]

Needs a build (mvn -B -DskipTests package) and Python with neural-tangents (see jmh/README.md). The largest relative
errors of the entries of K(x, x), each library's f32 against its own f64 for the same inputs: on the diagonal, between
different examples, and between examples and copies of them that lie a hundredth to a millionth of their norm away.
Inputs are standard normal and the same numbers in both precisions: 24 rows of 64 features, or 3 images of 32x32x3, and
as many copies.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
IMAGES = ("cnn-21-pooled", "cnn-21-flattened", "myrtle-5", "myrtle-10", "wide-resnet")
KERNELS = ("nngp", "ntk")


def dense(activation, depth):
    layer = {"Dense": {"out_dim": 1, "W_std": 1.5, "b_std": 0.1}}
    return {"serial": [{"repeat": {"n": depth, "layer": {"serial": [layer, activation]}}}, layer]}


NETWORKS = {
    **{f"{depth} x {name}": dense(name, depth) for name, depths in
       (("Relu", (1, 3, 10, 20)), ("Erf", (3, 10)), ("Gelu", (3, 10))) for depth in depths},
    **{name: json.loads((ROOT / "examples" / "models" / f"{name}.json").read_text()) for name in IMAGES},
}


def inputs(name):
    random = np.random.default_rng(5)
    shape = (3, 32, 32, 3) if name in IMAGES else (24, 64)
    x = random.normal(size=shape)
    # The norm of a direction is nearly that of an example.
    distances = np.geomspace(1e-2, 1e-6, len(x)).reshape(-1, *[1] * (x.ndim - 1))
    return np.concatenate([x, x + distances * random.normal(size=shape)]).astype(np.float32)


def ours(model, x, dtype):
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "model.json").write_text(json.dumps(model))
        np.save(place / "x.npy", x)
        subprocess.run([ROOT / "jtangents", "kernel", "--model", place / "model.json", "--x1", place / "x.npy",
                        "--dtype", dtype, "--out", place / "K.npy"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return {name: np.load(place / f"K.{name}.npy").astype(np.float64) for name in KERNELS}


def reference(model, x, dtype):
    """In a process of its own: JAX takes its precision once."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        np.save(place / "x.npy", x)
        (place / "model.json").write_text(json.dumps(model))
        subprocess.run([sys.executable, __file__, "--reference", dtype, place], check=True, stderr=subprocess.DEVNULL)
        return {name: np.load(place / f"{name}.npy").astype(np.float64) for name in KERNELS}


def compute_reference(dtype, folder):
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax

    from images import network

    jax.config.update("jax_enable_x64", dtype == "f64")
    place = pathlib.Path(folder)
    x = np.load(place / "x.npy").astype(np.float64 if dtype == "f64" else np.float32)
    kernel = network(json.loads((place / "model.json").read_text()))[2]
    for name, value in zip(KERNELS, jax.jit(lambda x: kernel(x, None, KERNELS))(x)):
        np.save(place / f"{name}.npy", np.asarray(value))


def errors(compute, model, x):
    single, double = compute(model, x, "f32"), compute(model, x, "f64")
    half = len(x) // 2
    pairs = np.abs(np.subtract.outer(np.arange(len(x)), np.arange(len(x))))
    for name in KERNELS:
        relative = np.abs(single[name] - double[name]) / np.abs(double[name])
        yield [relative[where].max() for where in (pairs == 0, (pairs != 0) & (pairs != half), pairs == half)]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("networks", nargs="*", default=list(NETWORKS))
    arguments.add_argument("--reference", nargs=2, metavar=("DTYPE", "FOLDER"), help=argparse.SUPPRESS)
    a = arguments.parse_args()
    if a.reference:
        compute_reference(*a.reference)
        return
    print("| network | | diagonal | others | near-duplicates | reference: diagonal | others | near-duplicates |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in a.networks:
        x = inputs(name)
        for kernel, mine, theirs in zip(KERNELS, errors(ours, NETWORKS[name], x), errors(reference, NETWORKS[name], x)):
            print(f"| {name} | {kernel} | " + " | ".join(f"{error:.0e}" for error in mine + theirs) + " |", flush=True)


if __name__ == "__main__":
    main()
