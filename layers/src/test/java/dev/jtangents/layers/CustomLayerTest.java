package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.elementwise;
import static dev.jtangents.layers.Stax.globalSumPool;
import static dev.jtangents.layers.Stax.layer;
import static dev.jtangents.layers.Stax.rbf;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;
import static dev.jtangents.layers.Stax.sin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.maps.SinMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Layers of the user's own; the example of how one is written. */
class CustomLayerTest {
    /** Differences of neighbouring positions: x[p + 1] - x[p]. */
    private record Differences() implements CustomLayer {
        @Override
        public String name() {
            return "Differences";
        }

        @Override
        public Effect effect(Extents positions) {
            int inputs = positions.size(0);
            double[][] matrix = new double[inputs - 1][inputs];
            for (int row = 0; row < inputs - 1; row++) {
                matrix[row][row] = -1;
                matrix[row][row + 1] = 1;
            }
            return new Effect.Positions(
                    SparseMatrix.of(matrix, inputs), new Extents(Arrays.asList(inputs - 1)));
        }
    }

    /** A layer that does the same everywhere. */
    private record Everywhere(Effect effect, long channels) implements CustomLayer {
        @Override
        public String name() {
            return "Everywhere";
        }

        @Override
        public Effect effect(Extents positions) {
            return effect;
        }

        @Override
        public long channels(long input) {
            return channels;
        }
    }

    private static Tensor inputs() {
        return Tensor.of(new double[] {1, 4, 2, -1, 0, 1}, 2, 3, 1);
    }

    @Test
    void mapsPositions() {
        try (Tensor x = inputs();
                Kernel kernel = layer(new Differences()).kernel(x)) {
            assertEquals(Shape.of(2, 2, 1), kernel.shape1());
            assertEquals(9, kernel.nngp().get(0, 0, 0, 0));
            assertEquals(-6, kernel.nngp().get(0, 0, 0, 1));
            assertEquals(-2, kernel.nngp().get(0, 1, 1, 0));
        }
    }

    /** The sum of all differences is the last position minus the first. */
    @Test
    void fitsIntoNetworks() {
        Network network = serial(dense(4), layer(new Differences()), globalSumPool(), dense(1));
        try (Tensor x = inputs();
                Kernel kernel = network.kernel(x)) {
            assertArrayEquals(new double[] {1, 2, 2, 4}, kernel.nngp().toArray(), 1e-14);
            assertArrayEquals(new double[] {2, 4, 4, 8}, kernel.ntk().toArray(), 1e-14);
        }
    }

    @Test
    void aNonlinearityIsItsMap() {
        CustomLayer sine =
                new Everywhere(new CustomLayer.Effect.Elementwise(new SinMap(1, 1, 0)), 4);
        try (Tensor x = inputs();
                Kernel expected = serial(dense(4), sin(1, 1, 0)).kernel(x);
                Kernel actual = serial(dense(4), layer(sine)).kernel(x)) {
            assertArrayEquals(expected.ntk().toArray(), actual.ntk().toArray());
            assertFalse(actual.isGaussian());
        }
        assertThrows(
                InputException.class, () -> Propagated.through(layer(sine), Shape.of(2, 3, 1)));
    }

    @Test
    void aFormulaIsEnoughForANonlinearity() {
        Network own = elementwise((q12, q11, q22) -> Math.exp(q12 - (q11 + q22) / 2));
        try (Tensor x = inputs();
                Kernel expected = serial(dense(4), rbf(0.5)).kernel(x);
                Kernel actual = serial(dense(4), own).kernel(x)) {
            assertArrayEquals(expected.nngp().toArray(), actual.nngp().toArray(), 1e-14);
            assertArrayEquals(expected.ntk().toArray(), actual.ntk().toArray(), 1e-6);
        }
    }

    @Test
    void randomWeightsMakeGaussianActivations() {
        var step = new AffineStep(4, 0.25, 4, 4, 0.25);
        CustomLayer weights = new Everywhere(new CustomLayer.Effect.Affine(step), 7);
        try (Tensor x = inputs();
                Kernel expected = serial(dense(7).weightStd(2).biasStd(0.5), relu()).kernel(x);
                Kernel actual = serial(layer(weights), relu()).kernel(x)) {
            assertArrayEquals(expected.ntk().toArray(), actual.ntk().toArray());
            assertEquals(expected.shape1(), actual.shape1());
        }
    }

