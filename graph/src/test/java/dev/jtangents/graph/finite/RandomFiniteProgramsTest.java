package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The derivatives of whole programs, drawn at random. */
class RandomFiniteProgramsTest {
    private static final int PROGRAMS = 200;
    private static final int EXAMPLES = 3;
    private static final int DEGREE = 5;

    static IntStream seeds() {
        return IntStream.range(0, PROGRAMS);
    }

    /** A program with parameters, a direction and inputs. */
    private record Drawn(
            FiniteProgram program,
            FiniteExecutor executor,
            List<Tensor> parameters,
            List<Tensor> directions,
            List<Tensor> inputs,
            Arena arena,
            SplittableRandom random) {
        static Drawn of(Arena arena, int seed, boolean smooth) {
            var random = new SplittableRandom(seed);
            int length = 3 + random.nextInt(10);
            FiniteProgram program = new RandomFinitePrograms(random, smooth).draw(length);
            return new Drawn(
                    program,
                    new FiniteExecutor(program, DType.F64, WorkerPool.of(1)),
                    RandomArrays.draw(arena, random, DType.F64, program.parameterShapes()),
                    RandomArrays.draw(arena, random, DType.F64, program.parameterShapes()),
                    RandomArrays.examples(
                            arena, random, DType.F64, EXAMPLES, program.inputShapes()),
                    arena,
                    random);
        }

        /** The outputs at parameters a step along the direction. */
        double[] outputsAt(double step) {
            List<Tensor> moved =
                    IntStream.range(0, parameters.size())
                            .mapToObj(
                                    i ->
                                            RandomArrays.moved(
                                                    arena,
                                                    parameters.get(i),
                                                    step,
                                                    directions.get(i)))
                            .toList();
            return flat(executor.apply(moved, inputs));
        }

        /** A coefficient of all outputs. */
        double[] coefficient(List<Tensor> expanded, int k) {
            return expanded.stream()
                    .map(output -> output.slice(0, k, k + 1))
                    .flatMapToDouble(output -> DoubleStream.of(output.toArray()))
                    .toArray();
        }

        static List<Tensor> example(List<Tensor> arrays, long index) {
            return arrays.stream().map(array -> array.slice(0, index, index + 1)).toList();
        }

        static Tensor sum(Tensor first, Tensor second) {
            Rows.addScaled(first, second, 1);
            return first;
        }

        List<Tensor> cotangents(long rows) {
            return RandomArrays.examples(arena, random, DType.F64, rows, program.outputShapes());
        }
    }

    private static double[] flat(List<Tensor> arrays) {
        double[] all =
                arrays.stream()
                        .flatMapToDouble(array -> DoubleStream.of(array.toArray()))
                        .toArray();
        arrays.forEach(Tensor::close);
        return all;
    }

