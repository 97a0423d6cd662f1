package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The reference's figures, in f64 to 1e-9 and in f32 to 1e-5 of the largest entry. */
class GoldenTest {
    private static final Map<String, Integer> GROUPS =
            new TreeMap<>(
                    Map.of(
                            "fully-connected", 54,
                            "activations", 86,
                            "convolutions", 82,
                            "pooling", 49,
                            "normalisation", 16,
                            "branching", 16,
                            "attention", 51,
                            "shaping", 57,
                            "graphs", 5,
                            "masking", 35));

    private static final String DEGENERATE =
            "degenerate inputs (same, opposite, orthogonal, zero, tiny, huge), ";

    private static final Set<String> UNCONVERGED =
            Set.of(
                    "two ElementwiseNumerical(fn=erf,deg=25), x2 absent",
                    "two ElementwiseNumerical(fn=tanh,deg=25), x2 absent");

    /**
     * Where the reference's figure is itself further from the truth than the tolerance, or f32
     * cannot hold the answer. What the degenerate cases should be is tested exactly below.
     */
    private static double tolerance(GoldenCase golden, DType dtype) {
        if (golden.name().equals(DEGENERATE + "Erf")) {
            // (1 + 2 q)² - 4 q² cancels in the reference's figure for the huge input.
            return 5e-5;
        }
        if (golden.name().equals(DEGENERATE + "Sign")) {
            // The angle of collinear inputs is the square root of the rounding of a correlation,
            // in the reference's figures and in ours.
            return dtype == DType.F64 ? 2e-8 : 4e-4;
        }
        if (UNCONVERGED.contains(golden.name())) {
            // The reference's matrix is not symmetric, as its quadrature treats the two examples
            // apart; ours has one of the two halves twice.
            return dtype == DType.F64 ? 5e-7 : 1e-5;
        }
        return dtype == DType.F64 ? 1e-9 : 1e-5;
    }

    /**
     * The reference computes no kernels of cubic and Lanczos resizing. As maps of positions they
     * are linear like the methods that it does compute, so that nothing is in their way here.
     */
    private static boolean isBeyondTheReference(GoldenCase golden) {
        return golden.rejected() && golden.layerNames().contains("ImageResize");
    }

    /** The reference answers an empty array where a spatial axis has become empty. */
    private static boolean isRefused(GoldenCase golden) {
        return golden.rejected() ? !isBeyondTheReference(golden) : golden.isEmpty();
    }

    /**
     * Where the reference's kernel is not that of its own finite networks, as Monte Carlo estimates
     * of these confirm: it keeps spatial axes in reverse order after an odd number of convolutions,
     * and lays windows of ConvLocal and sizes of ImageResize on them regardless. Its figures are
     * those of a network where these are the other way round.
     */
    private static boolean isTheOtherWayRound(GoldenCase golden) {
        return Stream.of("ConvLocal map", "ConvLocal pool", "ImageResize")
                .anyMatch(golden.name()::startsWith);
    }

    private static Stream<GoldenCase> cases(Predicate<GoldenCase> wanted) {
        return GoldenCase.all(GROUPS.keySet()).filter(wanted);
    }

    static Stream<GoldenCase> accepted() {
        return cases(golden -> !isRefused(golden) && !isBeyondTheReference(golden));
    }

    static Stream<GoldenCase> refused() {
        return cases(GoldenTest::isRefused);
    }

    static Stream<GoldenCase> beyondTheReference() {
        return cases(GoldenTest::isBeyondTheReference);
    }

