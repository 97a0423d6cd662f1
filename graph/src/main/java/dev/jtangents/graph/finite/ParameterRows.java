package dev.jtangents.graph.finite;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Parameters as matrices of one row, of the dtype of a run, for all of its threads. */
record ParameterRows(Arena arena, List<Tensor> rows) implements AutoCloseable {
    /** The rows of parameters, which are borrowed; those that do not fit as they are are copied. */
    static ParameterRows of(List<Tensor> parameters, DType dtype) {
        Arena arena = Arena.ofShared();
        try {
            return new ParameterRows(
                    arena, parameters.stream().map(array -> row(array, dtype, arena)).toList());
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    private static Tensor row(Tensor parameter, DType dtype, Arena arena) {
        if (parameter.dtype() == dtype && parameter.isContiguous() && isReadableByAll(parameter)) {
            return parameter.reshape(1, parameter.size());
        }
        Tensor row = Tensor.allocate(arena, dtype, Shape.of(1, parameter.size()));
        row.reshape(parameter.shape().extents()).assign(parameter);
        return row;
    }

    /** Whether native code of any thread can read an array where it is. */
    private static boolean isReadableByAll(Tensor array) {
        MemorySegment segment = array.segment();
        return segment.isNative()
                && segment.address() % array.dtype().bytes() == 0
                && array.isShared();
    }

    @Override
    public void close() {
        arena.close();
    }
}
