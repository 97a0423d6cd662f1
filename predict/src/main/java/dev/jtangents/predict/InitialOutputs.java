package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;

/**
 * The outputs of a network before training.
 *
 * @param constant all of them, when there is no array
 * @param array each of them, or one number for all; or null
 */
record InitialOutputs(double constant, @Nullable Tensor array) {
    /** The outputs on the examples of these rows, as a new matrix. */
    Tensor matrix(Arena arena, KernelAxes axes, Shape rows, String name) {
        if (array != null && array.shape().rank() > 0) {
            return axes.outputMatrix(arena, array, rows, name);
        }
        double value = array == null ? constant : array.get();
        if (!Double.isFinite(value)) {
            throw new InputException(name + " = " + value + " is not a finite number.");
        }
        Tensor matrix = axes.emptyOutputMatrix(arena, rows);
        Matrices.fill(matrix, value);
        return matrix;
    }

    static void requireOne(@Nullable InitialOutputs train, @Nullable InitialOutputs test) {
        if (train == null && test == null) {
            throw new InputException(
                    "No outputs are asked for: call trainFrom, testFrom or both before predict.");
        }
    }
}
