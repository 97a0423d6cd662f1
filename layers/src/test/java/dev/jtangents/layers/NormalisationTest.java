package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.dropout;
import static dev.jtangents.layers.Stax.layerNorm;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

/** LayerNorm and Dropout: what they take, and what they refuse. */
class NormalisationTest {
    private static void refused(String part, Network network) {
        Shape input = Shape.of(2, 3, 4);
        String message =
                assertThrows(InputException.class, () -> Propagated.through(network, input))
                        .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void layerNormNeedsTheChannels() {
        refused("leaves out the channels", serial(dense(2), layerNorm(0, 1)));
        Propagated.through(serial(dense(2), layerNorm(1, -1)), Shape.of(2, 3, 4));
    }

    @Test
    void layerNormNeedsGaussianActivations() {
        refused("not Gaussian", layerNorm());
        refused("not Gaussian", serial(dense(2), relu(), layerNorm()));
    }

    @Test
    void layerNormMakesVariancesOne() {
        Network network = serial(dense(2).weightStd(3).biasStd(1), layerNorm());
        try (Tensor x = Tensor.of(new double[] {1, 2, -1, 0.5}, 2, 2);
                Kernel kernel = network.kernel(x)) {
            assertArrayEquals(new double[] {1, 1}, kernel.cov1().toArray(), 1e-12);
            assertTrue(kernel.isGaussian());
        }
    }

    /** Over the batch, an example is divided by a mean that is not its own. */
    @Test
    void layerNormOverTheBatchDividesByTheMeanOfAllExamples() {
        Network network = serial(dense(2), layerNorm(0, 1));
        try (Tensor x = Tensor.of(new double[] {1, 1, 3, 3}, 2, 2);
                Kernel kernel = network.kernel(x)) {
            assertArrayEquals(new double[] {0.2, 0.6, 0.6, 1.8}, kernel.nngp().toArray(), 1e-12);
        }
    }

    @Test
    void dropoutTakesAProbability() {
        for (double rate : new double[] {0, -0.1, 1.1, Double.NaN}) {
            assertThrows(InputException.class, () -> dropout(rate));
        }
        String message =
                assertThrows(
                                InputException.class,
                                () -> Model.parse("m", "{\"Dropout\": {\"rate\": 2}}"))
                        .getMessage();
        assertTrue(message.contains("rate 2") && message.contains("line 1"), message);
    }

    @Test
    void dropoutIsNotForInputs() {
        refused("inputs", dropout(0.5));
        Propagated.through(dropout(0.5).mode(Dropout.Mode.TEST), Shape.of(2, 3));
    }

    @Test
    void dropoutChangesVariancesInTrainingOnly() {
        Network trained = serial(dense(2), dropout(0.5));
        Network used = serial(dense(2), dropout(0.5).mode(Dropout.Mode.TEST));
        try (Tensor x = Tensor.of(new double[] {1, 1, 3, 3}, 2, 2);
                Kernel inTraining = trained.kernel(x);
                Kernel inUse = used.kernel(x)) {
            assertArrayEquals(new double[] {2, 3, 3, 18}, inTraining.nngp().toArray(), 1e-12);
            assertArrayEquals(new double[] {1, 3, 3, 9}, inUse.nngp().toArray(), 1e-12);
            assertFalse(inTraining.isGaussian());
            assertTrue(inUse.isGaussian());
        }
    }

    @Test
    void textsReadBack() {
        for (Network network :
                new Network[] {
                    layerNorm(),
                    layerNorm(1, 2).epsilon(0.1).axes(2, 1),
                    dropout(0.3),
                    dropout(0.3).mode(Dropout.Mode.TEST)
                }) {
            String json = Model.toJson(network);
            assertEquals(network.text(), Model.parse("json", json).text(), json);
        }
        assertEquals(
                layerNorm(1).text(), Model.parse("m", "{\"LayerNorm\": {\"axis\": 1}}").text());
    }
}
