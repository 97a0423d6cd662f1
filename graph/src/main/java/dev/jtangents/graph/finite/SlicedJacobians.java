package dev.jtangents.graph.finite;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;

/**
 * The product of the Jacobians by weights, multiplied out for some rows of the weights at a time:
 * x_p δ_pᵀ, summed over positions p.
 */
final class SlicedJacobians {
    /** What the Jacobians of both batches may take at a time, if a single row does not. */
    static final long BYTES = 64L << 20;

    private final TangentFactors first;
    private final TangentFactors second;
    private final int use;
    private final MatrixProduct product;
    private final PairTiles tiles;
    private final WorkerPool pool;

    SlicedJacobians(
            TangentFactors first,
            TangentFactors second,
            int use,
            MatrixProduct product,
            PairTiles tiles,
            WorkerPool pool) {
        this.first = first;
        this.second = second;
        this.use = use;
        this.product = product;
        this.tiles = tiles;
        this.pool = pool;
    }

    /** Adds scale times the product to the sums. */
    void addTo(Tensor sums, double scale) {
        long rows = (first.examples() + second.examples()) * first.outputs();
        long bytes = Math.max(1, rows * product.width() * sums.dtype().bytes());
        int slice = (int) Math.clamp(BYTES / bytes, 1, product.inner());
        for (int group = 0; group < product.groups(); group++) {
            for (int from = 0; from < product.inner(); from += slice) {
                addSlice(sums, group, from, Math.min(product.inner(), from + slice), scale);
            }
        }
    }

    private void addSlice(Tensor sums, int group, int from, int to, double scale) {
        try (var arena = Arena.ofShared()) {
            Tensor x = jacobian(arena, first, group, from, to);
            Tensor y = first == second ? x : jacobian(arena, second, group, from, to);
            pool.run(
                    tiles.count(),
                    () ->
                            number -> {
                                PairTile tile = tiles.tile(number);
                                Rows.multiplyTransposed(
                                        scale, tile.rows(x), tile.columns(y), 1, tile.of(sums));
                            });
        }
    }

    /** Some rows of the Jacobian by a group of weights: (example, full), (traced, row, column). */
    private Tensor jacobian(Arena arena, TangentFactors factors, int group, int from, int to) {
        long rows = factors.examples() * factors.outputs();
        long width = (long) (to - from) * product.width();
        Tensor jacobian =
                Tensor.allocate(arena, factors.cotangents(use).dtype(), Shape.of(rows, width));
        pool.run(
                factors.examples(),
                () ->
                        example -> {
                            Tensor x =
                                    factors.entering(use, product)
                                            .matrix(example, group)
                                            .slice(1, from, to);
                            for (int output = 0; output < factors.outputs(); output++) {
                                long row = example * factors.outputs() + output;
                                LinearAlgebra.get()
                                        .multiply(
                                                1,
                                                x,
                                                true,
                                                factors.leaving(use, product).matrix(row, group),
                                                false,
                                                0,
                                                jacobian.slice(0, row, row + 1)
                                                        .reshape(to - from, product.width()));
                            }
                        });
        long traced = factors.outputs() / tiles.full();
        return jacobian.reshape(factors.examples() * tiles.full(), traced * width);
    }
}
