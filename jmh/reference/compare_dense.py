"""DenseKernelBenchmark and the reference, case by case in turn, as a Markdown table.

    JAVA_HOME=<JDK 25> python jmh/reference/compare_dense.py [--rounds 3]

Each round times both on one case before the next, so that both see the same machine.
"""
import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def ours(features, depth, dtype):
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "result.json")
        subprocess.run(
            [os.path.join(HERE, "..", "run.sh"), "DenseKernelBenchmark", "-rf", "json", "-rff", result,
             "-p", f"features={features}", "-p", f"depth={depth}", "-p", f"dtype={dtype}"],
            check=True, stdout=subprocess.DEVNULL)
        with open(result) as file:
            return [time for fork in json.load(file)[0]["primaryMetric"]["rawData"] for time in fork]


def reference(features, depth, dtype):
    output = subprocess.run(
        [sys.executable, os.path.join(HERE, "dense.py"), "--features", str(features), "--depth", str(depth),
         "--dtype", dtype],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return json.loads(output.strip().splitlines()[-1])["times"]


def cell(times):
    return f"{statistics.median(times):.2f} ({min(times):.2f}-{max(times):.2f})"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=2)
    rounds = arguments.parse_args().rounds
    print("| dtype | d | L | jtangents, ns/entry | entries/s | reference, ns/entry | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for dtype, features, depth in itertools.product(("F32", "F64"), (784, 64), (1, 3, 10)):
        mine, theirs = [], []
        for _ in range(rounds):
            mine += ours(features, depth, dtype)
            theirs += reference(features, depth, dtype)
        ratio = statistics.median(theirs) / statistics.median(mine)
        speed = 1e3 / statistics.median(mine)
        print(f"| {dtype.lower()} | {features} | {depth} | {cell(mine)} | {speed:.0f}M | {cell(theirs)} | {ratio:.1f}x |",
              flush=True)


if __name__ == "__main__":
    main()
