package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/** What is said of signs, one operation at a time, and that it holds. */
class SignsTest {
    private static final Nonlinearity RELU = new Nonlinearity(new AbReluMap(0, 1));

    private static BitSet after(CovarianceOp... ops) {
        return Signs.nonNegative(Programs.chain(new Input(0, Extents.NONE, 4), ops));
    }

    private static BitSet bits(int... indices) {
        BitSet bits = new BitSet();
        for (int index : indices) {
            bits.set(index);
        }
        return bits;
    }

    private static Affine affine(double scale, double shift) {
        return new Affine(new AffineStep(scale, shift, 1, 0, 0));
    }

    @Test
    void inputsAndMapsOfTwoSignsPromiseNothing() {
        assertEquals(bits(), after(new Nonlinearity(new AbReluMap(0.1, 1))));
        assertEquals(bits(), after(new Nonlinearity(new ErfMap(1, 1, 0))));
        assertEquals(bits(), after(affine(1, 0)));
    }

    @Test
    void mapsOfOneSignNeedNoPromise() {
        assertEquals(bits(1), after(RELU));
        assertEquals(bits(1), after(new Nonlinearity(new AbReluMap(-1, 1))));
        assertEquals(bits(1), after(new Nonlinearity(new AbReluMap(1, 0))));
    }

    @Test
    void affineStepsKeepSignsUnlessTheyTurnOrLowerThem() {
        assertEquals(bits(1, 2), after(RELU, affine(2, 0.5)));
        assertEquals(bits(1), after(RELU, affine(-2, 0.5)));
        assertEquals(bits(1), after(RELU, affine(2, -0.5)));
        assertEquals(bits(1), after(RELU, affine(Double.NaN, 0)));
    }

    @Test
    void sumsAndProductsNeedAllOfTheirInputs() {
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, Extents.NONE, 4));
        int first = builder.add(RELU, input);
        int second = builder.add(RELU, first);
        int sum = builder.add(new WeightedSum(List.of(1.0, 2.0)), first, second);
        int mixed = builder.add(new WeightedSum(List.of(1.0, 1.0)), first, input);
        int difference = builder.add(new WeightedSum(List.of(1.0, -1.0)), first, second);
        int all = builder.add(new Product(), mixed, difference);
        int product = builder.add(new Product(), sum, second);
        int output = builder.add(new WeightedSum(List.of(1.0, 1.0)), all, product);
        assertEquals(bits(first, second, sum, product), Signs.nonNegative(builder.program(output)));
    }

    private static CovarianceProgram rectified(CovarianceProgram program) {
        var builder = new CovarianceProgram.Builder();
        for (CovarianceProgram.Node node : program.nodes()) {
            CovarianceOp op =
                    node.op() instanceof Nonlinearity(var step, var map)
                            ? new Nonlinearity(step, new AbReluMap(0, 1))
                            : node.op();
            builder.add(op, node.inputs().stream().mapToInt(Integer::intValue).toArray());
        }
        return builder.program(program.nodes().size() - 1);
    }

    private static double least(DenseKernel kernel) {
        double least = 0;
        for (int i = 0; i < kernel.examples(); i++) {
            for (int j = 0; j < kernel.examples(); j++) {
                for (int p = 0; p < kernel.positions(); p++) {
                    for (int q = 0; q < kernel.positions(); q++) {
                        least = Math.min(least, kernel.nngp(i, j, p, q));
                    }
                }
            }
        }
        return least;
    }

    /** Every value of random programs that is said to be at least 0 is, but for rounding. */
    @Test
    void whatIsPromisedHolds() {
        var random = new SplittableRandom(93);
        Extents extents = Programs.extents(2, 3);
        int promised = 0;
        for (int i = 0; i < 300; i++) {
            var programs = new RandomPrograms(random, true, false);
            CovarianceProgram program = rectified(programs.draw(3, 3, extents, 8));
            try (Tensor first = Programs.inputs(random, DType.F64, 3, extents.positions(), 3);
                    Tensor second = Programs.inputs(random, DType.F64, 3, extents.positions(), 2)) {
                var twin = new DenseTwin(program, List.of(first, second), List.of());
                for (int node : Signs.nonNegative(program).stream().toArray()) {
                    promised++;
                    double least = least(twin.value(node));
                    assertTrue(least > -1e-12, least + " at node " + node + " of " + program);
                }
            }
        }
        assertTrue(promised > 150, promised + " promises");
    }
}
