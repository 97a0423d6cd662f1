"""What HotSpot's C2 made of a method: its machine code, as -XX:CompileCommand=print leaves it in a log, and the loops in it.

Without the hsdis library the JVM prints code in hexadecimal, between [MachCode] and [/MachCode]; objdump reads that.
"""
import dataclasses
import pathlib
import re
import subprocess
import tempfile

HEAD = re.compile(r"Compiled method \(c2\)\s+\d+\s+\d+\s+(?P<flags>[%sb!n ]*?)\s*\d+\s+(?P<method>\S+)")
# What the name of a copy of a class has more than that of the class.
COPY = re.compile(r"/0x[0-9a-f]+")
CODE = re.compile(r"\[MachCode\](.*?)\[/MachCode\]", re.S)
HEX_LINE = re.compile(r"^\s*0x([0-9a-f]+):((?:[ |]+[0-9a-f]{2,4})+)[ |]*$")
NOP = 0x90


@dataclasses.dataclass(frozen=True)
class Instruction:
    address: int
    mnemonic: str
    operands: str

    def jumps_to(self):
        """The address of a direct jump, or nothing."""
        target = re.match(r"0x([0-9a-f]+)$", self.operands)
        return int(target[1], 16) if self.mnemonic.startswith("j") and target else None

    def is_call(self):
        return self.mnemonic == "call"

    def is_vector(self):
        """Whether it works on whole vectors: not on one number in the lowest lane."""
        registers = re.search(r"\b[xyz]mm\d", self.operands)
        # Those of integers, vp..., name the width of an element in the same way.
        one = re.search(r"^(?!vp).*(ss|sd|si)$|^v?mov[dq]$", self.mnemonic)
        return bool(registers) and (self.mnemonic.startswith("vbroadcast") or not one)

    def memory(self):
        """Its memory operand, or nothing."""
        operand = re.search(r"\[[^\]]+\]", self.operands)
        return None if operand is None or self.mnemonic in ("lea", "nop", "nopw") else operand[0]

    def is_store(self):
        return self.memory() is not None and "[" in self.operands.split(",")[0] and self.mnemonic.startswith(
            ("vmov", "mov", "add", "sub", "inc", "dec", "xadd", "vextract"))

    def memory_bytes(self):
        sizes = {"ZMMWORD": 64, "YMMWORD": 32, "XMMWORD": 16, "QWORD": 8, "DWORD": 4, "WORD": 2, "BYTE": 1}
        return next((size for name, size in sizes.items() if re.search(rf"\b{name}\b", self.operands)), 0)


def compiled(log):
    """The last code of each method that C2 compiled, entered from the top if there is such a code: name to instructions."""
    from_top, from_loop = {}, {}
    heads = list(HEAD.finditer(log))
    for head, following in zip(heads, heads[1:] + [None]):
        code = CODE.search(log, head.end(), following.start() if following else len(log))
        if code:
            method = COPY.sub("", head["method"]).replace("::", ".")
            (from_loop if "%" in head["flags"] else from_top)[method] = code[1]
    return {method: disassemble(code) for method, code in {**from_loop, **from_top}.items()}


def disassemble(text):
    """The instructions of a [MachCode] section, in which comments stand between pieces of code."""
    start, code = None, bytearray()
    for line in text.splitlines():
        piece = HEX_LINE.match(line.split(";")[0].rstrip())
        if piece:
            address = int(piece[1], 16)
            start = address if start is None else start
            code.extend([NOP] * (address - start - len(code)))
            code.extend(bytes.fromhex(re.sub(r"[ |]", "", piece[2])))
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        pathlib.Path(file.name).write_bytes(code)
        listing = subprocess.run(
            ["objdump", "-D", "-b", "binary", "-mi386:x86-64", "-M", "intel", "--no-show-raw-insn", f"--adjust-vma={start}",
             file.name], check=True, capture_output=True, text=True).stdout
    lines = re.finditer(r"^\s*([0-9a-f]+):\t(\S+)[ \t]*(.*?)\s*$", listing, re.M)
    return [Instruction(int(line[1], 16), line[2], line[3]) for line in lines]


def innermost_loops(instructions):
    """The bodies between a backward jump and where it goes that have no other such body inside."""
    spans = {}
    for instruction in instructions:
        target = instruction.jumps_to()
        if target is not None and instructions[0].address <= target <= instruction.address:
            spans[target] = max(spans.get(target, 0), instruction.address)
    innermost = [
        (first, last) for first, last in spans.items()
        if not any((a, b) != (first, last) and first <= a and b <= last for a, b in spans.items())]
    return [[i for i in instructions if first <= i.address <= last] for first, last in innermost]


def hot_loop(instructions):
    """The innermost loop that does most: with most square roots, of those with most vector instructions; or nothing."""
    def work(loop):
        return sum("sqrt" in i.mnemonic for i in loop), sum(i.is_vector() for i in loop)
    loops = [loop for loop in innermost_loops(instructions) if work(loop)[1] > 0]
    return max(loops, key=work, default=None)
