package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The same numbers, laid out in memory or over axes in every way, have the same kernel. */
class InputLayoutTest {
    private static final Network NETWORK =
            Stax.serial(
                    Stax.dense(5).weightStd(1.3).biasStd(0.2),
                    Stax.erf(),
                    Stax.dense(3),
                    Stax.relu(),
                    Stax.dense(1));

    private static void assertSameKernel(Kernel expected, Kernel actual, String what) {
        assertEquals(expected.nngp().shape(), actual.nngp().shape(), what);
        assertEquals(-1, expected.nngp().segment().mismatch(actual.nngp().segment()), what);
        assertEquals(-1, expected.ntk().segment().mismatch(actual.ntk().segment()), what);
        assertEquals(-1, expected.cov1().segment().mismatch(actual.cov1().segment()), what);
    }

    /** A copy of a matrix in memory of another kind. */
    private static Tensor onSegment(Tensor x, MemorySegment segment) {
        Tensor copy = Tensor.wrap(segment, x.dtype(), x.shape());
        copy.assign(x);
        return copy;
    }

    @ParameterizedTest
    @EnumSource
    void memoryOfAnyKindGivesTheSameBits(DType dtype, @TempDir Path folder) throws IOException {
        try (Arena confined = Arena.ofConfined();
                Arena shared = Arena.ofShared();
                Tensor x = RandomNetworks.inputs(new SplittableRandom(81), dtype, 300, 7);
                Tensor y = RandomNetworks.inputs(new SplittableRandom(82), dtype, 20, 7)) {
            long bytes = x.size() * dtype.bytes();
            Tensor wide = Tensor.allocate(shared, dtype, Shape.of(300, 20));
            wide.slice(1, 5, 12).assign(x);
            Tensor turned = Tensor.allocate(shared, dtype, Shape.of(7, 300));
            turned.transpose(1, 0).assign(x);
            MemorySegment mapped;
            try (FileChannel file =
                    FileChannel.open(
                            folder.resolve("x"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                onSegment(x, file.map(FileChannel.MapMode.READ_WRITE, 0, bytes, confined));
                mapped = file.map(FileChannel.MapMode.READ_ONLY, 0, bytes, confined);
            }
            List<Tensor> copies = new ArrayList<>();
            copies.add(onSegment(x, confined.allocate(bytes, 64)));
            copies.add(onSegment(x, shared.allocate(bytes, 64)));
            copies.add(onSegment(x, shared.allocate(bytes + 64, 64).asSlice(dtype.bytes())));
            copies.add(onSegment(x, shared.allocate(bytes + 64, 64).asSlice(3)));
            copies.add(onSegment(x, MemorySegment.ofArray(new byte[(int) bytes])));
            copies.add(onSegment(x, MemorySegment.ofArray(new double[(int) bytes / 8 + 1])));
            copies.add(wide.slice(1, 5, 12));
            copies.add(turned.transpose(1, 0));
            copies.add(Tensor.wrap(mapped, dtype, x.shape()));
            try (Kernel alone = NETWORK.kernel(x);
                    Kernel pair = NETWORK.kernel(x, y)) {
                for (Tensor copy : copies) {
                    String what = copies.indexOf(copy) + ": " + copy.segment();
                    try (Kernel other = NETWORK.kernel(copy);
                            Kernel otherPair = NETWORK.kernel(copy, y);
                            Kernel same = NETWORK.kernel(x, copy)) {
                        assertSameKernel(alone, other, what);
                        assertSameKernel(pair, otherPair, what);
                        assertSameKernel(alone, same, what);
                    }
                }
            }
        }
    }

    @Test
    void anyAxesOfTransposedDataGiveTheSameKernel() {
        var random = new SplittableRandom(83);
        // Where batch, height, width and channels go.
        int[][] orders = {{0, 1, 2, 3}, {3, 1, 2, 0}, {1, 0, 2, 3}, {0, 3, 1, 2}, {2, 3, 0, 1}};
        for (int[] order : orders) {
            for (boolean negative : new boolean[] {false, true}) {
                for (boolean flat : new boolean[] {false, true}) {
                    int batch = indexOf(order, 0) - (negative ? 4 : 0);
                    int channel = indexOf(order, 3) - (negative ? 4 : 0);
                    long seed = random.nextLong();
                    Network network =
                            RandomNetworks.on(new SplittableRandom(seed), batch, channel, flat);
                    Network standard = RandomNetworks.on(new SplittableRandom(seed), 0, -1, flat);
                    try (Tensor x = RandomNetworks.inputs(random, DType.F64, 3, 2, 4, 5);
                            Tensor moved = x.transpose(order).copy(DType.F64);
                            Kernel expected = standard.kernel(x);
                            Kernel actual = network.kernel(moved)) {
                        if (flat || indexOf(order, 1) < indexOf(order, 2)) {
                            assertClose(expected.nngp(), actual.nngp());
                            assertClose(expected.ntk(), actual.ntk());
                            assertClose(expected.cov1(), actual.cov1());
                        }
                    }
                }
            }
        }
    }

    private static int indexOf(int[] order, int axis) {
        for (int i = 0; i < order.length; i++) {
            if (order[i] == axis) {
                return i;
            }
        }
        throw new AssertionError();
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        double[] wanted = expected.toArray();
        double[] found = actual.toArray();
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], found[i], 1e-12 * RandomNetworks.largest(wanted));
        }
    }

    @Test
    void flatteningFirstReadsEveryNumberAsAChannel() {
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(84), DType.F64, 4, 2, 3, 5);
                Kernel images = Stax.serial(Stax.flatten(), NETWORK).kernel(x);
                Kernel vectors = NETWORK.kernel(x.reshape(4, 30))) {
            assertSameKernel(vectors, images, "flatten");
            assertEquals(Shape.of(4, 1), images.shape1());
        }
    }

    @Test
    void closedInputsAreAnErrorOfTheirOwner() {
        Tensor x = RandomNetworks.inputs(new SplittableRandom(85), DType.F64, 4, 3);
        try (Tensor y = x.copy(DType.F64)) {
            x.close();
            assertThrows(IllegalStateException.class, () -> NETWORK.kernel(x));
            assertThrows(IllegalStateException.class, () -> NETWORK.kernel(y, x));
            try (Parameters parameters = NETWORK.init(1, y.shape())) {
                assertThrows(IllegalStateException.class, () -> NETWORK.apply(parameters, x));
            }
        }
    }

    @Test
    void anArenaOfAnotherThreadIsAnError() throws InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = Tensor.allocate(arena, DType.F64, Shape.of(4, 3));
            List<Throwable> thrown = new ArrayList<>();
            Thread thread =
                    Thread.ofPlatform()
                            .start(
                                    () ->
                                            thrown.add(
                                                    assertThrows(
                                                            WrongThreadException.class,
                                                            () -> NETWORK.kernel(x))));
            thread.join();
            assertEquals(1, thrown.size());
        }
    }

    @Test
    void batchAxesThatDifferInExtentOnlyAreFine() {
        Network network = Stax.dense(2).axes(1, 0);
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(86), DType.F64, 3, 4);
                Tensor y = RandomNetworks.inputs(new SplittableRandom(87), DType.F64, 3, 6);
                Tensor bad = RandomNetworks.inputs(new SplittableRandom(87), DType.F64, 4, 4);
                Kernel kernel = network.kernel(x, y)) {
            assertEquals(Shape.of(4, 6), kernel.nngp().shape());
            assertEquals(Shape.of(2, 4), kernel.shape1());
            assertEquals(Shape.of(2, 6), kernel.shape2());
            assertThrows(InputException.class, () -> network.kernel(x, bad));
        }
    }
}
