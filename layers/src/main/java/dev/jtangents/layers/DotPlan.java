package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.PerExample;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How a constant is contracted with activations of one shape.
 *
 * @param contracted the pairs of axes that are summed over
 * @param outputs where each axis of the output comes from
 */
record DotPlan(
        ConstantTensor constant,
        Shape input,
        int batchAxis,
        int channelAxis,
        List<Pair> contracted,
        List<Pair> outputs) {
    private static final int NONE = -1;

    /** An axis of the input and one of the constant; either may be missing. */
    record Pair(int inputAxis, int constantAxis) {}

    static DotPlan of(
            ConstantTensor constant,
            boolean onTheLeft,
            DotDimensions dimensions,
            Shape input,
            int batchAxis,
            int channelAxis) {
        List<Pair> contracted =
                pairs(dimensions.leftContracted(), dimensions.rightContracted(), onTheLeft);
        List<Pair> batched = pairs(dimensions.leftBatched(), dimensions.rightBatched(), onTheLeft);
        List<Pair> named = new ArrayList<>(contracted);
        named.addAll(batched);
        named.forEach(pair -> check(pair, constant.shape(), input, channelAxis));
        List<Pair> ofInput =
                IntStream.range(0, input.rank())
                        .filter(axis -> named.stream().noneMatch(p -> p.inputAxis() == axis))
                        .mapToObj(axis -> new Pair(axis, NONE))
                        .toList();
        List<Pair> ofConstant =
                IntStream.range(0, constant.shape().rank())
                        .filter(axis -> named.stream().noneMatch(p -> p.constantAxis() == axis))
                        .mapToObj(axis -> new Pair(NONE, axis))
                        .toList();
        List<Pair> outputs = new ArrayList<>(batched);
        outputs.addAll(onTheLeft ? ofConstant : ofInput);
        outputs.addAll(onTheLeft ? ofInput : ofConstant);
        var plan = new DotPlan(constant, input, batchAxis, channelAxis, contracted, outputs);
        if (plan.contractsBatch() && (named.size() != 1 || ofConstant.size() != 1)) {
            throw new InputException(
                    "DotGeneral contracts the batch, axis "
                            + batchAxis
                            + ", with a constant of shape "
                            + constant.shape()
                            + "; a constant for that has two axes, one that is contracted and one"
                            + " that counts the new examples, and nothing else is contracted or"
                            + " batched.");
        }
        return plan;
    }

    private static List<Pair> pairs(List<Integer> left, List<Integer> right, boolean onTheLeft) {
        List<Integer> ofInput = onTheLeft ? right : left;
        List<Integer> ofConstant = onTheLeft ? left : right;
        return IntStream.range(0, left.size())
                .mapToObj(k -> new Pair(ofInput.get(k), ofConstant.get(k)))
                .toList();
    }

    private static void check(Pair pair, Shape constant, Shape input, int channelAxis) {
        if (pair.inputAxis() == channelAxis) {
            throw new InputException(
                    "DotGeneral contracts or batches axis "
                            + channelAxis
                            + " of activations of shape "
                            + input
                            + ", which is that of the channels; only others can be.");
        }
        if (input.extent(pair.inputAxis()) != constant.extent(pair.constantAxis())) {
            throw new InputException(
                    "DotGeneral pairs axis "
                            + pair.inputAxis()
                            + " of activations of shape "
                            + input
                            + " with axis "
                            + pair.constantAxis()
                            + " of a constant of shape "
                            + constant
                            + ": their sizes differ.");
        }
    }

    boolean contractsBatch() {
        return contracted.stream().anyMatch(pair -> pair.inputAxis() == batchAxis);
    }

    /** Whether each example meets a part of the constant of its own. */
    boolean isPerExample() {
        return outputs.stream()
                .anyMatch(pair -> pair.inputAxis() == batchAxis && pair.constantAxis() != NONE);
    }

    Shape outputShape() {
        return Shape.of(outputs.stream().mapToLong(this::size).toArray());
    }

    private int size(Pair pair) {
        return pair.inputAxis() == NONE
                ? constant.extent(pair.constantAxis())
                : Math.toIntExact(input.extent(pair.inputAxis()));
    }

    int outputBatchAxis() {
        return outputOf(contractsBatch() ? NONE : batchAxis);
    }

    int outputChannelAxis() {
        return outputOf(channelAxis);
    }

    private int outputOf(int inputAxis) {
        return outputs.stream().map(Pair::inputAxis).toList().indexOf(inputAxis);
    }

    private boolean isSpatial(Pair pair) {
        return pair.inputAxis() != batchAxis && pair.inputAxis() != channelAxis;
    }

    /**
     * What is done to positions.
     *
     * @param second the plan for the second batch
     */
    CovarianceOp operation(DotPlan second) {
        List<Integer> sizes = outputs.stream().filter(this::isSpatial).map(this::size).toList();
        if (isPerExample()) {
            double[] ofFirst = matrices();
            return new CovarianceOp.Mixing(
                    new PerExample(ofFirst.length / examples(), ofFirst, second.matrices()),
                    new Extents(sizes));
        }
        return new CovarianceOp.PositionMap(positionMap(0), new Extents(sizes));
    }

    private int examples() {
        return Math.toIntExact(input.extent(batchAxis));
    }

    /** The maps of the positions of all examples, (examples, new positions, old positions). */
    double[] matrices() {
        return IntStream.range(0, examples())
                .mapToObj(this::positionMap)
                .flatMapToDouble(DotPlan::dense)
                .toArray();
    }

    private static DoubleStream dense(SparseMatrix matrix) {
        double[] values = new double[matrix.rows() * matrix.columns()];
        for (int row = 0; row < matrix.rows(); row++) {
            int[] columns = matrix.indices().get(row);
            for (int i = 0; i < columns.length; i++) {
                values[row * matrix.columns() + columns[i]] = matrix.weights().get(row)[i];
            }
        }
        return Arrays.stream(values);
    }

    /** The map of the positions of each example. */
    IntFunction<SparseMatrix> positionMaps() {
        SparseMatrix common = positionMap(0);
        return isPerExample() ? this::positionMap : example -> common;
    }

    /** The map of the positions of an example, (new positions, old positions). */
    private SparseMatrix positionMap(int example) {
        List<Pair> made = outputs.stream().filter(this::isSpatial).toList();
        int[] sizes = made.stream().mapToInt(this::size).toArray();
        int[] sums = contracted.stream().mapToInt(this::size).toArray();
        int[] coordinates = new int[input.rank()];
        int[] entry = new int[constant.shape().rank()];
        outputs.stream()
                .filter(pair -> pair.inputAxis() == batchAxis && pair.constantAxis() != NONE)
                .forEach(pair -> entry[pair.constantAxis()] = example);
        List<int[]> indices = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        for (int row = 0; row < product(sizes); row++) {
            place(made, row, sizes, coordinates, entry);
            int[] columns = new int[product(sums)];
            double[] values = new double[columns.length];
            for (int k = 0; k < columns.length; k++) {
                place(contracted, k, sums, coordinates, entry);
                columns[k] = position(coordinates);
                values[k] = constant.get(entry);
            }
            indices.add(columns);
            weights.add(values);
        }
        return withoutZeros(new SparseMatrix(inputPositions(), indices, weights));
    }

    /** Sets the coordinates that a number, row by row, stands for along some axes. */
    private static void place(
            List<Pair> axes, int number, int[] sizes, int[] coordinates, int[] entry) {
        int rest = number;
        for (int k = sizes.length - 1; k >= 0; k--) {
            Pair pair = axes.get(k);
            if (pair.inputAxis() != NONE) {
                coordinates[pair.inputAxis()] = rest % sizes[k];
            }
            if (pair.constantAxis() != NONE) {
                entry[pair.constantAxis()] = rest % sizes[k];
            }
            rest /= sizes[k];
        }
    }

    private static int product(int[] sizes) {
        return IntStream.of(sizes).reduce(1, Math::multiplyExact);
    }

    private int inputPositions() {
        return Math.toIntExact(input.size() / input.extent(batchAxis) / input.extent(channelAxis));
    }

    private int position(int[] coordinates) {
        int position = 0;
        for (int axis = 0; axis < coordinates.length; axis++) {
            if (axis != batchAxis && axis != channelAxis) {
                position = position * Math.toIntExact(input.extent(axis)) + coordinates[axis];
            }
        }
        return position;
    }

    private static SparseMatrix withoutZeros(SparseMatrix matrix) {
        List<int[]> indices = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        for (int row = 0; row < matrix.rows(); row++) {
            int[] columns = matrix.indices().get(row);
            double[] values = matrix.weights().get(row);
            int[] kept = IntStream.range(0, values.length).filter(i -> values[i] != 0).toArray();
            indices.add(IntStream.of(kept).map(i -> columns[i]).toArray());
            weights.add(IntStream.of(kept).mapToDouble(i -> values[i]).toArray());
        }
        return new SparseMatrix(matrix.columns(), indices, weights);
    }

    /** The map of the examples of a batch that is contracted, (new examples, old examples). */
    SparseMatrix exampleMap() {
        int summed = contracted.getFirst().constantAxis();
        double[][] rows = new double[constant.extent(1 - summed)][constant.extent(summed)];
        int[] entry = new int[2];
        for (int row = 0; row < rows.length; row++) {
            for (int column = 0; column < rows[row].length; column++) {
                entry[summed] = column;
                entry[1 - summed] = row;
                rows[row][column] = constant.get(entry);
            }
        }
        return SparseMatrix.of(rows, constant.extent(summed));
    }
}
