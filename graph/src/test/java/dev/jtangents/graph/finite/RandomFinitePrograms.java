package dev.jtangents.graph.finite;

import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.Shape;

import org.hipparchus.analysis.differentiation.DerivativeStructure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Draws small finite programs of all operations, with parameters wherever they fit. */
final class RandomFinitePrograms {
    private static final List<ScalarFunction> SMOOTH =
            List.of(
                    ScalarFunction.of(DerivativeStructure::tanh),
                    ScalarFunction.of(DerivativeStructure::sin),
                    ScalarFunction.of(ScalarFunctions::erf),
                    ScalarFunction.of(ScalarFunctions::gelu));

    private static final int LARGEST = 40;

    private final SplittableRandom random;
    private final boolean smooth;
    private final FiniteBuilder program = new FiniteBuilder();
    private final List<Value> values = new ArrayList<>();

    /** Draws programs that have all derivatives, or also such as have kinks. */
    RandomFinitePrograms(SplittableRandom random, boolean smooth) {
        this.random = random;
        this.smooth = smooth;
    }

    /** A program of one or two inputs and outputs. */
    FiniteProgram draw(int length) {
        values.add(program.input(shape()));
        if (random.nextBoolean()) {
            values.add(program.input(shape()));
        }
        values.add(program.parameter(shape()));
        for (int step = 0; step < length; step++) {
            Value next = step(random.nextInt(3) > 0 ? values.getLast() : any());
            values.add(next.shape().size() > LARGEST ? narrowed(next) : next);
        }
        List<Value> outputs = new ArrayList<>(List.of(values.getLast()));
        if (random.nextBoolean()) {
            outputs.add(any());
        }
        return program.build(outputs);
    }

    private Value any() {
        return values.get(random.nextInt(values.size()));
    }

    private Shape shape() {
        return Shape.of(random.longs(2 + random.nextInt(2), 1, 4).toArray());
    }

    private Value step(Value x) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> program.map(x, function());
            case 2 -> contraction(x);
            case 3 -> permuted(x);
            case 4 -> program.along(x, axis(x), matrix(x, axis(x)));
            case 5 -> program.multiply(x, partner(x));
            case 6 -> program.sum(List.of(x, partner(x), x), List.of(0.5, -0.8, 0.2));
            case 7 -> program.concatenate(List.of(x, partner(x)), axis(x));
            case 8 -> program.addScaled(x, row(x), 0.6);
            default -> smooth ? gram(x) : kinked(x);
        };
    }

    /** The last axis of which the extent is not 1, so that there is something to mix. */
    private static int axis(Value x) {
        int axis = x.shape().rank() - 1;
        while (axis > 0 && x.shape().extent(axis) == 1) {
            axis--;
        }
        return axis;
    }

    private ScalarFunction function() {
        return SMOOTH.get(random.nextInt(SMOOTH.size()));
    }

    private SparseMatrix matrix(Value x, int axis) {
        return RandomArrays.matrix(
                random, 1 + random.nextInt(4), Math.toIntExact(x.shape().extent(axis)));
    }

    private Value contraction(Value x) {
        int axis = random.nextInt(x.shape().rank());
        long in = x.shape().extent(axis);
        Value weights = program.parameter(Shape.of(in, 1 + random.nextInt(3)));
        return program.contract(x, weights, axis, 1 / Math.sqrt(in));
    }

    private Value permuted(Value x) {
        List<Integer> axes = new ArrayList<>(IntStream.range(0, x.shape().rank()).boxed().toList());
        Collections.shuffle(axes, new Random(random.nextLong()));
        return program.permute(x, axes.stream().mapToInt(Integer::intValue).toArray());
    }

    /** A value of the same shape: another one, a new parameter, or the same. */
    private Value partner(Value x) {
        List<Value> alike =
                values.stream().filter(value -> value.shape().equals(x.shape())).toList();
        int choice = random.nextInt(alike.size() + 1);
        return choice < alike.size() ? alike.get(choice) : program.parameter(x.shape());
    }

    private Value row(Value x) {
        return program.parameter(Shape.of(x.shape().extent(-1)));
    }

    /** The products of the rows of each matrix with one another. */
    private Value gram(Value x) {
        return program.product(x, x, true, 1.0 / x.shape().extent(-1));
    }

    private Value kinked(Value x) {
        int axis = axis(x);
        return random.nextBoolean()
                ? program.greatest(x, axis, matrix(x, axis))
                : program.map(x, ScalarFunctions.rectifier(-0.2, 1));
    }

    /** Sums of the elements, few enough, of a size that does not grow. */
    private Value narrowed(Value x) {
        int size = Math.toIntExact(x.shape().size());
        double[][] means = new double[6][size];
        for (int i = 0; i < size; i++) {
            means[i % means.length][i] = (double) means.length / size;
        }
        Value flat = program.reshape(x, Shape.of(size, 1));
        Value narrow = program.along(flat, 0, SparseMatrix.of(means, size));
        return program.reshape(narrow, Shape.of(2, 3));
    }
}
