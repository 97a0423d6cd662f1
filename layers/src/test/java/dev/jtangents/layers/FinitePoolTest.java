package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Finite pooling against loops over the definition, with axes in any order. */
class FinitePoolTest {
    private static final Parameters NONE = new Parameters.Group(List.of());

    /** What becomes of the values that a window sees. */
    private interface Reduction {
        double of(List<Double> seen, int places);
    }

    /** A window over one or two spatial axes. */
    private record Geometry(
            int batch, int channel, int[] spatial, int[] size, int[] strides, Padding padding) {
        static Geometry draw(SplittableRandom random) {
            int rank = 1 + random.nextInt(2);
            int batch = random.nextInt(rank + 2);
            int channel = (batch + 1 + random.nextInt(rank + 1)) % (rank + 2);
            int[] spatial =
                    IntStream.range(0, rank + 2)
                            .filter(axis -> axis != batch && axis != channel)
                            .toArray();
            return new Geometry(
                    batch,
                    channel,
                    spatial,
                    random.ints(rank, 1, 4).toArray(),
                    random.ints(rank, 1, 4).toArray(),
                    Padding.values()[random.nextInt(3)]);
        }

        Tensor input(SplittableRandom random) {
            return RandomNetworks.inputs(
                    random, DType.F64, random.longs(spatial.length + 2, 3, 6).toArray());
        }

        private List<Integer> along(int k, long out, long in) {
            long outputs = padding == Padding.VALID ? 0 : Math.ceilDiv(in, (long) strides[k]);
            long beyond = Math.max((outputs - 1) * strides[k] + size[k] - in, 0);
            long start = out * strides[k] - (padding == Padding.VALID ? 0 : beyond / 2);
            List<Integer> seen = new ArrayList<>();
            for (long place = start; place < start + size[k]; place++) {
                long around = padding == Padding.CIRCULAR ? Math.floorMod(place, in) : place;
                if (around >= 0 && around < in) {
                    seen.add((int) around);
                }
            }
            return seen;
        }

        double pooled(Tensor x, long[] index, Reduction reduction) {
            List<long[]> places = List.of(index);
            for (int k = 0; k < spatial.length; k++) {
                int axis = spatial[k];
                List<Integer> seen = along(k, index[axis], x.shape().extent(axis));
                places =
                        places.stream()
                                .flatMap(
                                        place ->
                                                seen.stream()
                                                        .map(s -> Elements.with(place, axis, s)))
                                .toList();
            }
            return reduction.of(
                    places.stream().map(x::get).toList(),
                    Arrays.stream(size).reduce(1, (a, b) -> a * b));
        }
    }

