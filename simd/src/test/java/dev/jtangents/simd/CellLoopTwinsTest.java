package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.SinMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Map loops on runs of several cells against one call per cell. The build runs this class once per
 * vector width.
 */
class CellLoopTwinsTest {
    private static final AffineStep STEP = new AffineStep(1.4, 0.2, 0.7, 0.9, 0.1);
    private static final int EXAMPLES = 40;
    private static final int CELLS = 5;

    static Stream<Arguments> mapsAndTypes() {
        List<BivariateMap> maps =
                List.of(
                        new AbReluMap(0, 1),
                        new AbReluMap(0.3, -1.2),
                        new ErfMap(0.7, 1.8, -0.3),
                        new SinMap(1, 2, 0.5));
        return maps.stream()
                .flatMap(map -> Stream.of(DType.values()).map(type -> Arguments.of(map, type)));
    }

    /** Factors of random variances, an entry per cell and example. */
    private static FactorTable table(
            Arena arena, DType dtype, MapLoop loop, long entryStep, SplittableRandom random) {
        int entries = CELLS * EXAMPLES;
        var table = new FactorTable(arena, dtype, loop.factors(), entries, entryStep);
        double[] factors = new double[loop.factors()];
        for (int entry = 0; entry < entries; entry++) {
            loop.prepare(random.nextDouble(1, 4), factors);
            table.set(entry, factors);
        }
        return table;
    }

    private static Tensor entries(Arena arena, DType dtype, SplittableRandom random) {
        Tensor tensor = Tensor.allocate(arena, dtype, Shape.of(CELLS * 64 + 2 * Run.PADDING));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(random.nextDouble(-0.6, 0.5), i);
        }
        return tensor;
    }

    private static Tensor copy(Arena arena, Tensor tensor) {
        Tensor copy = Tensor.allocate(arena, tensor.dtype(), tensor.shape());
        copy.assign(tensor);
        return copy;
    }

    /** Some cells, which skip some of the entries of their tables. */
    private static int[] ascending(SplittableRandom random) {
        int[] all = IntStream.range(0, CELLS).filter(entry -> random.nextInt(3) > 0).toArray();
        return all.length == 0 ? new int[] {CELLS - 1} : all;
    }

    /** Rows may stay at one example while columns move on, and the other way round. */
    @ParameterizedTest
    @MethodSource("mapsAndTypes")
    void severalCellsAreAsManyRuns(BivariateMap map, DType dtype) {
        var random = new SplittableRandom(71);
        MapLoop loop = Loops.get(dtype).map(map);
        long[][] entrySteps = {{0, EXAMPLES}, {EXAMPLES, EXAMPLES}, {1, 0}, {2, 3}};
        for (long[] steps : entrySteps) {
            for (int length = 0; length <= 33; length++) {
                try (Arena arena = Arena.ofConfined()) {
                    FactorTable rows = table(arena, dtype, loop, steps[0], random);
                    FactorTable columns = table(arena, dtype, loop, steps[1], random);
                    Tensor nngp = entries(arena, dtype, random);
                    Tensor ntk = entries(arena, dtype, random);
                    Tensor nngpTwin = copy(arena, nngp);
                    Tensor ntkTwin = copy(arena, ntk);
                    int offset = random.nextInt(Run.PADDING);
                    int stride = 48 + random.nextInt(16);
                    int[] cells = ascending(random);
                    loop.apply(
                            new Run(nngp.segment(), ntk.segment())
                                    .at(offset, length, cells, cells.length, stride),
                            STEP,
                            rows,
                            3,
                            columns,
                            2);
                    var twin = new Run(nngpTwin.segment(), ntkTwin.segment());
                    for (int cell = 0; cell < cells.length; cell++) {
                        loop.apply(
                                twin.at(offset + (long) cell * stride, length),
                                STEP,
                                rows,
                                3 + cells[cell] * steps[0],
                                columns,
                                2 + cells[cell] * steps[1]);
                    }
                    assertEquals(-1, nngpTwin.segment().mismatch(nngp.segment()));
                    assertEquals(-1, ntkTwin.segment().mismatch(ntk.segment()));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("mapsAndTypes")
    void cellsOutsideTheirMemoryAreRefused(BivariateMap map, DType dtype) {
        var random = new SplittableRandom(72);
        MapLoop loop = Loops.get(dtype).map(map);
        try (Arena arena = Arena.ofConfined()) {
            Tensor nngp = entries(arena, dtype, random);
            var run = new Run(nngp.segment(), null);
            FactorTable fixed = table(arena, dtype, loop, 0, random);
            FactorTable moving = table(arena, dtype, loop, EXAMPLES, random);
            int[] all = IntStream.range(0, CELLS).toArray();
            int[] more = IntStream.rangeClosed(0, CELLS).toArray();
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> loop.apply(run.at(0, 16, all, all.length, 90), STEP, fixed, 0, fixed, 0));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () ->
                            loop.apply(
                                    run.at(0, 16, all, all.length, 32),
                                    STEP,
                                    fixed,
                                    0,
                                    moving,
                                    25));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () ->
                            loop.apply(
                                    run.at(0, 16, more, more.length, 32),
                                    STEP,
                                    moving,
                                    0,
                                    fixed,
                                    0));
        }
    }
}
