package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.AngleFit;
import dev.jtangents.maps.AngleFit.Kernels;
import dev.jtangents.maps.AngularMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;
import dev.jtangents.maps.SinMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Every loop of this process against its scalar twin, on lengths from nothing to four of the widest
 * vectors and a tail, at offsets that no vector is aligned to. The build runs this class once per
 * vector width.
 */
class LoopTwinsTest {
    private static final int LONGEST = 4 * 16 + 15;
    private static final int MARGIN = 21;

    static List<BivariateMap> maps() {
        return List.of(
                new AbReluMap(0, 1),
                new AbReluMap(-1, 1),
                new AbReluMap(0.3, -1.2),
                new AbReluMap(1, 1),
                new ErfMap(1, 1, 0),
                new ErfMap(0.7, 1.8, -0.3),
                new ErfMap(0.5, 0, 2),
                new GeluMap(),
                new SinMap(1, 2, 0.5),
                angular(LoopTwinsTest::twoLayers),
                angular(angle -> new Kernels(2 - Math.cos(angle / 2), 1)));
    }

    private static AngularMap angular(AngleFit.Network network) {
        return Objects.requireNonNull(AngleFit.of(network, 1.5, 3e-14, 61));
    }

    private static Kernels twoLayers(double angle) {
        var relu = new AbReluMap(0, 1);
        double first = 2 * relu.nngp(Math.cos(angle), 1, 1);
        double ntk = 2 * relu.derivative(Math.cos(angle), 1, 1) * Math.cos(angle) + first;
        return new Kernels(relu.nngp(first, 1, 1), ntk * relu.derivative(first, 1, 1));
    }

    static Stream<Arguments> mapsAndTypes() {
        return maps().stream()
                .flatMap(map -> Stream.of(DType.values()).map(type -> Arguments.of(map, type)));
    }

    @Test
    void theForcedWidthIsUsed() {
        String forced = System.getProperty(VectorSupport.PROPERTY, "");
        String description = Loops.description();
        if (forced.equals("off")) {
            assertTrue(description.startsWith("scalar loops"), description);
        } else if (!forced.isEmpty()) {
            assertTrue(description.contains(forced + "-bit"), description);
        }
    }

    @ParameterizedTest
    @MethodSource("mapsAndTypes")
    void mapsAgreeWithTheirDefinition(BivariateMap map, DType dtype) {
        var random = new SplittableRandom(map.hashCode() + dtype.ordinal());
        for (int length = 0; length <= LONGEST; length++) {
            var inputs = Inputs.ordinary(random, length);
            double tolerance = dtype == DType.F32 ? 3e-6 : 3e-14;
            compare(map, dtype, inputs, true, tolerance);
            compare(map, dtype, inputs, false, tolerance);
        }
    }

    /** Where an angle vanishes, it carries the square root of the rounding of the correlation. */
    @ParameterizedTest
    @MethodSource("mapsAndTypes")
    void mapsAgreeOnDegenerateInputs(BivariateMap map, DType dtype) {
        var random = new SplittableRandom(map.hashCode() + dtype.ordinal());
        for (int length = 0; length <= LONGEST; length++) {
            compare(
                    map,
                    dtype,
                    Inputs.degenerate(random, length),
                    true,
                    dtype == DType.F32 ? 2e-3 : 1e-7);
        }
    }

    /** A run at random offsets inside its memory, and what the loop needs to know of it. */
    private record Inputs(
            int length,
            int offset,
            int column,
            AffineStep step,
            double rowVariance,
            double[] columnVariances,
            double[] nngp,
            double[] ntk) {
        static Inputs ordinary(SplittableRandom random, int length) {
            var step = new AffineStep(1.7, 0.3, 0.6, 1.1, 0.2);
            return of(
                    random,
                    length,
                    step,
                    () -> random.nextDouble(0.1, 5),
                    () -> random.nextDouble(-0.95, 0.95));
        }

        static Inputs degenerate(SplittableRandom random, int length) {
            double[] variances = {0, 1e-20, 1e-3, 1, 7, 1e3};
            double[] correlations = {-1, -1 + 1e-9, -0.5, 0, 0.5, 1 - 1e-3, 1 - 1e-9, 1};
            return of(
                    random,
                    length,
                    new AffineStep(1.7, 0, 0.6, 1.1, 0.2),
                    () -> variances[random.nextInt(variances.length)],
                    () -> correlations[random.nextInt(correlations.length)]);
        }

        private static Inputs of(
                SplittableRandom random,
                int length,
                AffineStep step,
                DoubleSupplier variance,
                DoubleSupplier correlation) {
            int offset = random.nextInt(MARGIN);
            int column = random.nextInt(MARGIN);
            double row = variance.getAsDouble();
            double[] columns = DoubleStream.generate(variance).limit(length + 2 * MARGIN).toArray();
            double[] nngp = random.doubles(length + 2 * MARGIN).toArray();
            double[] ntk = random.doubles(length + 2 * MARGIN, -2, 3).toArray();
            for (int i = 0; i < length; i++) {
                double size = Math.sqrt(row) * Math.sqrt(columns[column + i]);
                nngp[offset + i] = (correlation.getAsDouble() * size - step.shift()) / step.scale();
            }
            return new Inputs(length, offset, column, step, row, columns, nngp, ntk);
        }
    }

