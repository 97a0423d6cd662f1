package dev.jtangents.tensor;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** Who frees the memory of a tensor, and what happens to those who still look at it. */
class TensorOwnershipTest {
    private static void assertClosed(Tensor tensor) {
        long[] first = new long[tensor.shape().rank()];
        assertAll(
                () -> assertThrows(IllegalStateException.class, () -> tensor.get(first)),
                () -> assertThrows(IllegalStateException.class, () -> tensor.set(1, first)),
                () -> assertThrows(IllegalStateException.class, tensor::toArray),
                () ->
                        assertThrows(
                                IllegalStateException.class, () -> tensor.copy(DType.F32).close()));
    }

    /** What another thread meets, or null. */
    private static @Nullable Throwable onAnotherThread(Runnable action) throws Exception {
        var thrown = new AtomicReference<@Nullable Throwable>();
        Thread thread =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        action.run();
                                    } catch (Throwable failure) {
                                        thrown.set(failure);
                                    }
                                });
        thread.join();
        return thrown.get();
    }

    /** Below and above the size from which memory is mapped from the system. */
    @ParameterizedTest
    @ValueSource(longs = {1, 7, 1000, 600_000})
    void ownedMemoryIsZeroAlignedAndFreedOnce(long extent) {
        for (DType dtype : DType.values()) {
            Tensor tensor = Tensor.allocate(dtype, Shape.of(extent, 1));
            assertEquals(0, tensor.segment().address() % Tensor.ALIGNMENT);
            assertEquals(extent * dtype.bytes(), tensor.segment().byteSize());
            assertEquals(0, tensor.get(0, 0));
            assertEquals(0, tensor.get(extent - 1, 0));
            tensor.set(3, extent - 1, 0);
            assertEquals(3, tensor.get(extent - 1, 0));
            tensor.close();
            assertClosed(tensor);
            tensor.close();
        }
    }

    @Test
    void anotherThreadMayUseAndCloseOwnedMemory() throws Exception {
        Tensor tensor = Tensor.allocate(DType.F32, Shape.of(3));
        assertEquals(null, onAnotherThread(() -> tensor.set(2, 1)));
        assertEquals(2, tensor.get(1));
        assertEquals(null, onAnotherThread(tensor::close));
        assertClosed(tensor);
    }

    @Test
    void manyThreadsMayCloseAtOnce() throws Exception {
        for (int trial = 0; trial < 200; trial++) {
            Tensor tensor = Tensor.allocate(DType.F32, Shape.of(3));
            var start = new CountDownLatch(1);
            List<Throwable> thrown = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                start.await();
                                                tensor.close();
                                            } catch (Throwable failure) {
                                                synchronized (thrown) {
                                                    thrown.add(failure);
                                                }
                                            }
                                        }));
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), thrown);
        }
    }

    @Test
    void viewsEndWithTheirOwnerAndDoNotCloseIt() {
        Tensor owner = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
        List<Tensor> views =
                List.of(
                        owner.slice(0, 1, 2),
                        owner.transpose(1, 0),
                        owner.reshape(4),
                        owner.reshape(4).slice(0, 1, 3).reshape(2, 1));
        views.forEach(Tensor::close);
        assertEquals(4, owner.get(1, 1));
        views.get(2).set(9, 0);
        assertEquals(9, owner.get(0, 0));
        owner.close();
        views.forEach(TensorOwnershipTest::assertClosed);
    }

    @ParameterizedTest
    @EnumSource
    void borrowedMemoryIsTheArenas(DType dtype) throws Exception {
        Tensor tensor;
        try (Arena arena = Arena.ofConfined()) {
            tensor = Tensor.allocate(arena, dtype, Shape.of(2, 2));
            tensor.close();
            tensor.set(4, 1, 1);
            assertEquals(4, tensor.get(1, 1));
            Tensor confined = tensor;
            assertInstanceOf(WrongThreadException.class, onAnotherThread(() -> confined.get(0, 0)));
            assertInstanceOf(
                    WrongThreadException.class, onAnotherThread(() -> confined.set(1, 0, 0)));
            assertInstanceOf(
                    WrongThreadException.class, onAnotherThread(() -> confined.copy(dtype)));
        }
        assertClosed(tensor);
        assertThrows(
                IllegalStateException.class,
                () -> {
                    Arena closed = Arena.ofConfined();
                    closed.close();
                    Tensor.allocate(closed, dtype, Shape.of(2));
                });
    }

    @Test
    void adoptedArenasCloseWithTheTensor() {
        Arena arena = Arena.ofShared();
        MemorySegment segment = arena.allocate(64);
        Tensor tensor = Tensor.adopt(arena, segment, DType.F64, Shape.of(2, 3));
        Tensor beside = Tensor.wrap(segment, DType.F64, Shape.of(8));
        tensor.close();
        assertFalse(arena.scope().isAlive());
        assertClosed(beside);
        tensor.close();
    }

    @Test
    void wrappingTheHeapIsAView() {
        float[] values = {1, 2, 3, 4, 5, 6};
        Tensor tensor = Tensor.wrap(MemorySegment.ofArray(values), DType.F32, Shape.of(2, 3));
        assertEquals(6, tensor.get(1, 2));
        tensor.set(-1, 0, 1);
        assertEquals(-1, values[1]);
        tensor.close();
        assertEquals(-1, tensor.get(0, 1));
        assertArrayEquals(new double[] {1, -1, 3, 4, 5, 6}, tensor.toArray());
    }

    @Test
    void wrappingBytesAtAnOddAddressReadsThem() {
        MemorySegment bytes = MemorySegment.ofArray(new byte[100]).asSlice(3);
        Tensor tensor = Tensor.wrap(bytes, DType.F64, Shape.of(3, 4));
        for (int i = 0; i < 12; i++) {
            tensor.set(i + 0.5, i / 4, i % 4);
        }
        assertEquals(11.5, tensor.get(2, 3));
        assertEquals(4.5, tensor.transpose(1, 0).copy(DType.F64).get(0, 1));
    }

    @Test
    void refusesSegmentsThatAreTooSmall() {
        MemorySegment segment = MemorySegment.ofArray(new double[5]);
        var refusal =
                assertThrows(
                        InputException.class,
                        () -> Tensor.wrap(segment, DType.F64, Shape.of(2, 3)));
        String message = refusal.getMessage();
        for (String part : new String[] {"(2, 3)", "f64", "48 bytes", "40"}) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void refusesValuesThatDoNotFillTheShape() {
        var refusal =
                assertThrows(InputException.class, () -> Tensor.of(new double[] {1, 2}, 3, 1));
        assertTrue(refusal.getMessage().contains("2 values"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("(3, 1)"), refusal.getMessage());
    }

    @Test
    void readOnlyMemoryIsReadAndNotWritten() {
        MemorySegment segment = MemorySegment.ofArray(new double[] {1, 2}).asReadOnly();
        Tensor tensor = Tensor.wrap(segment, DType.F64, Shape.of(2));
        assertEquals(2, tensor.get(1));
        assertThrows(IllegalArgumentException.class, () -> tensor.set(1, 0));
        assertThrows(IllegalArgumentException.class, () -> tensor.assign(tensor.copy(DType.F64)));
        assertEquals(2, tensor.get(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 60, 1L << 62, Long.MAX_VALUE})
    void memoryThatIsNotToBeHadIsAnInputError(long extent) {
        for (DType dtype : DType.values()) {
            Shape shape = Shape.of(extent);
            assertThrows(InputException.class, () -> Tensor.allocate(dtype, shape));
            try (Arena arena = Arena.ofConfined()) {
                assertThrows(InputException.class, () -> Tensor.allocate(arena, dtype, shape));
            }
        }
    }

    /** On a sparse file: pages that nobody touches take no room. */
    @Test
    void offsetsBeyondTheRangeOfAnIntAreReached(@TempDir Path folder) throws Exception {
        long columns = (1L << 30) + 5;
        try (Arena arena = Arena.ofConfined();
                FileChannel file =
                        FileChannel.open(
                                folder.resolve("sparse"),
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.SPARSE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE)) {
            MemorySegment memory =
                    file.map(FileChannel.MapMode.READ_WRITE, 0, 3 * columns * 4, arena);
            Tensor huge = Tensor.wrap(memory, DType.F32, Shape.of(3, columns));
            huge.set(1.5, 2, columns - 1);
            huge.set(2.5, 1, 7);
            Tensor flat = huge.reshape(3 * columns);
            assertEquals(1.5, flat.get(3 * columns - 1));
            assertEquals(2.5, flat.get(columns + 7));
            assertEquals(1.5, huge.transpose(1, 0).get(columns - 1, 2));
            assertEquals(1.5, huge.slice(1, columns - 1, columns).get(2, 0));
            assertEquals(1.5, huge.slice(0, 2, 3).get(0, columns - 1));
            assertThrows(IndexOutOfBoundsException.class, () -> flat.get(3 * columns));
            assertThrows(InputException.class, huge::toArray);
        }
    }
}
