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
import java.util.List;
import java.util.SplittableRandom;

/** LayerNorm, BatchNorm and Dropout of finite networks. */
class FiniteNormalisationTest {
    private static final Parameters NONE = new Parameters.Group(List.of());

    private static double normalised(Tensor x, long[] index, List<Integer> over, double epsilon) {
        List<long[]> places = List.of(index);
        for (int axis : over) {
            List<long[]> more = new ArrayList<>();
            for (long[] place : places) {
                for (long at = 0; at < x.shape().extent(axis); at++) {
                    more.add(Elements.with(place, axis, at));
                }
            }
            places = more;
        }
        double mean = places.stream().mapToDouble(x::get).average().orElseThrow();
        double variance =
                places.stream()
                        .mapToDouble(place -> Math.pow(x.get(place) - mean, 2))
                        .average()
                        .orElseThrow();
        return (x.get(index) - mean) / Math.sqrt(variance + epsilon);
    }

    @Test
    void layerNormSubtractsMeansAndDividesByDeviations() {
        var random = new SplittableRandom(81);
        for (int trial = 0; trial < 40; trial++) {
            int rank = 2 + random.nextInt(3);
            int batch = random.nextInt(rank);
            int channel = (batch + 1 + random.nextInt(rank - 1)) % rank;
            List<Integer> over = new ArrayList<>();
            for (int axis = 0; axis < rank; axis++) {
                if (axis != batch && (axis == channel || random.nextBoolean())) {
                    over.add(axis);
                }
            }
            double epsilon = random.nextDouble(0.01, 1);
            int[] axes = over.stream().mapToInt(axis -> axis - rank).toArray();
            Network layer = Stax.layerNorm(axes).epsilon(epsilon).axes(batch, channel);
            try (Tensor x =
                            RandomNetworks.inputs(
                                    random, DType.F64, random.longs(rank, 1, 5).toArray());
                    Tensor f = layer.apply(NONE, x);
                    Tensor expected =
                            Elements.of(x.shape(), index -> normalised(x, index, over, epsilon))) {
                Elements.assertClose(expected, f, 1e-13, layer + " on " + x.shape());
            }
        }
    }

