package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.BilinearAttention;
import dev.jtangents.graph.CovarianceOp.Concatenation;
import dev.jtangents.graph.CovarianceOp.EqualPositions;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Permutation;
import dev.jtangents.graph.CovarianceOp.PositionCovariance;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.Window;
import dev.jtangents.graph.CovarianceOp.WindowSum;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.simd.Loops;
import dev.jtangents.simd.PlaneMapLoop;
import dev.jtangents.simd.Run;
import dev.jtangents.tensor.DType;

/** Which programs pair the examples on the diagonal of a symmetric kernel in rounds. */
final class Rounds {
    /** A round copies what it reads of each position; so many cells per position make up for it. */
    private static final int WORTH = 16;

    /**
     * Strips of a kernel in rounds are one widest vector wide. Where planes are so small that more
     * than twice as many lanes fit the cache, wider strips save more: they do more in each step.
     */
    private static final int MOST_LANES = 2 * Run.PADDING;

    private Rounds() {}

    /**
     * Whether rounds can run all operations of a program, and save time.
     *
     * @param lanes the width of strips without them
     */
    static boolean suit(Demand demand, int lanes, DType dtype) {
        CovarianceProgram program = demand.program();
        long positions = 0;
        long cells = 0;
        for (int node = 0; node < program.nodes().size(); node++) {
            if (!canRun(program.node(node), dtype)) {
                return false;
            }
            if (program.node(node).op() instanceof Nonlinearity) {
                positions += program.node(node).extents().positions();
                cells += demand.cells(node);
            }
        }
        return lanes <= MOST_LANES && cells >= WORTH * positions;
    }

    private static boolean canRun(Node node, DType dtype) {
        return switch (node.op()) {
            case Nonlinearity(var step, var map) ->
                    Loops.get(dtype).map(map) instanceof PlaneMapLoop loop && loop.takes(step);
            case Input ignored -> true;
            case Affine ignored -> true;
            case Window ignored -> true;
            case WindowSum ignored -> true;
            case EqualPositions ignored -> true;
            case Permutation ignored -> true;
            case WeightedSum ignored -> true;
            case Product ignored -> true;
            case Concatenation ignored -> true;
            case PositionCovariance ignored -> true;
            case PositionMap ignored -> true;
            case PositionMean ignored -> true;
            case BilinearAttention ignored -> true;
            default -> false;
        };
    }
}
