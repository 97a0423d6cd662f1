package dev.jtangents.graph.finite;

import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Grows a finite program value by value. Values have the shape of one example: there is no batch
 * axis. Negative axes count from the end. Every method throws {@link InputException} when shapes do
 * not fit.
 */
public final class FiniteBuilder {
    private final List<FiniteProgram.Node> nodes = new ArrayList<>();
    private final List<Shape> inputs = new ArrayList<>();
    private final List<Shape> parameters = new ArrayList<>();

    /** The next array that the program takes of each example. */
    public Value input(Shape shape) {
        inputs.add(shape);
        return append(new Source.Input(inputs.size() - 1), shape, false);
    }

    /** The next parameter. */
    public Value parameter(Shape shape) {
        parameters.add(shape);
        return append(new Source.Parameter(parameters.size() - 1), shape, true);
    }

    /** Numbers in row-major order. */
    public Value constant(double[] values, Shape shape) {
        if (values.length != shape.size()) {
            throw new InputException(
                    values.length
                            + " values were given for shape "
                            + shape
                            + ", which has "
                            + shape.size());
        }
        return append(new Source.Constant(values.clone()), shape, true);
    }

    /** The same elements in another shape. */
    public Value reshape(Value x, Shape shape) {
        if (shape.size() != x.shape().size()) {
            throw new InputException(
                    "An array of shape " + x.shape() + " cannot be seen as " + shape + ".");
        }
        return new Value(this, x.nodeIn(this), shape);
    }

    /** The axes in another order: axis i of the result is axis {@code axes[i]} of x. */
    public Value permute(Value x, int... axes) {
        int rank = x.shape().rank();
        int[] order = IntStream.of(axes).map(x.shape()::axis).toArray();
        if (order.length != rank || IntStream.of(order).distinct().count() != rank) {
            throw new InputException(
                    "A permutation of shape "
                            + x.shape()
                            + " names each axis once; given were "
                            + Arrays.toString(axes));
        }
        Shape permuted = Shape.of(IntStream.of(order).mapToLong(x.shape()::extent).toArray());
        int kept = rank;
        while (kept > 0 && order[kept - 1] == kept - 1) {
            kept--;
        }
        if (kept == 0) {
            return x;
        }
        long inner = 1;
        for (int axis = kept; axis < rank; axis++) {
            inner *= x.shape().extent(axis);
        }
        int[] places = places(permuted, order, kept, x.shape().rowMajorStrides(), inner);
        Shape moved = Shape.of(places.length, inner);
        return reshape(along(reshape(x, moved), 0, select(places, places.length)), permuted);
    }

    /** For each place of the first axes of a permuted array the place that it comes from. */
    private static int[] places(Shape permuted, int[] order, int axes, long[] strides, long inner) {
        long count = 1;
        for (int axis = 0; axis < axes; axis++) {
            count *= permuted.extent(axis);
        }
        int[] places = new int[Math.toIntExact(count)];
        for (int place = 0; place < places.length; place++) {
            long rest = place;
            long from = 0;
            for (int axis = axes - 1; axis >= 0; axis--) {
                from += rest % permuted.extent(axis) * strides[order[axis]];
                rest /= permuted.extent(axis);
            }
            places[place] = Math.toIntExact(from / Math.max(inner, 1));
        }
        return places;
    }

    private static SparseMatrix select(int[] places, int columns) {
        return SparseMatrix.selection(places, columns);
    }

    /** A matrix times x along one axis; its columns are the old extent, its rows the new one. */
    public Value along(Value x, int axis, SparseMatrix matrix) {
        int at = x.shape().axis(axis);
        if (matrix.columns() != x.shape().extent(at)) {
            throw new InputException(
                    "A matrix of "
                            + matrix.columns()
                            + " columns does not fit axis "
                            + axis
                            + " of shape "
                            + x.shape()
                            + ".");
        }
        Operation map = new LinearMap(matrix, extent(x, 0, at), extent(x, at + 1));
        return append(map, x.shape().with(at, matrix.rows()), x);
    }

