package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

class IdxTest {
    private final Path folder;

    IdxTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @ValueSource(strings = {"images-idx3-ubyte", "images-idx3-ubyte.gz"})
    void readsImages(String name) {
        try (Tensor images = Idx.read(Samples.file(name))) {
            assertEquals(DType.F32, images.dtype());
            assertEquals(Shape.of(2, 3, 4), images.shape());
            assertArrayEquals(Samples.WHOLE, images.toArray());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x08, F32, ff01, 255, 1",
        "0x09, F32, ff01, -1, 1",
        "0x0B, F32, ff000001, -256, 1",
        "0x0C, F64, ffff000000000001, -65536, 1",
        "0x0D, F32, bfc0000040000000, -1.5, 2",
        "0x0E, F64, bff80000000000004000000000000000, -1.5, 2"
    })
    void readsEveryElementType(int type, DType dtype, String data, double first, double second)
            throws IOException {
        Path file = folder.resolve("x");
        byte[] header = Samples.idx(type, 0, 2);
        byte[] content = Samples.concat(header, HexFormat.of().parseHex(data));
        for (byte[] stored : new byte[][] {content, Samples.gzip(content)}) {
            Files.write(file, stored);
            try (Tensor tensor = Idx.read(file)) {
                assertEquals(dtype, tensor.dtype());
                assertArrayEquals(new double[] {first, second}, tensor.toArray());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "2", "5"})
    void readsEveryRank(int rank) throws IOException {
        Path file = folder.resolve("x");
        int[] extents = new int[rank];
        Arrays.fill(extents, 2);
        Files.write(file, Samples.idx(0x08, 1 << rank, extents));
        try (Tensor tensor = Idx.read(file)) {
            assertEquals(rank, tensor.shape().rank());
            assertEquals(1 << rank, tensor.size());
        }
    }
}
