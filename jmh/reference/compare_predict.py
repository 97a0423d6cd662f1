"""The ensembles of PredictBenchmark and the reference, case by case in turn, as a Markdown table.

    JAVA_HOME=<JDK 25> python jmh/reference/compare_predict.py [--covariances] [--examples 1000 2000 4000]

Milliseconds from examples to predictions: without end, with covariance, for each number of examples; a
hundred times for 2,000 examples (or the last number that is not larger). --covariances adds covariances at
a hundred times, for which the reference takes several GB.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MANY = 2000


def ours(benchmark, examples, nonlinearity):
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "result.json")
        subprocess.run(
            [os.path.join(HERE, "..", "run.sh"), f"PredictBenchmark.{benchmark}$", "-rf", "json", "-rff", result,
             "-p", f"examples={examples}", "-p", f"nonlinearity={nonlinearity}"],
            check=True, stdout=subprocess.DEVNULL)
        with open(result) as file:
            return [time for fork in json.load(file)[0]["primaryMetric"]["rawData"] for time in fork]


def reference(benchmark, examples, nonlinearity):
    output = subprocess.run(
        [sys.executable, os.path.join(HERE, "predict.py"), "--benchmark", benchmark,
         "--examples", str(examples), "--nonlinearity", nonlinearity],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return json.loads(output.strip().splitlines()[-1])["times"]


def cell(times):
    return f"{statistics.median(times):.0f} ({min(times):.0f}-{max(times):.0f})"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--examples", type=int, nargs="+", default=[1000, 2000, 4000])
    arguments.add_argument("--nonlinearities", nargs="+", default=["RELU", "ERF"])
    arguments.add_argument("--covariances", action="store_true")
    a = arguments.parse_args()
    many = max((n for n in a.examples if n <= MANY), default=min(a.examples))
    cases = [("infiniteTimeWithCovariance", n) for n in a.examples] + [("hundredTimes", many)]
    if a.covariances:
        cases.append(("hundredTimesWithCovariance", many))
    print("| what | N | network | jtangents, ms | reference, ms | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for benchmark, examples in cases:
        for nonlinearity in a.nonlinearities:
            mine = ours(benchmark, examples, nonlinearity)
            theirs = reference(benchmark, examples, nonlinearity)
            ratio = statistics.median(theirs) / statistics.median(mine)
            print(f"| {benchmark} | {examples} | {nonlinearity.lower()} | {cell(mine)} | {cell(theirs)} | {ratio:.1f}x |",
                  flush=True)


if __name__ == "__main__":
    main()
