package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceExecutor.Targets;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.SplittableRandom;

/** Executed programs against their definition: random ones of all operations, and networks. */
class CovarianceExecutorTest {
    private static final int PROGRAMS = 400;
    private static final Extents[] EXTENTS = {
        Extents.NONE,
        Programs.extents(1),
        Programs.extents(4),
        Programs.extents(7),
        Programs.extents(2, 3),
        Programs.extents(3, 3),
        Programs.extents(4, 2),
        Programs.extents(2, 3, 2)
    };

    private enum Second {
        ABSENT,
        EQUAL,
        DIFFERENT
    }

    /** A random program on random inputs, and its definition. */
    private record Case(
            CovarianceProgram program, List<Tensor> first, List<Tensor> second, DenseKernel twin)
            implements AutoCloseable {
        static Case draw(long seed, DType dtype, boolean mapsExamples) {
            var random = new SplittableRandom(seed);
            Second which = Second.values()[random.nextInt(3)];
            int rows = 1 + random.nextInt(5);
            int columns = which == Second.DIFFERENT ? 1 + random.nextInt(20) : rows;
            Extents extents = EXTENTS[random.nextInt(EXTENTS.length)];
            var programs = new RandomPrograms(random, which == Second.ABSENT, mapsExamples);
            CovarianceProgram program =
                    programs.draw(rows, columns, extents, 2 + random.nextInt(7));
            List<Tensor> first = inputs(random, dtype, rows, extents);
            List<Tensor> second =
                    switch (which) {
                        case ABSENT -> List.of();
                        case EQUAL -> first.stream().map(x -> x.copy(dtype)).toList();
                        case DIFFERENT -> inputs(random, dtype, columns, extents);
                    };
            return new Case(program, first, second, new DenseTwin(program, first, second).output());
        }

        private static List<Tensor> inputs(
                SplittableRandom random, DType dtype, int examples, Extents extents) {
            return List.of(
                    Programs.inputs(random, dtype, examples, extents.positions(), 3),
                    Programs.inputs(random, dtype, examples, extents.positions(), 2));
        }

        boolean symmetric() {
            return second.isEmpty();
        }

        Sources sources() {
            return Sources.of(batches(first), symmetric() ? null : batches(second));
        }

        private static List<Batch> batches(List<Tensor> tensors) {
            return tensors.stream().map(tensor -> new Batch("x", tensor)).toList();
        }

        @Override
        public void close() {
            first.forEach(Tensor::close);
            second.forEach(Tensor::close);
        }
    }

    @ParameterizedTest
    @EnumSource
    void randomProgramsAgreeWithTheirDefinition(DType dtype) {
        for (int seed = 0; seed < PROGRAMS; seed++) {
            try (Case drawn = Case.draw(seed, dtype, seed % 3 == 0)) {
                check(drawn, seed, dtype);
            }
        }
    }

    static List<CovarianceProgram> rectifiedNetworks() {
        var map = new AbReluMap(0.1, 1);
        return List.of(
                Programs.network(map, 6),
                Programs.convolutional(map, Programs.extents(6), 2, false),
                Programs.convolutional(map, Programs.extents(6), 2, true),
                Programs.convolutional(map, Programs.extents(3, 2), 2, true),
                Programs.ofWindows(map, Programs.extents(4, 3), false),
                Programs.ofWindows(map, Programs.extents(4, 3), true),
                Programs.residual(map, Programs.extents(4, 5), 1),
                Programs.residual(map, Programs.extents(4, 5), 2),
                Programs.skipping(map));
    }

    /** Their maps have kinks, which magnify rounding where two examples are one. */
    @ParameterizedTest
    @MethodSource("rectifiedNetworks")
    void rectifiedNetworksAgreeWithTheirDefinition(CovarianceProgram program) {
        var random = new SplittableRandom(34);
        for (DType dtype : DType.values()) {
            Input input = (Input) program.node(0).op();
            int positions = input.positions().positions();
            try (Tensor x1 = Programs.inputs(random, dtype, 5, positions, input.features());
                    Tensor x2 = Programs.inputs(random, dtype, 21, positions, input.features())) {
                for (List<Tensor> second : List.of(List.of(x2), List.<Tensor>of())) {
                    var twin = new DenseTwin(program, List.of(x1), second).output();
                    check(new Case(program, List.of(x1), second, twin), 0, dtype);
                }
            }
        }
    }

    /** As many equal weights as there are positions are no mean when a position has two of them. */
    @Test
    void aMapMayTakeAPositionTwice() {
        var twice =
                new PositionMap(
                        new SparseMatrix(
                                3,
                                List.of(new int[] {0, 0, 2}),
                                List.of(new double[] {0.5, 0.5, 0.5})),
                        Extents.NONE);
        var input = new Input(0, Programs.extents(3), 2);
        CovarianceProgram program = Programs.chain(input, twice);
        try (Tensor x = Programs.inputs(new SplittableRandom(35), DType.F64, 4, 3, 2)) {
            DenseKernel twin = new DenseTwin(program, List.of(x), List.of()).output();
            check(new Case(program, List.of(x), List.of(), twin), 0, DType.F64);
        }
    }