    /** The greatest along one axis in each set of places; each row of a matrix is a set. */
    public Value greatest(Value x, int axis, SparseMatrix sets) {
        int at = x.shape().axis(axis);
        boolean empty = sets.indices().stream().anyMatch(set -> set.length == 0);
        if (sets.columns() != x.shape().extent(at) || empty) {
            throw new InputException(
                    "Sets of places along axis "
                            + axis
                            + " of shape "
                            + x.shape()
                            + " must have "
                            + sets.columns()
                            + " places to choose from, and at least one each.");
        }
        Operation greatest = new Greatest(sets, extent(x, 0, at), extent(x, at + 1));
        return append(greatest, x.shape().with(at, sets.rows()), x);
    }

    private static int extent(Value x, int from) {
        return extent(x, from, x.shape().rank());
    }

    private static int extent(Value x, int from, int to) {
        long product = 1;
        for (int axis = from; axis < to; axis++) {
            product *= x.shape().extent(axis);
        }
        return Math.toIntExact(product);
    }

    /** x repeated along its axes of extent 1, after axes of extent 1 were put before its own. */
    public Value broadcast(Value x, Shape target) {
        int missing = target.rank() - x.shape().rank();
        LongStream ones = LongStream.generate(() -> 1).limit(Math.max(missing, 0));
        Value grown =
                reshape(
                        x,
                        Shape.of(
                                LongStream.concat(ones, LongStream.of(x.shape().extents()))
                                        .toArray()));
        for (int axis = 0; axis < grown.shape().rank(); axis++) {
            long extent = grown.shape().extent(axis);
            if (missing < 0 || extent != 1 && extent != target.extent(axis)) {
                throw new InputException(
                        "An array of shape "
                                + x.shape()
                                + " cannot be repeated to shape "
                                + target
                                + ".");
            }
            if (extent != target.extent(axis)) {
                int[] first = new int[Math.toIntExact(target.extent(axis))];
                grown = along(grown, axis, select(first, 1));
            }
        }
        return grown;
    }

    /** {@code x + factor y}, with y repeated where its extent is 1. */
    public Value addScaled(Value x, Value y, double factor) {
        return sum(List.of(x, broadcast(y, x.shape())), List.of(1.0, factor));
    }

    /** The sum of factors times values of one shape. */
    public Value sum(List<Value> terms, List<Double> factors) {
        if (terms.isEmpty() || factors.size() != terms.size()) {
            throw new InputException(
                    "A sum has at least one term and a factor for each; given were "
                            + terms.size()
                            + " terms and "
                            + factors.size()
                            + " factors.");
        }
        Shape shape = terms.getFirst().shape();
        terms.forEach(term -> requireShape(term, shape, "of one sum"));
        return append(new WeightedSum(List.copyOf(factors)), shape, terms.toArray(Value[]::new));
    }

    /** The sum of values of one shape. */
    public Value sum(List<Value> terms) {
        return sum(terms, Collections.nCopies(terms.size(), 1.0));
    }

    /** Values one after another along an axis; their other extents are equal. */
    public Value concatenate(List<Value> parts, int axis) {
        List<Shape> others = parts.stream().map(part -> part.shape().with(axis, 0)).toList();
        if (others.stream().distinct().count() != 1) {
            throw new InputException(
                    "Arrays of shapes "
                            + parts.stream().map(Value::shape).toList()
                            + " cannot be put one after another along axis "
                            + axis
                            + ": there must be at least one, and equal extents on the other axes.");
        }
        int at = parts.getFirst().shape().axis(axis);
        int total = parts.stream().mapToInt(part -> (int) part.shape().extent(at)).sum();
        List<Value> placed = new ArrayList<>();
        int before = 0;
        for (Value part : parts) {
            placed.add(along(part, at, placement(before, part.shape().extent(at), total)));
            before += (int) part.shape().extent(at);
        }
        return sum(placed);
    }

    private static SparseMatrix placement(int before, long extent, int total) {
        List<int[]> indices = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        for (int row = 0; row < total; row++) {
            boolean inside = row >= before && row < before + extent;
            indices.add(inside ? new int[] {row - before} : new int[0]);
            weights.add(inside ? new double[] {1} : new double[0]);
        }
        return new SparseMatrix((int) extent, indices, weights);
    }

    /** A function of each element. */
    public Value map(Value x, ScalarFunction function) {
        return append(new ElementwiseMap(function), x.shape(), x);
    }

