package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.analysis.differentiation.DerivativeStructure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Whole runs: blocks of examples, threads, outputs of all kinds, and what is refused. */
class FiniteExecutorTest {
    /** Two layers, with the biases of the second and the weights' squares as further outputs. */
    private static FiniteProgram network() {
        var program = new FiniteBuilder();
        Value x = program.input(Shape.of(5));
        Value first = program.parameter(Shape.of(5, 7));
        Value second = program.parameter(Shape.of(7, 3));
        Value bias = program.parameter(Shape.of(3));
        program.parameter(Shape.of(2, 2));
        Value hidden =
                program.map(
                        program.contract(x, first, -1, 0.5),
                        ScalarFunction.of(DerivativeStructure::tanh));
        Value y = program.addScaled(program.contract(hidden, second, -1, 0.4), bias, 0.1);
        return program.build(
                List.of(
                        y,
                        bias,
                        program.multiply(second, second),
                        program.reshape(y, Shape.of(3, 1))));
    }

    private static FiniteExecutor executor(FiniteProgram program, DType dtype, int threads) {
        return new FiniteExecutor(program, dtype, WorkerPool.of(threads));
    }

    /** Arguments of the network for a number of examples. */
    private record Drawn(
            List<Tensor> parameters,
            List<Tensor> directions,
            List<Tensor> inputs,
            List<Tensor> cotangents) {
        static Drawn of(Arena arena, FiniteProgram program, DType dtype, long examples) {
            var random = new SplittableRandom(31);
            return new Drawn(
                    RandomArrays.draw(arena, random, dtype, program.parameterShapes()),
                    RandomArrays.draw(arena, random, dtype, program.parameterShapes()),
                    RandomArrays.examples(arena, random, dtype, examples, program.inputShapes()),
                    RandomArrays.examples(arena, random, dtype, examples, program.outputShapes()));
        }

        Drawn example(long index) {
            return new Drawn(
                    parameters, directions, example(inputs, index), example(cotangents, index));
        }

        private static List<Tensor> example(List<Tensor> arrays, long index) {
            return arrays.stream().map(array -> array.slice(0, index, index + 1)).toList();
        }
    }

    private static List<double[]> values(List<Tensor> arrays) {
        List<double[]> values = arrays.stream().map(Tensor::toArray).toList();
        arrays.forEach(Tensor::close);
        return values;
    }

