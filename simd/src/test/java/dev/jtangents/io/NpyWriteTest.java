package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

class NpyWriteTest {
    private final Path folder;

    NpyWriteTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @ValueSource(strings = {"little-f4", "little-f8", "scalar", "vector", "no-rows"})
    void writesByteForByteWhatNumPyWrites(String name) throws IOException {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
        Path sample = Samples.file(name + ".npy");
        Path file = folder.resolve("x.npy");
        try (Tensor tensor = Npy.read(sample)) {
            Npy.write(file, tensor);
        }
        assertArrayEquals(Files.readAllBytes(sample), Files.readAllBytes(file));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyShapeComesBack(DType dtype) {
        Path file = folder.resolve("x.npy");
        SplittableRandom random = new SplittableRandom(3);
        for (long[] shape :
                List.of(
                        new long[0],
                        new long[] {1},
                        new long[] {5, 0, 2},
                        new long[] {300, 1000},
                        new long[] {2, 1, 3, 1, 4})) {
            try (Tensor counting = Samples.counting(shape);
                    Tensor tensor = counting.copy(dtype)) {
                if (tensor.size() > 0) {
                    tensor.set(random.nextDouble(), new long[shape.length]);
                }
                Npy.write(file, tensor);
                try (Tensor read = Npy.read(file)) {
                    assertEquals(dtype, read.dtype());
                    assertEquals(tensor.shape(), read.shape());
                    assertArrayEquals(tensor.toArray(), read.toArray());
                }
            }
        }
    }

    static Stream<long[]> largeShapes() {
        return Stream.of(
                new long[] {700, 600}, new long[] {3, 70, 2000}, new long[] {200_000, 3, 1});
    }

    @ParameterizedTest
    @MethodSource("largeShapes")
    void stridedViewsAreWrittenInRowMajorOrder(long[] shape) {
        Path file = folder.resolve("x.npy");
        int rank = shape.length;
        int[] reversed = new int[rank];
        for (int axis = 0; axis < rank; axis++) {
            reversed[axis] = rank - 1 - axis;
        }
        try (Tensor whole = Samples.counting(shape)) {
            Tensor part = whole.slice(1, 1, 3);
            for (Tensor view : List.of(whole.transpose(reversed), part, part.transpose(reversed))) {
                Npy.write(file, view);
                try (Tensor read = Npy.read(file)) {
                    assertEquals(view.shape(), read.shape());
                    assertArrayEquals(view.toArray(), read.toArray());
                }
            }
        }
    }

    @Test
    void aFileMayBeReplacedWhileItIsMapped() {
        Path file = folder.resolve("x.npy");
        try (Tensor first = Samples.counting(10);
                Tensor second = Samples.counting(4)) {
            Npy.write(file, first);
            try (Tensor mapped = Npy.read(file)) {
                Npy.write(file, second);
                assertArrayEquals(first.toArray(), mapped.toArray());
                Npy.write(file, mapped);
            }
            try (Tensor read = Npy.read(file)) {
                assertArrayEquals(first.toArray(), read.toArray());
            }
        }
    }
}
