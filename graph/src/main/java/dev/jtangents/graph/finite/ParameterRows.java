package dev.jtangents.graph.finite;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.List;

/** Parameters as matrices of one row, of the dtype of a run, for all of its threads. */
record ParameterRows(Arena arena, List<Tensor> rows) implements AutoCloseable {
    /** Copies parameters, which are borrowed. */
    static ParameterRows of(List<Tensor> parameters, DType dtype) {
        Arena arena = Arena.ofShared();
        try {
            return new ParameterRows(
                    arena,
                    parameters.stream()
                            .map(
                                    parameter -> {
                                        Shape shape = Shape.of(1, parameter.size());
                                        Tensor row = Tensor.allocate(arena, dtype, shape);
                                        row.reshape(parameter.shape().extents()).assign(parameter);
                                        return row;
                                    })
                            .toList());
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
