package dev.jtangents.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Workers call at the same time, on tensors that they share for reading. */
class SideBySideTest {
    private static final int SIZE = 150;

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void callsDoNotDisturbOneAnother(LinearAlgebra algebra) {
        double[][] values = Samples.positiveDefinite(new Random(4), SIZE);
        double[] flat = Arrays.stream(values).flatMapToDouble(Arrays::stream).toArray();
        try (Tensor matrix = Tensor.of(flat, SIZE, SIZE)) {
            List<Double> alone = results(algebra, matrix);
            IntStream.range(0, 12)
                    .parallel()
                    .mapToObj(_ -> results(algebra, matrix))
                    .forEach(together -> assertEquals(alone, together));
        }
    }

    /** Some elements of a product, a solution and eigenvectors. */
    private static List<Double> results(LinearAlgebra algebra, Tensor matrix) {
        try (Tensor product = Tensor.allocate(DType.F64, Shape.of(SIZE, SIZE));
                Tensor factor = matrix.copy(DType.F64);
                Tensor vectors = matrix.copy(DType.F64)) {
            algebra.multiply(1, matrix, false, matrix, true, 0, product);
            algebra.cholesky(factor);
            algebra.choleskySolve(factor, product);
            try (Tensor eigenvalues = algebra.symmetricEigen(vectors)) {
                return List.of(
                        product.get(SIZE - 1, 3), vectors.get(7, 5), eigenvalues.get(SIZE / 2));
            }
        }
    }
}
