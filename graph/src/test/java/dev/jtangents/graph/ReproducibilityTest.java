package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** No bit of a kernel depends on how the work is cut. */
class ReproducibilityTest {
    private static final BivariateMap RELU = new AbReluMap(0.1, 1);
    private static final BivariateMap ERF = new ErfMap(1, 1, 0.1);

    /** Large enough that examples on the diagonal are paired in rounds. */
    private static final Extents IMAGE = Programs.extents(3, 250);

    /** A program, and how many examples its kernel is tried with. */
    private record Sized(String name, CovarianceProgram program, int rows, int columns) {
        @Override
        public String toString() {
            return name;
        }

        Tensor inputs(SplittableRandom random, DType dtype, int examples) {
            int positions = 1;
            int features = 1;
            for (CovarianceProgram.Node node : program.nodes()) {
                if (node.op() instanceof Input input) {
                    positions = input.positions().positions();
                    features = input.features();
                }
            }
            return Programs.inputs(random, dtype, examples, positions, features);
        }
    }

    private static List<Sized> programs() {
        Extents extents = Programs.extents(3, 4);
        return List.of(
                new Sized("flat", Programs.network(RELU, 37), 530, 301),
                new Sized("flat, one feature", Programs.network(ERF, 1), 300, 530),
                new Sized("mean", Programs.convolutional(RELU, extents, 3, false), 41, 70),
                new Sized("pool", Programs.convolutional(ERF, extents, 3, true), 19, 37),
                new Sized("skip", Programs.skipping(RELU), 35, 50),
                new Sized("pairs", convolution(extents), 9, 21),
                new Sized("pool in rounds", rounds(), 22, 5),
                new Sized("flattened input", mixed(extents), 40, 70));
    }

    private static CovarianceProgram rounds() {
        return Programs.convolutional(RELU, IMAGE, 3, Programs.leftPool(IMAGE, 50));
    }

    /** A convolution whose output keeps its positions. */
    private static CovarianceProgram convolution(Extents extents) {
        return Programs.chain(
                new Input(0, extents, 2),
                Programs.convolution(extents, 3, true),
                new CovarianceOp.Nonlinearity(RELU));
    }

    /** The mean of a convolution, and inner products of the inputs by BLAS. */
    private static CovarianceProgram mixed(Extents extents) {
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, extents, 29));
        int convolved = builder.add(Programs.convolution(extents, 3, false), input);
        int mapped = builder.add(new CovarianceOp.Nonlinearity(RELU), convolved);
        int left = builder.add(new PositionMean(), mapped);
        int right = builder.add(new PositionMean(), input);
        return builder.program(builder.add(new WeightedSum(List.of(1.0, 2.0)), left, right));
    }

    static List<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Sized sized : programs()) {
            for (DType dtype : DType.values()) {
                for (boolean symmetric : new boolean[] {false, true}) {
                    cases.add(Arguments.of(sized, dtype, symmetric));
                }
            }
        }
        return cases;
    }

    private static void assertSameBits(Tensor expected, Tensor actual, String what) {
        assertEquals(-1, expected.segment().mismatch(actual.segment()), what);
    }

    /** Options that cut the work otherwise: threads, tiles, and a budget that narrows strips. */
    private static List<ExecutionOptions> cuts(Sized sized, DType dtype, boolean symmetric) {
        ExecutionOptions roomy = Programs.options(1);
        long columns = symmetric ? sized.rows() : sized.columns();
        var request = new Request(dtype, true, false);
        KernelPlan plan =
                KernelPlan.of(
                        sized.program(), sized.rows(), columns, symmetric, request, true, roomy);
        List<ExecutionOptions> cuts = new ArrayList<>();
        for (int threads = 1; threads <= 3; threads++) {
            for (int tile : new int[] {256, 512}) {
                cuts.add(roomy.withThreads(threads).withTile(tile));
            }
        }
        if (!plan.program().isFlat() && plan.width() > StripLayout.laneStride(1)) {
            cuts.add(roomy.withMemory(plan.memory() - 1));
        }
        return cuts;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void noBitDependsOnHowTheWorkIsCut(Sized sized, DType dtype, boolean symmetric) {
        var random = new SplittableRandom(31);
        try (Tensor x1 = sized.inputs(random, dtype, sized.rows());
                Tensor x2 = sized.inputs(random, dtype, sized.columns());
                var expected =
                        Programs.run(
                                sized.program(), x1, symmetric ? null : x2, Programs.options(1))) {
            @Nullable Tensor second = symmetric ? null : x2;
            for (ExecutionOptions cut : cuts(sized, dtype, symmetric)) {
                try (var actual = Programs.run(sized.program(), x1, second, cut)) {
                    assertSameBits(expected.nngp(), actual.nngp(), "nngp, " + cut);
                    assertSameBits(expected.wantedNtk(), actual.wantedNtk(), "ntk, " + cut);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void symmetricKernelsAreSymmetricToTheLastBit(Sized sized, DType dtype, boolean symmetric) {
        var random = new SplittableRandom(32);
        try (Tensor x = sized.inputs(random, dtype, symmetric ? sized.rows() : 17);
                var kernel = Programs.run(sized.program(), x, null, Programs.options(2))) {
            for (Tensor tensor : List.of(kernel.nngp(), kernel.wantedNtk())) {
                int[] axes = new int[tensor.shape().rank()];
                for (int axis = 0; axis < axes.length; axis++) {
                    axes[axis] = axis ^ 1;
                }
                try (Tensor mirrored = tensor.transpose(axes).copy(dtype)) {
                    assertSameBits(tensor, mirrored, "mirrored");
                }
            }
        }
    }

    /** An example with itself is exact; a copy of it is as close as rounding allows. */
    @ParameterizedTest
    @MethodSource("cases")
    void theDiagonalIsThatOfEachExampleAlone(Sized sized, DType dtype, boolean symmetric) {
        var random = new SplittableRandom(33);
        var request = new Request(dtype, true, false);
        Extents output = sized.program().output().extents();
        int positions = output.positions();
        var layout = new PairLayout(output, false);
        int half = symmetric ? 9 : 4;
        try (Tensor x = sized.inputs(random, dtype, 2 * half)) {
            x.slice(0, half, 2 * half).assign(x.slice(0, 0, half));
            try (var kernel = Programs.run(sized.program(), x, null, Programs.options(1));
                    Tensor self =
                            CovarianceExecutor.selfCovariances(
                                    sized.program(),
                                    Programs.sources(x, null),
                                    false,
                                    request,
                                    Programs.options(1))) {
                double[] nngp = kernel.nngp().toArray();
                double[] own = self.toArray();
                // A pool of a part of an image adds up thousands of cells, one by one.
                boolean addsMany = sized.program().node(0).extents().equals(IMAGE);
                double exact = dtype == DType.F64 ? 1e-14 : addsMany ? 5e-6 : 1e-6;
                double close = dtype == DType.F64 ? 1e-7 : 1e-3;
                for (int i = 0; i < half; i++) {
                    for (int p = 0; p < positions; p++) {
                        long pair = layout.index(p, p);
                        double value = own[(int) (i * layout.size() + pair)];
                        double there = nngp[at(i, i, half, layout.size(), pair)];
                        double copied = nngp[at(i, i + half, half, layout.size(), pair)];
                        assertEquals(value, there, exact * value);
                        assertEquals(value, copied, close * value);
                        assertTrue(there > 0);
                    }
                }
            }
        }
    }

    private static int at(int i, int j, int half, long pairs, long pair) {
        return (int) ((i * 2L * half + j) * pairs + pair);
    }
}
