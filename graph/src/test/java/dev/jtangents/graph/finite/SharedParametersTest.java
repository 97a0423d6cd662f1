package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.analysis.differentiation.DerivativeStructure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Tangent kernels of programs that use a parameter twice, or otherwise than weights are used. */
class SharedParametersTest {
    private static final int EXAMPLES = 5;
    private static final Shape INPUT = Shape.of(2, 3);
    private static final Shape WEIGHTS = Shape.of(3, 3);

    /** What programs make of (2, 3) inputs and of (3, 3) weights, with (2, 3) outputs. */
    private interface Use {
        Value of(FiniteBuilder builder, Value x, Value weights);
    }

    private static final Map<String, Use> USES =
            Map.ofEntries(
                    Map.entry("once", (b, x, w) -> product(b, x, w)),
                    Map.entry("twice", (b, x, w) -> product(b, b.map(product(b, x, w), wave()), w)),
                    Map.entry(
                            "once transposed, once not",
                            (b, x, w) -> b.product(product(b, x, w), w, true, 0.7)),
                    Map.entry(
                            "permuted, and as it is",
                            (b, x, w) ->
                                    b.addScaled(
                                            product(b, x, b.permute(w, 1, 0)),
                                            product(b, x, w),
                                            0.3)),
                    Map.entry(
                            "permuted before it is used twice",
                            (b, x, w) -> {
                                Value turned = b.permute(w, 1, 0);
                                return product(b, product(b, x, turned), turned);
                            }),
                    Map.entry(
                            "as weights and as a bias",
                            (b, x, w) ->
                                    b.addScaled(
                                            product(b, x, w),
                                            b.along(
                                                    w,
                                                    0,
                                                    SparseMatrix.selection(new int[] {2, 0}, 3)),
                                            2)),
                    Map.entry("times itself", (b, x, w) -> product(b, x, b.product(w, w, true, 1))),
                    Map.entry(
                            "squared element by element",
                            (b, x, w) -> product(b, x, b.multiply(w, w))),
                    Map.entry(
                            "from the left",
                            (b, x, w) -> b.permute(b.product(w, x, true, 1.3), 1, 0)),
                    Map.entry(
                            "of two groups, from one",
                            (b, x, w) -> {
                                Value both = b.broadcast(w, Shape.of(2, 3, 3));
                                Value rows = b.reshape(x, Shape.of(2, 1, 3));
                                return b.reshape(b.product(rows, both, false, 1), INPUT);
                            }),
                    Map.entry(
                            "without the examples",
                            (b, x, w) ->
                                    b.along(w, 0, SparseMatrix.selection(new int[] {1, 1}, 3))));

    private static Value product(FiniteBuilder builder, Value x, Value weights) {
        return builder.product(x, weights, false, 0.7);
    }

    private static ScalarFunction wave() {
        return ScalarFunction.of(DerivativeStructure::sin);
    }

    static Stream<String> names() {
        return USES.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void kernelsAreProductsOfGradients(String name) {
        var builder = new FiniteBuilder();
        Value x = builder.input(INPUT);
        Value weights = builder.parameter(WEIGHTS);
        Value made = Objects.requireNonNull(USES.get(name)).of(builder, x, weights);
        FiniteProgram program = builder.build(List.of(made));
        var random = new SplittableRandom(4);
        try (Arena arena = Arena.ofShared()) {
            List<Tensor> parameters =
                    RandomArrays.draw(arena, random, DType.F64, program.parameterShapes());
            List<Tensor> inputs =
                    RandomArrays.examples(
                            arena, random, DType.F64, EXAMPLES, program.inputShapes());
            double[][] jacobian = jacobian(program, parameters, inputs);
            OutputPairs pairs = OutputPairs.of(Shape.of(EXAMPLES, 2, 3), 0, List.of(), List.of());
            var executor =
                    new EmpiricalExecutor(pairs, DType.F64, WorkerPool.of(2), Long.MAX_VALUE);
            var side = new TangentSide(program, parameters, inputs);
            for (NtkImplementation implementation : NtkImplementation.values()) {
                try (Tensor kernel = executor.ntk(side, null, implementation)) {
                    assertProducts(jacobian, kernel, name + " by " + implementation);
                }
            }
        }
    }

    /** For each example and output the gradient, by a vector-Jacobian product of its own. */
    private static double[][] jacobian(
            FiniteProgram program, List<Tensor> parameters, List<Tensor> inputs) {
        var executor = new FiniteExecutor(program, DType.F64, WorkerPool.of(1));
        double[][] jacobian = new double[EXAMPLES * 6][];
        for (int row = 0; row < jacobian.length; row++) {
            try (Tensor seed = Tensor.allocate(DType.F64, Shape.of(EXAMPLES, 2, 3))) {
                seed.reshape(seed.size()).set(1, row);
                try (Tensor gradient =
                        executor.pull(parameters, inputs, List.of(seed)).getFirst()) {
                    jacobian[row] = gradient.toArray();
                }
            }
        }
        return jacobian;
    }

    private static void assertProducts(double[][] jacobian, Tensor kernel, String what) {
        for (int row = 0; row < jacobian.length; row++) {
            for (int column = 0; column < jacobian.length; column++) {
                double expected = 0;
                for (int k = 0; k < jacobian[row].length; k++) {
                    expected += jacobian[row][k] * jacobian[column][k];
                }
                double actual =
                        kernel.get(
                                row / 6,
                                column / 6,
                                row % 6 / 3,
                                column % 6 / 3,
                                row % 3,
                                column % 3);
                assertEquals(expected, actual, 1e-12 * Math.max(1, Math.abs(expected)), what);
            }
        }
    }
}