    private static void compare(
            BivariateMap map, DType dtype, Inputs inputs, boolean withNtk, double tolerance) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor nngp = tensor(arena, dtype, inputs.nngp());
            Tensor ntk = tensor(arena, dtype, inputs.ntk());
            Tensor nngpTwin = tensor(arena, dtype, inputs.nngp());
            Tensor ntkTwin = tensor(arena, dtype, inputs.ntk());
            run(Loops.get(dtype).map(map), dtype, inputs, nngp, withNtk ? ntk : null, arena);
            run(
                    new ScalarLoops(dtype).map(map),
                    dtype,
                    inputs,
                    nngpTwin,
                    withNtk ? ntkTwin : null,
                    arena);
            double size = DoubleStream.of(inputs.nngp()).map(Math::abs).max().orElse(0);
            long end = inputs.offset() + inputs.length();
            double allowed = tolerance * Math.max(1, size) * growth(map, inputs);
            assertClose(nngpTwin.slice(0, 0, end), nngp.slice(0, 0, end), allowed);
            assertClose(ntkTwin.slice(0, 0, end), ntk.slice(0, 0, end), allowed);
        }
    }

    /** The NTK of whole networks grows with the norms of the examples. */
    private static double growth(BivariateMap map, Inputs inputs) {
        double variance = DoubleStream.of(inputs.columnVariances()).max().orElse(0);
        double largest = Math.max(inputs.rowVariance(), variance);
        return map instanceof AngularMap ? Math.max(1, map.varianceDerivative(largest)) : 1;
    }

    private static void run(
            MapLoop loop,
            DType dtype,
            Inputs inputs,
            Tensor nngp,
            @Nullable Tensor ntk,
            Arena arena) {
        double[] variances = inputs.columnVariances();
        var rows = new FactorTable(arena, dtype, loop.factors(), 1);
        var columns = new FactorTable(arena, dtype, loop.factors(), variances.length);
        double[] factors = new double[loop.factors()];
        loop.prepare(inputs.rowVariance(), factors);
        rows.set(0, factors);
        for (int i = 0; i < variances.length; i++) {
            loop.prepare(variances[i], factors);
            columns.set(i, factors);
        }
        var run = new Run(nngp.segment(), ntk == null ? null : ntk.segment());
        loop.apply(
                run.at(inputs.offset(), inputs.length()),
                inputs.step(),
                rows,
                0,
                columns,
                inputs.column());
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void affineStepsAgree(DType dtype) {
        var random = new SplittableRandom(7);
        var step = new AffineStep(1.2, -0.4, 0.9, 1.5, 0.1);
        for (int length = 0; length <= LONGEST; length++) {
            try (Arena arena = Arena.ofConfined()) {
                Tensor nngp = random(arena, dtype, length + 2 * MARGIN, random);
                Tensor ntk = random(arena, dtype, length + 2 * MARGIN, random);
                Tensor nngpTwin = copy(arena, nngp);
                Tensor ntkTwin = copy(arena, ntk);
                int offset = random.nextInt(MARGIN);
                Loops.get(dtype)
                        .affine(new Run(nngp.segment(), ntk.segment()).at(offset, length), step);
                new ScalarLoops(dtype)
                        .affine(
                                new Run(nngpTwin.segment(), ntkTwin.segment()).at(offset, length),
                                step);
                assertTwins(nngpTwin, nngp, offset, length);
                assertTwins(ntkTwin, ntk, offset, length);
            }
        }
    }

    /** The run agrees, and nothing but the rest of its last vector has changed around it. */
    private static void assertTwins(Tensor expected, Tensor actual, int offset, int length) {
        double tolerance = actual.dtype() == DType.F32 ? 2e-6 : 1e-14;
        int whole = Math.ceilDiv(length, Run.PADDING) * Run.PADDING;
        for (int i = 0; i < expected.size(); i++) {
            boolean inside = i >= offset && i < offset + length;
            if (inside || i < offset || i >= offset + whole) {
                double allowed = inside ? tolerance * Math.max(1, Math.abs(expected.get(i))) : 0;
                assertEquals(expected.get(i), actual.get(i), allowed, "element " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void innerProductsAgree(DType dtype) {
        var random = new SplittableRandom(10);
        for (int length = 0; length <= LONGEST; length++) {
            try (Arena arena = Arena.ofConfined()) {
                Tensor left = random(arena, dtype, length + 2 * MARGIN, random);
                Tensor right = random(arena, dtype, length + 2 * MARGIN, random);
                int from = random.nextInt(MARGIN);
                int at = random.nextInt(MARGIN);
                double product =
                        Loops.get(dtype)
                                .innerProduct(left.segment(), from, right.segment(), at, length);
                double twin =
                        new ScalarLoops(dtype)
                                .innerProduct(left.segment(), from, right.segment(), at, length);
                assertEquals(twin, product, 1e-12 * Math.max(1, length));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void theSameElementsAreAbove(DType dtype) {
        var random = new SplittableRandom(11);
        for (int length = 0; length <= LONGEST; length++) {
            try (Arena arena = Arena.ofConfined()) {
                Tensor values = random(arena, dtype, length + 2 * MARGIN, random);
                Tensor factors = Tensor.allocate(arena, dtype, values.shape());
                for (int i = 0; i < factors.size(); i++) {
                    factors.set(random.nextInt(4), i);
                }
                int from = random.nextInt(MARGIN - Run.PADDING);
                int at = random.nextInt(MARGIN - Run.PADDING);
                int[] found = new int[length];
                int[] twins = new int[length];
                int count =
                        Loops.get(dtype)
                                .above(
                                        values.segment(),
                                        from,
                                        0.75,
                                        factors.segment(),
                                        at,
                                        length,
                                        found);
                int twin =
                        new ScalarLoops(dtype)
                                .above(
                                        values.segment(),
                                        from,
                                        0.75,
                                        factors.segment(),
                                        at,
                                        length,
                                        twins);
                assertEquals(twin, count);
                assertArrayEquals(twins, found);
                assertTrue(length < 20 || count > 0 && count < length);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void anEntryDoesNotDependOnItsPlaceInARun(DType dtype) {
        var random = new SplittableRandom(9);
        MapLoop loop = Loops.get(dtype).map(new AbReluMap(0, 1));
        try (Arena arena = Arena.ofConfined()) {
            Tensor whole = random(arena, dtype, 64 + Run.PADDING, random);
            Tensor original = copy(arena, whole);
            var factors = new FactorTable(arena, dtype, loop.factors(), 64);
            double[] both = new double[loop.factors()];
            loop.prepare(4, both);
            for (int i = 0; i < 64; i++) {
                factors.set(i, both);
            }
            var step = AffineStep.IDENTITY;
            loop.apply(new Run(whole.segment(), null).at(0, 64), step, factors, 0, factors, 0);
            for (int from = 0; from < 64; from++) {
                int count = 1 + random.nextInt(64 - from);
                Tensor piece = copy(arena, original);
                var run = new Run(piece.segment(), null).at(from, count);
                loop.apply(run, step, factors, 0, factors, from);
                for (int i = from; i < from + count; i++) {
                    assertEquals(whole.get(i), piece.get(i));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void runsOutsideTheirMemoryAreRefused(DType dtype) {
        Loops loops = Loops.get(dtype);
        MapLoop loop = loops.map(new AbReluMap(0, 1));
        try (Arena arena = Arena.ofConfined()) {
            Tensor tile = Tensor.allocate(arena, dtype, Shape.of(32));
            Tensor shorter = Tensor.allocate(arena, dtype, Shape.of(31));
            var factors = new FactorTable(arena, dtype, loop.factors(), 32);
            var step = AffineStep.IDENTITY;
            var run = new Run(tile.segment(), null);
            var uneven = new Run(tile.segment(), shorter.segment());
            assertThrows(IndexOutOfBoundsException.class, () -> loops.affine(run.at(1, 32), step));
            assertThrows(IndexOutOfBoundsException.class, () -> loops.affine(run.at(-1, 3), step));
            assertThrows(
                    IndexOutOfBoundsException.class, () -> loops.affine(uneven.at(0, 32), step));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> loop.apply(run.at(0, 20), step, factors, 0, factors, 13));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> loop.apply(run.at(0, 20), step, factors, 32, factors, 0));
        }
    }

    private static Tensor random(Arena arena, DType dtype, int length, SplittableRandom random) {
        return tensor(arena, dtype, random.doubles(length, -3, 3).toArray());
    }

    private static Tensor copy(Arena arena, Tensor tensor) {
        Tensor copy = Tensor.allocate(arena, tensor.dtype(), tensor.shape());
        copy.assign(tensor);
        return copy;
    }

    private static Tensor tensor(Arena arena, DType dtype, double[] values) {
        Tensor tensor = Tensor.allocate(arena, dtype, Shape.of(values.length));
        for (int i = 0; i < values.length; i++) {
            tensor.set(values[i], i);
        }
        return tensor;
    }

    private static void assertClose(Tensor expected, Tensor actual, double tolerance) {
        double largest = DoubleStream.of(expected.toArray()).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), actual.get(i), tolerance * Math.max(1, largest));
        }
    }
}
