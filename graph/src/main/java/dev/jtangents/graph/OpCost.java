package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Attention;
import dev.jtangents.graph.CovarianceOp.BilinearAttention;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Mixing;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.WindowSum;
import dev.jtangents.graph.CovarianceProgram.Node;

/**
 * What an operation costs for one pair of examples: floating-point operations of its definition.
 * Approximate for nonlinearities, and for windows as if every place of them saw a position.
 */
final class OpCost {
    private OpCost() {}

    /** Operations for all needed planes of a node. */
    static double flops(Demand demand, int index, boolean withNtk) {
        Node node = demand.program().node(index);
        int kernels = withNtk ? 2 : 1;
        double cells = demand.cells(index);
        return switch (node.op()) {
            case Input input -> 2.0 * input.features() * cells;
            case Affine ignored -> (withNtk ? 6 : 2) * cells;
            case Nonlinearity ignored -> (withNtk ? 42 : 27) * cells;
            case WindowSum(SpatialWindow window) -> kernels * cells * window.positions();
            case WeightedSum sum -> 2.0 * kernels * cells * sum.weights().size();
            case Product ignored -> (withNtk ? 4 : 1) * cells * (node.inputs().size() - 1);
            case PositionMean ignored -> kernels * (double) positions(demand, index);
            case PositionMap map -> 2 * kernels * pairs(demand, index, map.matrix());
            case Attention ignored -> 2 * kernels * products(demand, index);
            case Mixing ignored -> 2 * kernels * products(demand, index);
            case BilinearAttention ignored -> {
                double all = Math.pow(positions(demand, index), 2);
                yield withNtk ? 6 * all + 6 * cells : 2 * all + cells;
            }
            default -> kernels * cells;
        };
    }

    /** The number of positions of the first input. */
    private static int positions(Demand demand, int index) {
        int input = demand.program().node(index).inputs().getFirst();
        return demand.program().node(input).extents().positions();
    }

    /** Multiplications of M1 K M2ᵀ, all rows of the first product and the needed cells. */
    private static double products(Demand demand, int index) {
        double from = positions(demand, index);
        double to = demand.program().node(index).extents().positions();
        return from * (from * to + demand.cells(index));
    }

    /** Pairs of entries of the matrix that contribute to needed planes. */
    private static double pairs(Demand demand, int index, SparseMatrix matrix) {
        Planes planes = demand.planes().get(index);
        return demand.needed().get(index).stream()
                .mapToDouble(plane -> pairs(planes.box(plane), matrix))
                .sum();
    }

    private static double pairs(Planes.Box box, SparseMatrix matrix) {
        double pairs = 0;
        for (int row : box.rows()) {
            for (int p = row; p < row + box.rowLength(); p++) {
                double left = matrix.indices().get(p).length;
                pairs += left * matrix.indices().get(p + box.shift()).length;
            }
        }
        return pairs;
    }

    /**
     * Bytes of planes that are written for all needed planes of a node, as if sums over windows
     * were stored, which loops that sum as they map do not do.
     */
    static double bytes(Demand demand, int index, boolean withNtk, int elementBytes) {
        return (double) demand.cells(index) * elementBytes * (withNtk ? 2 : 1);
    }
}
