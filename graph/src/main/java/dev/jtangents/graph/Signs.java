package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Concatenation;
import dev.jtangents.graph.CovarianceOp.Dropout;
import dev.jtangents.graph.CovarianceOp.EqualPositions;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Normalization;
import dev.jtangents.graph.CovarianceOp.Permutation;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.Window;
import dev.jtangents.graph.CovarianceOp.WindowSum;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.simd.AffineStep;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which values of a program can have no negative NNGP, whatever the inputs: after a nonlinearity
 * that has one sign, as ReLU, covariances are at least 0, and sums and products keep them there.
 */
final class Signs {
    private Signs() {}

    /** The nodes whose NNGP is at least 0 everywhere. */
    static BitSet nonNegative(CovarianceProgram program) {
        BitSet found = new BitSet();
        for (int index = 0; index < program.nodes().size(); index++) {
            Node node = program.node(index);
            boolean inputs = node.inputs().stream().allMatch(found::get);
            found.set(index, isNonNegative(node.op(), inputs));
        }
        return found;
    }

    /** Whether covariances that are at least 0 still are after a step. */
    static boolean keeps(AffineStep step) {
        return step.scale() >= 0 && step.shift() >= 0;
    }

    private static boolean isNonNegative(CovarianceOp op, boolean inputs) {
        return switch (op) {
            case Nonlinearity(var step, AbReluMap map) -> map.hasOneSign();
            case Affine(var step) -> inputs && keeps(step);
            case WeightedSum(var weights) ->
                    inputs && weights.stream().allMatch(weight -> weight >= 0);
            case PositionMap map -> inputs && isNonNegative(map);
            case Window ignored -> inputs;
            case WindowSum ignored -> inputs;
            case EqualPositions ignored -> inputs;
            case Permutation ignored -> inputs;
            case Product ignored -> inputs;
            case Concatenation ignored -> inputs;
            case Normalization ignored -> inputs;
            case Dropout ignored -> inputs;
            case PositionMean ignored -> inputs;
            default -> false;
        };
    }

    private static boolean isNonNegative(PositionMap map) {
        return map.matrix().weights().stream()
                .flatMapToDouble(Arrays::stream)
                .allMatch(weight -> weight >= 0);
    }
}
