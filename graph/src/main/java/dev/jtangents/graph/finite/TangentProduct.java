package dev.jtangents.graph.finite;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

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
    private final TangentFactors first;
    private final TangentFactors second;
    private final int full;
    private final int traced;
    private final WorkerPool pool;
    private final List<JacobianForm> forms;
    private final PairTiles tiles;

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
        this.tiles = new PairTiles(first.examples(), second.examples(), first == second, full);
    }

    /**
     * Adds factor times the product.
     *
     * @param sums (examples of the first x full, examples of the second x full)
     */
    void addTo(Tensor sums, double factor) {
        pool.run(tiles.count(), () -> number -> addTile(tiles.tile(number), sums, factor));
        for (int use = 0; use < first.uses().size(); use++) {
            if (forms.get(use) == JacobianForm.SLICES
                    && first.uses().get(use) instanceof ParameterUse.Weights weights) {
                MatrixProduct product = weights.product();
                new SlicedJacobians(first, second, use, product, tiles, pool)
                        .addTo(sums, factor * product.factor() * product.factor());
            }
        }
    }

    /**
     * Adds factor times the product of each example with the example of the same number.
     *
     * @param sums (examples x full, full)
     */
    void addAloneTo(Tensor sums, double factor) {
        pool.run(first.examples(), () -> example -> addAlone(example, sums, factor));
    }

    private void addAlone(long example, Tensor sums, double factor) {
        var alone = new PairTile(example, example + 1, example, example + 1, full);
        for (int use = 0; use < first.uses().size(); use++) {
            add(use, alone, alone.rows(sums), factor);
        }
    }

    private void addTile(PairTile tile, Tensor sums, double factor) {
        for (int use = 0; use < first.uses().size(); use++) {
            if (forms.get(use) != JacobianForm.SLICES) {
                add(use, tile, tile.of(sums), factor);
            }
        }
    }

    private void add(int use, PairTile tile, Tensor part, double factor) {
        boolean whole = forms.get(use) == JacobianForm.WHOLE;
        if (whole || !(first.uses().get(use) instanceof ParameterUse.Weights weights)) {
            addWhole(use, tile, part, factor);
        } else {
            MatrixProduct product = weights.product();
            double scale = factor * product.factor() * product.factor();
            if (product.height() == 1) {
                addOfOnePosition(use, product, tile, part, scale);
            } else {
                new PositionPairs(first, second, use, product, full).addTo(part, tile, scale);
            }
        }
    }

    /** The cotangents of a batch: a row for each full output, the traced ones side by side. */
    private Tensor rows(TangentFactors factors, int use) {
        Tensor all = factors.cotangents(use);
        return all.reshape(factors.examples() * full, Rows.width(all) * traced);
    }

    private void addWhole(int use, PairTile tile, Tensor part, double factor) {
        Rows.multiplyTransposed(
                factor, tile.rows(rows(first, use)), tile.columns(rows(second, use)), 1, part);
    }

    /** {@code (x · x') (δ · δ')}, for each group of weights. */
    private void addOfOnePosition(
            int use, MatrixProduct product, PairTile tile, Tensor part, double scale) {
        long rows = tile.to() - tile.from();
        long columns = tile.columnTo() - tile.columnFrom();
        try (var workspace = new Workspace(part.dtype())) {
            Tensor activations = workspace.matrix(rows, columns);
            Tensor repeated = workspace.matrix(rows, columns * full);
            Tensor cotangents = workspace.matrix(rows * full, columns * full);
            for (int group = 0; group < product.groups(); group++) {
                Tensor x = group(first.entering(use), group, product.inner());
                Tensor y = group(second.entering(use), group, product.inner());
                Rows.multiplyTransposed(
                        scale,
                        x.slice(0, tile.from(), tile.to()),
                        y.slice(0, tile.columnFrom(), tile.columnTo()),
                        0,
                        activations);
                multiplyCotangents(use, product, group, tile, cotangents);
                repeatEach(activations, repeated);
                addWeighted(repeated, cotangents, part);
            }
        }
    }

    private static Tensor group(Tensor matrix, int group, int width) {
        return matrix.slice(1, (long) group * width, (group + 1L) * width);
    }

    /** The products of the cotangents of a group, summed over traced outputs. */
    private void multiplyCotangents(
            int use, MatrixProduct product, int group, PairTile tile, Tensor result) {
        Tensor x = tile.rows(rows(first, use));
        Tensor y = tile.columns(rows(second, use));
        if (product.groups() == 1) {
            Rows.multiplyTransposed(1, x, y, 0, result);
            return;
        }
        for (int trace = 0; trace < traced; trace++) {
            int place = trace * product.groups() + group;
            Rows.multiplyTransposed(
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
}
