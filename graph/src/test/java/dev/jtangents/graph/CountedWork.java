package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Attention;
import dev.jtangents.graph.CovarianceOp.BilinearAttention;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Mixing;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.WindowSum;
import dev.jtangents.graph.CovarianceProgram.Node;

/**
 * Counts the floating-point operations of the NNGP of a node, one needed pair of positions by one.
 */
final class CountedWork {
    private final Demand demand;
    private final int index;
    private final Node node;
    private final Planes planes;

    private CountedWork(Demand demand, int index) {
        this.demand = demand;
        this.index = index;
        this.node = demand.program().node(index);
        this.planes = demand.planes().get(index);
    }

    static long of(Demand demand, int index) {
        return new CountedWork(demand, index).count();
    }

    private long count() {
        long count = 0;
        int positions = planes.extents().positions();
        for (int p = 0; p < positions; p++) {
            for (int q = 0; q < positions; q++) {
                if (demand.needed().get(index).get(planes.plane(p, q))) {
                    count += ofPair(p, q);
                }
            }
        }
        int from = node.inputs().isEmpty() ? 0 : inputExtents().positions();
        boolean mixes = node.op() instanceof Mixing || node.op() instanceof Attention;
        count += mixes ? 2L * positions * from * from : 0;
        count += node.op() instanceof BilinearAttention ? 2L * from * from : 0;
        return count;
    }

    private Extents inputExtents() {
        return demand.program().node(node.inputs().getFirst()).extents();
    }

    private long ofPair(int p, int q) {
        return switch (node.op()) {
            case Input input -> 2L * input.features();
            case Affine ignored -> 2;
            case WindowSum(SpatialWindow window) -> seenTogether(window, p, q);
            case WeightedSum sum -> 2L * sum.weights().size();
            case Product ignored -> node.inputs().size() - 1;
            case PositionMean ignored -> inputExtents().positions();
            case PositionMap map -> 2L * entries(map, p) * entries(map, q);
            case Attention ignored -> 2L * inputExtents().positions();
            case Mixing ignored -> 2L * inputExtents().positions();
            default -> 1;
        };
    }

    private static long entries(PositionMap map, int row) {
        return map.matrix().indices().get(row).length;
    }

    /** The places of a window at which both positions see one. */
    private long seenTogether(SpatialWindow window, int p, int q) {
        Extents places = new Extents(window.size());
        Extents input = inputExtents();
        long seen = 0;
        for (int place = 0; place < places.positions(); place++) {
            int[] d = places.coordinates(place);
            seen += isSeen(window, input, d, p) && isSeen(window, input, d, q) ? 1 : 0;
        }
        return seen;
    }

    private static boolean isSeen(SpatialWindow window, Extents input, int[] d, int position) {
        int[] out = window.output().coordinates(position);
        for (int axis = 0; axis < d.length; axis++) {
            int in = out[axis] * window.stride().get(axis) + d[axis] - window.padding().get(axis);
            if (!window.circular() && (in < 0 || in >= input.size(axis))) {
                return false;
            }
        }
        return true;
    }
}
