package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceOp.ExampleConcatenation;
import dev.jtangents.graph.CovarianceOp.ExampleMap;
import dev.jtangents.graph.CovarianceOp.Given;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.SplittableRandom;

/** Programs with operations on examples, and programs that go on from a kernel. */
class ExampleStagesTest {
    private static final Extents EXTENTS = Programs.extents(2, 3);
    private static final Nonlinearity RELU = new Nonlinearity(new AbReluMap(0, 1));
    private static final Request BOTH = new Request(DType.F64, true, false);
    private static final SparseMatrix TURNED = SparseMatrix.selection(new int[] {3, 1, 0, 1, 2}, 4);
    private static final SparseMatrix MEANS =
            SparseMatrix.of(new double[][] {{0.5, 0.5, 0, 0}, {0, 0.2, 0.3, 0.5}}, 4);

    private static CovarianceProgram network(CovarianceOp... between) {
        var builder = new CovarianceProgram.Builder();
        int node = builder.add(new Input(0, EXTENTS, 2));
        node = builder.add(Programs.convolution(EXTENTS, 3, false), node);
        node = builder.add(RELU, node);
        for (CovarianceOp op : between) {
            node = builder.add(op, node);
            node = builder.add(Programs.dense(1.3, 0.1), node);
        }
        node = builder.add(RELU, node);
        return builder.program(builder.add(new PositionMean(), node));
    }

