package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class NpyFileTest {
    private static final long N = 60_000;

    private final Path folder;

    NpyFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void whatIsWrittenAndCommittedComesBack(DType dtype) throws IOException {
        Path file = folder.resolve("x.npy");
        try (NpyFile created = Npy.create(file, dtype, Shape.of(5, 7))) {
            Tensor tensor = created.tensor();
            assertEquals(0, tensor.get(4, 6));
            tensor.set(2.5, 3, 1);
            tensor.close();
            assertEquals(1, Samples.names(folder).size());
            assertTrue(Files.notExists(file));
            created.commit();
            assertEquals(List.of("x.npy"), Samples.names(folder));
            assertThrows(IllegalStateException.class, () -> tensor.get(3, 1));
            assertThrows(IllegalStateException.class, created::commit);
        }
        try (Tensor read = Npy.read(file)) {
            assertEquals(dtype, read.dtype());
            assertEquals(2.5, read.get(3, 1));
            assertEquals(0, read.get(4, 6));
        }
        assertEquals(List.of("x.npy"), Samples.names(folder));
    }

    @Test
    void withoutACommitNothingStays() throws IOException {
        Path file = folder.resolve("x.npy");
        NpyFile created = Npy.create(file, DType.F32, Shape.of(5, 7));
        created.tensor().set(1, 0, 0);
        created.close();
        created.close();
        assertTrue(Samples.names(folder).isEmpty());
        assertThrows(IllegalStateException.class, created::commit);
        assertTrue(Samples.names(folder).isEmpty());
    }

    @Test
    void aFileThatIsKeptIsGoneOnWith() throws IOException {
        Path file = folder.resolve("x.npy");
        try (NpyFile created = Npy.createPartial(file, DType.F32, Shape.of(5, 7))) {
            created.tensor().set(2.5, 3, 1);
            created.force();
            created.keep();
        }
        assertEquals(List.of("x.npy.part"), Samples.names(folder));
        assertEquals(folder.resolve("x.npy.part").toRealPath(), Npy.partial(file).toRealPath());
        Npy.reopenPartial(file, DType.F32, Shape.of(5, 7)).close();
        try (NpyFile reopened = Npy.reopenPartial(file, DType.F32, Shape.of(5, 7))) {
            assertEquals(2.5, reopened.tensor().get(3, 1));
            reopened.tensor().set(3.5, 4, 6);
            reopened.commit();
        }
        assertEquals(List.of("x.npy"), Samples.names(folder));
        try (Tensor read = Npy.read(file)) {
            assertEquals(2.5, read.get(3, 1));
            assertEquals(3.5, read.get(4, 6));
        }
    }

    @Test
    void aPartialFileIsReplacedAndDeleted() throws IOException {
        Path file = folder.resolve("x.npy");
        Files.writeString(Npy.partial(file), "something else");
        try (NpyFile created = Npy.createPartial(file, DType.F32, Shape.of(5, 7))) {
            assertEquals(0, created.tensor().get(4, 6));
        }
        assertEquals(List.of(), Samples.names(folder));
    }

    @Test
    void whatIsNotTheUnfinishedArrayIsNotReopened() throws IOException {
        Path file = folder.resolve("x.npy");
        try (NpyFile created = Npy.createPartial(file, DType.F32, Shape.of(6, 7))) {
            created.keep();
        }
        List<Shape> others = List.of(Shape.of(6, 6), Shape.of(7, 6), Shape.of(0));
        for (Shape shape : others) {
            InputException failure =
                    assertThrows(
                            InputException.class, () -> Npy.reopenPartial(file, DType.F32, shape));
            Samples.assertMessageNames("x.npy.part", failure);
        }
        assertThrows(
                InputException.class, () -> Npy.reopenPartial(file, DType.F64, Shape.of(3, 7)));
        assertEquals(List.of("x.npy.part"), Samples.names(folder));
        Files.delete(Npy.partial(file));
        assertThrows(
                UncheckedIOException.class,
                () -> Npy.reopenPartial(file, DType.F32, Shape.of(6, 7)));
        assertTrue(Samples.names(folder).isEmpty());
    }

    @Test
    void emptyArraysAndScalarsAreFiles() {
        Path file = folder.resolve("x.npy");
        for (Shape shape : List.of(Shape.of(0, 3), Shape.of())) {
            try (NpyFile created = Npy.create(file, DType.F64, shape)) {
                created.commit();
            }
            try (Tensor read = Npy.read(file)) {
                assertEquals(shape, read.shape());
            }
        }
    }

    @Test
    void moreThanTheDiskHoldsIsRefusedEarly() throws IOException {
        Path file = folder.resolve("x.npy");
        UncheckedIOException failure =
                assertThrows(
                        UncheckedIOException.class,
                        () -> Npy.create(file, DType.F64, Shape.of(1L << 28, 1L << 28)));
        Samples.assertMessageNames("x.npy", failure);
        Samples.assertSays("GB", failure);
        assertThrows(
                InputException.class,
                () -> Npy.create(file, DType.F64, Shape.of(1L << 31, 1L << 31)));
        assertTrue(Samples.names(folder).isEmpty());
    }

    @Test
    void anArrayOfFourteenGigabytesOverflowsNoInteger() throws IOException {
        long bytes = N * N * Float.BYTES;
        assumeTrue(Files.getFileStore(folder).getUsableSpace() > bytes, "the disk is too small");
        Path file = folder.resolve("kernel.npy");
        try (NpyFile created = Npy.create(file, DType.F32, Shape.of(N, N))) {
            fill(created.tensor());
            created.commit();
        }
        assertTrue(Files.size(file) > bytes);
        try (Tensor kernel = Npy.read(file)) {
            check(kernel);
        }
        Files.delete(file);
    }

    private static void fill(Tensor kernel) {
        long last = N - 1;
        kernel.set(1, 0, 0);
        kernel.set(2, 0, last);
        kernel.set(3, last, 0);
        kernel.set(4, last, last);
        kernel.transpose(1, 0).set(5, 7, 50_000);
        Tensor block = kernel.slice(0, 40_000, 40_002).slice(1, 59_997, N);
        try (Tensor values = Samples.counting(2, 3)) {
            block.assign(values);
        }
    }

    private static void check(Tensor kernel) {
        long last = N - 1;
        assertEquals(N * N, kernel.size());
        assertEquals(1, kernel.get(0, 0));
        assertEquals(2, kernel.get(0, last));
        assertEquals(3, kernel.get(last, 0));
        assertEquals(4, kernel.get(last, last));
        assertEquals(5, kernel.get(50_000, 7));
        assertEquals(0, kernel.get(30_000, 30_000));
        assertEquals(4, kernel.reshape(N * N).get(N * N - 1));
        assertEquals(3, kernel.reshape(N * N).slice(0, N * last, N * N).get(0));
        assertEquals(2, kernel.transpose(1, 0).get(last, 0));
        Tensor block = kernel.slice(0, 40_000, 40_002).slice(1, 59_997, N);
        assertArrayEquals(new double[] {0, 1, 2, 3, 4, 5}, block.toArray());
    }
}
