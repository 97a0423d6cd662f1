package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/** What traced and diagonal axes do to a kernel of all pairs of outputs, by their definition. */
final class ContractedPairs {
    private ContractedPairs() {}

    /**
     * The products of all pairs of rows.
     *
     * @param x a row of factors for each element of an output
     * @param outputs1 the shape of the output that x belongs to
     * @return each axis twice, side by side
     */
    static Tensor products(double[][] x, Shape outputs1, double[][] y, Shape outputs2) {
        int rank = outputs1.rank();
        long[] extents = new long[2 * rank];
        for (int axis = 0; axis < rank; axis++) {
            extents[2 * axis] = outputs1.extent(axis);
            extents[2 * axis + 1] = outputs2.extent(axis);
        }
        Tensor kernel = Tensor.allocate(DType.F64, Shape.of(extents));
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) {
                double sum = 0;
                for (int k = 0; k < x[i].length; k++) {
                    sum += x[i][k] * y[j][k];
                }
                kernel.set(sum, interleaved(place(i, outputs1), place(j, outputs2)));
            }
        }
        return kernel;
    }

    private static long[] place(long element, Shape shape) {
        long[] place = new long[shape.rank()];
        for (int axis = place.length - 1; axis >= 0; axis--) {
            place[axis] = element % shape.extent(axis);
            element /= shape.extent(axis);
        }
        return place;
    }

    private static long[] interleaved(long[] first, long[] second) {
        long[] place = new long[2 * first.length];
        for (int axis = 0; axis < first.length; axis++) {
            place[2 * axis] = first[axis];
            place[2 * axis + 1] = second[axis];
        }
        return place;
    }

    /** A kernel of all pairs with some axes, counted from 0, traced and some diagonal. */
    static Tensor of(Tensor pairs, List<Integer> traced, List<Integer> diagonal) {
        List<Long> extents = new ArrayList<>();
        double share = 1;
        for (int axis = 0; axis < pairs.shape().rank() / 2; axis++) {
            if (traced.contains(axis)) {
                share /= pairs.shape().extent(2 * axis);
                continue;
            }
            extents.add(pairs.shape().extent(2 * axis));
            if (!diagonal.contains(axis)) {
                extents.add(pairs.shape().extent(2 * axis + 1));
            }
        }
        Tensor kernel =
                Tensor.allocate(
                        DType.F64, Shape.of(extents.stream().mapToLong(Long::longValue).toArray()));
        for (long element = 0; element < pairs.size(); element++) {
            long[] from = place(element, pairs.shape());
            List<Long> into = new ArrayList<>();
            boolean equal = true;
            for (int axis = 0; axis < from.length / 2; axis++) {
                boolean paired = !traced.contains(axis) && !diagonal.contains(axis);
                equal &= paired || from[2 * axis] == from[2 * axis + 1];
                if (!traced.contains(axis)) {
                    into.add(from[2 * axis]);
                }
                if (paired) {
                    into.add(from[2 * axis + 1]);
                }
            }
            if (equal) {
                long[] place = into.stream().mapToLong(Long::longValue).toArray();
                kernel.set(kernel.get(place) + share * pairs.get(from), place);
            }
        }
        return kernel;
    }
}
