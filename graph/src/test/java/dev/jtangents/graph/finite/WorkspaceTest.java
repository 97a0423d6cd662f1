package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class WorkspaceTest {
    @Test
    void releasedMemoryIsUsedAgainFilledWithZeros() {
        try (var workspace = new Workspace(DType.F32)) {
            Tensor first = workspace.zeros(2, 3);
            first.set(4, 1, 2);
            workspace.release(first);
            Tensor other = workspace.zeros(3, 3);
            Tensor again = workspace.zeros(3, 2);
            Tensor fresh = workspace.zeros(2, 3);
            assertEquals(first.segment().address(), again.segment().address());
            assertArrayEquals(new double[6], again.toArray());
            assertEquals(Shape.of(3, 2), again.shape());
            assertEquals(DType.F32, again.dtype());
            again.set(1, 0, 0);
            assertArrayEquals(new double[9], other.toArray());
            assertArrayEquals(new double[6], fresh.toArray());
        }
    }

    @Test
    void closedItTakesItsMemoryBack() {
        var workspace = new Workspace(DType.F64);
        Tensor matrix = workspace.zeros(2, 2);
        workspace.close();
        assertThrows(IllegalStateException.class, () -> matrix.get(0, 0));
    }

    @Test
    void matricesOfAllSizesAreAlignedZerosOfTheirOwn() {
        try (var workspace = new Workspace(DType.F64)) {
            List<Tensor> matrices = new ArrayList<>();
            for (long width : new long[] {0, 1, 7, 8, 9, 1000, 200_000, 3, 5_000_000, 11, 0}) {
                Tensor matrix = workspace.zeros(1, width);
                assertEquals(0, matrix.segment().address() % Tensor.ALIGNMENT);
                for (long i = 0; i < width; i++) {
                    assertEquals(0, RandomArrays.at(matrix, i));
                    DType.F64.write(matrix.segment(), i, matrices.size());
                }
                matrices.add(matrix);
            }
            for (int number = 0; number < matrices.size(); number++) {
                Tensor matrix = matrices.get(number);
                for (long i = 0; i < matrix.size(); i++) {
                    assertEquals(number, RandomArrays.at(matrix, i));
                }
            }
        }
    }
}
