package dev.jtangents.simd;

import java.lang.foreign.MemorySegment;

/**
 * Memory by its addresses, for loops over many short rows that read many places in turn.
 *
 * <p>Of a segment that is given HotSpot has to ask the kind, the scope and the first address, once
 * per loop and for each access in it; what it learned it keeps on the stack, one copy per access,
 * and writing these copies can take longer than a row. Of the one constant segment it knows all
 * that. But nothing is checked then: who uses an address has made sure of the bounds, and that the
 * segment stays open.
 */
final class Addresses {
    /** All memory that a process can address. */
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Addresses() {}

    /**
     * The address of a segment that is written to.
     *
     * @throws IllegalArgumentException when it is read-only, or on the heap
     * @throws IllegalStateException when it is closed
     * @throws WrongThreadException when it is another thread's
     */
    static long ofTarget(MemorySegment segment) {
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException("Loops cannot write to " + segment);
        }
        return of(segment);
    }

    /**
     * The address of a segment.
     *
     * @throws IllegalArgumentException when it is on the heap, where things move
     * @throws IllegalStateException when it is closed
     * @throws WrongThreadException when it is another thread's
     */
    static long of(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("Loops need memory off the heap, not " + segment);
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("Already closed: " + segment);
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("Memory of another thread: " + segment);
        }
        return segment.address();
    }
}
