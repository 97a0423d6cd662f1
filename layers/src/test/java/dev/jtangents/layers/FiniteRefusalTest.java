package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.aggregate;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.dotGeneral;
import static dev.jtangents.layers.Stax.fanInConcat;
import static dev.jtangents.layers.Stax.fanInProd;
import static dev.jtangents.layers.Stax.fanInSum;
import static dev.jtangents.layers.Stax.fanOut;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.imageResize;
import static dev.jtangents.layers.Stax.index;
import static dev.jtangents.layers.Stax.parallel;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What finite networks cannot do, and what they say about it. */
class FiniteRefusalTest {
    private static final Shape SHAPE = Shape.of(2, 3, 2);

    private static void assertRefused(Network network, ApplyOptions options, String... parts) {
        try (Tensor x = Tensor.allocate(DType.F64, SHAPE);
                Parameters parameters = network.init(3, SHAPE)) {
            var refusal =
                    assertThrows(
                            InputException.class,
                            () -> network.apply(parameters, x, options).close());
            for (String part : parts) {
                assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
            }
        }
    }

    private static void assertRefused(Network network, String... parts) {
        assertRefused(network, ApplyOptions.defaults(), parts);
    }

    @Test
    void examplesAreNotMixed() {
        assertRefused(
                imageResize(ResizeMethod.LINEAR, 5, -1, -1),
                "ImageResize would make 5 examples of 2",
                "one example at a time",
                "-1 for axis 0");
        assertRefused(index("0:1"), "0:1", "one example at a time", "\":\" for the batch");
        assertRefused(
                serial(fanOut(2), parallel(dense(2), dense(2)), fanInConcat(0)),
                "FanInConcat along axis 0",
                "one example at a time",
                "concatenate");
        try (Tensor mix = Tensor.allocate(DType.F64, Shape.of(2, 4))) {
            assertRefused(
                    dotGeneral(mix).contracting(List.of(0), List.of(0)),
                    "DotGeneral contracts the batch",
                    "one example at a time",
                    "output");
        }
    }

    /** What leaves the examples as they are is no mixture of them. */
    @Test
    void wholeBatchesAreTaken() {
        try (Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);
                Parameters none = new Parameters.Group(List.of());
                Tensor taken = index("0:2, 1").apply(none, x);
                Tensor resized = imageResize(ResizeMethod.LINEAR, 2, -1, -1).apply(none, x)) {
            assertArrayEquals(new double[] {3, 4, 7, 8}, taken.toArray());
            assertArrayEquals(x.toArray(), resized.toArray());
        }
    }

    @Test
    void branchesHaveTheirExamplesOnOneAxis() {
        Network turned =
                parallel(serial(flatten(), dense(2)), serial(flatten(0, 1), dense(2).axes(1, 0)));
        for (Network join : List.of(fanInSum(), fanInProd(), fanInConcat(-1))) {
            assertRefused(serial(fanOut(2), turned, join), "same batch axis", "[0, 1]");
        }
    }

    @Test
    void graphsFitTheExamples() {
        try (Tensor few = Tensor.allocate(DType.F64, Shape.of(1, 3, 3));
                Tensor infinite = Tensor.allocate(DType.F64, Shape.of(2, 3, 3))) {
            infinite.set(Double.NaN, 1, 2, 2);
            ApplyOptions options = ApplyOptions.defaults();
            assertRefused(
                    aggregate(), options.pattern(few), "pattern has shape (1, 3, 3)", "(2, 3, 3)");
            assertRefused(aggregate(), options.pattern(infinite), "pattern", "NaN");
        }
    }
}
