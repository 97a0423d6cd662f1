package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Covariances;

import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** All covariances of the joint batch, and the figures of a kernel, which are blocks of it. */
public final class JointKernel {
    /** Consecutive examples of the joint batch. */
    private record Examples(int start, int count) {}

    private final Covariances joint;
    private final Examples first;
    private final Examples second;
    private final boolean hasX2;

    JointKernel(Covariances joint, Inputs inputs) {
        this.joint = joint;
        Layout layout = joint.layout();
        first = new Examples(0, layout.first());
        second = inputs.hasOtherExamples() ? new Examples(layout.first(), layout.second()) : first;
        hasX2 = inputs.hasX2();
    }

    /** Rows and columns are all positions of the first example of x1, then of the second, ... */
    public double[][] nngp() {
        return joint.nngp();
    }

    public double[][] ntk() {
        return joint.ntk();
    }

    /** The figure's axes are examples of x1, of x2, then every spatial axis twice, or once. */
    public Array nngp(boolean diagonalSpatial) {
        return block(joint.nngp(), first, second, false, diagonalSpatial);
    }

    public Array ntk(boolean diagonalSpatial) {
        return block(joint.ntk(), first, second, false, diagonalSpatial);
    }

    public Array cov1(boolean diagonalBatch, boolean diagonalSpatial) {
        return block(joint.nngp(), first, first, diagonalBatch, diagonalSpatial);
    }

    /** Empty without an x2. */
    public Optional<Array> cov2(boolean diagonalBatch, boolean diagonalSpatial) {
        return hasX2
                ? Optional.of(block(joint.nngp(), second, second, diagonalBatch, diagonalSpatial))
                : Optional.empty();
    }

    private Array block(
            double[][] matrix,
            Examples rows,
            Examples columns,
            boolean diagonalBatch,
            boolean diagonalSpatial) {
        Layout layout = joint.layout();
        Grid examples =
                diagonalBatch ? new Grid(rows.count()) : new Grid(rows.count(), columns.count());
        Grid positions = diagonalSpatial ? layout.grid() : paired(layout.grid());
        double[] data = new double[examples.size() * positions.size()];
        for (int index = 0; index < data.length; index++) {
            int[] pair = examples.coordinates(index / positions.size());
            int[] coordinates = positions.coordinates(index % positions.size());
            int row = layout.element(rows.start() + pair[0], left(coordinates, diagonalSpatial));
            int column =
                    layout.element(
                            columns.start() + pair[pair.length - 1],
                            right(coordinates, diagonalSpatial));
            data[index] = matrix[row][column];
        }
        return new Array(data, LongStream.concat(extents(examples), extents(positions)).toArray());
    }

    private static LongStream extents(Grid grid) {
        return IntStream.of(grid.extents()).asLongStream();
    }

    private static Grid paired(Grid grid) {
        int[] extents = new int[2 * grid.rank()];
        for (int axis = 0; axis < extents.length; axis++) {
            extents[axis] = grid.extents()[axis / 2];
        }
        return new Grid(extents);
    }

    private int left(int[] coordinates, boolean diagonalSpatial) {
        return position(coordinates, diagonalSpatial ? 1 : 2, 0);
    }

    private int right(int[] coordinates, boolean diagonalSpatial) {
        return position(coordinates, diagonalSpatial ? 1 : 2, diagonalSpatial ? 0 : 1);
    }

    private int position(int[] coordinates, int stride, int offset) {
        int[] own = new int[joint.layout().grid().rank()];
        for (int axis = 0; axis < own.length; axis++) {
            own[axis] = coordinates[stride * axis + offset];
        }
        return joint.layout().grid().position(own);
    }
}
