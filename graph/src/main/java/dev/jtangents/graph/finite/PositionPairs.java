package dev.jtangents.graph.finite;

import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.Tensor;

/**
 * The product of the Jacobians by weights that act at few positions: {@code (x_p · x'_q) (δ_p ·
 * δ'_q)}, summed over all pairs of positions p and q.
 */
final class PositionPairs {
    private final TangentFactors first;
    private final TangentFactors second;
    private final int use;
    private final MatrixProduct product;
    private final int full;

    PositionPairs(
            TangentFactors first, TangentFactors second, int use, MatrixProduct product, int full) {
        this.first = first;
        this.second = second;
        this.use = use;
        this.product = product;
        this.full = full;
    }

    /** Adds scale times the product of the pairs of a tile to that tile of the sums. */
    void addTo(Tensor part, PairTile tile, double scale) {
        int positions = product.height();
        try (var workspace = new Workspace(part.dtype())) {
            Tensor activations = workspace.matrix(positions, positions);
            Tensor cotangents = workspace.matrix(positions, positions);
            for (long row = tile.from(); row < tile.to(); row++) {
                for (long column = tile.columnFrom(); column < tile.columnTo(); column++) {
                    for (int group = 0; group < product.groups(); group++) {
                        Rows.multiplyTransposed(
                                scale,
                                first.entering(use, product).matrix(row, group),
                                second.entering(use, product).matrix(column, group),
                                0,
                                activations);
                        addPair(
                                group,
                                row,
                                column,
                                activations,
                                cotangents,
                                tile.pair(part, row, column));
                    }
                }
            }
        }
    }

    private void addPair(
            int group, long row, long column, Tensor activations, Tensor cotangents, Tensor pair) {
        Loops loops = Loops.get(pair.dtype());
        int traced = first.outputs() / full;
        int size = Math.toIntExact(activations.size());
        Operand rows = first.leaving(use, product);
        Operand columns = second.leaving(use, product);
        for (int i = 0; i < full; i++) {
            for (int j = 0; j < full; j++) {
                for (int trace = 0; trace < traced; trace++) {
                    Rows.multiplyTransposed(
                            1,
                            rows.matrix((row * full + i) * traced + trace, group),
                            columns.matrix((column * full + j) * traced + trace, group),
                            trace == 0 ? 0 : 1,
                            cotangents);
                }
                double sum =
                        loops.innerProduct(activations.segment(), 0, cotangents.segment(), 0, size);
                pair.set(pair.get(i, j) + sum, i, j);
            }
        }
    }
}
