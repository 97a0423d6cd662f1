package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.dotGeneral;
import static dev.jtangents.layers.Stax.identity;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;

/** Contractions with constants. */
class DotGeneralTest {
    private static Tensor random(long... shape) {
        return Tensor.of(
                new SplittableRandom(7).doubles(Shape.of(shape).size(), -1, 1).toArray(), shape);
    }

    private static void assertLayout(Network network, Shape input, Shape output, int... axes) {
        Propagation out = Propagated.through(network, input);
        assertEquals(output, out.shape1());
        assertEquals(output, network.outputShape(input));
        assertArrayEquals(axes, new int[] {out.batchAxis(), out.channelAxis()});
    }

    /** The shapes and axes that the reference has. */
    @Test
    void axesAreInTheOrderOfDotGeneral() {
        Shape input = Shape.of(3, 4, 2);
        try (Tensor vector = random(4);
                Tensor free = random(5, 4, 6);
                Tensor shared = random(4, 6);
                Tensor outer = random(2, 6);
                Tensor examples = random(3, 4, 6)) {
            assertLayout(
                    dotGeneral(vector).contracting(List.of(1), List.of(0)),
                    input,
                    Shape.of(3, 2),
                    0,
                    1);
            assertLayout(
                    dotGeneral(free).contracting(List.of(1), List.of(1)),
                    input,
                    Shape.of(3, 2, 5, 6),
                    0,
                    1);
            assertLayout(
                    dotGeneral(shared).batched(List.of(1), List.of(0)),
                    input,
                    Shape.of(4, 3, 2, 6),
                    1,
                    2);
            assertLayout(dotGeneral(outer), input, Shape.of(3, 4, 2, 2, 6), 0, 2);
            assertLayout(dotGeneral(vector).onTheLeft(), input, Shape.of(4, 3, 4, 2), 1, 3);
            assertLayout(
                    dotGeneral(examples)
                            .contracting(List.of(1), List.of(1))
                            .batched(List.of(0), List.of(0)),
                    input,
                    Shape.of(3, 2, 6),
                    0,
                    1);
            assertLayout(
                    dotGeneral(examples)
                            .onTheLeft()
                            .contracting(List.of(1), List.of(1))
                            .batched(List.of(0), List.of(0)),
                    input,
                    Shape.of(3, 6, 2),
                    0,
                    2);
            assertLayout(dotGeneral(-2), input, input, 0, 2);
        }
    }

    /** Σₕ x[n, h, c] a[n, h, m], one matrix for each example. */
    private static Tensor contracted(Tensor x, Tensor constant, boolean perExample) {
        long examples = x.shape().extent(0);
        long made = constant.shape().extent(-1);
        Tensor out = Tensor.allocate(DType.F64, Shape.of(examples, made, x.shape().extent(2)));
        for (long n = 0; n < examples; n++) {
            for (long m = 0; m < made; m++) {
                for (long c = 0; c < x.shape().extent(2); c++) {
                    double sum = 0;
                    for (long h = 0; h < x.shape().extent(1); h++) {
                        double weight = perExample ? constant.get(n, h, m) : constant.get(h, m);
                        sum += x.get(n, h, c) * weight;
                    }
                    out.set(sum, n, m, c);
                }
            }
        }
        return out;
    }

    @Test
    void covariancesAreThoseOfTheContraction() {
        try (Tensor x = random(3, 4, 2);
                Tensor constant = random(4, 6);
                Tensor expected = contracted(x, constant, false);
                Kernel wanted = identity().kernel(expected);
                Kernel actual =
                        dotGeneral(constant).contracting(List.of(1), List.of(0)).kernel(x)) {
            assertArrayEquals(wanted.nngp().toArray(), actual.nngp().toArray(), 1e-14);
        }
    }

    @Test
    void examplesMayHaveConstantsOfTheirOwn() {
        try (Tensor x = random(3, 4, 2);
                Tensor constant = random(3, 4, 6);
                Tensor expected = contracted(x, constant, true);
                Kernel wanted = identity().kernel(expected);
                Kernel actual =
                        dotGeneral(constant)
                                .contracting(List.of(1), List.of(1))
                                .batched(List.of(0), List.of(0))
                                .kernel(x)) {
            assertArrayEquals(wanted.nngp().toArray(), actual.nngp().toArray(), 1e-14);
            assertArrayEquals(wanted.cov1().toArray(), actual.cov1().toArray(), 1e-14);
        }
    }

