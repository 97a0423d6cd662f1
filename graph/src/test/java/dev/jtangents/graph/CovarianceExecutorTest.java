package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Executed programs against their scalar twin, and against themselves cut otherwise. */
class CovarianceExecutorTest {
    private static final int ROWS = 530;
    private static final int COLUMNS = 301;

    /** Threads and tiles. */
    private static final int[][] CUTS = {
        {1, 256}, {2, 256}, {3, 512}, {7, 256}, {2, 1024}, {7, 1024}
    };

    static List<Arguments> layouts() {
        List<Arguments> layouts = new ArrayList<>();
        for (DType dtype : DType.values()) {
            for (boolean symmetric : new boolean[] {false, true}) {
                for (boolean mean : new boolean[] {false, true}) {
                    for (int features : new int[] {1, 5, 64, 300}) {
                        layouts.add(Arguments.of(dtype, symmetric, mean, features));
                    }
                }
            }
        }
        return layouts;
    }

    private static void assertSameBits(Tensor expected, Tensor actual, String what) {
        assertEquals(-1, expected.segment().mismatch(actual.segment()), what);
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void noBitDependsOnThreadsOrTiles(DType dtype, boolean symmetric, boolean mean, int features) {
        var random = new SplittableRandom(31);
        BivariateMap map = features % 2 == 0 ? new AbReluMap(0.1, 1) : new ErfMap(1, 1, 0.1);
        CovarianceProgram program = Programs.network(map, mean);
        long positions = mean ? 3 : 1;
        try (Tensor x1 = Programs.inputs(random, dtype, ROWS, positions, features);
                Tensor x2 = Programs.inputs(random, dtype, COLUMNS, positions, features)) {
            @Nullable Tensor second = symmetric ? null : x2;
            try (var expected = Programs.run(program, x1, second, Programs.options(1, 512))) {
                for (int[] cut : CUTS) {
                    try (var actual =
                            Programs.run(program, x1, second, Programs.options(cut[0], cut[1]))) {
                        String what = cut[0] + " threads, tiles of " + cut[1];
                        assertSameBits(expected.nngp(), actual.nngp(), "nngp, " + what);
                        assertSameBits(expected.ntk(), actual.ntk(), "ntk, " + what);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void symmetricKernelsAreSymmetricToTheLastBit(
            DType dtype, boolean ignored, boolean mean, int features) {
        var random = new SplittableRandom(32);
        CovarianceProgram program = Programs.network(new AbReluMap(0, 1), mean);
        try (Tensor x = Programs.inputs(random, dtype, 300, mean ? 2 : 1, features);
                var kernel = Programs.run(program, x, null, Programs.options(2, 256));
                Tensor variances =
                        CovarianceExecutor.variances(program, new Batch("x", x), DType.F64);
                Tensor mirrored = kernel.nngp().transpose(1, 0).copy(dtype);
                Tensor mirroredNtk = kernel.ntk().transpose(1, 0).copy(dtype);
                Tensor rounded = variances.copy(dtype)) {
            assertSameBits(kernel.nngp(), mirrored, "nngp");
            assertSameBits(kernel.ntk(), mirroredNtk, "ntk");
            for (int i = 0; i < 300; i++) {
                assertEquals(rounded.get(0, i), kernel.nngp().get(i, i));
            }
        }
    }

    static List<Arguments> programs() {
        List<Arguments> programs = new ArrayList<>();
        for (BivariateMap map : Programs.MAPS) {
            for (boolean mean : new boolean[] {false, true}) {
                for (DType dtype : DType.values()) {
                    programs.add(Arguments.of(map, mean, dtype));
                }
            }
        }
        return programs;
    }

    @ParameterizedTest
    @MethodSource("programs")
    void agreesWithTheDefinition(BivariateMap map, boolean mean, DType dtype) {
        var random = new SplittableRandom(33);
        CovarianceProgram program = Programs.network(map, mean);
        for (int features : new int[] {5, 64, 300}) {
            try (Tensor x1 = Programs.inputs(random, dtype, 70, 3, features);
                    Tensor x2 = Programs.inputs(random, dtype, 30, 3, features)) {
                for (Tensor second : new @Nullable Tensor[] {x2, null}) {
                    ScalarTwin twin = ScalarTwin.of(program, x1, second);
                    try (var kernel = Programs.run(program, x1, second, Programs.options(2, 256))) {
                        double tolerance = dtype == DType.F64 ? 1e-12 : 1e-5;
                        assertClose(twin.nngp(), kernel.nngp(), tolerance);
                        assertClose(twin.ntk(), kernel.ntk(), tolerance);
                    }
                }
            }
        }
    }

    private static void assertClose(double[][] expected, Tensor actual, double tolerance) {
        double largest = 0;
        for (double[] row : expected) {
            for (double entry : row) {
                largest = Math.max(largest, Math.abs(entry));
            }
        }
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertEquals(expected[i][j], actual.get(i, j), tolerance * largest);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 255, 256, 257, 513})
    void raggedSizesAgreeWithTheDefinition(int rows) {
        var random = new SplittableRandom(rows);
        CovarianceProgram program = Programs.network(new ErfMap(1, 1, 0), false);
        try (Tensor x1 = Programs.inputs(random, DType.F64, rows, 1, 3);
                Tensor x2 = Programs.inputs(random, DType.F64, 17, 1, 3);
                var kernel = Programs.run(program, x1, x2, Programs.options(2, 256));
                var mirrored = Programs.run(program, x2, x1, Programs.options(2, 256));
                Tensor turned = mirrored.nngp().transpose(1, 0).copy(DType.F64)) {
            ScalarTwin twin = ScalarTwin.of(program, x1, x2);
            assertClose(twin.nngp(), kernel.nngp(), 1e-12);
            assertClose(twin.ntk(), kernel.ntk(), 1e-12);
            assertClose(twin.nngp(), turned, 1e-12);
        }
    }

    @Test
    void withoutStepsAKernelIsTheInnerProducts() {
        var random = new SplittableRandom(35);
        try (Tensor x = Programs.inputs(random, DType.F64, 10, 1, 7);
                var kernel =
                        Programs.run(CovarianceProgram.EMPTY, x, null, Programs.options(1, 256))) {
            assertClose(
                    ScalarTwin.of(CovarianceProgram.EMPTY, x, null).nngp(), kernel.nngp(), 1e-14);
            for (double entry : kernel.ntk().toArray()) {
                assertEquals(0, entry);
            }
        }
    }

    @Test
    void selfCovariancesAreBlocksOfTheKernel() {
        var random = new SplittableRandom(36);
        CovarianceProgram program = Programs.network(new AbReluMap(0, 1), false);
        try (Tensor x = Programs.inputs(random, DType.F64, 6, 5, 4);
                var kernel = Programs.run(program, x, null, Programs.options(2, 256));
                Tensor self =
                        CovarianceExecutor.selfCovariances(
                                program, new Batch("x", x), DType.F64, Programs.options(2, 256))) {
            for (int n = 0; n < 6; n++) {
                for (int p = 0; p < 5; p++) {
                    for (int q = 0; q < 5; q++) {
                        assertEquals(
                                kernel.nngp().get(n * 5 + p, n * 5 + q), self.get(n, p, q), 1e-13);
                    }
                }
            }
        }
    }

    @Test
    void targetsThatAreNotWantedAreNotNeeded() {
        var random = new SplittableRandom(37);
        CovarianceProgram program = Programs.network(new AbReluMap(0, 1), false);
        try (Tensor x = Programs.inputs(random, DType.F64, 40, 1, 4);
                var both = Programs.run(program, x, null, Programs.options(2, 256))) {
            for (boolean ntk : new boolean[] {false, true}) {
                Tensor[] made = new Tensor[1];
                CovarianceExecutor.run(
                        program,
                        new Batch("x", x),
                        null,
                        DType.F64,
                        ntk,
                        1,
                        Programs.options(1, 256),
                        shape -> {
                            made[0] = Tensor.allocate(DType.F64, shape);
                            return new CovarianceExecutor.Targets(
                                    ntk ? null : made[0], ntk ? made[0] : null);
                        });
                try (Tensor only = made[0]) {
                    assertTrue(only.get(0, 0) > 0);
                    assertSameBits(ntk ? both.ntk() : both.nngp(), only, "ntk " + ntk);
                }
            }
        }
    }
}