    /** The products of the elements of two values of one shape. */
    public Value multiply(Value x, Value y) {
        requireShape(y, x.shape(), "that are multiplied element by element");
        return append(new ElementwiseProduct(), x.shape(), x, y);
    }

    private static void requireShape(Value value, Shape shape, String what) {
        if (!value.shape().equals(shape)) {
            throw new InputException(
                    "Arrays "
                            + what
                            + " have one shape, but these have "
                            + shape
                            + " and "
                            + value.shape()
                            + ".");
        }
    }

    /**
     * A factor times the products of the matrices in the last two axes; the axes before them are
     * equal.
     *
     * @param transposed whether the matrices of y are stored with rows and columns exchanged
     */
    public Value product(Value x, Value y, boolean transposed, double factor) {
        Shape left = x.shape();
        Shape right = y.shape();
        boolean fits = left.rank() >= 2 && left.rank() == right.rank();
        for (int axis = 0; fits && axis < left.rank() - 2; axis++) {
            fits = left.extent(axis) == right.extent(axis);
        }
        if (!fits || left.extent(-1) != right.extent(transposed ? -1 : -2)) {
            throw new InputException(
                    "Matrices of shapes " + left + " and " + right + " cannot be multiplied.");
        }
        long width = right.extent(transposed ? -2 : -1);
        Operation product =
                new MatrixProduct(
                        extent(x, 0, left.rank() - 2),
                        Math.toIntExact(left.extent(-2)),
                        Math.toIntExact(left.extent(-1)),
                        Math.toIntExact(width),
                        transposed,
                        factor);
        return append(product, left.with(-1, width), x, y);
    }

    /** A factor times the product of x with a matrix of (in, out) along one axis. */
    public Value contract(Value x, Value matrix, int axis, double factor) {
        int rank = x.shape().rank();
        int at = x.shape().axis(axis);
        int[] toLast = IntStream.range(0, rank).map(i -> i < at ? i : i + 1).toArray();
        toLast[rank - 1] = at;
        Value moved = permute(x, toLast);
        long in = moved.shape().extent(-1);
        long rows = moved.shape().without(-1).size();
        Value product = product(reshape(moved, Shape.of(rows, in)), matrix, false, factor);
        int[] back = IntStream.range(0, rank).map(i -> i <= at ? i : i - 1).toArray();
        back[at] = rank - 1;
        Shape shape = moved.shape().with(-1, matrix.shape().extent(1));
        return permute(reshape(product, shape), back);
    }

    private Value append(Operation operation, Shape shape, Value... taken) {
        boolean shared =
                Arrays.stream(taken).allMatch(value -> nodes.get(value.nodeIn(this)).shared());
        return append(operation, shape, shared, taken);
    }

    private Value append(Operation operation, Shape shape, boolean shared, Value... taken) {
        List<Integer> from = Arrays.stream(taken).map(value -> value.nodeIn(this)).toList();
        nodes.add(new FiniteProgram.Node(operation, from, shape.size(), shared));
        return new Value(this, nodes.size() - 1, shape);
    }

    /** The program with these outputs; what they do not need is left out. */
    public FiniteProgram build(List<Value> outputs) {
        boolean[] needed = needed(outputs);
        int[] numbers = new int[nodes.size()];
        List<FiniteProgram.Node> kept = new ArrayList<>();
        for (int node = 0; node < nodes.size(); node++) {
            numbers[node] = kept.size();
            if (needed[node]) {
                kept.add(nodes.get(node).renumbered(numbers));
            }
        }
        List<Output> made =
                outputs.stream()
                        .map(value -> new Output(numbers[value.nodeIn(this)], value.shape()))
                        .toList();
        return new FiniteProgram(kept, inputs, parameters, made);
    }

    /** Whether each node is a source, whose number has a meaning, or leads to an output. */
    private boolean[] needed(List<Value> outputs) {
        boolean[] needed = new boolean[nodes.size()];
        outputs.forEach(value -> needed[value.nodeIn(this)] = true);
        for (int node = nodes.size() - 1; node >= 0; node--) {
            needed[node] |= nodes.get(node).operation() instanceof Source;
            if (needed[node]) {
                nodes.get(node).inputs().forEach(input -> needed[input] = true);
            }
        }
        return needed;
    }
}
