package dev.jtangents.graph.finite;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.List;

/**
 * Adds J(x1) J(x2)ᵀ to a matrix of sums, parameter by parameter, from the factors of both
 * Jacobians. Rows are (example, full output); the cotangents of a row, one for each traced output,
 * are summed over.
 *
 * <p>For weights W with what enters x and cotangents δ of what leaves, the Jacobian at position p
 * is x_p δ_pᵀ, and the product of two Jacobians is the sum over positions p and q of {@code (x_p ·
 * x'_q) (δ_p · δ'_q)}. Where there are many positions it is cheaper to sum x_p δ_pᵀ over p first.
 */
final class TangentProduct {
    /** The most examples that a worker takes at a time. */
    private static final long MOST_EXAMPLES = 32;

    /** The blocks that are made even of few examples, so that threads share them evenly. */
    private static final long FEWEST_BLOCKS = 4;

    /** The columns of a Jacobian that are multiplied out at a time. */
    static final long JACOBIAN_BYTES = 64L << 20;

    private final TangentFactors first;
    private final TangentFactors second;
    private final int full;
    private final int traced;
    private final WorkerPool pool;
    private final List<JacobianForm> forms;

    /**
     * A product of two Jacobians.
     *
     * @param second the same object where both batches are one: then only what is on and above the
     *     diagonal of blocks is computed
     * @param forms for each use how its Jacobians are held
     */
    TangentProduct(
            TangentFactors first,
            TangentFactors second,
            int full,
            List<JacobianForm> forms,
            WorkerPool pool) {
        this.first = first;
        this.second = second;
        this.full = full;
        this.traced = first.outputs() / full;
        this.forms = forms;
        this.pool = pool;
    }

    /** Some examples of the first batch, and some of the second that they are paired with. */
    private record Tile(long from, long to, long columnFrom, long columnTo) {}

    private long blockSize() {
        return Math.clamp(Math.ceilDiv(first.examples(), FEWEST_BLOCKS), 1, MOST_EXAMPLES);
    }

    private long blocks() {
        return Math.ceilDiv(first.examples(), blockSize());
    }

    private Tile tile(long block) {
        long from = block * blockSize();
        long to = Math.min(first.examples(), from + blockSize());
        return new Tile(from, to, first == second ? from : 0, second.examples());
    }

    /**
     * Adds factor times the product.
     *
     * @param sums (examples of the first x full, examples of the second x full)
     */
    void addTo(Tensor sums, double factor) {
        run(blocks(), block -> addTile(tile(block), sums, factor));
        for (int use = 0; use < first.uses().size(); use++) {
            if (forms.get(use) == JacobianForm.SLICES
                    && first.uses().get(use) instanceof ParameterUse.Weights weights) {
                addSlices(use, weights, sums, factor);
            }
        }
    }

    /**
     * Adds factor times the product of each example with the example of the same number.
     *
     * @param sums (examples x full, full)
     */
    void addAloneTo(Tensor sums, double factor) {
        run(
                first.examples(),
                example -> {
                    var alone = new Tile(example, example + 1, example, example + 1);
                    Tensor part = sums.slice(0, example * full, (example + 1) * full);
                    for (int use = 0; use < first.uses().size(); use++) {
                        add(use, alone, part, factor);
                    }
                });
    }

    private interface Task {
        void run(long task);
    }

    private void run(long tasks, Task task) {
        pool.run(tasks, () -> task::run);
    }

    private void addTile(Tile tile, Tensor sums, double factor) {
        Tensor part =
                sums.slice(0, tile.from * full, tile.to * full)
                        .slice(1, tile.columnFrom * full, tile.columnTo * full);
        for (int use = 0; use < first.uses().size(); use++) {
            if (forms.get(use) != JacobianForm.SLICES) {
                add(use, tile, part, factor);
            }
        }
    }

    private void add(int use, Tile tile, Tensor part, double factor) {
        boolean whole = forms.get(use) == JacobianForm.WHOLE;
        if (whole || !(first.uses().get(use) instanceof ParameterUse.Weights weights)) {
            addWhole(use, tile, part, factor);
        } else if (weights.product().height() == 1) {
            addOfOnePosition(use, weights, tile, part, factor);
        } else {
            addOfPositions(use, weights, tile, part, factor);
        }
    }

    /**
     * The cotangents of some examples: a row for each full output, the traced ones side by side.
     */
    private Tensor rows(TangentFactors factors, int use, long from, long to) {
        Tensor all = factors.cotangents(use);
        long width = Rows.width(all) * traced;
        return all.reshape(factors.examples() * full, width).slice(0, from * full, to * full);
    }