    private static List<double[]> everything(FiniteExecutor executor, Drawn drawn) {
        List<double[]> all = new ArrayList<>();
        all.addAll(values(executor.apply(drawn.parameters(), drawn.inputs())));
        all.addAll(
                values(executor.expand(drawn.parameters(), drawn.directions(), drawn.inputs(), 3)));
        all.addAll(values(executor.pull(drawn.parameters(), drawn.inputs(), drawn.cotangents())));
        return all;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 63, 64, 65, 200})
    void threadsDoNotChangeABit(long examples) {
        FiniteProgram program = network();
        for (DType dtype : DType.values()) {
            try (Arena arena = Arena.ofShared()) {
                Drawn drawn = Drawn.of(arena, program, dtype, examples);
                List<double[]> expected = everything(executor(program, dtype, 1), drawn);
                for (int threads : new int[] {2, 3, 8}) {
                    List<double[]> actual = everything(executor(program, dtype, threads), drawn);
                    for (int i = 0; i < expected.size(); i++) {
                        assertArrayEquals(expected.get(i), actual.get(i));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 63, 64, 65, 200})
    void everyExampleIsWhatItIsAlone(long examples) {
        FiniteProgram program = network();
        try (Arena arena = Arena.ofShared()) {
            Drawn drawn = Drawn.of(arena, program, DType.F64, examples);
            FiniteExecutor executor = executor(program, DType.F64, 2);
            List<Tensor> outputs = executor.apply(drawn.parameters(), drawn.inputs());
            List<Tensor> pulled =
                    executor.pull(drawn.parameters(), drawn.inputs(), drawn.cotangents());
            List<Tensor> sums = new ArrayList<>();
            for (int i = 0; i < outputs.size(); i++) {
                Shape shape = program.outputShapes().get(i);
                assertEquals(RandomArrays.batched(examples, shape), outputs.get(i).shape());
            }
            program.parameterShapes()
                    .forEach(shape -> sums.add(Tensor.allocate(arena, DType.F64, shape)));
            for (long index = 0; index < examples; index++) {
                Drawn alone = drawn.example(index);
                List<Tensor> own = executor.apply(alone.parameters(), alone.inputs());
                for (int i = 0; i < own.size(); i++) {
                    Tensor row = outputs.get(i).slice(0, index, index + 1);
                    RandomArrays.assertClose(own.get(i), row, 1e-14);
                }
                List<Tensor> part =
                        executor.pull(alone.parameters(), alone.inputs(), alone.cotangents());
                for (int i = 0; i < part.size(); i++) {
                    sums.set(i, RandomArrays.moved(arena, sums.get(i), 1, part.get(i)));
                }
                own.forEach(Tensor::close);
                part.forEach(Tensor::close);
            }
            for (int i = 0; i < sums.size(); i++) {
                RandomArrays.assertClose(sums.get(i), pulled.get(i), 1e-12);
            }
            outputs.forEach(Tensor::close);
            pulled.forEach(Tensor::close);
        }
    }

    /** Large values of one example make small blocks, which are about equally large. */
    @Test
    void blocksHoldAsManyExamplesAsFit() {
        var program = new FiniteBuilder();
        Value x = program.input(Shape.of(1 << 20));
        FiniteProgram built = program.build(List.of(x));
        assertEquals(new Blocks(100, 2), Blocks.of(built, 100, DType.F64, 1));
        assertEquals(new Blocks(100, 4), Blocks.of(built, 100, DType.F32, 1));
        assertEquals(new Blocks(100, 1), Blocks.of(built, 100, DType.F64, 1000));
        assertEquals(new Blocks(100, 50), Blocks.of(network(), 100, DType.F64, 1));
        assertEquals(13, new Blocks(100, 8).count());
        assertEquals(96, new Blocks(100, 8).from(12));
        assertEquals(100, new Blocks(100, 8).to(12));
    }

    @Test
    void inputsMayBeViewsAndOfAnotherType() {
        FiniteProgram program = network();
        try (Arena arena = Arena.ofShared()) {
            Drawn drawn = Drawn.of(arena, program, DType.F32, 9);
            Tensor turned = Tensor.allocate(arena, DType.F32, Shape.of(5, 9));
            turned.transpose(1, 0).assign(drawn.inputs().getFirst());
            FiniteExecutor executor = executor(program, DType.F64, 1);
            List<double[]> expected = values(executor.apply(drawn.parameters(), drawn.inputs()));
            List<Tensor> views = List.of(turned.transpose(1, 0));
            List<double[]> actual = values(executor.apply(drawn.parameters(), views));
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), actual.get(i));
            }
        }
    }

    private static void assertRefused(String message, Executable call) {
        String found = assertThrows(InputException.class, call).getMessage();
        assertTrue(found.contains(message), found);
    }

    @Test
    void otherShapesThanTheProgramsAreRefused() {
        FiniteProgram program = network();
        try (Arena arena = Arena.ofShared()) {
            Drawn drawn = Drawn.of(arena, program, DType.F64, 4);
            FiniteExecutor executor = executor(program, DType.F64, 1);
            List<Tensor> parameters = drawn.parameters();
            List<Tensor> inputs = drawn.inputs();
            List<Tensor> fewer = parameters.subList(1, 4);
            List<Tensor> scalar = List.of(Tensor.allocate(arena, DType.F64, Shape.of()));
            List<Tensor> turned = List.of(Tensor.allocate(arena, DType.F64, Shape.of(5, 4)));
            assertRefused(
                    "The parameters have shapes [(7, 3), (3,), (2, 2)]; this network on such inputs"
                            + " has [(5, 7), (7, 3), (3,), (2, 2)].",
                    () -> executor.apply(fewer, inputs));
            assertRefused(
                    "The directions have shapes",
                    () -> executor.expand(parameters, fewer, inputs, 1));
            assertRefused(
                    "The inputs have shapes [(5, 4)]; a number of examples of shapes [(5,)] was"
                            + " expected.",
                    () -> executor.apply(parameters, turned));
            assertRefused("The inputs have shapes []", () -> executor.apply(parameters, List.of()));
            assertRefused("The inputs have shapes [()]", () -> executor.apply(parameters, scalar));
            assertRefused(
                    "The cotangents have shapes [(4, 3)]; the outputs have [(4, 3), (4, 3), (4, 7,"
                            + " 3), (4, 3, 1)].",
                    () -> executor.pull(parameters, inputs, drawn.cotangents().subList(0, 1)));
            List<Tensor> cotangents = drawn.example(0).cotangents();
            assertRefused(
                    "The cotangents have shapes [(1, 3)",
                    () -> executor.pull(parameters, inputs, cotangents));
        }
    }

    @Test
    void inputsAreOfTheSameExamples() {
        var program = new FiniteBuilder();
        Value x = program.input(Shape.of(2));
        Value y = program.input(Shape.of(2));
        FiniteExecutor executor =
                executor(program.build(List.of(program.multiply(x, y))), DType.F64, 1);
        try (Tensor two = Tensor.allocate(DType.F64, Shape.of(2, 2));
                Tensor three = Tensor.allocate(DType.F64, Shape.of(3, 2))) {
            assertRefused(
                    "The inputs have shapes [(2, 2), (3, 2)]",
                    () -> executor.apply(List.of(), List.of(two, three)));
        }
    }

    /** A function of a parameter times an input. */
    private static FiniteExecutor executorOf(ScalarFunction function) {
        var program = new FiniteBuilder();
        Value product =
                program.multiply(program.parameter(Shape.of(2)), program.input(Shape.of(2)));
        FiniteProgram built = program.build(List.of(program.map(product, function)));
        return executor(built, DType.F64, 2);
    }

    @Test
    void whatAFunctionRefusesReachesTheCaller() {
        FiniteExecutor once = executorOf(ScalarFunction.of("Mine", a -> 2 * a, a -> 2));
        FiniteExecutor never = executorOf(ScalarFunction.withoutDerivative("Yours", a -> 2 * a));
        try (Tensor point = Tensor.of(new double[] {1, 2}, 2);
                Tensor inputs = Tensor.allocate(DType.F64, Shape.of(130, 2))) {
            List<Tensor> points = List.of(point);
            List<Tensor> examples = List.of(inputs);
            values(never.apply(points, examples));
            values(once.expand(points, points, examples, 1));
            values(once.pull(points, examples, examples));
            assertRefused(
                    "Mine is given by its value and at most one derivative",
                    () -> once.expand(points, points, examples, 2));
            assertRefused(
                    "Yours is given without its derivative",
                    () -> never.expand(points, points, examples, 1));
            assertRefused(
                    "Yours is given without its derivative",
                    () -> never.pull(points, examples, examples));
        }
    }
}
