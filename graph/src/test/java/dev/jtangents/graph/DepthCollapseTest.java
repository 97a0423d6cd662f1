package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.AngularMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;
import dev.jtangents.maps.NumericalMap;
import dev.jtangents.maps.RectifiedMonomialMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/** Collapsed networks against their layers, and which networks are collapsed. */
class DepthCollapseTest {
    private static final BivariateMap RELU = new AbReluMap(0, 1);
    private static final BivariateMap TANH =
            new NumericalMap(Math::tanh, x -> 1 - Math.tanh(x) * Math.tanh(x), 25);

    /** Correlations of pairs whose angle vanishes, is straight or right, or nearly so. */
    private static final double[] CORRELATIONS = {
        -1, -1 + 1e-12, -1 + 1e-9, -1 + 1e-6, -0.5, -1e-8, 0, 0.3, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12, 1
    };

    /** Enough for a fit to pay, with one batch of another size. */
    private static final int ROWS = 72;

    private static final int COLUMNS = 12 * CORRELATIONS.length;

    /** A network of layers of one map. */
    private record Deep(String name, BivariateMap map, int depth, double weight, double bias) {
        CovarianceProgram program() {
            var builder = new CovarianceProgram.Builder();
            int node = builder.add(new Input(0, Extents.NONE, 3));
            for (int layer = 0; layer < depth; layer++) {
                node = builder.add(Programs.dense(weight, bias), node);
                node = builder.add(new Nonlinearity(map), node);
            }
            return builder.program(builder.add(Programs.dense(weight, bias), node));
        }

        boolean homogeneous() {
            return bias == 0;
        }

        @Override
        public String toString() {
            return depth + " layers of " + name;
        }
    }

    static Stream<Arguments> networks() {
        return Stream.of(
                        new Deep("relu", RELU, 3, 2, 0),
                        new Deep("relu", RELU, 20, 2, 0),
                        new Deep("relu of large weights", RELU, 8, 30, 0),
                        new Deep("leaky relu", new AbReluMap(0.1, 1), 4, 1.9, 0),
                        new Deep("abs", new AbReluMap(-1, 1), 6, 1, 0),
                        new Deep("relu with biases", RELU, 5, 1.7, 0.2),
                        new Deep("erf", new ErfMap(1, 1, 0), 4, 1.5, 0.05),
                        new Deep("erf", new ErfMap(1, 1, 0), 12, 1.2, 0.1),
                        new Deep("gelu", new GeluMap(), 4, 1.5, 0.1),
                        new Deep("gelu", new GeluMap(), 20, 1.5, 0.1),
                        new Deep("tanh", TANH, 1, 1.3, 0.1))
                .flatMap(
                        network ->
                                Stream.of(DType.values())
                                        .map(dtype -> Arguments.of(network, dtype)));
    }

    private static IntToDoubleFunction oneNorm() {
        return example -> 1.3;
    }

    private static IntToDoubleFunction norms() {
        return example -> example % 10 == 7 ? 0 : Math.pow(10, example % 7 - 3);
    }

    /** Vectors of three features, on a circle through the first axis. */
    private static Tensor circle(DType dtype, double[] angles, IntToDoubleFunction norm) {
        Tensor x = Tensor.allocate(dtype, Shape.of(angles.length, 1, 3));
        for (int i = 0; i < angles.length; i++) {
            x.set(norm.applyAsDouble(i) * Math.cos(angles[i]), i, 0, 0);
            x.set(norm.applyAsDouble(i) * Math.sin(angles[i]), i, 0, 1);
        }
        return x;
    }

    private static double[] rowAngles() {
        return new SplittableRandom(3).doubles(ROWS, 0, 2 * Math.PI).toArray();
    }

    /** Each at one of the correlations to a row. */
    private static double[] columnAngles() {
        double[] rows = rowAngles();
        double[] angles = new double[COLUMNS];
        for (int j = 0; j < COLUMNS; j++) {
            angles[j] = rows[j % ROWS] + angle(CORRELATIONS[j % CORRELATIONS.length]);
        }
        return angles;
    }

    private static double angle(double correlation) {
        double room = 1 - Math.abs(correlation);
        double fromAxis = 2 * Math.asin(Math.sqrt(room / 2));
        return correlation < 0 ? Math.PI - fromAxis : fromAxis;
    }