    /** Inputs padded with masked positions are as good as shorter ones. */
    @Test
    void maskedPositionsDoNotCountInLayerNorm() {
        Network layer = Stax.layerNorm(1, 2);
        var options = ApplyOptions.defaults().maskConstant(9);
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(82), DType.F64, 2, 3, 4);
                Tensor padded = Elements.of(Shape.of(2, 5, 4), at -> at[1] < 3 ? x.get(at) : 9);
                Tensor shorter = layer.apply(NONE, x);
                Tensor expected =
                        Elements.of(Shape.of(2, 5, 4), at -> at[1] < 3 ? shorter.get(at) : 0);
                Tensor f = layer.apply(NONE, padded, options)) {
            Elements.assertClose(expected, f, 1e-14, "LayerNorm");
        }
    }

    @Test
    void batchNormIsAnAffineMapOfEachChannel() {
        var random = new SplittableRandom(83);
        for (int[] axes : new int[][] {{0, -1}, {0, 1}, {1, 0}, {2, 1}}) {
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, 3, 3, 3, 2)) {
                int channels = Math.toIntExact(x.shape().extent(axes[1]));
                double[] mean = random.doubles(channels, -1, 1).toArray();
                double[] variance = random.doubles(channels, 0, 2).toArray();
                double[] scale = random.doubles(channels, -2, 2).toArray();
                double[] shift = random.doubles(channels, -1, 1).toArray();
                BatchNorm layer =
                        Stax.batchNorm(mean, variance)
                                .scale(scale)
                                .shift(shift)
                                .epsilon(0.1)
                                .axes(axes[0], axes[1]);
                try (Tensor f = layer.apply(NONE, x);
                        Tensor expected =
                                Elements.of(
                                        x.shape(),
                                        at -> {
                                            int c = (int) at[x.shape().axis(axes[1])];
                                            double root = Math.sqrt(variance[c] + 0.1);
                                            return scale[c] * (x.get(at) - mean[c]) / root
                                                    + shift[c];
                                        })) {
                    Elements.assertClose(expected, f, 1e-14, layer.toString());
                }
            }
        }
    }

    @Test
    void batchNormReadsBackFromItsText() {
        BatchNorm plain = Stax.batchNorm(new double[] {0.5, 0}, new double[] {2, 3});
        BatchNorm all = plain.scale(1, 2).shift(0, -1).epsilon(1e-3).axes(1, 0);
        for (Network layer : List.of(plain, all)) {
            String json = Model.toJson(layer);
            assertEquals(json, Model.toJson(Model.parse("json", json)));
        }
        assertEquals("BatchNorm(mean=[0.5, 0.0], variance=[2.0, 3.0])", plain.toString());
    }

    private static void refused(String part, Runnable action) {
        var refusal = assertThrows(InputException.class, action::run);
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }

    @Test
    void argumentsThatDoNotFitAreRefused() {
        double[] two = {1, 2};
        refused("variance of 1", () -> Stax.batchNorm(two, new double[] {1}));
        refused("variance [1.0, -1.0]", () -> Stax.batchNorm(two, new double[] {1, -1}));
        refused("above 0", () -> Stax.batchNorm(two, new double[] {1, 0}).epsilon(0));
        refused("mean is NaN", () -> Stax.batchNorm(new double[] {Double.NaN}, new double[] {1}));
        refused("scale of 3", () -> Stax.batchNorm(two, two).scale(1, 2, 3));
        refused("shift of 0", () -> Stax.batchNorm(two, two).shift());
        try (Tensor x = Tensor.allocate(DType.F64, Shape.of(2, 5, 3))) {
            refused("statistics of 2", () -> Stax.batchNorm(two, two).apply(NONE, x).close());
            refused("one example at a time", () -> Stax.layerNorm(0, 2).apply(NONE, x).close());
            refused("seed", () -> Stax.dropout(0.5).apply(NONE, x).close());
        }
    }

    @Test
    void dropoutKeepsAtItsRateAndDividesByIt() {
        Shape shape = Shape.of(50, 8, 20);
        try (Tensor ones = Elements.of(shape, at -> 1);
                Tensor f = Stax.dropout(0.8).apply(NONE, ones, ApplyOptions.defaults().seed(3))) {
            double kept = 0;
            for (double value : f.toArray()) {
                assertTrue(value == 0 || value == 1 / 0.8);
                kept += value == 0 ? 0 : 1;
            }
            assertEquals(0.8, kept / shape.size(), 0.02);
        }
    }

    @Test
    void dropoutOfASeedIsTheSameForTheSameExamples() {
        Network network = Stax.serial(Stax.dropout(0.5), Stax.relu(), Stax.dropout(0.7));
        var options = ApplyOptions.defaults().seed(4);
        try (Tensor x = Elements.of(Shape.of(150, 6), at -> 1);
                Tensor f = network.apply(NONE, x, options);
                Tensor again = network.apply(NONE, x, options.threads(1));
                Tensor first = network.apply(NONE, x.slice(0, 0, 70), options);
                Tensor other = network.apply(NONE, x, options.seed(5))) {
            assertEquals(-1, f.segment().mismatch(again.segment()));
            assertTrue(f.segment().mismatch(other.segment()) >= 0);
            for (long i = 0; i < 70; i++) {
                for (long j = 0; j < 6; j++) {
                    assertEquals(f.get(i, j), first.get(i, j));
                }
            }
            assertTrue(f.segment().asSlice(0, 48).mismatch(f.segment().asSlice(48, 48)) >= 0);
        }
    }

    @Test
    void dropoutInUseIsTheIdentity() {
        Network network = Stax.dropout(0.5).mode(Dropout.Mode.TEST);
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(84), DType.F32, 3, 4);
                Tensor f = network.apply(NONE, x);
                Tensor train = Stax.dropout(1).apply(NONE, x, ApplyOptions.defaults().seed(1))) {
            assertEquals(-1, x.segment().mismatch(f.segment()));
            assertEquals(DType.F32, train.dtype());
            assertEquals(-1, x.segment().mismatch(train.segment()));
        }
    }
}