    private static double size(double[] values) {
        return Math.max(1, DoubleStream.of(values).map(Math::abs).max().orElse(0));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theJacobianVectorProductIsTheDerivative(int seed) {
        try (Arena arena = Arena.ofShared()) {
            var drawn = Drawn.of(arena, seed, seed % 2 == 0);
            List<Tensor> expanded =
                    drawn.executor()
                            .expand(drawn.parameters(), drawn.directions(), drawn.inputs(), 1);
            double[] derivative = drawn.coefficient(expanded, 1);
            double[] ahead = drawn.outputsAt(1e-5);
            double[] behind = drawn.outputsAt(-1e-5);
            double scale = Math.max(size(derivative), size(ahead));
            for (int i = 0; i < derivative.length; i++) {
                assertEquals((ahead[i] - behind[i]) / 2e-5, derivative[i], 1e-7 * scale);
            }
            RandomArrays.assertClose(drawn.outputsAt(0), drawn.coefficient(expanded, 0), 1e-14);
            expanded.forEach(Tensor::close);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theVectorJacobianProductIsItsTranspose(int seed) {
        try (Arena arena = Arena.ofShared()) {
            var drawn = Drawn.of(arena, seed, seed % 2 == 0);
            List<Tensor> expanded =
                    drawn.executor()
                            .expand(drawn.parameters(), drawn.directions(), drawn.inputs(), 1);
            double[] tangent = drawn.coefficient(expanded, 1);
            List<Tensor> cotangents = drawn.cotangents(EXAMPLES);
            List<Tensor> pulled =
                    drawn.executor().pull(drawn.parameters(), drawn.inputs(), cotangents);
            double expected = 0;
            int at = 0;
            for (Tensor cotangent : cotangents) {
                for (long i = 0; i < cotangent.size(); i++) {
                    expected += tangent[at++] * RandomArrays.at(cotangent, i);
                }
            }
            double actual = RandomArrays.innerProduct(drawn.directions(), pulled);
            assertEquals(expected, actual, 1e-12 * size(tangent) * tangent.length);
            expanded.forEach(Tensor::close);
            pulled.forEach(Tensor::close);
        }
    }

    /** Several cotangents of each example at once, with the parameters' cotangents kept apart. */
    @ParameterizedTest
    @MethodSource("seeds")
    void cotangentsKeptApartAreThoseOfOneExampleEach(int seed) {
        int repeats = 2;
        try (Arena arena = Arena.ofShared();
                var workspace = new Workspace(DType.F64)) {
            var drawn = Drawn.of(arena, seed, seed % 2 == 0);
            FiniteProgram program = drawn.program();
            List<Tensor> cotangents = drawn.cotangents((long) EXAMPLES * repeats);
            Map<Integer, Tensor> given = new HashMap<>();
            for (int i = 0; i < cotangents.size(); i++) {
                Tensor seedRows =
                        Blocks.matrix(cotangents.get(i), (long) EXAMPLES * repeats, workspace);
                given.merge(program.outputs().get(i).node(), seedRows, Drawn::sum);
            }
            var tape =
                    new Tape(
                            program,
                            drawn.inputs().stream()
                                    .map(x -> Blocks.matrix(x, EXAMPLES, workspace))
                                    .toList(),
                            drawn.parameters().stream()
                                    .map(x -> Blocks.matrix(x, 1, workspace))
                                    .toList(),
                            workspace);
            List<Integer> nodes = program.parameterNodes();
            Map<Integer, Tensor> apart = new HashMap<>();
            for (int i = 0; i < nodes.size(); i++) {
                long width = program.parameterShapes().get(i).size();
                apart.put(nodes.get(i), workspace.zeros((long) EXAMPLES * repeats, width));
            }
            tape.pull(given, apart, true);
            for (long row = 0; row < EXAMPLES * repeats; row++) {
                List<Tensor> alone =
                        drawn.executor()
                                .pull(
                                        drawn.parameters(),
                                        Drawn.example(drawn.inputs(), row / repeats),
                                        Drawn.example(cotangents, row));
                for (int i = 0; i < nodes.size(); i++) {
                    Tensor all = Objects.requireNonNull(apart.get(nodes.get(i)));
                    double[] actual = all.slice(0, row, row + 1).toArray();
                    RandomArrays.assertClose(alone.get(i).toArray(), actual, 1e-12);
                }
                alone.forEach(Tensor::close);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void taylorCoefficientsAreThoseOfTheOutputs(int seed) {
        try (Arena arena = Arena.ofShared()) {
            var drawn = Drawn.of(arena, seed, true);
            List<Tensor> expanded =
                    drawn.executor()
                            .expand(drawn.parameters(), drawn.directions(), drawn.inputs(), DEGREE);
            double[][] series = PowerSeries.of(drawn::outputsAt, 0.1, DEGREE + 1);
            for (int k = 0; k <= DEGREE; k++) {
                double[] coefficient = drawn.coefficient(expanded, k);
                RandomArrays.assertClose(series[k], coefficient, k < 4 ? 1e-8 : 1e-5);
            }
            expanded.forEach(Tensor::close);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void bothTypesAgree(int seed) {
        try (Arena arena = Arena.ofShared()) {
            var drawn = Drawn.of(arena, seed, true);
            var narrow = new FiniteExecutor(drawn.program(), DType.F32, WorkerPool.of(1));
            List<Tensor> doubles =
                    drawn.executor()
                            .expand(drawn.parameters(), drawn.directions(), drawn.inputs(), 2);
            List<Tensor> floats =
                    narrow.expand(drawn.parameters(), drawn.directions(), drawn.inputs(), 2);
            List<Tensor> cotangents = drawn.cotangents(EXAMPLES);
            List<Tensor> pulled =
                    drawn.executor().pull(drawn.parameters(), drawn.inputs(), cotangents);
            List<Tensor> twins = narrow.pull(drawn.parameters(), drawn.inputs(), cotangents);
            RandomArrays.assertClose(flat(doubles), flat(floats), 1e-4);
            RandomArrays.assertClose(flat(pulled), flat(twins), 1e-4);
        }
    }
}
