package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.List;

/** What a builder refuses, and in which words. */
class FiniteBuilderRefusalTest {
    private static final Shape SHAPE = Shape.of(2, 3, 4);

    private final FiniteBuilder builder = new FiniteBuilder();
    private final Value x = builder.input(SHAPE);

    private static void assertRefused(String message, Executable call) {
        String found = assertThrows(InputException.class, call).getMessage();
        assertTrue(found.contains(message), found);
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        Value pair = builder.input(Shape.of(2));
        Value matrix = builder.input(Shape.of(3, 4));
        SparseMatrix narrow = SparseMatrix.selection(new int[] {0, 1}, 2);
        assertRefused(
                "3 values were given for shape (2,), which has 2",
                () -> builder.constant(new double[3], Shape.of(2)));
        assertRefused(
                "An array of shape (2, 3, 4) cannot be seen as (5, 5)",
                () -> builder.reshape(x, Shape.of(5, 5)));
        assertRefused(
                "A permutation of shape (2, 3, 4) names each axis once; given were [0, 1]",
                () -> builder.permute(x, 0, 1));
        assertRefused("given were [0, 1, -2]", () -> builder.permute(x, 0, 1, -2));
        assertRefused("Axis 3 does not exist", () -> builder.permute(x, 0, 1, 3));
        assertRefused(
                "A matrix of 2 columns does not fit axis 1 of shape (2, 3, 4)",
                () -> builder.along(x, 1, narrow));
        assertRefused("Axis -4 does not exist", () -> builder.along(x, -4, narrow));
        assertRefused(
                "Sets of places along axis 1 of shape (2, 3, 4) must have 2 places",
                () -> builder.greatest(x, 1, narrow));
        assertRefused(
                "at least one each",
                () -> builder.greatest(x, 0, SparseMatrix.of(new double[][] {{1, 0}, {0, 0}}, 2)));
        assertRefused(
                "An array of shape (2,) cannot be repeated to shape (2, 3, 4)",
                () -> builder.broadcast(pair, SHAPE));
        assertRefused(
                "An array of shape (2, 3, 4) cannot be repeated to shape (3, 4)",
                () -> builder.broadcast(x, Shape.of(3, 4)));
        assertRefused("cannot be repeated", () -> builder.addScaled(x, pair, 1));
        assertRefused(
                "Arrays of one sum have one shape, but these have (2, 3, 4) and (2,)",
                () -> builder.sum(List.of(x, pair)));
        assertRefused(
                "given were 2 terms and 1 factors", () -> builder.sum(List.of(x, x), List.of(1.0)));
        assertRefused("given were 0 terms", () -> builder.sum(List.of()));
        assertRefused(
                "Arrays that are multiplied element by element have one shape, but these have (2,"
                        + " 3, 4) and (2,)",
                () -> builder.multiply(x, pair));
        assertRefused(
                "Matrices of shapes (2, 3, 4) and (3, 4) cannot be multiplied",
                () -> builder.product(x, matrix, true, 1));
        assertRefused(
                "Matrices of shapes (3, 4) and (3, 4) cannot be multiplied",
                () -> builder.product(matrix, matrix, false, 1));
        assertRefused("(2,) and (2,)", () -> builder.product(pair, pair, false, 1));
        assertRefused("cannot be multiplied", () -> builder.contract(x, matrix, 2, 1));
        assertRefused("cannot be multiplied", () -> builder.contract(x, pair, 0, 1));
        assertRefused("Axis 3 does not exist", () -> builder.contract(x, matrix, 3, 1));
    }

    @Test
    void valuesOfOtherShapesAreNotConcatenated() {
        Value shorter = builder.input(Shape.of(2, 2, 4));
        Value flat = builder.input(Shape.of(2));
        assertRefused(
                "Arrays of shapes [(2, 3, 4), (2, 2, 4)] cannot be put one after another along axis"
                        + " 2",
                () -> builder.concatenate(List.of(x, shorter), 2));
        assertRefused("Arrays of shapes []", () -> builder.concatenate(List.of(), 0));
        assertRefused("[(2, 3, 4), (2,)]", () -> builder.concatenate(List.of(x, flat), 0));
        assertRefused("Axis 2 does not exist", () -> builder.concatenate(List.of(x, flat), 2));
        assertRefused("Axis 3 does not exist", () -> builder.concatenate(List.of(x, x), 3));
    }

    @Test
    void valuesOfAnotherProgramAreRefused() {
        var builder = new FiniteBuilder();
        Value x = builder.input(Shape.of(2));
        Value foreign = new FiniteBuilder().input(Shape.of(2));
        assertThrows(InputException.class, () -> builder.sum(List.of(x, foreign)));
        assertThrows(InputException.class, () -> builder.reshape(foreign, Shape.of(2, 1)));
        assertThrows(InputException.class, () -> builder.build(List.of(foreign)));
    }
}
