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

/** What an operation costs for one pair of examples, approximately: floating-point operations. */
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
            case WindowSum(SpatialWindow window) ->
                    kernels * cells * window.size().stream().mapToInt(Integer::intValue).sum();
            case WeightedSum sum -> 2.0 * kernels * cells * sum.weights().size();
            case Product ignored -> (withNtk ? 4 : 1) * cells * (node.inputs().size() - 1);
            case PositionMean ignored -> kernels * (double) positions(demand, index);
            case PositionMap map -> 2 * kernels * pairs(demand, index, map.matrix());
            case Attention ignored -> 4.0 * kernels * cells * positions(demand, index);
            case Mixing ignored -> 4.0 * kernels * cells * positions(demand, index);
            case BilinearAttention ignored -> (withNtk ? 14 : 3) * cells;
            default -> kernels * cells;
        };
    }

    private static int positions(Demand demand, int index) {
        int input = demand.program().node(index).inputs().getFirst();
        return demand.program().node(input).extents().positions();
    }

    /** Pairs of entries of the matrix that lie in needed planes, as if all were. */
    private static double pairs(Demand demand, int index, SparseMatrix matrix) {
        double entries = 0;
        for (int[] row : matrix.indices()) {
            entries += row.length;
        }
        double all = Math.pow(matrix.rows(), 2);
        return entries * entries * demand.cells(index) / all;
    }

    /** Bytes of planes that are written for all needed planes of a node. */
    static double bytes(Demand demand, int index, boolean withNtk, int elementBytes) {
        return (double) demand.cells(index) * elementBytes * (withNtk ? 2 : 1);
    }
}