    @Test
    void noCaseGoesMissing() {
        Map<String, Integer> counts = new TreeMap<>();
        Stream.of(accepted(), refused(), beyondTheReference())
                .flatMap(cases -> cases)
                .forEach(golden -> counts.merge(golden.group(), 1, Integer::sum));
        assertEquals(GROUPS, counts);
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void agreesInF64(GoldenCase golden) {
        compare(golden, DType.F64, tolerance(golden, DType.F64));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void agreesInF32(GoldenCase golden) {
        compare(golden, DType.F32, tolerance(golden, DType.F32));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWhatTheReferenceRefuses(GoldenCase golden) {
        try (GoldenCase.Inputs inputs = golden.inputs()) {
            var refusal =
                    assertThrows(
                            InputException.class,
                            () ->
                                    kernels(golden.model(), inputs, DType.F64)
                                            .forEach(Kernel::close));
            assertFalse(refusal.getMessage().isBlank());
        }
    }

    @ParameterizedTest
    @MethodSource("beyondTheReference")
    void supportsSomeThatTheReferenceCannot(GoldenCase golden) {
        try (GoldenCase.Inputs inputs = golden.inputs()) {
            for (Kernel kernel : kernels(golden.model(), inputs, DType.F64)) {
                try (kernel) {
                    double[] variances = kernel.cov1().toArray();
                    assertTrue(DoubleStream.of(variances).allMatch(v -> v > 0));
                }
            }
        }
    }

    private static List<Kernel> kernels(JsonValue model, GoldenCase.Inputs inputs, DType dtype) {
        KernelOptions options = inputs.options().dtype(dtype);
        return Model.of(model).kernels(inputs.x1(), inputs.x2(), options);
    }

    @Test
    void theHugeInputOfTheErrorFunctionIsExact() {
        Network network = Stax.serial(Stax.dense(8).weightStd(1.4), Stax.erf(), Stax.dense(1));
        double q = 1.96 * (1e12 + 1) / 3;
        double nngp = 2 / Math.PI * Math.asin(2 * q / (1 + 2 * q));
        double ntk = nngp + q * 4 / Math.PI / Math.sqrt(1 + 4 * q);
        try (Tensor x = Tensor.of(new double[] {1e6, 1, 0}, 1, 3);
                Kernel kernel = network.kernel(x)) {
            assertEquals(ntk, kernel.ntk().get(0, 0), 1e-12 * ntk);
        }
    }

    @Test
    void collinearInputsHaveOneSign() {
        Network network = Stax.serial(Stax.dense(8).weightStd(1.4), Stax.sign(), Stax.dense(1));
        try (Tensor x = Tensor.of(new double[] {1, 0, 0, 1e-8, 0, 0, -3, 0, 0}, 3, 3);
                Kernel kernel = network.kernel(x)) {
            assertEquals(1, kernel.nngp().get(0, 1), 2e-8);
            assertEquals(-1, kernel.nngp().get(0, 2), 2e-8);
            assertEquals(1, kernel.nngp().get(1, 1));
        }
    }

    /** Checks the kernel of an output. */
    @FunctionalInterface
    private interface Check {
        void accept(JsonValue expected, Kernel actual);

        default Check and(Check other) {
            return (expected, actual) -> {
                accept(expected, actual);
                other.accept(expected, actual);
            };
        }
    }

    private static void compare(GoldenCase golden, DType dtype, double tolerance) {
        JsonValue model = golden.model();
        Check arrays = (expected, kernel) -> compareArrays(expected, kernel, dtype, tolerance);
        Check facts = (expected, kernel) -> compareFacts(golden, expected, kernel);
        if (isTheOtherWayRound(golden)) {
            check(golden, GoldenModels.reversed(model), dtype, arrays);
            check(golden, model, dtype, facts);
        } else {
            check(golden, model, dtype, arrays.and(facts));
        }
    }

    private static void check(GoldenCase golden, JsonValue model, DType dtype, Check check) {
        try (GoldenCase.Inputs inputs = golden.inputs()) {
            List<Kernel> kernels = kernels(model, inputs, dtype);
            try {
                List<JsonValue> expected = golden.expected();
                assertEquals(expected.size(), kernels.size());
                for (int output = 0; output < expected.size(); output++) {
                    check.accept(expected.get(output), kernels.get(output));
                }
            } finally {
                kernels.forEach(Kernel::close);
            }
        }
    }

    private static void compareArrays(
            JsonValue expected, Kernel kernel, DType dtype, double tolerance) {
        for (KernelField field :
                new KernelField[] {
                    KernelField.NNGP,
                    KernelField.NTK,
                    KernelField.COV1,
                    KernelField.COV2,
                    KernelField.MASK1,
                    KernelField.MASK2
                }) {
            JsonValue wanted = GoldenCase.field(expected, field);
            Object actual = kernel.get(field).orElse(null);
            assertEquals(wanted == null, actual == null, field.label());
            if (wanted != null && actual instanceof Tensor tensor) {
                assertEquals(dtype, tensor.dtype());
                try (Tensor figures = GoldenCase.tensor(wanted)) {
                    assertClose(field.label(), figures, tensor, tolerance);
                }
            }
        }
    }

    private static void compareFacts(GoldenCase golden, JsonValue expected, Kernel kernel) {
        for (KernelField field :
                new KernelField[] {
                    KernelField.IS_GAUSSIAN,
                    KernelField.DIAGONAL_BATCH,
                    KernelField.DIAGONAL_SPATIAL,
                    KernelField.BATCH_AXIS,
                    KernelField.CHANNEL_AXIS
                }) {
            Object wanted =
                    Objects.requireNonNull(GoldenCase.field(expected, field), field.label())
                            .value();
            Object actual = kernel.get(field).orElseThrow();
            assertEquals(
                    wanted,
                    actual instanceof Integer axis ? (Object) axis.doubleValue() : actual,
                    field.label());
        }
        if (!golden.layerNames().contains("ExpNormalized")) {
            // The reference reads shapes off the finite network. There is none here, and it answers
            // the shape of the input.
            assertShape(expected, KernelField.SHAPE1, kernel);
            assertShape(expected, KernelField.SHAPE2, kernel);
        }
    }

    private static void assertShape(JsonValue expected, KernelField field, Kernel kernel) {
        JsonValue wanted = GoldenCase.field(expected, field);
        Shape actual = (Shape) kernel.get(field).orElse(null);
        assertEquals(wanted == null, actual == null, field.label());
        if (wanted != null && actual != null) {
            assertArrayEquals(GoldenCase.longs(wanted), actual.extents(), field.label());
        }
    }

    private static void assertClose(String name, Tensor expected, Tensor actual, double tolerance) {
        assertEquals(expected.shape(), actual.shape(), name);
        double[] wanted = expected.toArray();
        double[] found = actual.toArray();
        double largest = DoubleStream.of(wanted).map(Math::abs).max().orElse(0);
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], found[i], tolerance * largest, name + "[" + i + "]");
        }
    }
}
