package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.avgPool;
import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.dropout;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.fanInSum;
import static dev.jtangents.layers.Stax.fanOut;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.identity;
import static dev.jtangents.layers.Stax.parallel;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.finite.NtkImplementation;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** What empirical kernels keep to whatever the network: symmetry, threads, memory. */
class EmpiricalPropertiesTest {
    private static final Network NETWORK =
            serial(
                    conv(5, 3, 3).padding(Padding.SAME).biasStd(0.3),
                    relu(),
                    fanOut(2),
                    parallel(serial(conv(5, 3, 3).padding(Padding.SAME), erf()), identity()),
                    fanInSum(),
                    avgPool(2, 2),
                    flatten(),
                    dense(7).biasStd(0.1),
                    erf(),
                    dense(3));

    /** More than a worker takes at a time, and no multiple of it. */
    private static final int EXAMPLES = 37;

    private static Tensor images(long seed, int examples) {
        return RandomNetworks.inputs(new SplittableRandom(seed), DType.F64, examples, 5, 4, 2);
    }

    @ParameterizedTest
    @EnumSource
    void theKernelOfABatchWithItselfIsSymmetricAndSemidefinite(NtkImplementation implementation) {
        EmpiricalKernels kernels = NETWORK.empirical().implementation(implementation);
        try (Tensor x = images(1, EXAMPLES);
                Tensor again = images(1, EXAMPLES);
                Parameters parameters = NETWORK.init(2, x.shape());
                Tensor ntk = kernels.ntk(parameters, x, null);
                Tensor same = kernels.ntk(parameters, x, again);
                Tensor nngp = kernels.nngp(parameters, x, null);
                Tensor pairs = kernels.traceAxes().ntk(parameters, x, null);
                Tensor alone = kernels.traceAxes().diagonalAxes(0).ntk(parameters, x, null)) {
            assertSymmetric(ntk.transpose(1, 0), ntk);
            assertSymmetric(nngp.transpose(1, 0), nngp);
            assertSymmetric(pairs.transpose(1, 0, 3, 2), pairs);
            assertSymmetric(alone.transpose(0, 2, 1), alone);
            assertSemidefinite(ntk);
            assertSemidefinite(nngp);
            try (Tensor matrix = pairs.transpose(0, 2, 1, 3).copy(DType.F64)) {
                assertSemidefinite(matrix.reshape(3L * EXAMPLES, 3L * EXAMPLES));
            }
            assertEquals(-1, ntk.segment().mismatch(same.segment()));
        }
    }

    private static void assertSymmetric(Tensor transposed, Tensor kernel) {
        try (Tensor copy = transposed.copy(DType.F64)) {
            assertEquals(-1, copy.segment().mismatch(kernel.segment()));
        }
    }