    @Test
    void kernelsThatAreNotWantedAreNotKept() {
        CovarianceProgram program = Programs.network(new AbReluMap(0, 1), 4);
        try (Tensor x = Programs.inputs(new SplittableRandom(37), DType.F64, 40, 1, 4);
                var both = Programs.run(program, x, null, Programs.options(2));
                Tensor only = Tensor.allocate(DType.F64, both.nngp().shape())) {
            for (boolean ntk : new boolean[] {false, true}) {
                CovarianceExecutor.run(
                        program,
                        Programs.sources(x, null),
                        new Request(DType.F64, ntk, false),
                        true,
                        Programs.options(1),
                        shape -> new Targets(ntk ? null : only, ntk ? only : null));
                Tensor expected = ntk ? both.wantedNtk() : both.nngp();
                // The NNGP alone has a formula of its own, which rounds otherwise.
                double tolerance = ntk ? 0 : 1e-14;
                for (int i = 0; i < 40; i++) {
                    for (int j = 0; j < 40; j++) {
                        double allowed = tolerance * expected.get(i, j);
                        assertEquals(expected.get(i, j), only.get(i, j), allowed, "ntk " + ntk);
                    }
                }
            }
        }
    }

    private static void check(Case drawn, int seed, DType dtype) {
        boolean diagonal = seed % 4 == 1;
        var request = new Request(dtype, seed % 5 > 0, diagonal);
        String what = "seed " + seed + ", " + dtype + ", " + drawn.program().nodes();
        double tolerance = dtype == DType.F64 ? 1e-11 : 1e-4;
        DenseKernel twin = drawn.twin();
        int start = drawn.symmetric() ? 0 : twin.rows();
        try (var kernel =
                Programs.run(drawn.program(), drawn.sources(), request, Programs.options(1))) {
            compare(twin::nngp, twin, start, kernel.nngp(), diagonal, tolerance, "nngp, " + what);
            if (request.ntk()) {
                compare(
                        twin::ntk,
                        twin,
                        start,
                        kernel.wantedNtk(),
                        diagonal,
                        tolerance,
                        "ntk, " + what);
            }
        }
        for (boolean second : new boolean[] {false, true}) {
            if (second && drawn.symmetric()) {
                continue;
            }
            try (Tensor self =
                    CovarianceExecutor.selfCovariances(
                            drawn.program(),
                            drawn.sources(),
                            second,
                            request,
                            Programs.options(1))) {
                compareSelf(twin, second ? twin.rows() : 0, self, diagonal, tolerance, what);
            }
        }
    }

    /** The largest entry is what rounding is measured against. */
    private static double largest(DenseKernel.Entry entry, DenseKernel twin) {
        double largest = 1;
        for (int i = 0; i < twin.examples(); i++) {
            for (int p = 0; p < twin.positions(); p++) {
                largest = Math.max(largest, Math.abs(entry.get(i, i, p, p)));
            }
        }
        return largest;
    }

    private static void compare(
            DenseKernel.Entry expected,
            DenseKernel twin,
            int start,
            Tensor actual,
            boolean diagonal,
            double tolerance,
            String what) {
        int positions = twin.positions();
        var layout = new PairLayout(twin.extents(), diagonal);
        int columns = twin.examples() - start;
        assertEquals(layout.after(twin.rows(), columns), actual.shape(), what);
        double allowed = tolerance * largest(expected, twin);
        double[] values = actual.toArray();
        for (int i = 0; i < twin.rows(); i++) {
            for (int j = 0; j < columns; j++) {
                for (int p = 0; p < positions; p++) {
                    for (int q = diagonal ? p : 0; q < (diagonal ? p + 1 : positions); q++) {
                        long at = (i * (long) columns + j) * layout.size() + layout.index(p, q);
                        double right = expected.get(i, start + j, p, q);
                        String where = what + " at " + List.of(i, j, p, q);
                        assertTrue(
                                Math.abs(right - values[(int) at]) <= allowed,
                                () -> where + ": " + right + ", not " + values[(int) at]);
                    }
                }
            }
        }
    }

    private static void compareSelf(
            DenseKernel twin,
            int start,
            Tensor actual,
            boolean diagonal,
            double tolerance,
            String what) {
        var layout = new PairLayout(twin.extents(), diagonal);
        double allowed = tolerance * largest(twin::nngp, twin);
        double[] values = actual.toArray();
        for (int i = 0; i < (start > 0 ? twin.columns() : twin.rows()); i++) {
            for (int p = 0; p < twin.positions(); p++) {
                for (int q = 0; q < twin.positions(); q++) {
                    if (!diagonal || p == q) {
                        double value = values[(int) (i * layout.size() + layout.index(p, q))];
                        double right = twin.nngp(start + i, start + i, p, q);
                        assertEquals(right, value, allowed, "self, " + what);
                    }
                }
            }
        }
    }
}
