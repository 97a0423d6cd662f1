package dev.jtangents.maps;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Maps of Gram matrices are Gram matrices: no eigenvalue is negative beyond rounding. */
class PositiveSemidefiniteTest {
    private static final int EXAMPLES = 30;
    private static final int FEATURES = 5;

    /** The angle of collinear inputs is the root of the rounding of q12. */
    private static final double ANGLE = 1e-7;

    private static final double[] NORMS = {1e-8, 1e-6, 1e-4, 1e-2, 1, 10, 1e2, 1e3, 1e4};

    @ParameterizedTest
    @MethodSource("dev.jtangents.maps.BivariateMapTest#maps")
    void mapsOfGramMatricesAreGramMatrices(BivariateMap map) {
        var random = new SplittableRandom(11);
        for (double norm : NORMS) {
            if (map instanceof ExpMap && norm > 10
                    || map instanceof GaussianMap(_, double b) && b > 0) {
                continue;
            }
            double[][] gram = gram(inputs(random, norm));
            int size = gram.length;
            double[][] nngp = new double[size][size];
            double[][] ntk = new double[size][size];
            double largest = 0;
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    double q11 = gram[i][i];
                    double q22 = gram[j][j];
                    nngp[i][j] = i == j ? map.variance(q11) : map.nngp(gram[i][j], q11, q22);
                    double slope =
                            i == j
                                    ? map.varianceDerivative(q11)
                                    : map.derivative(gram[i][j], q11, q22);
                    ntk[i][j] = gram[i][j] * slope;
                    largest = Math.max(largest, q11);
                }
            }
            // The rounding of q12 moves the NNGP by that much, unless it jumps.
            double rounding = 2e-16 * size * largest * map.varianceDerivative(largest);
            double tolerance = jumps(map, 0) ? ANGLE : 1e-13 * size(nngp) + rounding;
            assertPositive(nngp, tolerance, "NNGP, norm " + norm);
            assertPositive(ntk, sensitivity(map, largest) * size(ntk), "NTK, norm " + norm);
        }
    }

    /** Whether φ, or φ' for an order of 1, is a step: its expectations are of an angle. */
    private static boolean jumps(BivariateMap map, int order) {
        return switch (map) {
            case AbReluMap _ -> order == 1;
            case SignMap _ -> order == 0;
            case RectifiedMonomialMap power -> power.degree() == order;
            default -> false;
        };
    }

    /** The relative change of E[φ'φ'] by the rounding of q12: waves of short length change fast. */
    private static double sensitivity(BivariateMap map, double q) {
        if (jumps(map, 1)) {
            return ANGLE;
        }
        return switch (map) {
            case SinMap _, RbfMap _, ErfMap _, GaussianMap _, GaborMap _ -> 1e-13 + 1e-15 * q;
            default -> 1e-12;
        };
    }

    /** Random examples, one of them twice, once opposite, at multiples and nearby, and zero. */
    private static double[][] inputs(SplittableRandom random, double norm) {
        double[][] inputs = new double[EXAMPLES][FEATURES];
        for (double[] input : inputs) {
            double size = norm / Math.sqrt(FEATURES) * random.nextDouble(0.5, 1.5);
            Arrays.setAll(input, j -> size * random.nextGaussian());
        }
        double[] first = inputs[0];
        inputs[1] = first.clone();
        double[] factors = {-1, 0.7, -0.3, 1.3, 1 + 1e-9, 0};
        for (int k = 0; k < factors.length; k++) {
            double factor = factors[k];
            inputs[2 + k] = Arrays.stream(first).map(x -> factor * x).toArray();
        }
        inputs[8] =
                Arrays.stream(first).map(x -> x + 1e-7 * norm * random.nextGaussian()).toArray();
        return inputs;
    }

    private static double[][] gram(double[][] inputs) {
        double[][] gram = new double[inputs.length][inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            for (int j = 0; j < inputs.length; j++) {
                for (int k = 0; k < FEATURES; k++) {
                    gram[i][j] += inputs[i][k] * inputs[j][k] / FEATURES;
                }
            }
        }
        return gram;
    }

    private static double size(double[][] matrix) {
        return Arrays.stream(matrix).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
    }

    private static void assertPositive(double[][] matrix, double tolerance, String what) {
        double[] values = Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
        try (Tensor tensor = Tensor.of(values, matrix.length, matrix.length);
                Tensor eigenvalues = LinearAlgebra.get().symmetricEigen(tensor)) {
            double least = eigenvalues.get(0);
            assertTrue(least >= -tolerance, what + ": " + least + " below -" + tolerance);
        }
    }
}
