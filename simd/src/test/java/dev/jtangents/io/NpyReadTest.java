package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

class NpyReadTest {
    private final Path folder;

    NpyReadTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @CsvSource({
        "i1, F32",
        "u1, F32",
        "little-i2, F32",
        "big-i2, F32",
        "little-u2, F32",
        "big-u2, F32",
        "little-i4, F64",
        "big-i4, F64",
        "little-u4, F64",
        "big-u4, F64",
        "little-i8, F64",
        "big-i8, F64",
        "little-u8, F64",
        "big-u8, F64",
        "little-i4-fortran, F64"
    })
    void readsWholeNumbersThatNumPyWrote(String name, DType dtype) {
        assertSample(name, dtype, Samples.WHOLE);
    }

    @ParameterizedTest
    @CsvSource({
        "little-f4, F32",
        "big-f4, F32",
        "little-f8, F64",
        "big-f8, F64",
        "little-f4-fortran, F32",
        "big-f4-fortran, F32",
        "little-f8-fortran, F64",
        "big-f8-fortran, F64",
        "version-2, F64",
        "version-3, F64"
    })
    void readsRealNumbersThatNumPyWrote(String name, DType dtype) {
        assertSample(name, dtype, Samples.REAL);
    }

    private static void assertSample(String name, DType dtype, double[] values) {
        Path file = Samples.file(name + ".npy");
        try (Tensor tensor = Npy.read(file)) {
            assertEquals(dtype, tensor.dtype());
            assertEquals(Shape.of(2, 3, 4), tensor.shape());
            assertTrue(tensor.isContiguous());
            assertArrayEquals(values, tensor.toArray());
        }
        for (DType requested : DType.values()) {
            try (Tensor tensor = Npy.read(file, requested)) {
                assertEquals(requested, tensor.dtype());
                assertTrue(tensor.isContiguous());
                assertArrayEquals(values, tensor.toArray());
            }
        }
    }

    @Test
    void readsTruthValues() {
        try (Tensor tensor = Npy.read(Samples.file("b1.npy"))) {
            assertEquals(DType.F32, tensor.dtype());
            for (int i = 0; i < 24; i++) {
                assertEquals(i % 2, tensor.toArray()[i]);
            }
        }
    }

    @Test
    void readsScalarsVectorsAndArraysWithoutRows() {
        try (Tensor scalar = Npy.read(Samples.file("scalar.npy"));
                Tensor vector = Npy.read(Samples.file("vector.npy"));
                Tensor empty = Npy.read(Samples.file("no-rows.npy"));
                Tensor converted = Npy.read(Samples.file("no-rows.npy"), DType.F32)) {
            assertEquals(Shape.of(), scalar.shape());
            assertEquals(3.5, scalar.get());
            assertArrayEquals(new double[] {0, 1, 2, 3, 4}, vector.toArray());
            assertEquals(Shape.of(0, 7), empty.shape());
            assertEquals(Shape.of(0, 7), converted.shape());
            assertEquals(0, empty.toArray().length);
        }
    }

    @Test
    void nativeFloatsInRowMajorOrderAreMapped() {
        try (Tensor mapped = Npy.read(Samples.file("little-f8.npy"));
                Tensor converted = Npy.read(Samples.file("little-f8.npy"), DType.F32)) {
            assertTrue(mapped.segment().isMapped());
            assertThrows(IllegalArgumentException.class, () -> mapped.set(1, 0, 0, 0));
            assertFalse(converted.segment().isMapped());
        }
    }

    @Test
    void closingFreesTheMapping() {
        Tensor mapped = Npy.read(Samples.file("little-f8.npy"));
        mapped.close();
        mapped.close();
        assertThrows(IllegalStateException.class, () -> mapped.get(0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'shape': (3,), 'fortran_order': False, 'descr': '<f8'}",
                "{\"descr\":\"<f8\",\"fortran_order\":False,\"shape\":(3,)}",
                "  { 'descr' : '=f8' , 'fortran_order' : True , 'shape' : ( 3 , ) , }  \n",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (3L,), }\n",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1,)}",
            })
    void readsEveryWayToWriteAHeader(String header) throws IOException {
        Path file = folder.resolve("x.npy");
        Files.write(file, Samples.npy(1, header, 24));
        try (Tensor tensor = Npy.read(file)) {
            assertEquals(3, tensor.size());
        }
    }

    @Test
    void dataMayBeginAtAnyByteAndBytesAfterThemAreIgnored() throws IOException {
        Path file = folder.resolve("x.npy");
        byte[] values = new byte[16];
        ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).putDouble(1.5).putDouble(-2);
        String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}";
        for (int spaces = 0; spaces < 8; spaces++) {
            byte[] start = Samples.npy(1, header + " ".repeat(spaces), 0);
            Files.write(file, Samples.concat(start, values, Samples.ascii("and more")));
            try (Tensor tensor = Npy.read(file)) {
                assertArrayEquals(new double[] {1.5, -2}, tensor.toArray());
            }
        }
    }

    @Test
    void largeWholeNumbersAreRoundedOnce() throws IOException {
        Path file = folder.resolve("x.npy");
        byte[] values = new byte[24];
        ByteBuffer.wrap(values)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(-1)
                .putLong(Long.MIN_VALUE)
                .putLong(0x8000_0000_0000_0401L);
        String header = "{'descr': '<u8', 'fortran_order': False, 'shape': (3,)}";
        Files.write(file, Samples.concat(Samples.npy(1, header, 0), values));
        try (Tensor tensor = Npy.read(file)) {
            assertArrayEquals(new double[] {0x1p64, 0x1p63, 0x1p63 + 2048}, tensor.toArray());
        }
    }

    @Test
    void readsSeveralChunks() throws IOException {
        Path file = folder.resolve("x.npy");
        int count = 3 * (1 << 16) + 17;
        ByteBuffer values = ByteBuffer.allocate(2 * count);
        for (int i = 0; i < count; i++) {
            values.putShort((short) i);
        }
        String header = "{'descr': '>i2', 'fortran_order': False, 'shape': (" + count + ",)}";
        Files.write(file, Samples.concat(Samples.npy(1, header, 0), values.array()));
        try (Tensor tensor = Npy.read(file)) {
            for (int i = 0; i < count; i++) {
                assertEquals((short) i, tensor.get(i));
            }
        }
    }
}