    /**
     * The layers are run on parts of the batches that are too small to pay for a fit, in f64. So
     * this also shows that an entry does not depend on its company beyond rounding.
     */
    @ParameterizedTest
    @MethodSource("networks")
    void agreesWithTheLayers(Deep network, DType dtype) {
        CovarianceProgram program = network.program();
        IntToDoubleFunction norm = network.homogeneous() ? norms() : oneNorm();
        try (Tensor x1 = circle(dtype, rowAngles(), norm);
                Tensor x2 = circle(dtype, columnAngles(), norm)) {
            assertTrue(isCollapsed(program, dtype, Programs.sources(x1, x2)));
            try (var whole = Programs.run(program, x1, x2, Programs.options(1));
                    var upper = layers(program, x1, x2, 0);
                    var lower = layers(program, x1, x2, ROWS / 2)) {
                double[] sizes1 = sizes(program, x1);
                double[] sizes2 = sizes(program, x2);
                for (int i = 0; i < ROWS; i++) {
                    var part = i < ROWS / 2 ? upper : lower;
                    int row = i % (ROWS / 2);
                    for (int j = 0; j < COLUMNS; j++) {
                        double size = Math.sqrt(sizes1[i]) * Math.sqrt(sizes2[j]);
                        double rounding = dtype == DType.F64 ? 1e-12 : 6e-7;
                        String where = "at " + i + ", " + j;
                        assertEquals(
                                part.nngp().get(row, j),
                                whole.nngp().get(i, j),
                                rounding * size,
                                where);
                        double sensitivity = 1 + network.depth() * angleError(dtype, x1, i, x2, j);
                        assertEquals(
                                part.wantedNtk().get(row, j),
                                whole.wantedNtk().get(i, j),
                                rounding * size * (network.depth() + 1) * sensitivity,
                                where);
                    }
                }
            }
        }
    }

    /** How much of an angle the rounding of its cosine may be, in units of the tolerance. */
    private static double angleError(DType dtype, Tensor x1, int i, Tensor x2, int j) {
        double cross = x1.get(i, 0, 0) * x2.get(j, 0, 1) - x1.get(i, 0, 1) * x2.get(j, 0, 0);
        double norms =
                Math.hypot(x1.get(i, 0, 0), x1.get(i, 0, 1))
                        * Math.hypot(x2.get(j, 0, 0), x2.get(j, 0, 1));
        double ulp = dtype == DType.F64 ? Math.ulp(1.0) : Math.ulp(1f);
        double sine = norms == 0 ? 1 : Math.abs(cross) / norms;
        double error = 4 * ulp / Math.max(sine, Math.sqrt(ulp));
        return error / (dtype == DType.F64 ? 1e-12 : 6e-7);
    }

    private static Programs.Result layers(
            CovarianceProgram program, Tensor x1, Tensor x2, int from) {
        try (Tensor left = x1.slice(0, from, from + ROWS / 2).copy(DType.F64);
                Tensor right = x2.copy(DType.F64)) {
            assertSame(
                    program, DepthCollapse.of(program, DType.F64, Programs.sources(left, right)));
            return Programs.run(program, left, right, Programs.options(1));
        }
    }

    private static double[] sizes(CovarianceProgram program, Tensor x) {
        try (Tensor variances =
                CovarianceExecutor.selfCovariances(
                        program,
                        Programs.sources(x, null),
                        false,
                        new Request(x.dtype(), false, false),
                        Programs.options(1))) {
            return variances.toArray();
        }
    }

    private static boolean isCollapsed(CovarianceProgram program, DType dtype, Sources sources) {
        CovarianceProgram rewritten = DepthCollapse.of(program, dtype, sources);
        return rewritten.nodes().size() == 2
                && rewritten.output().op() instanceof Nonlinearity(var step, var map)
                && map instanceof AngularMap;
    }

    @ParameterizedTest
    @EnumSource
    void branchesCollapse(DType dtype) {
        var builder = new CovarianceProgram.Builder();
        int node = builder.add(new Input(0, Extents.NONE, 3));
        for (int block = 0; block < 3; block++) {
            int layer = builder.add(new Nonlinearity(RELU), node);
            int branch = builder.add(Programs.dense(2, 0), layer);
            node = builder.add(new WeightedSum(List.of(1.0, 0.5)), node, branch);
        }
        CovarianceProgram program = builder.program(node);
        try (Tensor x = Programs.inputs(new SplittableRandom(4), dtype, 120, 1, 3);
                Tensor few = x.slice(0, 0, 90).copy(dtype);
                var whole = Programs.run(program, x, null, Programs.options(2));
                var part = Programs.run(program, few, null, Programs.options(1))) {
            assertTrue(isCollapsed(program, dtype, Programs.sources(x, null)));
            double rounding = dtype == DType.F64 ? 1e-11 : 3e-5;
            for (int i = 0; i < 90; i++) {
                for (int j = 0; j < 90; j++) {
                    assertEquals(part.nngp().get(i, j), whole.nngp().get(i, j), rounding);
                    assertEquals(part.wantedNtk().get(i, j), whole.wantedNtk().get(i, j), rounding);
                }
                assertEquals(whole.nngp().get(i, i), part.nngp().get(i, i), rounding / 10);
            }
        }
    }

