package dev.jtangents.cli;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The kernels of a network as solvers ask for them, block by block. How many blocks they will want
 * nobody knows, so a line from time to time says how many entries there have been.
 */
final class BlockKernels implements KernelFunction {
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();

    private final KernelFunction function;
    private final PrintStream err;
    private final LongSupplier clock;
    private final long start;
    private long next;
    private long entries;

    BlockKernels(KernelFunction function, PrintStream err) {
        this(function, err, System::nanoTime);
    }

    /** The same on another clock, which counts nanoseconds. */
    BlockKernels(KernelFunction function, PrintStream err, LongSupplier clock) {
        this.function = function;
        this.err = err;
        this.clock = clock;
        this.start = clock.getAsLong();
        this.next = start + LINE_NANOS;
    }

    @Override
    public Kernels kernels(Tensor x1, @Nullable Tensor x2, Set<KernelName> get) {
        Kernels kernels;
        try {
            kernels = function.kernels(x1, x2, get);
        } catch (InputException failure) {
            throw new InputException(
                    failure.getMessage()
                            + " (This is about some of the examples of --train-x or --test-x.)",
                    failure);
        }
        entries += x1.shape().extent(0) * (x2 == null ? x1 : x2).shape().extent(0);
        report();
        return kernels;
    }

    private void report() {
        long now = clock.getAsLong();
        if (now >= next) {
            double seconds = (now - start) * 1e-9;
            err.printf(
                    Locale.ROOT,
                    "solving: %,d kernel entries computed in %.0f s, %,.0f entries/s%n",
                    entries,
                    seconds,
                    entries / seconds);
            next = now + LINE_NANOS;
        }
    }
}
