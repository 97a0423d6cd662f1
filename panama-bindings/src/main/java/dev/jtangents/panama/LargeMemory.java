package dev.jtangents.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/**
 * Large blocks of zero-filled memory from the operating system, in huge pages where it has them.
 *
 * <p>{@link Arena#allocate} fills its memory with zeros on the calling thread, 4 kB page by page,
 * which for a Gram matrix takes longer than computing it. Memory mapped from the system is zero
 * without being touched, so that the threads which write it share that work, and with 2 MB pages
 * there is 500 times less of it. Only Linux is served; elsewhere callers use the arena.
 */
public final class LargeMemory {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;
    private static final long HUGE_PAGE = 2L << 20;
    private static final Optional<LargeMemory> INSTANCE = open();

    private final MethodHandle mmap;
    private final MethodHandle munmap;
    private final MethodHandle madvise;

    private LargeMemory(Linker linker, SymbolLookup c) {
        var address = ValueLayout.ADDRESS;
        var size = ValueLayout.JAVA_LONG;
        var integer = ValueLayout.JAVA_INT;
        mmap =
                linker.downcallHandle(
                        c.find("mmap").orElseThrow(),
                        FunctionDescriptor.of(
                                address, address, size, integer, integer, integer, size));
        munmap =
                linker.downcallHandle(
                        c.find("munmap").orElseThrow(),
                        FunctionDescriptor.of(integer, address, size));
        madvise =
                linker.downcallHandle(
                        c.find("madvise").orElseThrow(),
                        FunctionDescriptor.of(integer, address, size, integer));
    }

    private static Optional<LargeMemory> open() {
        boolean linux = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");
        if (!linux || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
            return Optional.empty();
        }
        try {
            Linker linker = Linker.nativeLinker();
            return Optional.of(new LargeMemory(linker, linker.defaultLookup()));
        } catch (RuntimeException unavailable) {
            return Optional.empty();
        }
    }

    /**
     * Maps zero-filled memory that lives as long as an arena.
     *
     * @param bytes more than 0
     * @return the memory, aligned to a huge page; empty where the system does not give it, in which
     *     case the arena itself can be asked
     */
    public static Optional<MemorySegment> map(Arena arena, long bytes) {
        return INSTANCE.flatMap(memory -> memory.mapped(arena, bytes));
    }

    private Optional<MemorySegment> mapped(Arena arena, long bytes) {
        if (bytes > Long.MAX_VALUE - HUGE_PAGE) {
            return Optional.empty();
        }
        long length = bytes + HUGE_PAGE;
        try {
            var base =
                    (MemorySegment)
                            mmap.invokeExact(
                                    MemorySegment.NULL,
                                    length,
                                    PROT_READ_WRITE,
                                    MAP_PRIVATE_ANONYMOUS,
                                    -1,
                                    0L);
            if (base.address() == -1) {
                return Optional.empty();
            }
            long aligned = Math.ceilDiv(base.address(), HUGE_PAGE) * HUGE_PAGE;
            // Advice: without huge pages the memory is the same, only slower to come by.
            int ignored = (int) madvise.invokeExact(base, length, MADV_HUGEPAGE);
            return Optional.of(owned(arena, MemorySegment.ofAddress(aligned), bytes, base, length));
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private MemorySegment owned(
            Arena arena, MemorySegment aligned, long bytes, MemorySegment base, long length) {
        try {
            return aligned.reinterpret(bytes, arena, memory -> unmap(base, length));
        } catch (RuntimeException | Error closed) {
            unmap(base, length);
            throw closed;
        }
    }

    private void unmap(MemorySegment base, long length) {
        try {
            int ignored = (int) munmap.invokeExact(base, length);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
