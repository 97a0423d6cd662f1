package dev.jtangents.graph;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.Locale;

/** An arena whose tensors count against a memory budget. */
final class BudgetedArena {
    private final Arena arena;
    private final long budget;
    private long taken;

    BudgetedArena(Arena arena, long budget) {
        this.arena = arena;
        this.budget = budget;
    }

    /**
     * Zeros, in memory of the arena.
     *
     * @throws InputException when the budget does not hold them beside what it holds
     */
    Tensor allocate(DType dtype, Shape shape) {
        long bytes = Math.multiplyExact(shape.size(), (long) dtype.bytes());
        if (bytes > budget - taken) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "The kernels before an operation on examples, a part or concatenation"
                                    + " of the batch, need %.6f GB of memory so far, more than the"
                                    + " budget of %.6f GB: give more, or fewer examples.",
                            (taken + (double) bytes) / 1e9,
                            budget / 1e9));
        }
        taken += bytes;
        return Tensor.allocate(arena, dtype, shape);
    }

    /** What is left of the budget in bytes, at least 1. */
    long left() {
        return Math.max(1, budget - taken);
    }
}
