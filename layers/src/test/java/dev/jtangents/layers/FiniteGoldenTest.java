package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.graph.finite.NtkImplementation;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The reference's figures of finite networks, in f64 to 1e-9 of the largest entry. */
class FiniteGoldenTest {
    private static final double TOLERANCE = 1e-9;

    static Stream<GoldenCase> cases() {
        return GoldenCase.read("finite").stream();
    }

    @Test
    void allCasesAreThere() {
        assertEquals(96, cases().count());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agreesWithTheReference(GoldenCase golden) {
        Network network = Model.of(golden.model());
        Map<String, JsonValue> expected = golden.member("expect").object("what is expected");
        assertEquals(golden.member("want").array("names").size(), expected.size());
        try (Parameters parameters = parameters(golden.member("params"));
                Tensor x1 = GoldenCase.tensor(golden.member("x1"))) {
            assertSameShapes(network, parameters, x1);
            for (Map.Entry<String, JsonValue> figure : expected.entrySet()) {
                try (Tensor wanted = GoldenCase.tensor(figure.getValue())) {
                    assertFigure(golden, network, parameters, x1, figure.getKey(), wanted);
                }
            }
        }
    }

    static void assertSameShapes(Network network, Parameters given, Tensor x1) {
        try (Parameters own = network.init(1, x1.shape())) {
            assertEquals(nested(given), nested(own));
        }
    }

    private static Object nested(Parameters parameters) {
        return switch (parameters) {
            case Parameters.Group(List<Parameters> parts) ->
                    parts.stream().map(FiniteGoldenTest::nested).toList();
            case Parameters.Array(Tensor tensor) -> tensor.shape();
            case Parameters.Absent() -> "absent";
        };
    }

    private static void assertFigure(
            GoldenCase golden,
            Network network,
            Parameters parameters,
            Tensor x1,
            String name,
            Tensor wanted) {
        switch (name) {
            case "apply" -> assertClose(wanted, network.apply(parameters, x1), name);
            case "linearize" -> {
                try (Parameters origin = parameters(golden.member("params0"))) {
                    assertClose(wanted, network.linearize(origin).apply(parameters, x1), name);
                }
            }
            case "nngp", "ntk" -> assertKernel(golden, network, parameters, x1, name, wanted);
            case "ntk_vp" -> {
                try (Tensor x2 = GoldenCase.tensor(golden.member("x2"));
                        Tensor vector = GoldenCase.tensor(golden.member("cotangent"))) {
                    EmpiricalKernels kernels = network.empirical();
                    assertClose(wanted, kernels.ntkVectorProduct(parameters, x1, x2, vector), name);
                }
            }
            default -> {
                int degree = Integer.parseInt(name.substring("taylor".length()));
                try (Parameters origin = parameters(golden.member("params0"))) {
                    ParametricFunction expansion = network.taylorExpand(origin, degree);
                    assertClose(wanted, expansion.apply(parameters, x1), name);
                }
            }
        }
    }

    private static void assertKernel(
            GoldenCase golden,
            Network network,
            Parameters parameters,
            Tensor x1,
            String name,
            Tensor wanted) {
        EmpiricalKernels kernels = network.empirical();
        JsonValue options = golden.optional("empirical");
        if (options != null) {
            Map<String, JsonValue> axes = options.object("axes");
            kernels = kernels.traceAxes(axes(axes, "trace_axes", -1));
            kernels = kernels.diagonalAxes(axes(axes, "diagonal_axes"));
        }
        try (Tensor x2 = GoldenCase.tensor(golden.member("x2"))) {
            if (name.equals("nngp")) {
                assertClose(wanted, kernels.nngp(parameters, x1, x2), name);
                return;
            }
            for (NtkImplementation implementation : NtkImplementation.values()) {
                assertClose(
                        wanted,
                        kernels.implementation(implementation).ntk(parameters, x1, x2),
                        name + " by " + implementation);
            }
        }
    }

    private static int[] axes(Map<String, JsonValue> options, String name, int... usual) {
        JsonValue given = options.get(name);
        return given == null
                ? usual
                : Arrays.stream(GoldenCase.longs(given)).mapToInt(Math::toIntExact).toArray();
    }

    /** Closes what was found. */
    static void assertClose(Tensor wanted, Tensor found, String what) {
        try (found) {
            assertEquals(wanted.shape(), found.shape(), what);
            double[] expected = wanted.toArray();
            double[] actual = found.toArray();
            double largest = Math.max(RandomNetworks.largest(expected), Double.MIN_NORMAL);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], actual[i], TOLERANCE * largest, what + " at " + i);
            }
        }
    }

    static Parameters parameters(JsonValue value) {
        if (value.value() instanceof List<?>) {
            return new Parameters.Group(
                    value.array("parameters").stream().map(FiniteGoldenTest::parameters).toList());
        }
        return value.value() == null
                ? new Parameters.Absent()
                : new Parameters.Array(GoldenCase.tensor(value));
    }
}
