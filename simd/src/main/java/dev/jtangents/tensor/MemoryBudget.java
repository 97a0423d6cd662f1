package dev.jtangents.tensor;

import com.sun.management.OperatingSystemMXBean;

import java.lang.management.ManagementFactory;

/** How much memory computations take unless they are told otherwise. */
public final class MemoryBudget {
    private MemoryBudget() {}

    /**
     * Three quarters of the memory of the machine, or of the container that this process runs in.
     * Tensors are off the heap, so that {@code -Xmx} says nothing about them.
     *
     * @return bytes
     */
    public static long standard() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize() / 4 * 3
                : Runtime.getRuntime().maxMemory();
    }
}
