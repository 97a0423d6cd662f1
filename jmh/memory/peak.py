#!/usr/bin/env python3
"""Measures from outside what memory a kernel takes: the peak of the process that computes it.

Runs ./jtangents kernel on N random images of 32x32x3 (f32, NNGP and NTK) with a budget, polls the kernel's own
account of the process (/proc/PID/status, so Linux only) and prints one line. The budget is for results and
scratch memory; beside them a process has the JVM and the inputs, so both are printed, too. The exit status is 1 when
the peak of the whole process, these included, exceeds the budget. Needs nothing but Python.

    mvn -B -DskipTests package
    python3 jmh/memory/peak.py 1000 --memory 1g                        # the 21-layer CNN, pooled, in memory
    python3 jmh/memory/peak.py 1000 --memory 1g --out npy              # the same, to mapped files (counted as "files")
    python3 jmh/memory/peak.py 200 --memory 300m --model examples/models/myrtle-5.json --threads 2

A kernel of 1,000 x 1,000 takes hours with the pooled CNN: 500,500 pairs. Options that this script does not know go to
jtangents.
"""
import argparse
import array
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
JTANGENTS = str(ROOT / "jtangents")
POLL_SECONDS = 0.02
MB = 1e6


def write_images(path, count):
    """Random images as an .npy file of version 1.0."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, 32, 32, 3), }}"
    header = header.ljust(128 - 10 - 1) + "\n"
    generator = random.Random(1)
    values = array.array("f", (generator.random() for _ in range(count * 32 * 32 * 3)))
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + values.tobytes())
    return 4 * len(values)


def status(pid):
    """The memory of a process in bytes by name, or nothing when it has ended."""
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return {}
    return {name: 1024 * int(kilobytes) for name, kilobytes in re.findall(r"^(Vm\w+|Rss\w+):\s+(\d+) kB", text, re.M)}


def peak(command, output=subprocess.DEVNULL):
    """The peak of a command, and the peaks of its anonymous and of its file-backed part."""
    process = subprocess.Popen(command, stdout=output)
    peaks = {"VmHWM": 0, "RssAnon": 0, "RssFile": 0}
    while process.poll() is None:
        now = status(process.pid)
        peaks = {name: max(value, now.get(name, 0)) for name, value in peaks.items()}
        time.sleep(POLL_SECONDS)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {process.returncode}")
    return peaks


def size(text):
    number, unit = re.fullmatch(r"([\d.]+)([kmgt]?)", text.lower()).groups()
    return float(number) * 1024 ** " kmgt".index(unit or " ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", type=int, help="the number of images")
    parser.add_argument("--memory", required=True, help="the budget, as in 1g or 300m")
    parser.add_argument("--model", default=str(ROOT / "examples/models/cnn-21-pooled.json"))
    parser.add_argument("--out", choices=["npz", "npy"], default="npz")
    arguments, others = parser.parse_known_args()
    jvm = peak([JTANGENTS, "info"])["VmHWM"]
    with tempfile.TemporaryDirectory() as folder:
        images = pathlib.Path(folder) / "x.npy"
        inputs = write_images(images, arguments.n)
        start = time.monotonic()
        peaks = peak([JTANGENTS, "kernel", "--model", arguments.model, "--x1", str(images), "--memory",
                      arguments.memory, "--out", f"{folder}/K.{arguments.out}", *others])
        seconds = time.monotonic() - start
    budget = size(arguments.memory)
    print(f"{arguments.n} x {arguments.n} of {pathlib.Path(arguments.model).stem} in {seconds:.0f} s:"
          f" peak {peaks['VmHWM'] / MB:.0f} MB (anonymous {peaks['RssAnon'] / MB:.0f}, files {peaks['RssFile'] / MB:.0f})"
          f" of a budget of {budget / MB:.0f} MB; a JVM that does nothing takes {jvm / MB:.0f}, the inputs {inputs / MB:.0f}")
    sys.exit(1 if peaks["VmHWM"] > budget else 0)


if __name__ == "__main__":
    main()
