#!/usr/bin/env python3
"""Counts what a loop of the library takes, in the code that C2 made of it, and fails when that is no vector code.

    mvn -B -DskipTests package
    JAVA_HOME=<JDK 25> python3 jmh/roofline/roofline.py [--timed] [NAME...]     # without names: all headline loops

Runs a benchmark on each loop, takes the last code of its method and counts the instructions of the innermost loop with
the most square roots, or else the most vector instructions, per vector of results. The exit status is 1 when a loop has
no vector arithmetic, calls or allocates, or when the benchmark allocates. With --timed it also prints the benchmark's
processor time per operation. Needs objdump, and no hsdis.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import machine_code

JMH = pathlib.Path(__file__).resolve().parents[1]
PACKAGE = "dev.jtangents.simd"
PROCESSOR_TIME = "dev.jtangents.jmh.ProcessorTime"
# JMH's own bookkeeping, spread over the operations of an invocation.
ALLOCATED_BYTES = 1
TYPES = {"F32": "Float", "F64": "Double"}


@dataclasses.dataclass(frozen=True)
class Loop:
    """A loop: its method, the benchmark that runs it, and how many vectors it stores per vector of entries, 0 where it is
    an innermost loop that only sums; then a turn of the loop is counted."""
    method: str
    benchmark: str
    parameters: dict
    stores: int = 1
    allocates: bool = False


def plane(method, benchmark, dtype, ntk, non_negative="false"):
    return Loop(f"{TYPES[dtype]}{method}", f"PlaneLoopBenchmark.{benchmark}$",
                {"lanes": 16, "dtype": dtype, "ntk": ntk, "nonNegative": non_negative}, 2 if ntk == "true" else 1)


def row(method, layer, ntk, stores=1, dtype="F32"):
    return Loop(f"{TYPES[dtype]}{method}", "MapLoopBenchmark", {"map": layer, "dtype": dtype, "ntk": ntk}, stores)


def collapsed(method, stores):
    return Loop(f"FloatAngularLoop.{method}", "DenseKernelBenchmark", {"features": 64, "depth": 10, "dtype": "F32"},
                stores, allocates=True)


LOOPS = {
    "plane-f32": plane("AbReluPlanes.map", "windowAndRelu", "F32", "true"),
    "plane-f32-nngp": plane("AbReluPlanes.map", "windowAndRelu", "F32", "false"),
    "plane-f32-acute": plane("AbReluPlanes.map", "windowAndRelu", "F32", "true", "true"),
    "plane-f64": plane("AbReluPlanes.map", "windowAndRelu", "F64", "true"),
    "plane-f64-nngp": plane("AbReluPlanes.map", "windowAndRelu", "F64", "false"),
    "plane-relu-f32": plane("AbReluPlanes.map", "relu", "F32", "true"),
    "window-f32": plane("SlidingSums.slide", "window", "F32", "false"),
    "row-relu-f32": row("AbReluLoop.applyToBoth", "RELU", "true", 2),
    "row-relu-f32-nngp": row("AbReluLoop.applyToNngp", "RELU", "false"),
    "row-relu-f64": row("AbReluLoop.applyToBoth", "RELU", "true", 2, "F64"),
    "row-relu-f64-nngp": row("AbReluLoop.applyToNngp", "RELU", "false", 1, "F64"),
    "erf-f32-ntk": row("ErfLoop.ntk", "ERF", "true"),
    "erf-f32-nngp": row("ErfLoop.nngp", "ERF", "true"),
    "gelu-f32-ntk": row("GeluLoop.ntk", "GELU", "true"),
    "gelu-f32-nngp": row("GeluLoop.nngp", "GELU", "true"),
    "collapsed-f32-before": collapsed("before", 1),
    "collapsed-f32-angles": collapsed("angles", 1),
    "collapsed-f32-polynomial": collapsed("multiply", 0),
}


KINDS = {
    "multiply": ("vfm", "vfnm", "vmul"),
    "add": ("vadd", "vsub"),
    "root": ("vsqrt",),
    "divide": ("vdiv",),
    "moves": ("vmov",),
}


@dataclasses.dataclass
class Count:
    """Instructions of a loop by what they are; loads folded into arithmetic count as both."""
    instructions: float = 0
    multiply: float = 0
    add: float = 0
    root: float = 0
    divide: float = 0
    other: float = 0
    moves: float = 0
    scalar: float = 0
    loads: float = 0
    constants: float = 0
    spills: float = 0
    stores: float = 0
    bytes: float = 0
    calls: float = 0
    allocations: float = 0

    @staticmethod
    def of(loop):
        count = Count()
        # Addresses in the code itself are those of constants.
        constant = {"rsp", "rip"}
        for instruction in loop:
            count.take(instruction, constant)
            written = instruction.operands.split(",")[0]
            if instruction.mnemonic == "movabs":
                constant.add(written)
            else:
                constant.discard(written)
        return count

    def take(self, instruction, constant):
        self.instructions += 1
        self.calls += instruction.is_call()
        # r15 is the thread: what is written there is the end of its allocation buffer.
        self.allocations += instruction.is_store() and instruction.memory().startswith("[r15")
        if not instruction.is_vector():
            self.scalar += 1
            return
        kind = next((kind for kind, prefixes in KINDS.items() if instruction.mnemonic.startswith(prefixes)), "other")
        memory = instruction.memory()
        if memory is None:
            self.__dict__[kind] += 1
            return
        base = re.match(r"\[(\w+)", memory)[1]
        if instruction.is_store():
            self.__dict__["spills" if base == "rsp" else "stores"] += 1
        else:
            self.__dict__["constants" if base in constant else "loads"] += 1
            if not instruction.mnemonic.startswith(("vmov", "vbroadcast")):
                self.__dict__[kind] += 1
        self.bytes += 0 if base in constant else instruction.memory_bytes()

    def per(self, vectors):
        return Count(*(value / vectors for value in dataclasses.astuple(self)))


def run(loop, log):
    """Runs the benchmark with C2's code of the method written to a log: its processor time per operation in ns, least of
    all iterations, and the bytes that an operation of the last iteration, when all is compiled, allocates."""
    with tempfile.NamedTemporaryFile(suffix=".json") as result:
        # The star stands for the rest of the name of a copy.
        method = f"{PACKAGE}.{loop.method.replace('.', '*::')}"
        options = (f"-XX:+UnlockDiagnosticVMOptions -XX:CompileCommand=print,{method} -XX:+LogVMOutput "
                   f"-XX:-DisplayVMOutput -XX:LogFile={log}")
        command = [str(JMH / "run.sh"), loop.benchmark, "-f", "1", "-prof", "gc", "-prof", PROCESSOR_TIME,
                   "-rf", "json", "-rff", result.name, "-jvmArgsPrepend", options]
        for name, value in loop.parameters.items():
            command += ["-p", f"{name}={value}"]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
        measured = json.loads(pathlib.Path(result.name).read_text())
        if len(measured) != 1:
            sys.exit(f"{loop.benchmark} gave {len(measured)} results:\n{output}")
    metrics = measured[0]["secondaryMetrics"]
    return min(metrics["cpu"]["rawData"][0]), metrics["gc.alloc.rate.norm"]["rawData"][0][-1]


def faults(loop, body, allocated):
    """What is wrong with a loop."""
    count = Count.of(body or [])
    if count.multiply == 0 and count.add == 0:
        return ["has no vector arithmetic: it was not intrinsified"]
    return [text for wrong, text in (
        (count.calls, f"calls {count.calls} times"),
        (count.allocations, "allocates"),
        (count.stores == 0 and loop.stores, "stores no vectors"),
        (allocated > ALLOCATED_BYTES and not loop.allocates,
         f"is in a benchmark that allocates {allocated:.0f} bytes per operation"),
    ) if wrong]


def lanes(loop, body):
    """Elements of a vector."""
    widest = {"z": 64, "y": 32, "x": 16}[max(re.findall(r"\b([xyz])mm\d", " ".join(i.operands for i in body)))]
    return widest // (4 if loop.parameters["dtype"] == "F32" else 8)


def figure(value):
    return f"{value:.3g}"


def main():
    arguments = argparse.ArgumentParser(description="Counts the instructions of the library's loops.")
    arguments.add_argument("names", nargs="*", metavar="NAME", help=", ".join(LOOPS))
    arguments.add_argument("--timed", action="store_true", help="print the benchmark's time, too")
    arguments.add_argument("--keep", type=pathlib.Path, help="a folder for the JVM's logs")
    options = arguments.parse_args()
    unknown = set(options.names) - set(LOOPS)
    if unknown:
        arguments.error(f"there is no loop {', '.join(sorted(unknown))}; there are {', '.join(LOOPS)}")
    names = ["instructions", "per element", "FMA, multiply", "add", "root", "divide", "other", "register moves", "scalar",
             "loads", "constants loaded", "spills", "stores", "bytes per element", "unrolled"]
    names += ["processor ns per operation"] if options.timed else []
    print("| per vector | " + " | ".join(names) + " |")
    print("| --- " * (len(names) + 1) + "|")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name in options.names or LOOPS:
            loop = LOOPS[name]
            log = (options.keep or pathlib.Path(folder)) / f"{name}.log"
            time, allocated = run(loop, log)
            codes = machine_code.compiled(log.read_text(errors="replace"))
            body = machine_code.hot_loop(codes.get(f"{PACKAGE}.{loop.method}", []))
            wrong = faults(loop, body, allocated)
            for fault in wrong:
                print(f"{name}: {loop.method} {fault}", file=sys.stderr)
            failed |= bool(wrong)
            if not body:
                continue
            count = Count.of(body)
            vectors = count.stores / loop.stores if loop.stores and count.stores else 1
            each = count.per(vectors)
            cells = [each.instructions, each.instructions / lanes(loop, body), each.multiply, each.add, each.root,
                     each.divide, each.other, each.moves, each.scalar, each.loads, each.constants, each.spills,
                     each.stores, each.bytes / lanes(loop, body), vectors]
            cells += [time] if options.timed else []
            print(f"| {name} | " + " | ".join(map(figure, cells)) + " |", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