    @Test
    void aContractedBatchLeavesCombinationsOfExamples() {
        try (Tensor x = Tensor.of(new double[] {1, 2, 4}, 3, 1);
                Tensor constant = Tensor.of(new double[] {1, 0, 1, 1, 0, -1}, 3, 2);
                Kernel kernel =
                        dotGeneral(constant)
                                .onTheLeft()
                                .contracting(List.of(0), List.of(0))
                                .kernel(x)) {
            assertEquals(Shape.of(2, 1), kernel.shape1());
            assertArrayEquals(new double[] {9, -6, -6, 4}, kernel.nngp().toArray(), 1e-14);
            assertArrayEquals(new double[] {9, 4}, kernel.cov1().toArray(), 1e-14);
        }
    }

    @Test
    void aNumberScalesByItsSquare() {
        try (Tensor x = random(3, 2);
                Kernel once = dense(1).kernel(x);
                Kernel scaled = serial(dense(1), dotGeneral(-2)).kernel(x)) {
            assertEquals(4 * once.nngp().get(0, 1), scaled.nngp().get(0, 1), 1e-15);
            assertEquals(4 * once.ntk().get(0, 1), scaled.ntk().get(0, 1), 1e-15);
            assertTrue(scaled.isGaussian());
        }
    }

    private static void refused(String part, Network network) {
        String message =
                assertThrows(
                                InputException.class,
                                () -> Propagated.through(network, Shape.of(3, 4, 2)))
                        .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void refusesWhatHasNoKernel() {
        try (Tensor two = random(2, 6);
                Tensor vector = random(3);
                Tensor both = random(3, 4)) {
            DotGeneral layer = dotGeneral(two);
            refused("channels", layer.contracting(List.of(2), List.of(0)));
            refused("channels", layer.batched(List.of(2), List.of(0)));
            refused("sizes differ", layer.contracting(List.of(1), List.of(0)));
            refused("does not exist", layer.contracting(List.of(1), List.of(2)));
            refused(
                    "counts the new examples",
                    dotGeneral(vector).contracting(List.of(0), List.of(0)));
            refused(
                    "counts the new examples",
                    dotGeneral(both).contracting(List.of(0, 1), List.of(0, 1)));
            for (List<Integer> axes : List.of(List.of(0, 0), List.of(-1, 0), List.of(0))) {
                assertThrows(InputException.class, () -> layer.contracting(axes, List.of(0, 1)));
            }
        }
        assertThrows(InputException.class, () -> dotGeneral(Double.NaN));
    }

    @Test
    void modelFilesGiveOneFactor() {
        String both = "{\"DotGeneral\": {\"lhs\": 1, \"rhs\": 2}}";
        String message =
                assertThrows(InputException.class, () -> Model.parse("m", both)).getMessage();
        assertTrue(message.contains("both lhs and rhs"), message);
        for (String rhs : List.of("\"a\"", "{\"shape\": [2]}", "{\"shape\": [2], \"data\": [1]}")) {
            String json = "{\"DotGeneral\": {\"rhs\": " + rhs + "}}";
            assertThrows(InputException.class, () -> Model.parse("m", json), json);
        }
        Network none = Model.parse("m", "\"DotGeneral\"");
        assertEquals(Shape.of(3, 2), none.outputShape(Shape.of(3, 2)));
    }

    @Test
    void textsReadBack() {
        try (Tensor constant = random(4, 3)) {
            for (Network network :
                    List.of(
                            dotGeneral(0.5),
                            dotGeneral(constant).contracting(List.of(1), List.of(0)).axes(2, 0),
                            dotGeneral(constant).onTheLeft().batched(List.of(0), List.of(1)))) {
                String json = Model.toJson(network);
                assertEquals(network.text(), Model.parse("json", json).text(), json);
            }
        }
    }
}