    @Test
    void kernelsArePositiveSemidefinite() {
        CovarianceProgram program = new Deep("relu", RELU, 10, 2, 0).program();
        try (Tensor x = Programs.inputs(new SplittableRandom(5), DType.F64, 110, 1, 3);
                var kernel = Programs.run(program, x, null, Programs.options(1))) {
            for (Tensor matrix : List.of(kernel.nngp(), kernel.wantedNtk())) {
                try (Tensor values = LinearAlgebra.get().symmetricEigen(matrix)) {
                    double[] sorted = values.toArray();
                    double largest = sorted[sorted.length - 1];
                    assertTrue(sorted[0] >= -1e-12 * largest, sorted[0] + " of " + largest);
                }
            }
        }
    }

    /** What rows that were normalised in a dtype are: equal up to its rounding. */
    @ParameterizedTest
    @EnumSource
    void normsMayDifferByRounding(DType dtype) {
        CovarianceProgram program = new Deep("gelu", new GeluMap(), 4, 1.5, 0.1).program();
        try (Tensor x = circle(dtype, columnAngles(), oneNorm())) {
            assertTrue(isCollapsed(program, dtype, Programs.sources(x, null)));
            double more = dtype == DType.F64 ? 1e-12 : 1e-5;
            x.set(x.get(50, 0, 0) * (1 + more), 50, 0, 0);
            x.set(x.get(50, 0, 1) * (1 + more), 50, 0, 1);
            assertSame(program, DepthCollapse.of(program, dtype, Programs.sources(x, null)));
            try (Tensor same = circle(dtype, columnAngles(), oneNorm())) {
                assertSame(program, DepthCollapse.of(program, dtype, Programs.sources(same, x)));
            }
        }
    }

    @Test
    void examplesOfZeroOrWithoutANumberHaveNoNorm() {
        CovarianceProgram program = new Deep("gelu", new GeluMap(), 4, 1.5, 0.1).program();
        for (double value : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
            try (Tensor x = circle(DType.F64, columnAngles(), example -> value)) {
                Sources sources = Programs.sources(x, null);
                assertSame(program, DepthCollapse.of(program, DType.F64, sources));
            }
        }
    }

    static List<CovarianceProgram> layered() {
        Input input = new Input(0, Extents.NONE, 3);
        var relu = new Nonlinearity(RELU);
        var dense = Programs.dense(2, 0);
        var joined = new CovarianceProgram.Builder();
        int first = joined.add(relu, joined.add(input));
        int second = joined.add(relu, joined.add(new Input(1, Extents.NONE, 3)));
        var product = new CovarianceProgram.Builder();
        int factor = product.add(relu, product.add(relu, product.add(input)));
        return List.of(
                Programs.chain(input, dense, relu, dense),
                Programs.chain(input, dense, relu, Programs.dense(2, 0.1), relu, dense),
                Programs.chain(
                        input,
                        dense,
                        relu,
                        dense,
                        new Nonlinearity(new RectifiedMonomialMap(2)),
                        dense),
                Programs.chain(
                        input,
                        relu,
                        relu,
                        new CovarianceOp.Scaling(
                                new PerExample(1, new double[1000], new double[1000]))),
                Programs.chain(input, relu, relu, relu, new CovarianceOp.Dropout(0.5)),
                Programs.chain(input, Programs.dense(0, 0), relu, relu, relu),
                joined.program(joined.add(new WeightedSum(List.of(1.0, 1.0)), first, second)),
                product.program(product.add(new Product(), factor, factor)));
    }

    @ParameterizedTest
    @MethodSource("layered")
    void otherNetworksStayAsTheyAre(CovarianceProgram program) {
        for (DType dtype : DType.values()) {
            assertSame(program, DepthCollapse.of(program, dtype, 1e6));
        }
    }

    /** Quadrature of a function with a kink is none of the angle that a polynomial could follow. */
    @Test
    void kinksAreNotCollapsed() {
        var map = new NumericalMap(x -> Math.max(x, 0), x -> x > 0 ? 1 : 0, 25);
        CovarianceProgram program = new Deep("relu by quadrature", map, 2, 1.5, 0.1).program();
        try (Tensor x = circle(DType.F32, columnAngles(), oneNorm())) {
            Sources sources = Programs.sources(x, null);
            assertSame(program, DepthCollapse.of(program, DType.F32, sources));
        }
    }

    @Test
    void flattenedImagesCollapseAndDescriptionsSaySo() {
        CovarianceProgram program =
                Programs.chain(
                        new Input(0, Programs.extents(4, 4), 3),
                        new CovarianceOp.PositionMean(),
                        new Nonlinearity(RELU),
                        new Nonlinearity(RELU),
                        new Nonlinearity(RELU));
        var request = new Request(DType.F32, true, false);
        String text = CovarianceExecutor.describe(program, 500, null, request, Programs.options(1));
        assertTrue(text.contains("all layers as polynomials of the angle, of degrees"), text);
        CovarianceOp op = DepthCollapse.of(program, DType.F32, 250_000).node(0).op();
        assertEquals(48, assertInstanceOf(Input.class, op).features());
        String few = CovarianceExecutor.describe(program, 50, null, request, Programs.options(1));
        assertTrue(few.contains("AbReluMap"), few);
    }
}
