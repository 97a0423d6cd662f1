package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.aggregate;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.identity;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.layers.Aggregate.Implementation;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;

/** Sums over the edges of graphs. */
class AggregateTest {
    private static Tensor random(long seed, long... shape) {
        return Tensor.of(
                new SplittableRandom(seed).doubles(Shape.of(shape).size(), -1, 1).toArray(), shape);
    }

    private static double[] nngp(Network network, Tensor x, Tensor pattern) {
        try (Kernel kernel =
                network.kernel(x, KernelOptions.defaults().pattern(pattern, pattern))) {
            return kernel.nngp().toArray();
        }
    }

    /** Σᵢ A[n, i, j] x[n, i, w, c]. */
    private static Tensor summed(Tensor x, Tensor graphs) {
        Tensor out = Tensor.allocate(DType.F64, x.shape());
        for (long n = 0; n < x.shape().extent(0); n++) {
            for (long j = 0; j < x.shape().extent(1); j++) {
                for (long w = 0; w < x.shape().extent(2); w++) {
                    for (long c = 0; c < x.shape().extent(3); c++) {
                        double sum = 0;
                        for (long i = 0; i < x.shape().extent(1); i++) {
                            sum += graphs.get(n, i, j) * x.get(n, i, w, c);
                        }
                        out.set(sum, n, j, w, c);
                    }
                }
            }
        }
        return out;
    }

    @Test
    void someOfTheAxesCanBeNodes() {
        try (Tensor x = random(1, 2, 3, 4, 2);
                Tensor graphs = random(2, 2, 3, 3);
                Tensor expected = summed(x, graphs);
                Kernel wanted = identity().kernel(expected)) {
            assertArrayEquals(wanted.nngp().toArray(), nngp(aggregate(1), x, graphs), 1e-14);
        }
    }

    @Test
    void graphsHaveTheirAxesInTheOrderOfTheLayer() {
        try (Tensor x = random(1, 2, 3, 4, 2);
                Tensor graphs = random(2, 2, 3, 4, 3, 4)) {
            Tensor turned = graphs.transpose(0, 2, 1, 4, 3);
            double[] expected = nngp(aggregate(), x, graphs);
            assertArrayEquals(expected, nngp(aggregate(1, 2), x, graphs));
            assertArrayEquals(expected, nngp(aggregate(2, 1), x, turned));
        }
    }

    @Test
    void edgesAreWeightsOfOne() {
        double[] edges = {0, 1, 0, 1, 2, 1, -1, -1, 1, 2, 2, 0, 2, -1, -1, 0};
        double[] weights = {0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0};
        Network dense = aggregate(1);
        Network sparse = aggregate(1).implementation(Implementation.SPARSE);
        try (Tensor x = random(1, 2, 3, 4);
                Tensor lists = Tensor.of(edges, 2, 4, 2);
                Tensor matrices = Tensor.of(weights, 2, 3, 3)) {
            double[] expected = nngp(dense, x, matrices);
            assertArrayEquals(expected, nngp(sparse, x, lists), 1e-15);
            assertArrayEquals(expected, nngp(sparse, x, lists.reshape(2, 4, 1, 2)), 1e-15);
        }
    }

    @Test
    void edgesOfAGridHaveCoordinates() {
        // One edge from (0, 1) to (1, 0), and one that does not count.
        double[] edges = {0, 1, 1, 0, -1, -1, -1, -1};
        double[] weights = new double[16];
        weights[1 * 4 + 2] = 1;
        Network sparse = aggregate().implementation(Implementation.SPARSE);
        try (Tensor x = random(1, 1, 2, 2, 3);
                Tensor list = Tensor.of(edges, 1, 2, 2, 2);
                Tensor matrix = Tensor.of(weights, 1, 2, 2, 2, 2)) {
            assertArrayEquals(nngp(aggregate(), x, matrix), nngp(sparse, x, list), 1e-15);
        }
    }

    @Test
    void withoutGraphsNothingIsSummed() {
        try (Tensor x = random(1, 2, 3, 4);
                Kernel expected = dense(2).kernel(x);
                Kernel actual = serial(dense(2), aggregate(1)).kernel(x)) {
            assertArrayEquals(expected.nngp().toArray(), actual.nngp().toArray());
            assertTrue(actual.isGaussian());
        }
    }

    @Test
    void theSameExamplesWithOtherGraphsAreOthers() {
        try (Tensor x = random(1, 2, 3, 4);
                Tensor first = random(2, 2, 3, 3);
                Tensor second = random(3, 2, 3, 3);
                Kernel one =
                        aggregate(1).kernel(x, x, KernelOptions.defaults().pattern(first, second));
                Kernel other =
                        aggregate(1)
                                .kernel(x, x, KernelOptions.defaults().pattern(second, first))) {
            assertEquals(one.nngp().get(0, 1, 2, 0), other.nngp().get(1, 0, 0, 2), 1e-15);
            assertEquals(false, one.get(KernelField.X1_IS_X2).orElseThrow());
            KernelOptions options = KernelOptions.defaults().pattern(first, second);
            assertThrows(InputException.class, () -> aggregate(1).kernel(x, options).close());
        }
    }

    private static void refused(String part, Network network, Tensor x, Tensor pattern) {
        String message =
                assertThrows(InputException.class, () -> nngp(network, x, pattern)).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void refusesGraphsThatDoNotFit() {
        Network sparse = aggregate(1).implementation(Implementation.SPARSE);
        try (Tensor x = random(1, 2, 3, 4);
                Tensor fewer = random(1, 1, 3, 3);
                Tensor larger = random(1, 2, 4, 4);
                Tensor infinite = Tensor.of(infinite(), 2, 3, 3);
                Tensor outside = Tensor.of(new double[] {0, 3, 0, 0}, 2, 1, 2);
                Tensor between = Tensor.of(new double[] {0.5, 1, 0, 0}, 2, 1, 2);
                Tensor triples = Tensor.of(new double[6], 2, 1, 3)) {
            refused("(2, 3, 3)", aggregate(1), x, fewer);
            refused("(2, 3, 3)", aggregate(1), x, larger);
            refused("finite", aggregate(1), x, infinite);
            refused("0 to 2", sparse, x, outside);
            refused("whole numbers", sparse, x, between);
            refused("(2, 1, 2)", sparse, x, triples);
            refused("neither batch nor channels", aggregate(0), x, larger);
            refused("can be named once", aggregate(1, 1), x, larger);
        }
    }

    private static double[] infinite() {
        double[] weights = new double[18];
        weights[7] = Double.POSITIVE_INFINITY;
        return weights;
    }

    @Test
    void textsReadBack() {
        for (Network network :
                List.of(
                        aggregate(),
                        aggregate(2, 1).axes(3, 0),
                        aggregate(1).implementation(Implementation.SPARSE))) {
            String json = Model.toJson(network);
            assertEquals(network.text(), Model.parse("json", json).text(), json);
        }
    }
}
