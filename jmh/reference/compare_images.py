"""ImageKernelBenchmark and the reference, network by network in turn, as a Markdown table.

    JAVA_HOME=<JDK 25> python jmh/reference/compare_images.py [network ...]

Milliseconds per entry, NNGP and NTK together. The reference runs in the better of its two precisions.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")

# How many examples of each batch: ours of two batches and of one with itself; the reference's, which is
# as fast per entry on few.
SIZES = {
    "cnn-21-pooled": ((8, 64), 64, (3, 3)),
    "cnn-21-flattened": ((256, 512), 512, (32, 32)),
    "myrtle-5": ((16, 64), 64, (6, 6)),
    "wide-resnet": ((32, 64), 96, (3, 3)),
}


def ours(model, rows, columns):
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "result.json")
        subprocess.run(
            [os.path.join(HERE, "..", "run.sh"), "ImageKernelBenchmark", "-rf", "json", "-rff", result,
             "-p", f"model={model}", "-p", f"rows={rows}", "-p", f"columns={columns}", "-p", "dtype=F32",
             "-p", f"folder={os.path.join(ROOT, 'examples', 'models')}"],
            check=True, stdout=subprocess.DEVNULL)
        with open(result) as file:
            raw = json.load(file)[0]["primaryMetric"]["rawData"]
        return [time / rows / (columns or rows) for fork in raw for time in fork]


def reference(model, rows, columns, dtype):
    output = subprocess.run(
        [sys.executable, os.path.join(HERE, "images.py"), "--model",
         os.path.join(ROOT, "examples", "models", model + ".json"),
         "--rows", str(rows), "--columns", str(columns), "--dtype", dtype],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return json.loads(output.strip().splitlines()[-1])["times"]


def cell(times):
    return f"{statistics.median(times):.4g} ({min(times):.4g}-{max(times):.4g})"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("networks", nargs="*", default=list(SIZES))
    print("| network | x1, x2, ms | K(x, x), ms | reference f32, ms | reference f64, ms | ratio x1, x2 | ratio K(x, x) |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in arguments.parse_args().networks:
        (rows, columns), same, size = SIZES[name]
        different = ours(name, rows, columns)
        symmetric = ours(name, same, 0)
        f32 = reference(name, *size, "F32")
        f64 = reference(name, *size, "F64")
        better = min(statistics.median(f32), statistics.median(f64))
        print(f"| {name} | {cell(different)} | {cell(symmetric)} | {cell(f32)} | {cell(f64)} |"
              f" {better / statistics.median(different):.0f}x | {better / statistics.median(symmetric):.0f}x |",
              flush=True)


if __name__ == "__main__":
    main()
