"""The kernels of EmpiricalKernelBenchmark and the reference's, case by case in turn, as a Markdown table.

    JAVA_HOME=<JDK 25> python jmh/reference/compare_empirical.py

Milliseconds for a whole kernel K(x, x): ours in the cheapest way, the reference in each of its three.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
IMPLEMENTATIONS = {1: "Jacobian contraction", 2: "vector products", 3: "structured derivatives"}


def ours(case):
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "result.json")
        subprocess.run(
            [os.path.join(HERE, "..", "run.sh"), "EmpiricalKernelBenchmark", "-rf", "json", "-rff", result,
             "-p", f"of={case}"],
            check=True, stdout=subprocess.DEVNULL)
        with open(result) as file:
            return [time for fork in json.load(file)[0]["primaryMetric"]["rawData"] for time in fork]


def reference(case, implementation):
    output = subprocess.run(
        [sys.executable, os.path.join(HERE, "empirical.py"), "--case", case,
         "--implementation", str(implementation)],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return json.loads(output.strip().splitlines()[-1])["times"]


def cell(times):
    return f"{statistics.median(times):.1f} ({min(times):.1f}-{max(times):.1f})"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--cases", nargs="+", default=["MLP", "CNN", "WIDE"])
    a = arguments.parse_args()
    names = " | ".join(f"reference, {name}" for name in IMPLEMENTATIONS.values())
    print(f"| case | jtangents | {names} | ratio to its best |")
    print("| --- | --- | --- | --- | --- | --- |")
    for case in a.cases:
        mine = ours(case)
        theirs = {key: reference(case, key) for key in IMPLEMENTATIONS}
        best = min(statistics.median(times) for times in theirs.values())
        cells = " | ".join(cell(times) for times in theirs.values())
        print(f"| {case} | {cell(mine)} | {cells} | {best / statistics.median(mine):.1f}x |", flush=True)


if __name__ == "__main__":
    main()
