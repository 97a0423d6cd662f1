package dev.jtangents.predict;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.OptionalDouble;

/**
 * The outputs on a test set along the flow of a loss: f(0) - K* s for the pull s of {@link
 * LossFlow}, and with friction γ what is left of the initial velocity, (1 - exp(-γ τ)) / γ f'(0).
 *
 * @param rows the kept extents of the test set
 * @param testTrain K*, the matrix of the kernel between test and training set
 * @param start f(0)
 * @param velocity f'(0); null for 0
 */
record TestPath(
        Shape rows,
        Tensor testTrain,
        Tensor start,
        @Nullable Tensor velocity,
        OptionalDouble friction) {
    Tensor outputs(Arena arena, FlowPoint point) {
        Tensor outputs = Matrices.copy(arena, start);
        if (velocity != null && friction.isPresent()) {
            double way = SpectralFunction.integral(friction.getAsDouble(), point.time());
            Matrices.addToBlocks(outputs, way, velocity);
        }
        return pulled(arena, point, 0, outputs);
    }

    Tensor velocity(Arena arena, FlowPoint point) {
        Tensor left = Matrices.zeros(arena, start.shape().extent(0), start.shape().extent(1));
        if (velocity != null && friction.isPresent()) {
            double decay = SpectralFunction.decay(friction.getAsDouble(), point.time());
            Matrices.addToBlocks(left, decay, velocity);
        }
        return pulled(arena, point, 1, left);
    }

    private Tensor pulled(Arena arena, FlowPoint point, int part, Tensor free) {
        long rows = testTrain.shape().extent(1);
        long columns = start.shape().extent(1);
        Tensor pull = FlowPoint.part(arena, point.pull(), part, rows, columns);
        LinearAlgebra.get().multiply(-1, testTrain, false, pull, false, 1, free);
        return free;
    }
}
