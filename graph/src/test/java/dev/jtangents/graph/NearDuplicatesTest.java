package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.SplittableRandom;

/** The f32 kernel of rows that hardly differ, or not at all, against the f64 kernel of the same. */
class NearDuplicatesTest {
    private static final int FEATURES = 37;
    private static final BivariateMap RELU = new AbReluMap(0, 1);

    /** Of the entry itself. */
    private static final double CLOSE = 1e-6;

    private static CovarianceProgram network(int depth) {
        CovarianceOp[] layers = new CovarianceOp[2 * depth + 1];
        for (int layer = 0; layer < depth; layer++) {
            layers[2 * layer] = Programs.dense(2, 0);
            layers[2 * layer + 1] = new Nonlinearity(RELU);
        }
        layers[2 * depth] = Programs.dense(1, 0);
        return Programs.chain(new Input(0, Extents.NONE, FEATURES), layers);
    }

    /** A residual block and a product of branches, one of which starts from the input itself. */
    private static CovarianceProgram branching() {
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, Extents.NONE, FEATURES));
        int dense = builder.add(Programs.dense(1.5, 0.1), input);
        int mapped = builder.add(new Nonlinearity(RELU), dense);
        int sum = builder.add(new WeightedSum(List.of(0.5, 1.0)), dense, mapped);
        int other = builder.add(new Nonlinearity(new ErfMap(1, 1, 0)), input);
        int product = builder.add(new Product(), sum, other);
        return builder.program(builder.add(new Nonlinearity(RELU), product));
    }

    /** Rows, and as many again that are these times a sign, plus noise. */
    private static Tensor rows(int count, double sign, double noise) {
        var random = new SplittableRandom(7);
        Tensor rows = Tensor.allocate(DType.F32, Shape.of(2L * count, 1, FEATURES));
        for (int i = 0; i < count; i++) {
            for (int feature = 0; feature < FEATURES; feature++) {
                rows.set(random.nextDouble(-1, 1), i, 0, feature);
                double value = sign * rows.get(i, 0, feature);
                rows.set(value + noise * random.nextDouble(-1, 1), count + i, 0, feature);
            }
        }
        return rows;
    }

    private static void assertPairsAreClose(
            CovarianceProgram program, int count, double sign, double noise, double tolerance) {
        try (Tensor x = rows(count, sign, noise);
                Tensor exact = x.copy(DType.F64);
                var kernel = Programs.run(program, x, null, Programs.options(2));
                var expected = Programs.run(program, exact, null, Programs.options(1))) {
            for (int i = 0; i < count; i++) {
                double nngp = expected.nngp().get(i, count + i);
                assertEquals(nngp, kernel.nngp().get(i, count + i), tolerance * nngp);
                double ntk = expected.wantedNtk().get(i, count + i);
                assertEquals(ntk, kernel.wantedNtk().get(i, count + i), tolerance * ntk);
                assertEquals(ntk, kernel.wantedNtk().get(count + i, i), tolerance * ntk);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 20})
    void nearDuplicatesAreExact(int depth) {
        for (double noise : new double[] {0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2}) {
            assertPairsAreClose(network(depth), 40, 1, noise, CLOSE);
        }
    }

    /** Some of them just far enough apart to be left to f32. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 20})
    void theOthersAreCloseEnough(int depth) {
        for (double noise : new double[] {0.03, 0.06, 0.07, 0.1}) {
            assertPairsAreClose(network(depth), 40, 1, noise, 1e-4);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-5, 1e-3})
    void oppositeRowsAreExact(double noise) {
        assertPairsAreClose(network(3), 40, -1, noise, CLOSE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-5, 1e-3})
    void anyFlatProgramIsServed(double noise) {
        assertPairsAreClose(branching(), 40, 1, noise, CLOSE);
    }

    @Test
    void aPairOfTwoBatchesIsExact() {
        CovarianceProgram program = network(10);
        try (Tensor both = rows(30, 1, 1e-4);
                Tensor x1 = both.slice(0, 0, 30).copy(DType.F32);
                Tensor x2 = both.slice(0, 30, 60).copy(DType.F32);
                Tensor exact1 = x1.copy(DType.F64);
                Tensor exact2 = x2.copy(DType.F64);
                var kernel = Programs.run(program, x1, x2, Programs.options(2));
                var expected = Programs.run(program, exact1, exact2, Programs.options(1))) {
            for (int i = 0; i < 30; i++) {
                double ntk = expected.wantedNtk().get(i, i);
                assertEquals(ntk, kernel.wantedNtk().get(i, i), CLOSE * ntk);
            }
        }
    }

    /** Pairs in one block and in several, some of them duplicates of one another. */
    @Test
    void noBitDependsOnHowTheWorkIsCut() {
        try (Tensor x = rows(290, 1, 1e-5)) {
            x.slice(0, 10, 20).assign(x.slice(0, 0, 10));
            try (var expected = Programs.run(branching(), x, null, Programs.options(1))) {
                for (int threads = 1; threads <= 3; threads++) {
                    ExecutionOptions cut = Programs.options(threads).withTile(256 * threads);
                    try (var actual = Programs.run(branching(), x, null, cut)) {
                        assertEquals(
                                -1, expected.nngp().segment().mismatch(actual.nngp().segment()));
                        assertEquals(
                                -1,
                                expected.wantedNtk()
                                        .segment()
                                        .mismatch(actual.wantedNtk().segment()));
                    }
                }
            }
        }
    }

    /** Rows of zeros have no angle and are nobody's duplicates. */
    @Test
    void zerosStayZeros() {
        try (Tensor x = Tensor.allocate(DType.F32, Shape.of(5, 1, FEATURES));
                var kernel = Programs.run(network(2), x, null, Programs.options(1))) {
            for (double value : kernel.wantedNtk().toArray()) {
                assertEquals(0, value);
            }
        }
    }
}
