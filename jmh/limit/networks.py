#!/usr/bin/env python3
"""Kernels of whole image networks beside the loop in C that they cannot be faster than, as a Markdown table.

    mvn -B -DskipTests package
    JAVA_HOME=<JDK 25> python3 jmh/limit/networks.py [--rounds 3] [network ...]

The loop in C (plane.c) runs on all cores at once before and after each kernel of the library. Its time for a cell, times
the cells of a network, is the limit: inner products of inputs, pooling, sums and results are not in it. Linux, gcc.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

LIMIT = pathlib.Path(__file__).resolve().parent
JMH = LIMIT.parent
ROOT = JMH.parent
MODELS = ROOT / "examples" / "models"

# Examples of x1 and x2; 0 for those of x1 again.
SIZES = {
    "cnn-21-pooled": [("F32", 8, 64), ("F32", 64, 0), ("F64", 8, 16)],
    "cnn-21-flattened": [("F32", 512, 0)],
    "myrtle-5": [("F32", 64, 0)],
    "myrtle-10": [("F32", 64, 0)],
    "wide-resnet": [("F32", 96, 0)],
}
# Floating-point operations that `describe` counts for a cell of a map, NNGP and NTK.
OPERATIONS = 42
# Cells of a pair of images in plane.c.
CELLS_IN_C = 21 * 1024**2

MAP = re.compile(r": map: .* planes, ([\d.e+]+) flops")
PLANES = re.compile(r"^planes .* NNGP and NTK +([\d.]+) core-ms", re.M)


def cells(network):
    """Cells of all maps of a pair of examples."""
    text = subprocess.run(
        [str(ROOT / "jtangents"), "describe", "--model", str(MODELS / f"{network}.json"), "--input", "32x32x3",
         "--dtype", "f32"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return sum(float(flops) for flops in MAP.findall(text)) / OPERATIONS


def in_c(dtype):
    """Nanoseconds of all cores per cell, of the least that each core takes."""
    programs = (JMH / "target" / "limit").glob(f"plane-*-{dtype[1:]}")
    program = max(programs, key=lambda path: int(path.name.split("-")[1]))  # of the widest vectors
    running = [
        subprocess.Popen(["taskset", "-c", str(core), str(program), "4"], stdout=subprocess.PIPE, text=True)
        for core in sorted(os.sched_getaffinity(0))]
    times = [float(PLANES.search(process.communicate()[0]).group(1)) for process in running]
    return 1e6 / CELLS_IN_C / sum(1 / time for time in times)


def kernel(network, dtype, rows, columns):
    """Milliseconds of some kernels."""
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "result.json")
        subprocess.run(
            [str(JMH / "run.sh"), "ImageKernelBenchmark", "-wi", "6", "-i", "4", "-rf", "json", "-rff", result,
             "-p", f"model={network}", "-p", f"rows={rows}", "-p", f"columns={columns}", "-p", f"dtype={dtype}",
             "-p", f"folder={MODELS}"], check=True, stdout=subprocess.DEVNULL)
        with open(result) as file:
            return json.load(file)[0]["primaryMetric"]["rawData"][0]


def main():
    arguments = argparse.ArgumentParser(description="Times kernels of networks beside a loop in C.")
    arguments.add_argument("networks", nargs="*", default=list(SIZES))
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    subprocess.run([str(LIMIT / "run.sh"), "1", "", "plane"], check=True, stdout=subprocess.DEVNULL)
    print("| network | dtype | x1, x2 | cells | C, ms/entry | library, ms/entry | library / C, least times | medians |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in given.networks:
        for dtype, rows, columns in SIZES[name]:
            pairs = rows * columns or rows * (rows + 1) // 2
            entries = rows * (columns or rows)
            c, library = [in_c(dtype)], []
            for _ in range(given.rounds):
                library += kernel(name, dtype, rows, columns)
                c.append(in_c(dtype))
            count = cells(name)
            limits = [1e-6 * time * count * pairs / entries for time in c]
            times = [time / entries for time in library]
            print(f"| {name} | {dtype.lower()} | {rows}, {columns or rows} | {count:.3g} |"
                  f" {statistics.median(limits):.4g} ({min(limits):.4g}-{max(limits):.4g}) |"
                  f" {statistics.median(times):.4g} ({min(times):.4g}-{max(times):.4g}) |"
                  f" {min(times) / min(limits):.2f} | {statistics.median(times) / statistics.median(limits):.2f} |",
                  flush=True)


if __name__ == "__main__":
    main()
