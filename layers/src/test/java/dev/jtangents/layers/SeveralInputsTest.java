package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.fanInSum;
import static dev.jtangents.layers.Stax.fanOut;
import static dev.jtangents.layers.Stax.parallel;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Kernels of networks with several inputs and outputs. */
class SeveralInputsTest {
    private static final Network FIRST = serial(dense(4).weightStd(1.3), relu(), dense(2));
    private static final Network SECOND = serial(dense(3).biasStd(0.4), relu());
    private static final Network BOTH = parallel(FIRST, SECOND);
    private static final KernelOptions DEFAULTS = KernelOptions.defaults();

    private static Tensor inputs(int seed, long... shape) {
        return RandomNetworks.inputs(new SplittableRandom(seed), DType.F64, shape);
    }

    private static void assertSameKernel(Kernel expected, Kernel actual) {
        assertEquals(-1, expected.nngp().segment().mismatch(actual.nngp().segment()));
        assertEquals(-1, expected.ntk().segment().mismatch(actual.ntk().segment()));
        assertEquals(-1, expected.cov1().segment().mismatch(actual.cov1().segment()));
        assertEquals(expected.shape2(), actual.shape2());
    }

    @Test
    void eachOutputHasTheKernelOfItsBranch() {
        try (Tensor a = inputs(1, 5, 3);
                Tensor b = inputs(2, 5, 6);
                Tensor c = inputs(3, 4, 3);
                Tensor d = inputs(4, 4, 6);
                Kernel first = FIRST.kernel(a, c);
                Kernel second = SECOND.kernel(b, d)) {
            List<Kernel> kernels = BOTH.kernels(List.of(a, b), List.of(c, d), DEFAULTS);
            assertSameKernel(first, kernels.get(0));
            assertSameKernel(second, kernels.get(1));
            kernels.forEach(Kernel::close);
        }
    }

    @Test
    void oneInputOnBothSidesIsOneBatchOnlyIfAllAre() {
        try (Tensor a = inputs(1, 5, 3);
                Tensor b = inputs(2, 5, 6);
                Tensor other = inputs(3, 5, 6)) {
            for (Kernel kernel : BOTH.kernels(List.of(a, b), List.of(a, other), DEFAULTS)) {
                assertEquals(false, kernel.get(KernelField.X1_IS_X2).orElseThrow());
                kernel.close();
            }
        }
    }

    @Test
    void theNumberOfArraysHasToFit() {
        try (Tensor a = inputs(1, 5, 3);
                Tensor b = inputs(2, 5, 6);
                Tensor fewer = inputs(3, 4, 6)) {
            assertRefused(List.of(a), null, "takes 2 inputs", "x1 is 1 array");
            assertRefused(List.of(a, b, b), null, "takes 2 inputs", "x1 is 3 arrays");
            assertRefused(List.of(), null, "takes 2 inputs", "x1 is 0 arrays");
            assertRefused(List.of(a, b), List.of(a), "x1 has 2", "x2 has 1");
            assertRefused(List.of(a, fewer), null, "x1[0] has 5 examples", "x1[1] has 4");
            assertRefused(List.of(a, b), List.of(b, a), "x1[0] has shape (5, 3)", "x2[0] (5, 6)");
            var refusal = assertThrows(InputException.class, () -> BOTH.kernel(a));
            assertTrue(refusal.getMessage().contains("takes 2 inputs"), refusal.getMessage());
            Network twice = serial(fanOut(2), parallel(FIRST, FIRST));
            var outputs = assertThrows(InputException.class, () -> twice.kernel(a));
            assertTrue(outputs.getMessage().contains("has 2 outputs"), outputs.getMessage());
        }
    }

    private static void assertRefused(List<Tensor> x1, @Nullable List<Tensor> x2, String... parts) {
        var refusal = assertThrows(InputException.class, () -> BOTH.kernels(x1, x2, DEFAULTS));
        for (String part : parts) {
            assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aFailureLeavesNothingOpen(int successes) {
        List<Tensor> made = new ArrayList<>();
        KernelOptions options =
                DEFAULTS.output(
                        (field, dtype, shape) -> {
                            if (made.size() == successes) {
                                throw new IllegalStateException("full");
                            }
                            made.add(Tensor.allocate(dtype, shape));
                            return made.getLast();
                        });
        try (Tensor a = inputs(1, 5, 3);
                Tensor b = inputs(2, 5, 6)) {
            List<Tensor> x = List.of(a, b);
            assertThrows(IllegalStateException.class, () -> BOTH.kernels(x, null, options));
            assertEquals(successes, made.size());
            made.forEach(t -> assertThrows(IllegalStateException.class, () -> t.get(0, 0)));
        }
    }

    @Test
    void plansFollowOneAnother() {
        List<Shape> shapes = List.of(Shape.of(9, 3), Shape.of(9, 6));
        String plans = BOTH.describe(shapes, null, DType.F32, DEFAULTS);
        String first = FIRST.describe(Shape.of(9, 3), null, DType.F32, DEFAULTS);
        assertTrue(plans.startsWith(first), plans);
        assertTrue(plans.length() > first.length(), plans);
        assertTrue(
                serial(BOTH, parallel(dense(2), dense(2)), fanInSum())
                                .describe(shapes, shapes, DType.F64, DEFAULTS)
                                .length()
                        > 0);
    }

    @Test
    void branchesReadBackFromText() {
        Network network =
                serial(
                        fanOut(2),
                        parallel(serial(dense(3), relu()), parallelOfOne()),
                        Stax.fanInConcat(0));
        String json = Model.toJson(network);
        assertEquals(network.text(), Model.parse("json", json).text());
        assertTrue(json.contains("parallel"), json);
        assertTrue(network.toString().contains("parallel(serial(Dense"), network.toString());
    }

    private static Network parallelOfOne() {
        return parallel(dense(2));
    }

    @Test
    void textsThatAreNoBranchesAreRefused() {
        for (String[] bad :
                new String[][] {
                    {"{\"parallel\": []}", "at least one network"},
                    {"{\"parallel\": \"Relu\"}", "array of layers for \"parallel\""},
                    {"{\"parallel\": [\"Relu\", 3]}", "$.parallel[1]"},
                    {"\"FanOut\"", "FanOut needs the argument \"num\""},
                    {"{\"FanOut\": {\"num\": 0}}", "at least 1"},
                    {"{\"FanInConcat\": {\"axis\": \"C\"}}", "whole number"},
                    {"{\"FanInSum\": {\"axis\": 1}}", "takes none"},
                    {"{\"parallel\": [".repeat(300) + "\"Relu\"" + "]}".repeat(300), "nested"}
                }) {
            var refusal =
                    assertThrows(InputException.class, () -> Model.parse("bad", bad[0]), bad[1]);
            assertTrue(refusal.getMessage().contains(bad[1]), refusal.getMessage());
        }
    }
}
