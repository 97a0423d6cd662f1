package dev.jtangents.predict;

import dev.jtangents.tensor.Tensor;

import org.hipparchus.ode.ODEState;

import java.lang.foreign.Arena;

/**
 * Where the flow of a loss stands.
 *
 * @param time of the flow
 * @param state the outputs on the training set, then their velocity if they have one
 * @param pull the integral of the gradient, then its velocity if there is one
 */
record FlowPoint(double time, double[] state, double[] pull) {
    static FlowPoint of(ODEState point) {
        // The solver counts the state itself as 0.
        return new FlowPoint(point.getTime(), point.getPrimaryState(), point.getSecondaryState(1));
    }

    /** Numbers of a state or a pull as a matrix: part 0 is the position, part 1 the velocity. */
    static Tensor part(Arena arena, double[] values, int part, long rows, long columns) {
        Tensor matrix = Matrices.zeros(arena, rows, columns);
        Matrices.assign(matrix, values, part * Math.toIntExact(rows * columns));
        return matrix;
    }
}
