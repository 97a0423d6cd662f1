package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.fanInSum;
import static dev.jtangents.layers.Stax.fanOut;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.identity;
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
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Networks that go on from kernels are the networks one after the other. */
class CompositionTest {
    private static final KernelOptions DEFAULTS = KernelOptions.defaults();

    private static Tensor inputs(int seed, long... shape) {
        return RandomNetworks.inputs(new SplittableRandom(seed), DType.F64, shape);
    }

    private static Network convolution() {
        return serial(conv(3, 2, 2).weightStd(1.2).biasStd(0.3), relu());
    }

    static Stream<List<Network>> pairs() {
        Network residual =
                serial(
                        fanOut(2),
                        parallel(conv(3, 1, 1), serial(conv(3, 1, 1), erf(), conv(3, 1, 1))),
                        fanInSum());
        return Stream.of(
                List.of(convolution(), serial(convolution(), flatten(), dense(1))),
                List.of(convolution(), serial(conv(2, 1, 2), globalAvgPool(), dense(1))),
                List.of(convolution(), serial(flatten(), dense(2))),
                List.of(convolution(), residual),
                List.of(dense(3).axes(1, 3), serial(relu(), dense(4).axes(1, -1))),
                List.of(identity(), convolution()),
                List.of(flatten(), serial(dense(3), relu())),
                List.of(serial(convolution(), flatten(), dense(3)), serial(erf(), dense(2))));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void goesOnWhereTheOtherEnded(List<Network> pair) {
        Network together = serial(pair.get(0), pair.get(1));
        try (Tensor x = inputs(1, 3, 4, 5, 2);
                Tensor y = inputs(2, 3, 4, 5, 2);
                Tensor copy = x.copy(DType.F64)) {
            compare(together, pair, x, null, DEFAULTS);
            compare(together, pair, x, y, DEFAULTS);
            compare(together, pair, x, copy, DEFAULTS);
        }
    }

    private static void compare(
            Network together,
            List<Network> pair,
            Tensor x,
            @Nullable Tensor y,
            KernelOptions options) {
        try (Kernel expected = together.kernel(x, y, options);
                Kernel given = pair.get(0).kernel(x, y, options);
                Kernel actual = pair.get(1).kernel(given)) {
            for (KernelField field : KernelField.values()) {
                Object wanted = expected.get(field).orElse(null);
                Object found = actual.get(field).orElse(null);
                if (wanted instanceof Tensor figures && found instanceof Tensor tensor) {
                    assertClose(field.label(), figures, tensor);
                } else {
                    assertEquals(wanted, found, field.label());
                }
            }
        }
    }

    private static void assertClose(String name, Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape(), name);
        double[] wanted = expected.toArray();
        double[] found = actual.toArray();
        for (int i = 0; i < wanted.length; i++) {
            double tolerance = 1e-12 * RandomNetworks.largest(wanted);
            assertEquals(wanted[i], found[i], tolerance, name + "[" + i + "]");
        }
    }

    @Test
    void masksGoOn() {
        Network first = serial(conv(3, 2), relu());
        Network second = serial(conv(3, 2).biasStd(0.4), erf(), globalAvgPool());
        try (Tensor x = inputs(1, 3, 6, 2);
                Tensor y = inputs(2, 2, 6, 2)) {
            mask(x.slice(1, 3, 6).slice(0, 0, 1));
            mask(y.slice(1, 5, 6).slice(0, 1, 2));
            KernelOptions masked = DEFAULTS.maskConstant(9);
            compare(serial(first, second), List.of(first, second), x, y, masked);
            try (Kernel given = first.kernel(x, y, masked)) {
                assertRefused(second, given, masked, "mask_constant");
            }
        }
    }

    private static void mask(Tensor part) {
        for (long i = 0; i < part.shape().extent(1); i++) {
            part.set(9, 0, i, 0);
            part.set(9, 0, i, 1);
        }
    }

    private static void assertRefused(
            Network network, Kernel given, KernelOptions options, String... parts) {
        var refusal =
                assertThrows(InputException.class, () -> network.kernel(given, options).close());
        for (String part : parts) {
            assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        }
    }

    @Test
    void whatAKernelDoesNotHaveIsNamed() {
        Network network = serial(dense(3), relu(), dense(2));
        try (Tensor x = inputs(1, 3, 5);
                Tensor y = inputs(2, 2, 5);
                Kernel bare = network.kernel(x, y, DEFAULTS.get("nngp"));
                Kernel enough = network.kernel(x, y, DEFAULTS.get("nngp", "cov1", "cov2"));
                Kernel hidden = serial(dense(3), relu()).kernel(x, y)) {
            assertRefused(network, bare, DEFAULTS, "has no cov1, ntk, cov2", "all its fields");
            assertRefused(network, enough, DEFAULTS, "has no ntk");
            network.kernel(enough, DEFAULTS.get("nngp")).close();
            assertRefused(relu(), hidden, DEFAULTS, "not Gaussian");
            assertRefused(dense(2).axes(1, 0), enough, DEFAULTS.get("nngp"), "axis 1 as batch");
            assertRefused(network, hidden, DEFAULTS.diagonalBatch(false), "diagonal_batch");
            assertRefused(parallel(dense(2), dense(2)), hidden, DEFAULTS, "takes 2 inputs");
            assertRefused(serial(fanOut(2)), hidden, DEFAULTS, "2 outputs");
        }
    }

    @Test
    void equalPositionsAloneAreNotEnough() {
        Network network = conv(3, 2, 2);
        try (Tensor x = inputs(1, 3, 4, 4, 2);
                Kernel given = network.kernel(x, DEFAULTS.diagonalSpatial(true))) {
            assertRefused(globalAvgPool(), given, DEFAULTS, "diagonal_spatial false");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wholeCovariancesAreReadOnTheirDiagonal(boolean second) {
        Network first = convolution();
        Network last = serial(dense(2), relu(), flatten());
        try (Tensor x = inputs(1, 3, 4, 4, 2);
                Tensor y = inputs(2, 2, 4, 4, 2);
                Kernel whole = first.kernel(x, second ? y : null, DEFAULTS.diagonalBatch(false));
                Kernel expected = serial(first, last).kernel(x, second ? y : null);
                Kernel actual = last.kernel(whole)) {
            assertClose("cov1", expected.cov1(), actual.cov1());
            assertClose("ntk", expected.ntk(), actual.ntk());
            assertEquals(Shape.of(3), actual.cov1().shape());
        }
    }
}