    private void addWhole(int use, Tile tile, Tensor part, double factor) {
        multiplyTransposed(
                factor,
                rows(first, use, tile.from, tile.to),
                rows(second, use, tile.columnFrom, tile.columnTo),
                1,
                part);
    }

    private static void multiplyTransposed(
            double factor, Tensor x, Tensor y, double keep, Tensor result) {
        LinearAlgebra.get().multiply(factor, x, false, y, true, keep, result);
    }

    /** {@code (x · x') (δ · δ')}, for each group of weights. */
    private void addOfOnePosition(
            int use, ParameterUse.Weights weights, Tile tile, Tensor part, double factor) {
        MatrixProduct product = weights.product();
        double scale = factor * product.factor() * product.factor();
        long rows = tile.to - tile.from;
        long columns = tile.columnTo - tile.columnFrom;
        try (var workspace = new Workspace(part.dtype())) {
            Tensor activations = workspace.matrix(rows, columns);
            Tensor repeated = workspace.matrix(rows, columns * full);
            Tensor cotangents = workspace.matrix(rows * full, columns * full);
            for (int group = 0; group < product.groups(); group++) {
                Tensor x = group(first.entering(use), group, product.inner());
                Tensor y = group(second.entering(use), group, product.inner());
                multiplyTransposed(
                        scale,
                        x.slice(0, tile.from, tile.to),
                        y.slice(0, tile.columnFrom, tile.columnTo),
                        0,
                        activations);
                addCotangents(use, weights, group, tile, cotangents);
                repeatEach(activations, repeated);
                addWeighted(repeated, cotangents, part);
            }
        }
    }

    private static Tensor group(Tensor matrix, int group, int width) {
        return matrix.slice(1, (long) group * width, (group + 1L) * width);
    }

    /** The products of the cotangents of a group, summed over traced outputs. */
    private void addCotangents(
            int use, ParameterUse.Weights weights, int group, Tile tile, Tensor result) {
        MatrixProduct product = weights.product();
        Tensor x = rows(first, use, tile.from, tile.to);
        Tensor y = rows(second, use, tile.columnFrom, tile.columnTo);
        if (product.groups() == 1) {
            multiplyTransposed(1, x, y, 0, result);
            return;
        }
        for (int trace = 0; trace < traced; trace++) {
            int place = trace * product.groups() + group;
            multiplyTransposed(
                    1,
                    group(x, place, product.width()),
                    group(y, place, product.width()),
                    trace == 0 ? 0 : 1,
                    result);
        }
    }

    /** Each element as often as there are full outputs, side by side. */
    private void repeatEach(Tensor elements, Tensor repeated) {
        DType dtype = elements.dtype();
        for (long i = 0; i < elements.size(); i++) {
            double value = dtype.read(elements.segment(), i);
            for (long k = i * full; k < (i + 1) * full; k++) {
                dtype.write(repeated.segment(), k, value);
            }
        }
    }

    /** {@code part += activations ∘ cotangents}; a row of activations stands for full rows. */
    private void addWeighted(Tensor activations, Tensor cotangents, Tensor part) {
        Loops loops = Loops.get(part.dtype());
        long width = Rows.width(activations);
        for (long row = 0; row < Rows.count(cotangents); row++) {
            loops.addProducts(
                    part.slice(0, row, row + 1).segment(),
                    0,
                    activations.segment(),
                    row / full * width,
                    cotangents.segment(),
                    row * width,
                    width);
        }
    }

    /** The sum over pairs of positions, for each pair of examples. */
    private void addOfPositions(
            int use, ParameterUse.Weights weights, Tile tile, Tensor part, double factor) {
        MatrixProduct product = weights.product();
        double scale = factor * product.factor() * product.factor();
        int positions = product.height();
        try (var workspace = new Workspace(part.dtype())) {
            Tensor activations = workspace.zeros(positions, positions);
            Tensor cotangents = workspace.zeros(positions, positions);
            for (long row = tile.from; row < tile.to; row++) {
                for (long column = tile.columnFrom; column < tile.columnTo; column++) {
                    for (int group = 0; group < product.groups(); group++) {
                        multiplyTransposed(
                                scale,
                                entering(first, use, weights, row, group),
                                entering(second, use, weights, column, group),
                                0,
                                activations);
                        addPair(
                                use,
                                weights,
                                group,
                                row,
                                column,
                                activations,
                                cotangents,
                                part.slice(
                                                0,
                                                (row - tile.from) * full,
                                                (row - tile.from + 1) * full)
                                        .slice(
                                                1,
                                                (column - tile.columnFrom) * full,
                                                (column - tile.columnFrom + 1) * full));
                    }
                }
            }
        }
    }