    /** All pivots of an elimination are positive, up to rounding. */
    private static void assertSemidefinite(Tensor kernel) {
        int size = (int) kernel.shape().extent(0);
        double largest = RandomNetworks.largest(kernel.toArray());
        double[][] rest = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                rest[i][j] = kernel.get(i, j) + (i == j ? 1e-9 * largest : 0);
            }
        }
        for (int pivot = 0; pivot < size; pivot++) {
            assertTrue(rest[pivot][pivot] > 0, "pivot " + pivot);
            for (int i = pivot + 1; i < size; i++) {
                double factor = rest[i][pivot] / rest[pivot][pivot];
                for (int j = pivot; j < size; j++) {
                    rest[i][j] -= factor * rest[pivot][j];
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void threadsDoNotChangeABit(NtkImplementation implementation) {
        EmpiricalKernels kernels = NETWORK.empirical().implementation(implementation);
        assertSameOnAnyThreads(kernels);
        assertSameOnAnyThreads(kernels.memory(8 << 20));
    }

    private static void assertSameOnAnyThreads(EmpiricalKernels kernels) {
        try (Tensor x1 = images(1, EXAMPLES);
                Tensor x2 = images(2, 9);
                Parameters parameters = NETWORK.init(2, x1.shape());
                Tensor one = kernels.threads(1).ntk(parameters, x1, x2);
                Tensor outputs = kernels.threads(1).nngp(parameters, x1, x2)) {
            for (int threads = 2; threads <= 3; threads++) {
                try (Tensor more = kernels.threads(threads).ntk(parameters, x1, x2);
                        Tensor moreOutputs = kernels.threads(threads).nngp(parameters, x1, x2)) {
                    assertEquals(-1, one.segment().mismatch(more.segment()));
                    assertEquals(-1, outputs.segment().mismatch(moreOutputs.segment()));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void lessMemoryGivesTheSameUntilItIsRefused(NtkImplementation implementation) {
        List<UnaryOperator<EmpiricalKernels>> axes =
                List.of(
                        kernels -> kernels,
                        EmpiricalKernels::traceAxes,
                        kernels -> kernels.diagonalAxes(0));
        for (UnaryOperator<EmpiricalKernels> chosen : axes) {
            EmpiricalKernels kernels =
                    chosen.apply(NETWORK.empirical().implementation(implementation));
            try (Tensor x = images(1, EXAMPLES);
                    Parameters parameters = NETWORK.init(2, x.shape());
                    Tensor expected = kernels.ntk(parameters, x, null)) {
                double[] wanted = expected.toArray();
                long memory = 1L << 28;
                boolean fits = true;
                while (fits) {
                    EmpiricalKernels smaller = kernels.memory(memory);
                    try (Tensor found = smaller.ntk(parameters, x, null)) {
                        assertClose(wanted, found, 1e-12);
                    } catch (InputException refusal) {
                        assertTrue(
                                refusal.getMessage().contains("the memory budget is"),
                                refusal.getMessage());
                        fits = false;
                    }
                    memory /= 4;
                }
                assertTrue(memory < 1L << 24, "refused at " + memory);
            }
        }
    }

    private static void assertClose(double[] wanted, Tensor found, double tolerance) {
        double scale = RandomNetworks.largest(wanted);
        double[] values = found.toArray();
        assertEquals(wanted.length, values.length);
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], values[i], tolerance * scale);
        }
    }

    @Test
    void aProductWithTheKernelIsThatOfItsMatrix() {
        EmpiricalKernels kernels = NETWORK.empirical().traceAxes();
        try (Tensor x = images(1, 6);
                Parameters parameters = NETWORK.init(2, x.shape());
                Tensor vector = RandomNetworks.inputs(new SplittableRandom(5), DType.F64, 6, 3);
                Tensor pairs = kernels.ntk(parameters, x, null);
                Tensor product = kernels.ntkVectorProduct(parameters, x, null, vector)) {
            double[] wanted = new double[6 * 3];
            for (int i = 0; i < wanted.length; i++) {
                for (int j = 0; j < wanted.length; j++) {
                    wanted[i] += pairs.get(i / 3, j / 3, i % 3, j % 3) * vector.get(j / 3, j % 3);
                }
            }
            assertClose(wanted, product, 1e-12);
        }
    }

    @Test
    void eachOutputHasTheKernelOfItsOwnNetwork() {
        Network left = serial(dense(4), erf(), dense(2));
        Network right = serial(dense(3).biasStd(0.2), dense(3));
        Network both = parallel(left, right);
        try (Tensor a = RandomNetworks.inputs(new SplittableRandom(1), DType.F64, 4, 3);
                Tensor b = RandomNetworks.inputs(new SplittableRandom(2), DType.F64, 4, 5);
                Parameters parameters = both.init(1, List.of(a.shape(), b.shape()), DType.F64)) {
            List<Parameters> parts = ((Parameters.Group) parameters).parts();
            List<Tensor> kernels =
                    both.empirical().traceAxes().ntk(parameters, List.of(a, b), null);
            try (Tensor first = left.empirical().traceAxes().ntk(parts.get(0), a, null);
                    Tensor second = right.empirical().traceAxes().ntk(parts.get(1), b, null)) {
                assertClose(first.toArray(), kernels.get(0), 1e-13);
                assertClose(second.toArray(), kernels.get(1), 1e-13);
            }
            kernels.forEach(Tensor::close);
        }
    }

    @Test
    void theSameExamplesDropTheSame() {
        Network network = serial(dense(50), dropout(0.5), dense(2));
        EmpiricalKernels kernels = network.empirical().options(ApplyOptions.defaults().seed(3));
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(1), DType.F64, 4, 3);
                Tensor same = x.copy(DType.F64);
                Tensor others = RandomNetworks.inputs(new SplittableRandom(2), DType.F64, 4, 3);
                Parameters parameters = network.init(1, x.shape());
                Tensor alone = kernels.ntk(parameters, x, null);
                Tensor twice = kernels.ntk(parameters, x, same)) {
            assertEquals(-1, alone.segment().mismatch(twice.segment()));
            others.slice(0, 0, 1).assign(x.slice(0, 0, 1));
            try (Tensor apart = kernels.ntk(parameters, x, others)) {
                assertTrue(Math.abs(apart.get(0, 0) - alone.get(0, 0)) > 1e-3);
            }
        }
    }

    /** Any code with derivatives; here a network, whose kernels are known. */
    private record Wrapped(Network network) implements DifferentiableFunction {
        @Override
        public Tensor apply(Parameters parameters, Tensor x) {
            return network.apply(parameters, x, ApplyOptions.defaults().threads(1));
        }

        @Override
        public Tensor pushForward(Parameters parameters, Parameters direction, Tensor x) {
            try (Parameters moved = sum(parameters, direction);
                    Tensor before = apply(parameters, x)) {
                Tensor after = network.linearize(parameters).apply(moved, x);
                Tensor flat = after.reshape(after.size());
                double[] origin = before.toArray();
                for (int i = 0; i < origin.length; i++) {
                    flat.set(flat.get(i) - origin[i], i);
                }
                return after;
            }
        }

        private static Parameters sum(Parameters parameters, Parameters direction) {
            List<Tensor> directions = direction.arrays().toList();
            List<Tensor> sums = parameters.arrays().map(array -> array.copy(DType.F64)).toList();
            for (int k = 0; k < sums.size(); k++) {
                Tensor flat = sums.get(k).reshape(sums.get(k).size());
                double[] steps = directions.get(k).toArray();
                for (int i = 0; i < steps.length; i++) {
                    flat.set(flat.get(i) + steps[i], i);
                }
            }
            return flat(sums);
        }

        private static Parameters flat(List<Tensor> arrays) {
            return new Parameters.Group(
                    arrays.stream().<Parameters>map(Parameters.Array::new).toList());
        }

        @Override
        public Parameters pullBack(Parameters parameters, Tensor x, Tensor cotangent) {
            ApplyOptions options = ApplyOptions.defaults().threads(1);
            try (Application application = Application.of(network, List.of(x), options)) {
                return flat(
                        application
                                .executor(DType.F64)
                                .pull(
                                        parameters.arrays().toList(),
                                        application.arrays(),
                                        List.of(cotangent)));
            }
        }
    }

    @Test
    void functionsOfTheCallersHaveTheSameKernels() {
        FunctionKernels own = FunctionKernels.of(new Wrapped(NETWORK));
        try (Tensor x1 = images(1, 3);
                Tensor x2 = images(2, 2);
                Parameters parameters = NETWORK.init(2, x1.shape())) {
            EmpiricalKernels kernels = NETWORK.empirical();
            assertEqual(kernels.ntk(parameters, x1, x2), own.ntk(parameters, x1, x2));
            assertEqual(kernels.nngp(parameters, x1, x2), own.nngp(parameters, x1, x2));
            assertEqual(
                    kernels.traceAxes().ntk(parameters, x1, null),
                    own.traceAxes().ntk(parameters, x1, null));
            assertEqual(
                    kernels.traceAxes(0).diagonalAxes(1).ntk(parameters, x1, null),
                    own.traceAxes(0).diagonalAxes(1).ntk(parameters, x1, null));
        }
    }

    private static void assertEqual(Tensor expected, Tensor actual) {
        try (expected;
                actual) {
            assertEquals(expected.shape(), actual.shape());
            assertClose(expected.toArray(), actual, 1e-11);
        }
    }

    @Test
    void functionsWithoutDerivativesHaveAnNngp() {
        FunctionKernels own = FunctionKernels.of(NETWORK::apply);
        try (Tensor x = images(1, 3);
                Parameters parameters = NETWORK.init(2, x.shape())) {
            own.nngp(parameters, x, null).close();
            var refusal = assertThrows(InputException.class, () -> own.ntk(parameters, x, null));
            assertTrue(refusal.getMessage().contains("DifferentiableFunction"));
        }
    }
}
