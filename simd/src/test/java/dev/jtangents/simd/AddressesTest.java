package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;

/** Memory without checks is given out only where nothing can go wrong with it. */
class AddressesTest {
    @Test
    void memoryIsReachedByItsAddress() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocateFrom(ValueLayout.JAVA_INT, 3, 4);
            long address = Addresses.of(segment.asSlice(Integer.BYTES));
            assertEquals(4, Addresses.MEMORY.get(ValueLayout.JAVA_INT, address));
        }
    }

    @Test
    void memoryOnTheHeapIsRefused() {
        MemorySegment heap = MemorySegment.ofArray(new float[4]);
        assertThrows(IllegalArgumentException.class, () -> Addresses.of(heap));
    }

    @Test
    void readOnlyMemoryIsNotWrittenTo() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(8).asReadOnly();
            assertEquals(segment.address(), Addresses.of(segment));
            assertThrows(IllegalArgumentException.class, () -> Addresses.ofTarget(segment));
        }
    }

    @Test
    void closedMemoryIsRefused() {
        Arena arena = Arena.ofConfined();
        MemorySegment segment = arena.allocate(8);
        arena.close();
        assertThrows(IllegalStateException.class, () -> Addresses.of(segment));
    }

    @Test
    void memoryOfAnotherThreadIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(8);
            CompletableFuture<Void> other =
                    CompletableFuture.runAsync(
                            () ->
                                    assertThrows(
                                            WrongThreadException.class,
                                            () -> Addresses.of(segment)));
            other.join();
        }
    }
}
