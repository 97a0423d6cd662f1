package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceOp.Dropout;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.simd.Loops;
import dev.jtangents.simd.PlaneMapLoop;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Examples on the diagonal of a symmetric kernel, paired in rounds. */
class RoundsTest {
    private static final BivariateMap RELU = new AbReluMap(0.1, 1);

    /** Few rows, so that there are few planes, but as large as those of images. */
    private static final Extents IMAGE = Programs.extents(3, 250);

    /** So many columns have enough pairs of positions to make rounds worth their while. */
    private static final int COLUMNS = 50;

    private static CovarianceProgram pooled() {
        return Programs.convolutional(RELU, IMAGE, 3, Programs.leftPool(IMAGE, COLUMNS));
    }

    /** A skip around a convolution, and means of rows: an output that has positions. */
    private static CovarianceProgram rowsOfResidual() {
        double[] equal = new double[IMAGE.size(1)];
        Arrays.fill(equal, 0, COLUMNS, 1.0 / COLUMNS);
        SparseMatrix mean = SparseMatrix.of(new double[][] {equal}, equal.length);
        SparseMatrix rows = SparseMatrix.selection(new int[] {0, 1, 2}, IMAGE.size(0)).times(mean);
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, IMAGE, 3));
        int first = builder.add(new Nonlinearity(RELU), input);
        int window = builder.add(Programs.convolution(IMAGE, 3, false), first);
        int second = builder.add(new Nonlinearity(RELU), window);
        int sum = builder.add(new WeightedSum(List.of(0.5, 1.0)), first, second);
        return builder.program(builder.add(new PositionMap(rows, Programs.extents(3)), sum));
    }

    private static boolean rounds(CovarianceProgram program, boolean symmetric, DType dtype) {
        return rounds(program, symmetric, new Request(dtype, true, false));
    }

    private static boolean rounds(CovarianceProgram program, boolean symmetric, Request request) {
        return KernelPlan.of(program, 9, 9, symmetric, request, true, Programs.options(1)).rounds();
    }

    @ParameterizedTest
    @EnumSource
    void areForProgramsThatTheyCanRunAndSaveTime(DType dtype) {
        boolean vectors = Loops.get(dtype).map(RELU) instanceof PlaneMapLoop;
        CovarianceProgram pooled = pooled();
        assertEquals(vectors, rounds(pooled, true, dtype));
        assertEquals(vectors, rounds(rowsOfResidual(), true, dtype));
        assertFalse(rounds(pooled, false, dtype), "two batches");
        assertFalse(rounds(Programs.network(RELU, 5), true, dtype), "one position");
        CovarianceProgram equal = Programs.convolutional(RELU, IMAGE, 3, false);
        assertFalse(rounds(equal, true, dtype), "one plane");
        CovarianceProgram small = Programs.convolutional(RELU, Programs.extents(4, 5), 3, true);
        assertFalse(rounds(small, true, dtype), "wider strips save more");
        CovarianceProgram erf = Programs.convolutional(new ErfMap(1, 1, 0), IMAGE, 3, true);
        assertFalse(rounds(erf, true, dtype), "no loop over planes");
        CovarianceProgram dropping =
                Programs.chain(
                        new Input(0, IMAGE, 3),
                        new Nonlinearity(RELU),
                        new Dropout(0.5),
                        Programs.globalPool(IMAGE));
        assertFalse(rounds(dropping, true, dtype), "dropout");
    }

    /**
     * Against the kernel of a batch and a copy of it with an example more, which is no triangle.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 15, 16, 17, 33})
    void agreeWithTheKernelOfTwoBatches(int examples) {
        CovarianceProgram program = pooled();
        for (DType dtype : DType.values()) {
            double tolerance = dtype == DType.F64 ? 1e-7 : 1e-3;
            try (Tensor x2 = inputs(dtype, examples + 1);
                    Tensor x1 = x2.slice(0, 0, examples).copy(dtype);
                    var whole = Programs.run(program, x1, x2, Programs.options(1));
                    var rounds = Programs.run(program, x1, null, Programs.options(2))) {
                for (int i = 0; i < examples; i++) {
                    for (int j = 0; j < examples; j++) {
                        double nngp = whole.nngp().get(i, j);
                        double ntk = whole.wantedNtk().get(i, j);
                        double allowed = i == j ? tolerance : tolerance * 1e-2;
                        assertEquals(nngp, rounds.nngp().get(i, j), allowed * nngp);
                        assertEquals(ntk, rounds.wantedNtk().get(i, j), allowed * ntk);
                    }
                }
            }
        }
    }

    /** A pair of positions of two examples is that of the other positions of the mirrored pair. */
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 18})
    void agreeWhereTheOutputHasPositions(int examples) {
        CovarianceProgram program = rowsOfResidual();
        for (DType dtype : DType.values()) {
            double tolerance = dtype == DType.F64 ? 1e-7 : 1e-3;
            try (Tensor x2 = inputs(dtype, examples + 1);
                    Tensor x1 = x2.slice(0, 0, examples).copy(dtype);
                    var whole = Programs.run(program, x1, x2, Programs.options(1));
                    var rounds = Programs.run(program, x1, null, Programs.options(2));
                    Tensor nngp = whole.nngp().slice(1, 0, examples).copy(dtype);
                    Tensor ntk = whole.wantedNtk().slice(1, 0, examples).copy(dtype)) {
                assertNear(nngp.toArray(), rounds.nngp().toArray(), tolerance);
                assertNear(ntk.toArray(), rounds.wantedNtk().toArray(), tolerance);
            }
        }
    }

    private static void assertNear(double[] expected, double[] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tolerance * Math.abs(expected[i]), "entry " + i);
        }
    }

    /** The NNGP alone has loops of its own, and planes half as large. */
    @Test
    void agreeWithoutNtk() {
        CovarianceProgram program = pooled();
        var alone = new Request(DType.F64, false, false);
        assertEquals(rounds(program, true, DType.F64), rounds(program, true, alone));
        try (Tensor x = inputs(DType.F64, 18);
                var both = Programs.run(program, x, null, Programs.options(1));
                var nngp =
                        Programs.run(
                                program, Programs.sources(x, null), alone, Programs.options(2))) {
            assertNear(both.nngp().toArray(), nngp.nngp().toArray(), 1e-13);
        }
    }

    private static Tensor inputs(DType dtype, int examples) {
        return Programs.inputs(new SplittableRandom(91), dtype, examples, IMAGE.positions(), 3);
    }

    /** What a worker copies for its rounds is part of the plan. */
    @ParameterizedTest
    @EnumSource
    void countAgainstTheBudget(DType dtype) {
        CovarianceProgram program = pooled();
        assumeTrue(rounds(program, true, dtype), "scalar loops know no rounds");
        var request = new Request(dtype, true, false);
        KernelPlan plan = KernelPlan.of(program, 9, 9, true, request, true, Programs.options(1));
        long copied = RoundTables.bytes(plan.program(), dtype, true, plan.width());
        long inputs = 3L * IMAGE.positions();
        long factors = 2L * IMAGE.positions();
        assertEquals((inputs + factors) * dtype.bytes() * plan.width(), copied);
        var tight = Programs.options(1).withMemory(plan.memory() - 1);
        assertThrows(
                InputException.class,
                () -> KernelPlan.of(program, 9, 9, true, request, true, tight));
    }
}
