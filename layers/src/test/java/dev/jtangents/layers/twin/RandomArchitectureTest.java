package dev.jtangents.layers.twin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.TreeSet;

/** The twin on random architectures: covariances, whatever their values, are semidefinite. */
class RandomArchitectureTest {
    private static final int SEEDS = 500;

    /** The angle of collinear elements is the square root of a rounding. */
    private static final double TOLERANCE = 1e-7;

    private static final Set<String> NAMES =
            Set.of(
                    "serial",
                    "parallel",
                    "repeat",
                    "FanOut",
                    "FanInSum",
                    "FanInProd",
                    "FanInConcat",
                    "Dense",
                    "Conv",
                    "ConvTranspose",
                    "ConvLocal",
                    "GlobalSelfAttention",
                    "AvgPool",
                    "SumPool",
                    "GlobalAvgPool",
                    "GlobalSumPool",
                    "Flatten",
                    "Identity",
                    "DotGeneral",
                    "Aggregate",
                    "Dropout",
                    "LayerNorm",
                    "ImageResize",
                    "Index",
                    "Erf",
                    "Sigmoid_like",
                    "Gelu",
                    "Sin",
                    "Cos",
                    "Rbf",
                    "ABRelu",
                    "Relu",
                    "LeakyRelu",
                    "Abs",
                    "Sign",
                    "Exp",
                    "Gaussian",
                    "ExpNormalized",
                    "Hermite",
                    "Gabor",
                    "Monomial",
                    "RectifiedMonomial",
                    "Polynomial",
                    "ElementwiseNumerical");

    @Test
    void resultsAreCovariances() {
        for (long seed = 0; seed < SEEDS; seed++) {
            RandomArchitecture architecture = RandomArchitecture.of(seed);
            for (JointKernel kernel :
                    BruteForce.kernels(architecture.json(), architecture.inputs())) {
                assertCovariance(kernel.nngp(), "nngp of seed " + seed + architecture.json());
                assertCovariance(kernel.ntk(), "ntk of seed " + seed + architecture.json());
            }
        }
    }

    @Test
    void allLayersOccur() {
        Set<String> found = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            collect(Model.of(Json.parse(RandomArchitecture.of(seed).json())), found);
        }
        assertEquals(new TreeSet<>(NAMES), found);
    }

    @Test
    void aSeedIsOneArchitecture() {
        assertEquals(RandomArchitecture.of(7).json(), RandomArchitecture.of(7).json());
    }

    private static void collect(Model model, Set<String> names) {
        names.add(model.name());
        model.parts().forEach(part -> collect(part, names));
    }

    private static void assertCovariance(double[][] matrix, String message) {
        double largest = 0;
        for (int a = 0; a < matrix.length; a++) {
            largest = Math.max(largest, matrix[a][a]);
        }
        double[][] shifted = new double[matrix.length][];
        for (int a = 0; a < matrix.length; a++) {
            for (int b = 0; b < a; b++) {
                assertTrue(Double.isFinite(matrix[a][b]), message);
                assertEquals(matrix[a][b], matrix[b][a], TOLERANCE * largest, message);
            }
            shifted[a] = matrix[a].clone();
            shifted[a][a] += TOLERANCE * largest + Double.MIN_NORMAL;
        }
        assertTrue(isPositiveDefinite(shifted), message);
    }

    /** Whether all pivots of its elimination are positive; overwrites the matrix. */
    private static boolean isPositiveDefinite(double[][] matrix) {
        for (int pivot = 0; pivot < matrix.length; pivot++) {
            if (!(matrix[pivot][pivot] > 0)) {
                return false;
            }
            for (int a = pivot + 1; a < matrix.length; a++) {
                double factor = matrix[a][pivot] / matrix[pivot][pivot];
                for (int b = pivot; b < matrix.length; b++) {
                    matrix[a][b] -= factor * matrix[pivot][b];
                }
            }
        }
        return true;
    }
}
