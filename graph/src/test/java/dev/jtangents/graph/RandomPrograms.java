package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Attention;
import dev.jtangents.graph.CovarianceOp.BilinearAttention;
import dev.jtangents.graph.CovarianceOp.Concatenation;
import dev.jtangents.graph.CovarianceOp.Dropout;
import dev.jtangents.graph.CovarianceOp.EqualPositions;
import dev.jtangents.graph.CovarianceOp.ExampleConcatenation;
import dev.jtangents.graph.CovarianceOp.ExampleMap;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Mixing;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Normalization;
import dev.jtangents.graph.CovarianceOp.Permutation;
import dev.jtangents.graph.CovarianceOp.PositionCovariance;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.Scaling;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.Window;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;
import dev.jtangents.maps.SinMap;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Draws small programs of all operations. Maps are smooth: rounding is not magnified where two
 * positions or examples are alike.
 */
final class RandomPrograms {
    private static final List<BivariateMap> MAPS =
            List.of(new ErfMap(0.9, 1.1, 0.2), new GeluMap(), new SinMap(1, 0.8, 0.3));

    private static final int LARGEST = 16;

    private final SplittableRandom random;
    private final boolean symmetric;
    private final boolean mapsExamples;
    private final CovarianceProgram.Builder builder = new CovarianceProgram.Builder();
    private final List<int[]> examples = new ArrayList<>();

    /** Draws programs whose second batch is the first when they are symmetric. */
    RandomPrograms(SplittableRandom random, boolean symmetric, boolean mapsExamples) {
        this.random = random;
        this.symmetric = symmetric;
        this.mapsExamples = mapsExamples;
    }

    /** A program of inputs 0 and 1 of so many examples. */
    CovarianceProgram draw(int rows, int columns, Extents extents, int length) {
        add(new int[] {rows, columns}, new Input(0, extents, 3));
        if (random.nextBoolean()) {
            add(new int[] {rows, columns}, new Input(1, extents, 2));
        }
        int last = 0;
        for (int count = 0; count < length; count++) {
            int nodes = examples.size();
            int input = random.nextInt(3) > 0 ? nodes - 1 : random.nextInt(nodes);
            last = add(input);
        }
        return builder.program(last);
    }

    private int add(int[] counts, CovarianceOp op, int... inputs) {
        examples.add(counts);
        return builder.add(op, inputs);
    }

    private int then(int input, CovarianceOp op) {
        return add(examples.get(input), op, input);
    }

    private int add(int input) {
        Extents extents = builder.extents(input);
        int positions = extents.positions();
        return switch (random.nextInt(mapsExamples ? 20 : 18)) {
            case 0 -> then(input, new CovarianceOp.Affine(Programs.step(random)));
            case 1, 2 -> then(input, new Nonlinearity(MAPS.get(random.nextInt(MAPS.size()))));
            case 3, 4 -> then(input, new Window(window(extents)));
            case 5 -> then(input, new EqualPositions());
            case 6 -> then(input, new Permutation(permutation(extents.rank())));
            case 7 -> together(input, new WeightedSum(weights()));
            case 8 -> together(input, new Product());
            case 9 -> concatenated(input);
            case 10 ->
                    then(input, new Scaling(factors(input, random.nextBoolean() ? 1 : positions)));
            case 11 -> then(input, normalization(input));
            case 12 -> then(input, new Dropout(0.8));
            case 13 -> then(input, covariance(positions));
            case 14 -> then(input, map(positions));
            case 15 -> random.nextBoolean() ? then(input, new PositionMean()) : add(input);
            case 16 -> {
                Extents output = positions > 8 ? Extents.NONE : extents(3);
                PerExample matrices = factors(input, output.positions() * positions);
                yield then(input, new Mixing(matrices, output));
            }
            case 17 ->
                    together(
                            input,
                            random.nextBoolean() ? attention(input) : new BilinearAttention());
            case 18 -> examplesMapped(input);
            default -> examplesJoined(input);
        };
    }

    private List<Double> weights() {
        return random.nextBoolean() ? List.of(1.0, 1.0) : List.of(0.7, 0.4);
    }

    private static Extents extents(int size) {
        return new Extents(List.of(size));
    }

    /** An operation on a value and perhaps another one of the same extents. */
    private int together(int input, CovarianceOp op) {
        int other = input;
        for (int node = 0; node < input; node++) {
            boolean alike = builder.extents(node).equals(builder.extents(input));
            if (alike && examples.get(node) == examples.get(input) && random.nextBoolean()) {
                other = node;
            }
        }
        int[] counts = examples.get(input);
        return random.nextBoolean() ? add(counts, op, input, other) : add(counts, op, other, input);
    }

