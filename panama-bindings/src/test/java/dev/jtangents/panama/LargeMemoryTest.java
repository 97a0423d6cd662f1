package dev.jtangents.panama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere callers use their arena")
class LargeMemoryTest {
    @Test
    void isZeroAlignedAndWritable() {
        long bytes = 5_000_001;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = LargeMemory.map(arena, bytes).orElseThrow();
            assertEquals(bytes, memory.byteSize());
            assertEquals(0, memory.address() % 4096);
            for (long at = 0; at < bytes; at += 997) {
                assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, at));
            }
            memory.set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 7);
            assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, bytes - 1));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> memory.get(ValueLayout.JAVA_BYTE, bytes));
        }
    }

    @Test
    void isGoneWithItsArena() {
        MemorySegment memory;
        try (Arena arena = Arena.ofShared()) {
            memory = LargeMemory.map(arena, 1 << 22).orElseThrow();
        }
        assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_BYTE, 0));
    }

    /** A leak would need 10 TB. */
    @Test
    void isGivenBack() {
        for (int i = 0; i < 10_000; i++) {
            try (Arena arena = Arena.ofConfined()) {
                assertTrue(LargeMemory.map(arena, 1L << 30).isPresent());
            }
        }
    }

    @Test
    void aClosedArenaIsRefused() {
        Arena arena = Arena.ofConfined();
        arena.close();
        assertThrows(IllegalStateException.class, () -> LargeMemory.map(arena, 1L << 30));
    }

    @Test
    void moreThanTheSystemHasIsNotGiven() {
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(Optional.empty(), LargeMemory.map(arena, 1L << 60));
            assertEquals(Optional.empty(), LargeMemory.map(arena, Long.MAX_VALUE));
        }
    }
}