    private static Tensor entering(
            TangentFactors factors, int use, ParameterUse.Weights weights, long row, int group) {
        MatrixProduct product = weights.product();
        return new Operand(
                        factors.entering(use), product.groups(), product.height(), product.inner())
                .matrix(row, group);
    }

    private static Tensor leaving(
            TangentFactors factors, int use, ParameterUse.Weights weights, long row, int group) {
        MatrixProduct product = weights.product();
        return new Operand(
                        factors.cotangents(use),
                        product.groups(),
                        product.height(),
                        product.width())
                .matrix(row, group);
    }

    private void addPair(
            int use,
            ParameterUse.Weights weights,
            int group,
            long row,
            long column,
            Tensor activations,
            Tensor cotangents,
            Tensor pair) {
        Loops loops = Loops.get(pair.dtype());
        int size = Math.toIntExact(activations.size());
        for (int i = 0; i < full; i++) {
            for (int j = 0; j < full; j++) {
                for (int trace = 0; trace < traced; trace++) {
                    multiplyTransposed(
                            1,
                            leaving(first, use, weights, (row * full + i) * traced + trace, group),
                            leaving(
                                    second,
                                    use,
                                    weights,
                                    (column * full + j) * traced + trace,
                                    group),
                            trace == 0 ? 0 : 1,
                            cotangents);
                }
                double sum =
                        loops.innerProduct(activations.segment(), 0, cotangents.segment(), 0, size);
                pair.set(pair.get(i, j) + sum, i, j);
            }
        }
    }

    /** Sums the Jacobians over positions first, some rows of the weights at a time. */
    private void addSlices(int use, ParameterUse.Weights weights, Tensor sums, double factor) {
        MatrixProduct product = weights.product();
        DType dtype = sums.dtype();
        double scale = factor * product.factor() * product.factor();
        long rows = (first.examples() + second.examples()) * first.outputs();
        long bytes = Math.max(1, rows * product.width() * dtype.bytes());
        int slice = (int) Math.clamp(JACOBIAN_BYTES / bytes, 1, product.inner());
        for (int group = 0; group < product.groups(); group++) {
            for (int from = 0; from < product.inner(); from += slice) {
                int to = Math.min(product.inner(), from + slice);
                try (var arena = Arena.ofShared()) {
                    Tensor x = jacobian(arena, first, use, weights, group, from, to);
                    Tensor y =
                            first == second
                                    ? x
                                    : jacobian(arena, second, use, weights, group, from, to);
                    run(
                            blocks(),
                            block -> {
                                Tile tile = tile(block);
                                multiplyTransposed(
                                        scale,
                                        x.slice(0, tile.from * full, tile.to * full),
                                        y.slice(0, tile.columnFrom * full, tile.columnTo * full),
                                        1,
                                        sums.slice(0, tile.from * full, tile.to * full)
                                                .slice(
                                                        1,
                                                        tile.columnFrom * full,
                                                        tile.columnTo * full));
                            });
                }
            }
        }
    }

    /** Some rows of the Jacobian by a group of weights: (example, full), (traced, row, column). */
    private Tensor jacobian(
            Arena arena,
            TangentFactors factors,
            int use,
            ParameterUse.Weights weights,
            int group,
            int from,
            int to) {
        int width = weights.product().width();
        long rows = factors.examples() * factors.outputs();
        Tensor jacobian =
                Tensor.allocate(
                        arena,
                        factors.cotangents(use).dtype(),
                        Shape.of(rows, (long) (to - from) * width));
        run(
                factors.examples(),
                example -> {
                    Tensor x = entering(factors, use, weights, example, group).slice(1, from, to);
                    for (int output = 0; output < factors.outputs(); output++) {
                        long row = example * factors.outputs() + output;
                        LinearAlgebra.get()
                                .multiply(
                                        1,
                                        x,
                                        true,
                                        leaving(factors, use, weights, row, group),
                                        false,
                                        0,
                                        jacobian.slice(0, row, row + 1).reshape(to - from, width));
                    }
                });
        return jacobian.reshape(factors.examples() * full, (long) traced * (to - from) * width);
    }
}
