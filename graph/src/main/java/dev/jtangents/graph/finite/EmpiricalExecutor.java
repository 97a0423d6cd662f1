package dev.jtangents.graph.finite;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Computes the empirical kernels of one output of a finite network: the NNGP, f(x1) f(x2)ᵀ, and the
 * NTK, J(x1) J(x2)ᵀ with the Jacobians by all parameters. Results do not depend on the number of
 * threads; they are the caller's to close.
 *
 * @param pairs which pairs of outputs are asked for
 * @param dtype in which everything is computed
 * @param memory bytes that may be held at a time beside the kernel
 */
public record EmpiricalExecutor(OutputPairs pairs, DType dtype, WorkerPool pool, long memory) {
    /**
     * The empirical NNGP.
     *
     * @param second null for the first again
     */
    public Tensor nngp(TangentSide first, @Nullable TangentSide second) {
        requirePaired(first, second);
        try (Tensor x = outputs(first);
                Tensor y = second == null ? null : outputs(second)) {
            return nngp(x, y);
        }
    }

    private Tensor outputs(TangentSide side) {
        return new FiniteExecutor(side.program(), dtype, pool)
                .apply(side.parameters(), side.inputs())
                .getFirst();
    }

    /**
     * The same from outputs, whose first axis is that of examples.
     *
     * @param second null for the first again
     */
    public Tensor nngp(Tensor first, @Nullable Tensor second) {
        Tensor other = second == null ? first : second;
        requireAlike(first.shape().without(0), other.shape().without(0));
        long rows = first.shape().extent(0);
        long columns = other.shape().extent(0);
        requirePaired(rows, columns);
        try (Tensor x = ordered(first);
                Tensor y = second == null ? x : ordered(second)) {
            Tensor sums = pairs.sums(dtype, rows, columns);
            try (sums) {
                int traced = pairs.tracedSize();
                for (int g = 0; g < pairs.diagonalSize(); g++) {
                    Tensor left = x.slice(1, (long) g * traced, (g + 1L) * traced);
                    Tensor right = y.slice(1, (long) g * traced, (g + 1L) * traced);
                    multiply(left, right, part(sums, g), rows);
                }
                if (second == null) {
                    mirror(sums, rows);
                }
                return pairs.kernel(sums, rows, columns);
            }
        }
    }

    private void multiply(Tensor x, Tensor y, Tensor sum, long examples) {
        double factor = 1.0 / pairs.tracedSize();
        if (!pairs.examplesAlone()) {
            LinearAlgebra.get().multiply(factor, x, false, y, true, 0, sum);
            return;
        }
        int full = pairs.fullSize();
        for (long example = 0; example < examples; example++) {
            long from = example * full;
            long to = from + full;
            LinearAlgebra.get()
                    .multiply(
                            factor,
                            x.slice(0, from, to),
                            false,
                            y.slice(0, from, to),
                            true,
                            0,
                            sum.slice(0, from, to));
        }
    }

    /** The outputs of a batch as (examples x full, diagonal x traced). */
    private Tensor ordered(Tensor outputs) {
        int[] places = pairs.places();
        long examples = outputs.shape().extent(0);
        Tensor rows = outputs.reshape(examples, places.length);
        long width = (long) pairs.diagonalSize() * pairs.tracedSize();
        Tensor ordered = Tensor.allocate(dtype, Shape.of(examples * pairs.fullSize(), width));
        for (long example = 0; example < examples; example++) {
            for (int i = 0; i < places.length; i++) {
                double value = rows.get(example, places[i]);
                ordered.set(value, example * pairs.fullSize() + i / width, i % width);
            }
        }
        return ordered;
    }

    private static Tensor part(Tensor sums, int g) {
        return sums.slice(0, g, g + 1).reshape(sums.shape().without(0).extents());
    }

    /**
     * The empirical NTK.
     *
     * @param second null for the first again
     * @throws InputException when batches and parameters do not fit, and when memory is too small
     */
    public Tensor ntk(
            TangentSide first, @Nullable TangentSide second, NtkImplementation implementation) {
        requirePaired(first, second);
        long rows = first.examples();
        long columns = (second == null ? first : second).examples();
        TangentPlan plan = plan(first, second, implementation);
        Tensor sums = pairs.sums(dtype, rows, columns);
        try (sums) {
            if (plan.implementation() == NtkImplementation.NTK_VECTOR_PRODUCTS) {
                TangentSide other = second == null ? first : second;
                try (var parameters = ParameterRows.of(first.parameters(), dtype)) {
                    var products =
                            new VectorProducts(first, other, parameters.rows(), pairs, dtype);
                    plan.pool().run(columns, () -> example -> products.addTo(sums, example));
                }
            } else {
                addPasses(plan, first, second, sums);
            }
            if (second == null) {
                mirror(sums, rows);
            }
            return pairs.kernel(sums, rows, columns);
        }
    }

    /**
     * The empirical NTK of any function, from its columns.
     *
     * @param rows examples of the first batch
     * @param columns examples of the second
     */
    public Tensor ntk(long rows, long columns, TangentColumns function) {
        requirePaired(rows, columns);
        Tensor sums = pairs.sums(dtype, rows, columns);
        try (sums) {
            var into = new ColumnSums(pairs, sums);
            pool.run(
                    columns,
                    () ->
                            example -> {
                                for (int output = 0; output < into.outputs(); output++) {
                                    int place = into.place(output);
                                    try (Tensor column = function.column(example, place)) {
                                        into.add(
                                                column.reshape(rows, into.outputs()),
                                                example,
                                                output);
                                    }
                                }
                            });
            return pairs.kernel(sums, rows, columns);
        }
    }

