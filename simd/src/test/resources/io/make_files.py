"""Writes the array files of this folder with NumPy: python make_files.py (NumPy 1.26)."""

import gzip
import pathlib
import struct

import numpy as np
from numpy.lib import format as npy

HERE = pathlib.Path(__file__).parent

whole = np.arange(24).reshape(2, 3, 4)
real = whole - 7.25

for code in ["i1", "u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8",
             "<u8", ">u8"]:
    np.save(HERE / (code.replace("<", "little-").replace(">", "big-") + ".npy"),
            whole.astype(code))
for code in ["<f4", ">f4", "<f8", ">f8"]:
    name = code.replace("<", "little-").replace(">", "big-")
    np.save(HERE / (name + ".npy"), real.astype(code))
    np.save(HERE / (name + "-fortran.npy"), np.asfortranarray(real.astype(code)))
np.save(HERE / "little-i4-fortran.npy", np.asfortranarray(whole.astype("<i4")))
np.save(HERE / "b1.npy", whole % 2 == 1)
np.save(HERE / "scalar.npy", np.float64(3.5))
np.save(HERE / "vector.npy", np.arange(5, dtype="<f4"))
np.save(HERE / "no-rows.npy", np.zeros((0, 7)))
for version in [(2, 0), (3, 0)]:
    with open(HERE / f"version-{version[0]}.npy", "wb") as file:
        npy.write_array(file, real, version=version)
np.save(HERE / "object.npy", np.array([None, 1], dtype=object))
np.save(HERE / "structured.npy", np.zeros(3, dtype=[("a", "<f4"), ("b", "<i4")]))
np.save(HERE / "complex.npy", np.zeros(3, dtype="<c8"))
np.save(HERE / "half.npy", np.zeros(3, dtype="<f2"))
np.save(HERE / "text.npy", np.array(["a", "bc"]))
np.save(HERE / "time.npy", np.array(["2020-01-01"], dtype="datetime64[D]"))

arrays = {"x": real, "y": whole.astype("u1"), "fortran": np.asfortranarray(real.astype("f4"))}
np.savez(HERE / "stored.npz", **arrays)
np.savez_compressed(HERE / "compressed.npz", **arrays)
np.savez(HERE / "single.npz", real)
np.savetxt(HERE / "savetxt.txt", real.reshape(6, 4), header="four columns")
np.savetxt(HERE / "savetxt.csv", real.reshape(6, 4), delimiter=",")

idx = struct.pack(">HBB3I", 0, 0x08, 3, 2, 3, 4) + whole.astype("u1").tobytes()
(HERE / "images-idx3-ubyte").write_bytes(idx)
(HERE / "images-idx3-ubyte.gz").write_bytes(gzip.compress(idx, mtime=0))
