package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The reference's figures, in f64 to 1e-9 and in f32 to 1e-5 of the largest entry. */
class GoldenTest {
    private static final String[] GROUPS = {"fully-connected", "activations", "shaping"};

    private static final Set<String> KNOWN = new TreeSet<>(Set.of("serial", "repeat"));

    static {
        LayerType.all().forEach(type -> KNOWN.add(type.name()));
    }

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

    private static Stream<GoldenCase> cases(boolean rejected) {
        return GoldenCase.all(GROUPS)
                .filter(golden -> KNOWN.containsAll(golden.layerNames()))
                .filter(golden -> golden.rejected() == rejected);
    }

    static Stream<GoldenCase> accepted() {
        return cases(false);
    }

    static Stream<GoldenCase> refused() {
        return cases(true);
    }

    @Test
    void noCaseGoesMissing() {
        Map<String, Integer> counts = new TreeMap<>();
        Stream.concat(accepted(), refused())
                .forEach(golden -> counts.merge(golden.group(), 1, Integer::sum));
        assertEquals(54, GoldenCase.read("fully-connected").size());
        assertEquals(Map.of("fully-connected", 54, "activations", 76, "shaping", 3), counts);
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
        try (Tensor x1 = Objects.requireNonNull(golden.input("x1"))) {
            Network network = Model.of(golden.model());
            var refusal = assertThrows(InputException.class, () -> network.kernel(x1).close());
            assertFalse(refusal.getMessage().isBlank());
        }
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

    private static void compare(GoldenCase golden, DType dtype, double tolerance) {
        Network network = Model.of(golden.model());
        try (Tensor x1 = Objects.requireNonNull(golden.input("x1"));
                Tensor x2 = golden.input("x2");
                Kernel kernel = network.kernel(x1, x2, KernelOptions.defaults().dtype(dtype))) {
            for (KernelField field :
                    new KernelField[] {
                        KernelField.NNGP, KernelField.NTK, KernelField.COV1, KernelField.COV2
                    }) {
                JsonValue expected = golden.expected(field.label());
                Object actual = kernel.get(field).orElse(null);
                assertEquals(expected == null, actual == null, field.label());
                if (expected != null && actual instanceof Tensor tensor) {
                    assertEquals(dtype, tensor.dtype());
                    try (Tensor figures = GoldenCase.tensor(expected)) {
                        assertClose(field.label(), figures, tensor, tolerance);
                    }
                }
            }
            compareFacts(golden, kernel);
        }
    }

    private static void compareFacts(GoldenCase golden, Kernel kernel) {
        for (KernelField field :
                new KernelField[] {
                    KernelField.IS_GAUSSIAN,
                    KernelField.DIAGONAL_BATCH,
                    KernelField.DIAGONAL_SPATIAL,
                    KernelField.BATCH_AXIS,
                    KernelField.CHANNEL_AXIS
                }) {
            Object expected = Objects.requireNonNull(golden.expected(field.label())).value();
            Object actual = kernel.get(field).orElseThrow();
            if (expected instanceof Double number) {
                actual = ((Integer) actual).doubleValue();
                assertEquals(number, actual, field.label());
            } else {
                assertEquals(expected, actual, field.label());
            }
        }
        if (!golden.layerNames().contains("ExpNormalized")) {
            // The reference reads shapes off the finite network. There is none here, and it answers
            // the shape of the input.
            assertShape(golden, KernelField.SHAPE1, kernel);
            assertShape(golden, KernelField.SHAPE2, kernel);
        }
    }

    private static void assertShape(GoldenCase golden, KernelField field, Kernel kernel) {
        JsonValue expected = golden.expected(field.label());
        Shape actual = (Shape) kernel.get(field).orElse(null);
        assertEquals(expected == null, actual == null, field.label());
        if (expected != null && actual != null) {
            assertArrayEquals(GoldenCase.longs(expected), actual.extents(), field.label());
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
