package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.elementwise;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.fanOut;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.finite.NtkImplementation;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.maps.SinMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

/** What empirical kernels and Monte Carlo estimates cannot be computed of, and how they say so. */
class BadEmpiricalInputTest {
    private static final Network NETWORK = serial(dense(4).biasStd(0.1), erf(), dense(3));

    private static final EnumSet<KernelName> BOTH = EnumSet.allOf(KernelName.class);

    @SuppressWarnings("NullAway.Init")
    private static Tensor x;

    @SuppressWarnings("NullAway.Init")
    private static Parameters parameters;

    @BeforeAll
    static void open() {
        x = RandomNetworks.inputs(new SplittableRandom(1), DType.F64, 4, 5);
        parameters = NETWORK.init(1, x.shape());
    }

    @AfterAll
    static void close() {
        x.close();
        parameters.close();
    }

    private static void assertRefused(String reason, Executable run) {
        var refusal = assertThrows(InputException.class, run);
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    private static void assertBothRefused(String reason, EmpiricalKernels kernels, Tensor x2) {
        assertRefused(reason, () -> kernels.nngp(parameters, x, x2));
        for (NtkImplementation implementation : NtkImplementation.values()) {
            EmpiricalKernels chosen = kernels.implementation(implementation);
            assertRefused(reason, () -> chosen.ntk(parameters, x, x2));
            assertRefused(reason, () -> chosen.describe(parameters, x, x2));
        }
    }

    @Test
    void axesThatDoNotExistOrAreNamedTwice() {
        EmpiricalKernels kernels = NETWORK.empirical();
        assertBothRefused("axis twice", kernels.traceAxes(1).diagonalAxes(-1), x);
        assertBothRefused("axis twice", kernels.traceAxes(1, -1), x);
        assertBothRefused("Axis 2", kernels.traceAxes(2), x);
        assertBothRefused("Axis -3", kernels.diagonalAxes(-3), x);
    }

    @Test
    void batchesThatCannotBePaired() {
        EmpiricalKernels kernels = NETWORK.empirical();
        try (Tensor fewer = x.slice(0, 0, 3).copy(DType.F64);
                Tensor narrower = x.slice(1, 0, 3).copy(DType.F64);
                Tensor none = Tensor.allocate(DType.F64, Shape.of(0, 5))) {
            assertBothRefused("4 examples and x2 has 3", kernels.diagonalAxes(0), fewer);
            assertBothRefused("4 examples and x2 has 3", kernels.traceAxes(0), fewer);
            assertBothRefused("shapes", kernels, narrower);
            assertBothRefused("at least one", kernels, none);
            assertRefused("at least one", () -> kernels.ntk(parameters, none, null));
            assertRefused("at least one", () -> kernels.nngp(parameters, none, null));
        }
    }

    @Test
    void parametersOfAnotherNetwork() {
        try (Parameters wider = serial(dense(5).biasStd(0.1), erf(), dense(3)).init(1, x.shape());
                Parameters fewer = serial(dense(4), erf(), dense(3)).init(1, x.shape());
                Parameters more = serial(NETWORK, dense(1)).init(1, x.shape());
                Tensor vector = Tensor.allocate(DType.F64, Shape.of(4, 3))) {
            EmpiricalKernels kernels = NETWORK.empirical();
            for (Parameters others : List.of(wider, fewer, more)) {
                assertRefused("parameters", () -> kernels.nngp(others, x, null));
                assertRefused(
                        "parameters", () -> kernels.ntkVectorProduct(others, x, null, vector));
                for (NtkImplementation implementation : NtkImplementation.values()) {
                    assertRefused(
                            "parameters",
                            () -> kernels.implementation(implementation).ntk(others, x, null));
                }
            }
        }
    }

    @Test
    void closedArraysAreRefusedAndNothingIsReadOfThem() {
        Tensor closed = x.copy(DType.F64);
        closed.close();
        Parameters closedParameters = NETWORK.init(1, x.shape());
        closedParameters.close();
        EmpiricalKernels kernels = NETWORK.empirical();
        for (NtkImplementation implementation : NtkImplementation.values()) {
            EmpiricalKernels chosen = kernels.implementation(implementation);
            assertThrows(IllegalStateException.class, () -> chosen.ntk(parameters, closed, null));
            assertThrows(IllegalStateException.class, () -> chosen.ntk(parameters, x, closed));
            assertThrows(IllegalStateException.class, () -> chosen.ntk(closedParameters, x, null));
        }
        assertThrows(IllegalStateException.class, () -> kernels.nngp(parameters, closed, null));
    }

    @ParameterizedTest
    @EnumSource
    void numbersThatAreNoneMakeKernelsThatAreNone(NtkImplementation implementation) {
        try (Parameters broken = NETWORK.init(1, x.shape())) {
            Tensor last = broken.arrays().toList().getLast();
            last.set(Double.NaN, 0, 1);
            EmpiricalKernels kernels = NETWORK.empirical().implementation(implementation);
            try (Tensor ntk = kernels.ntk(broken, x, null);
                    Tensor nngp = kernels.nngp(broken, x, null)) {
                assertTrue(Double.isNaN(ntk.get(0, 1)));
                assertTrue(Double.isNaN(nngp.get(0, 1)));
            }
        }
    }

    @Test
    void memoryThatIsTooSmall() {
        assertRefused("memory budget is 0 bytes", () -> NETWORK.empirical().memory(0));
        for (NtkImplementation implementation : NtkImplementation.values()) {
            EmpiricalKernels kernels = NETWORK.empirical().memory(1).implementation(implementation);
            assertRefused("memory budget", () -> kernels.ntk(parameters, x, null));
        }
        assertRefused("threads", () -> NETWORK.empirical().threads(0));
    }

    @Test
    void functionsWithoutDerivativesHaveNoNtk() {
        Network network = serial(dense(4), elementwise(Math::sin, new SinMap(1, 1, 0)), dense(3));
        try (Parameters own = network.init(1, x.shape())) {
            network.empirical().nngp(own, x, null).close();
            for (NtkImplementation implementation : NtkImplementation.values()) {
                EmpiricalKernels kernels = network.empirical().implementation(implementation);
                assertRefused("derivative", () -> kernels.ntk(own, x, null));
            }
            assertRefused(
                    "derivative", () -> network.monteCarlo(1).estimate(x, null, BOTH, 2).close());
        }
    }

    @Test
    void kernelsWithoutAFunctionHaveNeither() {
        Network network = serial(dense(4), elementwise(new SinMap(1, 1, 0)), dense(3));
        try (Parameters own = network.init(1, x.shape())) {
            assertRefused("kernel alone", () -> network.empirical().nngp(own, x, null));
            assertRefused("kernel alone", () -> network.empirical().ntk(own, x, null));
        }
    }

    @Test
    void severalOutputsAreAskedForAsAList() {
        Network network = serial(dense(4), fanOut(2));
        try (Parameters own = network.init(1, x.shape())) {
            assertRefused("2 outputs", () -> network.empirical().nngp(own, x, null));
            assertRefused("outputs", () -> network.empirical().ntk(own, x, null));
            assertEquals(2, network.empirical().describe(own, x, null).lines().count());
            assertRefused("vector", () -> network.empirical().ntkVectorProduct(own, x, null, x));
        }
    }

    @Test
    void vectorsOfAnotherShape() {
        assertRefused(
                "vector has shape",
                () -> NETWORK.empirical().ntkVectorProduct(parameters, x, null, x));
    }

    @Test
    void anInterruptEndsAComputation() {
        EmpiricalKernels kernels = NETWORK.empirical();
        for (NtkImplementation implementation : NtkImplementation.values()) {
            Thread.currentThread().interrupt();
            assertThrows(
                    CancellationException.class,
                    () -> kernels.implementation(implementation).ntk(parameters, x, null));
            assertTrue(Thread.interrupted());
        }
        Thread.currentThread().interrupt();
        assertThrows(
                CancellationException.class,
                () -> NETWORK.monteCarlo(1).estimate(x, null, BOTH, 3));
        assertTrue(Thread.interrupted());
    }

    @Test
    void estimatesOfNoSamplesOrKernels() {
        MonteCarloKernels estimates = NETWORK.monteCarlo(1);
        assertRefused("samples", () -> estimates.estimate(x, null, BOTH, 0));
        assertRefused("samples", () -> estimates.estimates(x, null, BOTH));
        assertRefused("samples", () -> estimates.estimates(x, null, BOTH, 3, -1));
        assertRefused("samples", () -> estimates.samples(0));
        assertRefused("tolerance", () -> estimates.estimateTo(0, x, null, BOTH, 5));
        assertRefused("tolerance", () -> estimates.estimateTo(Double.NaN, x, null, BOTH, 5));
        assertRefused("samples", () -> estimates.estimateTo(0.1, x, null, BOTH, 0));
        assertRefused("threads", () -> estimates.threads(0));
        assertRefused(
                "kernel", () -> estimates.estimate(x, null, EnumSet.noneOf(KernelName.class), 3));
    }

    @Test
    void estimatesInParallelAreRefusedOrRight() {
        MonteCarloKernels estimates = NETWORK.monteCarlo(1);
        var counts = new ArrayList<Integer>();
        try {
            estimates
                    .estimates(x, null, BOTH, 1, 2, 3, 4, 5, 6, 7, 8)
                    .parallel()
                    .forEachOrdered(
                            estimate -> {
                                counts.add(estimate.samples());
                                estimate.close();
                            });
            assertEquals(8, counts.size());
        } catch (InputException refusal) {
            assertTrue(refusal.getMessage().contains("parallel"), refusal.getMessage());
        }
    }

    /** A function of the caller's that does not keep to its contract. */
    private record Careless(Shape outputs, Shape tangents) implements DifferentiableFunction {
        @Override
        public Tensor apply(Parameters given, Tensor inputs) {
            return Tensor.allocate(DType.F64, outputs);
        }

        @Override
        public Tensor pushForward(Parameters given, Parameters direction, Tensor inputs) {
            return Tensor.allocate(DType.F64, tangents);
        }

        @Override
        public Parameters pullBack(Parameters given, Tensor inputs, Tensor cotangent) {
            return new Parameters.Group(List.of());
        }
    }

    @Test
    void functionsWithOtherShapesThanTheyShouldHave() {
        var transposed = FunctionKernels.of(new Careless(Shape.of(4, 2), Shape.of(2, 4)));
        assertRefused("derivative has shape", () -> transposed.ntk(parameters, x, null));
        var flat = FunctionKernels.of(new Careless(Shape.of(8), Shape.of(8)));
        assertRefused("first axis", () -> flat.ntk(parameters, x, null));
        assertRefused("first axis", () -> flat.nngp(parameters, x, null));
        var scalar = FunctionKernels.of(new Careless(Shape.of(), Shape.of()));
        assertRefused("first axis", () -> scalar.nngp(parameters, x, null));
    }
}
