#!/usr/bin/env python3
"""The library's loops beside loops in C with intrinsics (jmh/limit), in turn on one core, as a Markdown table.

    mvn -B -DskipTests package
    JAVA_HOME=<JDK 25> python3 jmh/roofline/compare.py [--rounds 3]

Times are processor time, least of all rounds, which is what a machine that is not quiet disturbs least. Then come figures
that only C has: what the units do in a cycle, all planes of the pooled CNN, and the writing of results.
"""
import argparse
import pathlib
import re
import subprocess
import tempfile

import roofline

LINE = re.compile(r"^(?P<program>\w+) +\d+ bits +(?P<dtype>f\d\d) +(?P<kernels>.+?) +(?P<time>[\d.]+) ns/entry", re.M)

BOTH, ALONE = "NNGP and NTK", "NNGP alone"
# A loop of the library, how many entries an operation of its benchmark has, and the loop in C.
LOOPS = {
    "plane-f32": (16, ("plane", "f32", BOTH)),
    "plane-f32-acute": (16, ("plane", "f32", BOTH)),
    "plane-f32-nngp": (16, ("plane", "f32", ALONE)),
    "plane-f64": (16, ("plane", "f64", BOTH)),
    "plane-f64-nngp": (16, ("plane", "f64", ALONE)),
    "row-relu-f32": (1, ("row", "f32", BOTH)),
    "row-relu-f32-nngp": (1, ("row", "f32", ALONE)),
    "row-relu-f64": (1, ("row", "f64", BOTH)),
    "row-relu-f64-nngp": (1, ("row", "f64", ALONE)),
}


def limits(*programs):
    """What programs of jmh/limit print."""
    return subprocess.run(
        [str(roofline.JMH / "limit" / "run.sh"), "2", "", *programs], check=True, stdout=subprocess.PIPE, text=True).stdout


def in_c(key):
    """Nanoseconds per entry of a loop by program, dtype and kernels."""
    lines = LINE.finditer(limits(key[0]))
    return next(float(line["time"]) for line in lines if (line["program"], line["dtype"], line["kernels"]) == key)


def in_java(name):
    """Nanoseconds per entry."""
    with tempfile.TemporaryDirectory() as folder:
        time, _ = roofline.run(roofline.LOOPS[name], pathlib.Path(folder) / "jvm.log")
    return time / LOOPS[name][0]


def main():
    arguments = argparse.ArgumentParser(description="Times the library's loops beside loops in C.")
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    java = {name: [] for name in LOOPS}
    c = {key: [] for _, key in LOOPS.values()}
    for _ in range(rounds):
        for name, (_, key) in LOOPS.items():
            c[key].append(in_c(key))
            java[name].append(in_java(name))
    print("| loop | Java, ns/entry | C, ns/entry | ratio |")
    print("| --- | --- | --- | --- |")
    for name, (_, key) in LOOPS.items():
        mine, limit = min(java[name]), min(c[key])
        print(f"| {name} | {mine:.3f} | {limit:.3f} | {mine / limit:.2f} |", flush=True)
    print()
    print(limits("units", "plane", "results"), end="")


if __name__ == "__main__":
    main()