    @Test
    void refusesMatricesThatDoNotFit() {
        var swap =
                new CustomLayer.Effect.Positions(
                        SparseMatrix.selection(new int[] {1, 0}, 2), new Extents(Arrays.asList(2)));
        Network network = layer(new Everywhere(swap, 1));
        String message =
                assertThrows(
                                InputException.class,
                                () -> Propagated.through(network, Shape.of(2, 3, 1)))
                        .getMessage();
        assertTrue(message.contains("Everywhere maps 2 positions"), message);
    }

    @Test
    void hasNoText() {
        Network network = layer(new Differences());
        assertThrows(InputException.class, () -> Model.toJson(network));
        assertTrue(network.toString().contains("Differences"));
    }

    /** A map of positions is the same at any width, and masks positions that see only masked. */
    @Test
    void positionsAreMappedAtFiniteWidth() {
        Network network = layer(new Differences());
        var masked = ApplyOptions.defaults().maskConstant(1);
        try (Tensor x = Tensor.of(new double[] {1, 4, 1, 1, 2, 5}, 1, 3, 2);
                Parameters none = network.init(1, x.shape());
                Tensor f = network.apply(none, x);
                Tensor g = network.apply(none, x, masked)) {
            assertEquals(Shape.of(1, 2, 2), f.shape());
            assertArrayEquals(new double[] {0, -3, 1, 4}, f.toArray());
            assertArrayEquals(new double[] {0, -4, 2, 5}, g.toArray());
        }
    }

    /** Random weights of the user's, as kernel and at finite width. */
    private record RandomMatrix(int width) implements CustomLayer {
        @Override
        public String name() {
            return "RandomMatrix";
        }

        @Override
        public Effect effect(Extents positions) {
            return new Effect.Affine(new AffineStep(4, 0, 4, 4, 0));
        }

        @Override
        public long channels(long input) {
            return 7;
        }

        @Override
        public Optional<FiniteLayer> finite() {
            return Optional.of(
                    new FiniteLayer() {
                        @Override
                        public String name() {
                            return "RandomMatrix";
                        }

                        @Override
                        public List<Weights> weights(Shape input) {
                            return List.of(new Weights(Shape.of(input.extent(-1), width), 1));
                        }

                        @Override
                        public Value append(FiniteBuilder program, Value x, List<Value> weights) {
                            double factor = 2 / Math.sqrt(x.shape().extent(-1));
                            return program.contract(x, weights.getFirst(), -1, factor);
                        }
                    });
        }
    }

    @Test
    void mayHaveAFiniteSide() {
        Network network = serial(layer(new RandomMatrix(7)), relu(), dense(2));
        Network expected = serial(dense(7).weightStd(2), relu(), dense(2));
        try (Tensor x = inputs();
                Parameters parameters = network.init(1, x.shape());
                Tensor f = network.apply(parameters, x);
                Tensor g = expected.apply(parameters, x)) {
            assertArrayEquals(g.toArray(), f.toArray());
        }
    }

    private static void assertNotApplied(Network network, String... parts) {
        try (Tensor x = inputs();
                Parameters parameters = network.init(1, x.shape())) {
            String message =
                    assertThrows(InputException.class, () -> network.apply(parameters, x).close())
                            .getMessage();
            for (String part : parts) {
                assertTrue(message.contains(part), message);
            }
        }
    }

    @Test
    void finiteSidesThatAreAbsentOrDoNotFitAreRefused() {
        var step = new AffineStep(4, 0.25, 4, 4, 0.25);
        assertNotApplied(
                layer(new Everywhere(new CustomLayer.Effect.Affine(step), 7)),
                "Everywhere is given by its kernel alone",
                "CustomLayer.finite()");
        assertNotApplied(layer(new RandomMatrix(5)), "(3, 5)", "(3, 7)");
    }
}