    private static void assertAgrees(CovarianceProgram program, boolean symmetric) {
        var random = new SplittableRandom(51);
        try (Tensor x1 = Programs.inputs(random, DType.F64, 4, 6, 2);
                Tensor x2 = Programs.inputs(random, DType.F64, 4, 6, 2);
                var kernel =
                        Programs.run(program, x1, symmetric ? null : x2, Programs.options(2))) {
            List<Tensor> second = symmetric ? List.of() : List.of(x2);
            DenseKernel twin = new DenseTwin(program, List.of(x1), second).output();
            int start = symmetric ? 0 : twin.rows();
            for (int i = 0; i < twin.rows(); i++) {
                for (int j = 0; j < kernel.nngp().shape().extent(1); j++) {
                    boolean copies = symmetric && i != j;
                    double allowed = copies ? 1e-6 : 1e-12;
                    double nngp = twin.nngp(i, start + j, 0, 0);
                    assertEquals(nngp, kernel.nngp().get(i, j), allowed);
                    double ntk = twin.ntk(i, start + j, 0, 0);
                    assertEquals(ntk, kernel.wantedNtk().get(i, j), allowed);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void selectionsOfExamplesAgreeWithTheirDefinition(boolean symmetric) {
        assertAgrees(network(new ExampleMap(TURNED, TURNED)), symmetric);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void combinationsOfExamplesAgreeWithTheirDefinition(boolean symmetric) {
        assertAgrees(network(new ExampleMap(MEANS, MEANS)), symmetric);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void mapsOfExamplesAfterOneAnotherAgreeWithTheirDefinition(boolean symmetric) {
        var first = new ExampleMap(MEANS, TURNED);
        var second =
                new ExampleMap(
                        SparseMatrix.of(new double[][] {{0.4, 0.6}, {1, 0}, {0.5, 0.5}}, 2),
                        SparseMatrix.of(new double[][] {{0.1, 0.2, 0.3, 0.1, 0.3}}, 5));
        CovarianceProgram program =
                symmetric
                        ? network(
                                new ExampleMap(MEANS, MEANS),
                                new ExampleMap(second.first(), second.first()))
                        : network(first, second);
        assertAgrees(program, symmetric);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void branchesOfDifferentExamplesAreConcatenated(boolean symmetric) {
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, EXTENTS, 2));
        int node = builder.add(RELU, input);
        int few = builder.add(new ExampleMap(MEANS, MEANS), node);
        int many = builder.add(new ExampleMap(TURNED, TURNED), input);
        int mapped = builder.add(RELU, many);
        int both = builder.add(new ExampleConcatenation(), few, mapped);
        int more = builder.add(new ExampleConcatenation(), both, node);
        int last = builder.add(RELU, more);
        assertAgrees(builder.program(builder.add(new PositionMean(), last)), symmetric);
    }

    /** Cuts a network after its first nonlinearity, and goes on from the kernel there. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNetworkGoesOnFromAKernel(boolean symmetric) {
        var random = new SplittableRandom(52);
        CovarianceProgram uncut = network(Programs.convolution(EXTENTS, 3, true));
        var before = new CovarianceProgram(uncut.nodes().subList(0, 3));
        var builder = new CovarianceProgram.Builder();
        int node = builder.add(new Given(0, EXTENTS));
        for (CovarianceProgram.Node rest : uncut.nodes().subList(3, uncut.nodes().size())) {
            node = builder.add(rest.op(), node);
        }
        CovarianceProgram after = builder.program(node);
        try (Tensor x1 = Programs.inputs(random, DType.F64, 5, 6, 2);
                Tensor x2 = Programs.inputs(random, DType.F64, 18, 6, 2)) {
            Sources sources = Programs.sources(x1, symmetric ? null : x2);
            try (var kernel = Programs.run(before, sources, BOTH, Programs.options(1));
                    Tensor cov1 = self(before, sources, false);
                    Tensor cov2 = self(before, sources, !symmetric)) {
                var given =
                        new GivenKernel(
                                kernel.nngp(),
                                kernel.wantedNtk(),
                                cov1,
                                symmetric ? null : cov2,
                                EXTENTS);
                Sources cut = Sources.of(given);
                try (var expected = Programs.run(uncut, sources, BOTH, Programs.options(1));
                        var actual = Programs.run(after, cut, BOTH, Programs.options(2))) {
                    assertClose(expected.nngp(), actual.nngp());
                    assertClose(expected.wantedNtk(), actual.wantedNtk());
                }
                try (Tensor expected = self(uncut, sources, !symmetric);
                        Tensor actual = self(after, cut, !symmetric)) {
                    assertClose(expected, actual);
                }
            }
        }
    }

    private static Tensor self(CovarianceProgram program, Sources sources, boolean second) {
        return CovarianceExecutor.selfCovariances(
                program, sources, second, BOTH, Programs.options(1));
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        double[] left = expected.toArray();
        double[] right = actual.toArray();
        for (int i = 0; i < left.length; i++) {
            assertEquals(left[i], right[i], 1e-12);
        }
    }

    /** Of a kernel of two batches nobody knows the pairs within a batch. */
    @Test
    void combinationsOfExamplesOfAGivenKernelOfTwoBatchesAreRefused() {
        var random = new SplittableRandom(53);
        CovarianceProgram before = Programs.chain(new Input(0, Extents.NONE, 3), RELU);
        var builder = new CovarianceProgram.Builder();
        int given = builder.add(new Given(0, Extents.NONE));
        CovarianceProgram program =
                builder.program(builder.add(new ExampleMap(MEANS, MEANS), given));
        try (Tensor x1 = Programs.inputs(random, DType.F64, 4, 1, 3);
                Tensor x2 = Programs.inputs(random, DType.F64, 4, 1, 3)) {
            Sources sources = Programs.sources(x1, x2);
            try (var kernel = Programs.run(before, sources, BOTH, Programs.options(1));
                    Tensor cov1 = self(before, sources, false);
                    Tensor cov2 = self(before, sources, true)) {
                Sources cut =
                        Sources.of(new GivenKernel(kernel.nngp(), null, cov1, cov2, Extents.NONE));
                var refusal =
                        assertThrows(
                                InputException.class,
                                () -> Programs.run(program, cut, BOTH, Programs.options(1)));
                assertTrue(refusal.getMessage().contains("one batch"), refusal.getMessage());
            }
        }
    }

    @Test
    void aGivenKernelThatIsNotFiniteIsRefused() {
        var builder = new CovarianceProgram.Builder();
        int given = builder.add(new Given(0, Extents.NONE));
        CovarianceProgram program = builder.program(builder.add(Programs.dense(1, 0), given));
        try (Tensor nngp = Tensor.of(new double[] {1, Double.NaN, Double.NaN, 1}, 2, 2);
                Tensor cov1 = Tensor.of(new double[] {1, 1}, 2)) {
            Sources sources = Sources.of(new GivenKernel(nngp, null, cov1, null, Extents.NONE));
            assertThrows(
                    InputException.class,
                    () -> Programs.run(program, sources, BOTH, Programs.options(1)));
        }
    }

    @Test
    void aGivenKernelLargerThanItsVariancesIsRefused() {
        var builder = new CovarianceProgram.Builder();
        int given = builder.add(new Given(0, Extents.NONE));
        var relu = new Nonlinearity(new AbReluMap(0, 1));
        CovarianceProgram program = builder.program(builder.add(relu, given));
        try (Tensor cov1 = Tensor.of(new double[] {1, 4}, 2);
                Tensor rounded = Tensor.of(new double[] {1, 2.0001, 2.0001, 4}, 2, 2);
                Tensor larger = Tensor.of(new double[] {1, -2.1, -2.1, 4}, 2, 2)) {
            Sources possible = Sources.of(new GivenKernel(rounded, null, cov1, null, Extents.NONE));
            Programs.run(program, possible, BOTH, Programs.options(1)).close();
            Sources wrong = Sources.of(new GivenKernel(larger, null, cov1, null, Extents.NONE));
            var refusal =
                    assertThrows(
                            InputException.class,
                            () -> Programs.run(program, wrong, BOTH, Programs.options(1)));
            assertTrue(refusal.getMessage().contains("at most 2.0"), refusal.getMessage());
        }
    }

    /**
     * The kernel before a slice of the batch takes memory that what comes after must do without.
     */
    @Test
    void kernelsBetweenStagesCountAgainstTheBudget() {
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, Extents.NONE, 2));
        SparseMatrix first = SparseMatrix.selection(new int[] {0}, 100);
        CovarianceProgram program =
                builder.program(builder.add(new ExampleMap(first, first), input));
        try (Tensor x = Programs.inputs(new SplittableRandom(5), DType.F64, 100, 1, 2)) {
            ExecutionOptions enough = Programs.options(1).withMemory(2_000_000);
            Programs.run(program, x, null, enough).close();
            // Two kernels of 100 x 100 are 160 kB.
            var refusal =
                    assertThrows(
                            InputException.class,
                            () -> Programs.run(program, x, null, enough.withMemory(100_000)));
            assertTrue(refusal.getMessage().contains("budget"), refusal.getMessage());
        }
    }
}