    private SpatialWindow window(Extents extents) {
        List<Integer> size = new ArrayList<>();
        List<Integer> stride = new ArrayList<>();
        List<Integer> padding = new ArrayList<>();
        List<Integer> output = new ArrayList<>();
        boolean transposed = random.nextInt(4) == 0 && extents.positions() <= 4;
        boolean circular = random.nextInt(3) == 0;
        for (int in : extents.sizes()) {
            size.add(1 + random.nextInt(5));
            stride.add(1 + random.nextInt(2));
            padding.add(random.nextInt(size.getLast()));
            int step = stride.getLast();
            boolean cut = random.nextBoolean() && !circular;
            output.add(
                    transposed ? in * step : Math.max(1, cut ? in / step : Math.ceilDiv(in, step)));
        }
        return new SpatialWindow(size, stride, padding, new Extents(output), circular, transposed);
    }

    private List<Integer> permutation(int rank) {
        List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        for (int axis = rank - 1; axis > 0; axis--) {
            Collections.swap(axes, axis, random.nextInt(axis + 1));
        }
        return axes;
    }

    private int concatenated(int input) {
        Extents extents = builder.extents(input);
        boolean possible = extents.rank() > 0 && 2 * extents.positions() <= LARGEST;
        return possible
                ? together(input, new Concatenation(random.nextInt(extents.rank())))
                : add(input);
    }

    private PerExample factors(int input, int width) {
        int[] counts = examples.get(input);
        double[] first = flags(counts[0] * width, -1);
        return new PerExample(width, first, symmetric ? first : flags(counts[1] * width, -1));
    }

    /** Whether positions are present; never is an example absent as a whole. */
    private PerExample present(int input) {
        int[] counts = examples.get(input);
        int positions = builder.extents(input).positions();
        double[] first = flags(counts[0] * positions, positions);
        return new PerExample(
                positions, first, symmetric ? first : flags(counts[1] * positions, positions));
    }

    private double[] flags(int length, int positions) {
        double[] values = new double[length];
        for (int i = 0; i < length; i++) {
            double any = random.nextInt(5) == 0 ? 0 : random.nextDouble(0.5, 1);
            values[i] = positions < 0 ? any : i % positions == 0 ? 1 : Math.ceil(any);
        }
        return values;
    }

    private Normalization normalization(int input) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < builder.extents(input).rank(); axis++) {
            if (random.nextBoolean()) {
                axes.add(axis);
            }
        }
        boolean masked = random.nextBoolean();
        return new Normalization(axes, random.nextBoolean(), 0.3, masked ? present(input) : null);
    }

    private Attention attention(int input) {
        AttentionScores[] all = AttentionScores.values();
        AttentionScores scores = all[random.nextInt(all.length)];
        return new Attention(scores, 0.5, random.nextBoolean() ? present(input) : null);
    }

    /** B Bᵀ, so that it is a covariance. */
    private PositionCovariance covariance(int positions) {
        double[] root = random.doubles(positions, -0.6, 0.6).toArray();
        double[] covariance = new double[positions * positions];
        for (int entry = 0; entry < covariance.length; entry++) {
            covariance[entry] = root[entry / positions] * root[entry % positions];
        }
        return new PositionCovariance(0.9, covariance, random.nextBoolean());
    }

    private PositionMap map(int positions) {
        int rows = 1 + random.nextInt(4);
        return switch (random.nextInt(3)) {
            case 0 -> Programs.globalPool(extents(positions));
            case 1 -> {
                int[] selected = random.ints(rows, 0, positions).toArray();
                yield new PositionMap(SparseMatrix.selection(selected, positions), extents(rows));
            }
            default ->
                    new PositionMap(
                            SparseMatrix.of(matrix(rows, positions), positions), extents(rows));
        };
    }

    private double[][] matrix(int rows, int columns) {
        double[][] matrix = new double[rows][];
        for (int row = 0; row < rows; row++) {
            matrix[row] = flags(columns, -1);
        }
        return matrix;
    }

    private int examplesMapped(int input) {
        int[] counts = examples.get(input);
        int[] after = {1 + random.nextInt(4), 1 + random.nextInt(6)};
        SparseMatrix first = exampleMatrix(after[0], counts[0]);
        SparseMatrix second = symmetric ? first : exampleMatrix(after[1], counts[1]);
        return add(after, new ExampleMap(first, second), input);
    }

    private SparseMatrix exampleMatrix(int rows, int columns) {
        return random.nextBoolean()
                ? SparseMatrix.selection(random.ints(rows, 0, columns).toArray(), columns)
                : SparseMatrix.of(matrix(rows, columns), columns);
    }

    private int examplesJoined(int input) {
        for (int node = 0; node <= input; node++) {
            if (builder.extents(node).equals(builder.extents(input))) {
                int[] left = examples.get(node);
                int[] right = examples.get(input);
                int[] counts = {left[0] + right[0], left[1] + right[1]};
                return add(counts, new ExampleConcatenation(), node, input);
            }
        }
        throw new IllegalStateException("A value has the extents of itself");
    }
}
