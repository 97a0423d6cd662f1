package dev.jtangents.graph;

import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** What a program starts from: batches of examples, and kernels that have been computed before. */
public final class Sources {
    private final List<Batch> first;
    private final @Nullable List<Batch> second;
    private final List<GivenKernel> given;
    private final Side side;

    /**
     * Sources of which the first batch has the constants of a side.
     *
     * @param first the inputs of the first batch, in the order of the program's inputs
     * @param second those of the second batch, or null when it is the first again
     * @param given kernels that have been computed before, in the order that the program counts
     *     them
     */
    Sources(List<Batch> first, @Nullable List<Batch> second, List<GivenKernel> given, Side side) {
        this.first = List.copyOf(first);
        this.second = second == null ? null : List.copyOf(second);
        this.given = List.copyOf(given);
        this.side = side;
    }

    /**
     * One or two batches.
     *
     * @param first the inputs of the first batch, in the order of the program's inputs
     * @param second those of the second batch, or null when it is the first again
     */
    public static Sources of(List<Batch> first, @Nullable List<Batch> second) {
        return new Sources(first, second, List.of(), Side.FIRST);
    }

    /** A kernel that has been computed before, which a program goes on from. */
    public static Sources of(GivenKernel given) {
        return new Sources(List.of(), null, List.of(given), Side.FIRST);
    }

    List<Batch> first() {
        return first;
    }

    @Nullable List<Batch> second() {
        return second;
    }

    List<GivenKernel> given() {
        return given;
    }

    /** Whose constants the first batch has. */
    Side side() {
        return side;
    }

    /** Whose constants the second batch has. */
    Side secondSide() {
        return symmetric() ? side : Side.SECOND;
    }

    /** Whether both batches are the same. */
    boolean symmetric() {
        return given.isEmpty()
                ? second == null
                : given.stream().allMatch(kernel -> kernel.cov2() == null);
    }

    /**
     * One of the batches, paired with itself.
     *
     * @throws InputException when only a kernel of it is known
     */
    public Sources alone(boolean ofSecond) {
        if (!given.isEmpty()) {
            throw new InputException(
                    "All pairs of examples of one batch are needed here, but the kernel that was"
                            + " given has each with itself only: compute it with diagonal_batch"
                            + " false left out, from the inputs.");
        }
        return ofSecond && second != null
                ? new Sources(second, null, given, Side.SECOND)
                : new Sources(first, null, given, side);
    }

    Batch batch(Side which, int index) {
        return which == Side.SECOND && second != null ? second.get(index) : first.get(index);
    }

    /**
     * How many examples of a side a program starts from.
     *
     * @throws InputException when its inputs have different numbers of them
     */
    long examples(CovarianceProgram program, Side which) {
        List<Long> counts = new ArrayList<>();
        for (CovarianceProgram.Node node : program.nodes()) {
            switch (node.op()) {
                case CovarianceOp.Input input -> counts.add(batch(which, input.index()).examples());
                case CovarianceOp.Given kernel ->
                        counts.add(given.get(kernel.index()).examples(which));
                default -> {}
            }
        }
        if (counts.stream().distinct().count() > 1) {
            throw new InputException(
                    "The inputs of a network have as many examples as one another; these have "
                            + counts
                            + ".");
        }
        return counts.getFirst();
    }

    /** For people: an example of a side. */
    String exampleName(Side which, long example) {
        if (first.isEmpty() || !given.isEmpty()) {
            return "example " + example + " (counted from 0) of the kernel that is gone on from";
        }
        return batch(which, 0).exampleOf(example);
    }
}