    private static double sum(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    private static void assertPooled(
            Network layer, Geometry geometry, Tensor x, Reduction reduction) {
        try (Tensor f = layer.apply(NONE, x);
                Tensor expected =
                        Elements.of(f.shape(), index -> geometry.pooled(x, index, reduction))) {
            assertEquals(layer.outputShape(x.shape()), f.shape());
            Elements.assertClose(expected, f, 1e-14, layer + " on " + x.shape());
        }
    }

    @Test
    void poolsReduceWhatTheirWindowsSee() {
        var random = new SplittableRandom(71);
        for (int trial = 0; trial < 100; trial++) {
            Geometry geometry = Geometry.draw(random);
            int[] size = geometry.size();
            int[] strides = geometry.strides();
            Padding padding = geometry.padding();
            int batch = geometry.batch();
            int channel = geometry.channel();
            try (Tensor x = geometry.input(random)) {
                Pool sums = Stax.sumPool(size).strides(strides).padding(padding);
                assertPooled(sums.axes(batch, channel), geometry, x, (seen, places) -> sum(seen));
                Pool means = Stax.avgPool(size).strides(strides).padding(padding);
                assertPooled(
                        means.axes(batch, channel),
                        geometry,
                        x,
                        (seen, places) -> sum(seen) / places);
                assertPooled(
                        means.normalizeEdges().axes(batch, channel),
                        geometry,
                        x,
                        (seen, places) -> sum(seen) / seen.size());
                MaxPool greatest = Stax.maxPool(size).strides(strides).padding(padding);
                assertPooled(
                        greatest.axes(batch, channel),
                        geometry,
                        x,
                        (seen, places) -> seen.stream().max(Double::compare).orElseThrow());
            }
        }
    }

    @Test
    void globalPoolsReduceAllPositions() {
        var random = new SplittableRandom(72);
        for (int trial = 0; trial < 40; trial++) {
            int rank = 2 + random.nextInt(3);
            int batch = random.nextInt(rank);
            int channel = (batch + 1 + random.nextInt(rank - 1)) % rank;
            GlobalPool means = Stax.globalAvgPool().axes(batch, channel);
            GlobalPool sums = Stax.globalSumPool().axes(batch, channel);
            long[] shape = random.longs(rank, 1, 5).toArray();
            long positions =
                    Arrays.stream(shape).reduce(1, (a, b) -> a * b) / shape[batch] / shape[channel];
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, shape);
                    Tensor mean = means.apply(NONE, x);
                    Tensor sum = sums.apply(NONE, x)) {
                assertEquals(means.outputShape(x.shape()), mean.shape());
                double[][] expected = new double[(int) shape[batch]][(int) shape[channel]];
                for (long i = 0; i < x.size(); i++) {
                    long[] index = Elements.index(x.shape(), i);
                    expected[(int) index[batch]][(int) index[channel]] += x.get(index);
                }
                for (int n = 0; n < shape[batch]; n++) {
                    for (int c = 0; c < shape[channel]; c++) {
                        long[] at = batch < channel ? new long[] {n, c} : new long[] {c, n};
                        assertEquals(expected[n][c], sum.get(at), 1e-13);
                        assertEquals(expected[n][c] / positions, mean.get(at), 1e-13);
                    }
                }
            }
        }
    }

    /** Inputs padded with masked positions are as good as shorter ones. */
    @Test
    void maskedPositionsDoNotCountInGlobalMeans() {
        var options = ApplyOptions.defaults().maskConstant(9);
        var random = new SplittableRandom(73);
        try (Tensor x = RandomNetworks.inputs(random, DType.F64, 2, 3, 4);
                Tensor padded = Elements.of(Shape.of(2, 5, 4), at -> at[1] < 3 ? x.get(at) : 9);
                Tensor expected = Stax.globalAvgPool().apply(NONE, x);
                Tensor mean = Stax.globalAvgPool().apply(NONE, padded, options);
                Tensor nothing = Elements.of(Shape.of(2, 5, 4), at -> 9);
                Tensor zero = Stax.globalAvgPool().apply(NONE, nothing, options)) {
            Elements.assertClose(expected, mean, 1e-15, "GlobalAvgPool");
            for (double value : zero.toArray()) {
                assertEquals(0, value);
            }
        }
    }

    @Test
    void nanIsTheGreatest() {
        try (Tensor x = Tensor.of(new double[] {1, Double.NaN, 5, 2}, 1, 4, 1);
                Tensor f = Stax.maxPool(2).apply(NONE, x)) {
            assertTrue(Double.isNaN(f.get(0, 0, 0)));
            assertTrue(Double.isNaN(f.get(0, 1, 0)));
            assertEquals(5, f.get(0, 2, 0));
        }
    }

    private static void refused(String part, Runnable action) {
        var refusal = assertThrows(InputException.class, action::run);
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }

    @Test
    void inputsThatDoNotFitAreRefused() {
        try (Tensor x = Tensor.allocate(DType.F64, Shape.of(2, 5, 3))) {
            refused("larger than its input", () -> Stax.maxPool(6).apply(NONE, x).close());
            refused("window of 2 axes", () -> Stax.maxPool(2, 2).apply(NONE, x).close());
            refused("larger than its input", () -> Stax.avgPool(6).apply(NONE, x).close());
            refused("window of 2 axes", () -> Stax.sumPool(2, 2).apply(NONE, x).close());
            refused("window_shape [0]", () -> Stax.maxPool(0));
            refused("strides [1, 2]", () -> Stax.maxPool(2).strides(1, 2));
            refused("same axis", () -> Stax.globalAvgPool().axes(0, 0).apply(NONE, x).close());
            var masked = ApplyOptions.defaults().maskConstant(0);
            refused(
                    "MaxPool cannot leave masked",
                    () -> Stax.maxPool(2).apply(NONE, x, masked).close());
        }
    }
}