    /** What {@link #ntk} would do and what it would take, for people. */
    public String describe(
            TangentSide first, @Nullable TangentSide second, NtkImplementation implementation) {
        requirePaired(first, second);
        return plan(first, second, implementation).text();
    }

    private TangentPlan plan(
            TangentSide first, @Nullable TangentSide second, NtkImplementation implementation) {
        long columns = (second == null ? first : second).examples();
        var task =
                new TangentPlan.Task(
                        first.program(),
                        first.examples(),
                        columns,
                        second == null,
                        pairs,
                        dtype,
                        memory,
                        pool.threads());
        return TangentPlan.of(task, implementation);
    }

    private void requirePaired(TangentSide first, @Nullable TangentSide second) {
        TangentSide other = second == null ? first : second;
        Blocks.checkParameters(first.program(), first.parameters(), "parameters");
        Blocks.checkParameters(other.program(), other.parameters(), "parameters");
        requireAlike(first.output().shape(), other.output().shape());
        requirePaired(first.examples(), other.examples());
    }

    private static void requireAlike(Shape first, Shape second) {
        if (!first.equals(second)) {
            throw new InputException(
                    "The outputs for x1 and x2 have shapes "
                            + first
                            + " and "
                            + second
                            + " for an example; they must be the same.");
        }
    }

    private void requirePaired(long rows, long columns) {
        if (rows == 0 || columns == 0 || pairs.outputs() == 0) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "x1 has %d examples, x2 has %d, and there are %d outputs for each: an"
                                    + " empirical kernel needs at least one of each.",
                            rows,
                            columns,
                            pairs.outputs()));
        }
        if (pairs.examplesAlone() && rows != columns) {
            throw new InputException(
                    "The batch axis is traced or diagonal, but x1 has "
                            + rows
                            + " examples and x2 has "
                            + columns
                            + ".");
        }
    }

    /** Some examples, by their numbers. */
    private record Span(long from, long to) {}

    private static List<Span> spans(long examples, long size) {
        List<Span> spans = new ArrayList<>();
        for (long from = 0; from < examples; from += size) {
            spans.add(new Span(from, Math.min(examples, from + size)));
        }
        return spans;
    }

    private void addPasses(
            TangentPlan plan, TangentSide first, @Nullable TangentSide second, Tensor sums) {
        for (Span rows : spans(first.examples(), plan.examples())) {
            if (pairs.examplesAlone()) {
                addPass(plan, first, rows, second, rows, sums);
            } else {
                long columns = (second == null ? first : second).examples();
                for (Span others : spans(columns, plan.examples())) {
                    if (second != null || others.from >= rows.from) {
                        addPass(plan, first, rows, second, others, sums);
                    }
                }
            }
        }
    }

    private void addPass(
            TangentPlan plan,
            TangentSide first,
            Span rows,
            @Nullable TangentSide second,
            Span columns,
            Tensor sums) {
        TangentSide left = first.range(rows.from, rows.to);
        TangentSide right = (second == null ? first : second).range(columns.from, columns.to);
        boolean same = second == null && rows.equals(columns);
        int full = pairs.fullSize();
        for (int g = 0; g < pairs.diagonalSize(); g++) {
            for (int t = 0; t < pairs.tracedSize(); t += plan.traced()) {
                int[] outputs = outputs(g, t, Math.min(pairs.tracedSize(), t + plan.traced()));
                try (TangentFactors x =
                                TangentFactors.of(left, outputs, plan.forms(), dtype, plan.pool());
                        TangentFactors y =
                                same
                                        ? x
                                        : TangentFactors.of(
                                                right, outputs, plan.forms(), dtype, plan.pool())) {
                    var product = new TangentProduct(x, y, full, plan.forms(), plan.pool());
                    Tensor part = part(sums, g).slice(0, rows.from * full, rows.to * full);
                    if (pairs.examplesAlone()) {
                        product.addAloneTo(part, 1.0 / pairs.tracedSize());
                    } else {
                        product.addTo(
                                part.slice(1, columns.from * full, columns.to * full),
                                1.0 / pairs.tracedSize());
                    }
                }
            }
        }
    }

    /** The places of all full outputs, each with some of the traced ones, at a diagonal place. */
    private int[] outputs(int g, int from, int to) {
        int[] places = pairs.places();
        int[] chosen = new int[pairs.fullSize() * (to - from)];
        int next = 0;
        for (int f = 0; f < pairs.fullSize(); f++) {
            for (int t = from; t < to; t++) {
                chosen[next++] = places[(f * pairs.diagonalSize() + g) * pairs.tracedSize() + t];
            }
        }
        return chosen;
    }

    /** Makes the kernel of a batch with itself symmetric to the last bit. */
    private void mirror(Tensor sums, long examples) {
        for (int g = 0; g < pairs.diagonalSize(); g++) {
            Tensor matrix = part(sums, g);
            if (pairs.examplesAlone()) {
                int full = pairs.fullSize();
                for (long example = 0; example < examples; example++) {
                    mirror(matrix.slice(0, example * full, (example + 1) * full));
                }
            } else {
                mirror(matrix);
            }
        }
    }

    /** Copies what is above the diagonal below it. */
    private static void mirror(Tensor matrix) {
        DType dtype = matrix.dtype();
        MemorySegment segment = matrix.segment();
        long stride = matrix.stride(0);
        for (long row = 0; row < Rows.count(matrix); row++) {
            for (long column = 0; column < row; column++) {
                double above = dtype.read(segment, column * stride + row);
                dtype.write(segment, row * stride + column, above);
            }
        }
    }
}
