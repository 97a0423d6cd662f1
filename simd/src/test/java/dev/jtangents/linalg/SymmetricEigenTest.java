package dev.jtangents.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

class SymmetricEigenTest {
    private final Random random = new Random(3);

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void decomposesRandomMatrices(LinearAlgebra algebra) {
        for (int size : new int[] {0, 1, 2, 3, 7, 16, 33, 64, 100, 130}) {
            double[][] matrix = Samples.normal(random, size, size);
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < i; j++) {
                    matrix[j][i] = matrix[i][j];
                }
            }
            check(algebra, matrix);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void findsRepeatedAndGradedEigenvalues(LinearAlgebra algebra) {
        checkSpectrum(algebra, new double[60]);
        checkSpectrum(algebra, spectrum(60, i -> 1));
        checkSpectrum(algebra, spectrum(60, i -> i / 20));
        checkSpectrum(algebra, spectrum(60, i -> i == 59 ? 60 : 0));
        checkSpectrum(algebra, spectrum(60, i -> Math.pow(2, i - 59)));
        checkSpectrum(algebra, spectrum(60, i -> (i - 30) * 1e150));
        checkSpectrum(algebra, spectrum(60, i -> (i - 30) * 1e-150));
    }

    /** Kernels of few features: most eigenvalues are only the rounding of the others. */
    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void decomposesKernelsOfLowRank(LinearAlgebra algebra) {
        for (int trial = 0; trial < 200; trial++) {
            int size = 20 + random.nextInt(20);
            double[][] x = Samples.normal(random, size, 1 + random.nextInt(3));
            double[][] kernel = new double[size][size];
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    double product = 0;
                    for (int k = 0; k < x[i].length; k++) {
                        product += x[i][k] * x[j][k];
                    }
                    kernel[i][j] = trial % 2 == 0 ? product : Math.exp(product / x[i].length);
                }
            }
            check(algebra, kernel);
        }
    }

    private static double[] spectrum(int size, IntToDoubleFunction value) {
        double[] spectrum = new double[size];
        Arrays.setAll(spectrum, value);
        return spectrum;
    }

    /** Turns a diagonal matrix by random reflections, which leave the eigenvalues as they are. */
    private void checkSpectrum(LinearAlgebra algebra, double[] spectrum) {
        int size = spectrum.length;
        double[][] matrix = new double[size][size];
        for (int i = 0; i < size; i++) {
            matrix[i][i] = spectrum[i];
        }
        for (int turn = 0; turn < 3; turn++) {
            double[][] reflection = reflection(size);
            matrix = Samples.multiply(Samples.multiply(reflection, matrix), reflection);
        }
        double largest = Math.max(Math.abs(spectrum[0]), Math.abs(spectrum[size - 1]));
        assertArrayEquals(spectrum, check(algebra, matrix), 1e-13 * largest);
    }

    private double[][] reflection(int size) {
        double[] axis = random.doubles(size, -1, 1).toArray();
        double square = Arrays.stream(axis).map(x -> x * x).sum();
        double[][] reflection = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                reflection[i][j] = (i == j ? 1 : 0) - 2 * axis[i] * axis[j] / square;
            }
        }
        return reflection;
    }

    /** Decomposes, checks what defines a decomposition, and returns the eigenvalues. */
    private static double[] check(LinearAlgebra algebra, double[][] matrix) {
        int size = matrix.length;
        double tolerance = 1e-14 * (size + 1) * Samples.size(matrix);
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor =
                    Samples.strided(arena, DType.F64, Samples.withUpper(matrix, Double.NaN), size);
            try (Tensor eigenvalues = algebra.symmetricEigen(tensor)) {
                assertEquals(Shape.of(size), eigenvalues.shape());
                assertEquals(DType.F64, eigenvalues.dtype());
                double[] values = eigenvalues.toArray();
                double[][] vectors = Samples.values(tensor);
                for (int i = 1; i < size; i++) {
                    assertTrue(values[i - 1] <= values[i], "not in increasing order");
                }
                double[][] identity = new double[size][size];
                double[][] scaled = new double[size][size];
                for (int i = 0; i < size; i++) {
                    identity[i][i] = 1;
                    double value = values[i];
                    scaled[i] = Arrays.stream(vectors[i]).map(x -> value * x).toArray();
                }
                double[][] grams = Samples.multiply(vectors, Samples.transpose(vectors));
                assertTrue(Samples.distance(grams, identity) <= 1e-13, "not orthonormal");
                double[][] mapped = Samples.multiply(vectors, matrix);
                assertTrue(Samples.distance(mapped, scaled) <= tolerance, "not eigenvectors");
                return values;
            }
        }
    }
}
