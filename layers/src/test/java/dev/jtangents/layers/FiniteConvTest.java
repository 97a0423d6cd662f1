package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/** Finite convolutions against loops over the definition, with axes in any order. */
class FiniteConvTest {
    /** A convolution whose spatial axes have the letters a, b and c; sizes are by letter. */
    private record Geometry(
            Conv.Kind kind,
            Padding padding,
            String input,
            String filter,
            String output,
            Map<Character, Integer> in,
            Map<Character, Integer> size,
            Map<Character, Integer> stride,
            int channelsIn,
            int channelsOut) {
        static Geometry draw(SplittableRandom random, Conv.Kind kind) {
            int rank = random.nextInt(4);
            String spatial = "abc".substring(0, rank);
            Map<Character, Integer> in = new HashMap<>();
            Map<Character, Integer> size = new HashMap<>();
            Map<Character, Integer> stride = new HashMap<>();
            for (char letter : spatial.toCharArray()) {
                in.put(letter, 3 + random.nextInt(rank == 3 ? 2 : 5));
                size.put(letter, 1 + random.nextInt(3));
                stride.put(letter, 1 + random.nextInt(3));
            }
            return new Geometry(
                    kind,
                    Padding.values()[random.nextInt(3)],
                    shuffled(random, "N" + spatial + "C"),
                    shuffled(random, spatial + "IO"),
                    shuffled(random, "N" + spatial + "C"),
                    in,
                    size,
                    stride,
                    1 + random.nextInt(3),
                    1 + random.nextInt(3));
        }

        private static String shuffled(SplittableRandom random, String letters) {
            List<Character> list = new ArrayList<>();
            for (char letter : letters.toCharArray()) {
                list.add(letter);
            }
            Collections.shuffle(list, new Random(random.nextLong()));
            var text = new StringBuilder();
            list.forEach(text::append);
            return text.toString();
        }

        private String spatial() {
            return filter.replaceAll("[IO]", "");
        }

        Conv layer() {
            int[] sizes = spatial().chars().map(letter -> size((char) letter)).toArray();
            int[] strides = spatial().chars().map(letter -> stride((char) letter)).toArray();
            return Conv.of(kind, channelsOut, sizes)
                    .strides(strides)
                    .padding(padding)
                    .dimensionNumbers(input, filter, output);
        }

        private int in(char letter) {
            return in.getOrDefault(letter, 0);
        }

        private int size(char letter) {
            return size.getOrDefault(letter, 0);
        }

        private int stride(char letter) {
            return stride.getOrDefault(letter, 0);
        }

        Shape inputShape(int examples) {
            return Shape.of(
                    input.chars()
                            .mapToLong(
                                    letter ->
                                            letter == 'N'
                                                    ? examples
                                                    : letter == 'C'
                                                            ? channelsIn
                                                            : in((char) letter))
                            .toArray());
        }

        int out(char letter) {
            int in = in(letter);
            int stride = stride(letter);
            if (kind == Conv.Kind.TRANSPOSED) {
                int overlap = Math.max(size(letter) - stride, 0);
                return in * stride + (padding == Padding.VALID ? overlap : 0);
            }
            return padding == Padding.VALID
                    ? (in - size(letter)) / stride + 1
                    : Math.ceilDiv(in, stride);
        }

        /** What a place of the filter sees at a position of the output; below 0 it is nothing. */
        int source(char letter, int out, int place) {
            int in = in(letter);
            int size = size(letter);
            int stride = stride(letter);
            if (kind != Conv.Kind.TRANSPOSED) {
                int beyond = Math.max((out(letter) - 1) * stride + size - in, 0);
                int position = out * stride + place - (padding == Padding.VALID ? 0 : beyond / 2);
                if (padding == Padding.CIRCULAR) {
                    return Math.floorMod(position, in);
                }
                return position < in ? position : -1;
            }
            // An ordinary convolution of inputs with stride - 1 zeros between them.
            int overlap = Math.max(size - stride, 0);
            int before =
                    padding != Padding.SAME || stride > size - 1
                            ? size - 1
                            : Math.ceilDiv(size + stride - 2, 2);
            if (padding != Padding.CIRCULAR) {
                return dilated(out + place - before, in, stride);
            }
            // All outputs, folded: those beyond an end are added at the other one.
            for (int turn = -1; turn <= 1; turn++) {
                int unfolded = out + overlap / 2 + turn * in * stride;
                int source = dilated(unfolded + place - before, in, stride);
                if (unfolded >= 0 && unfolded < in * stride + overlap && source >= 0) {
                    return source;
                }
            }
            return -1;
        }

        private static int dilated(int position, int in, int stride) {
            boolean hits = position >= 0 && position % stride == 0 && position / stride < in;
            return hits ? position / stride : -1;
        }

        private static long[] index(String axes, Map<Character, Integer> at) {
            return axes.chars().mapToLong(letter -> at.getOrDefault((char) letter, 0)).toArray();
        }

        /** The sum over all places of windows and channels. */
        double product(Tensor x, Tensor weights, Map<Character, Integer> output) {
            double sum = 0;
            int places =
                    spatial().chars().map(letter -> size((char) letter)).reduce(1, (a, b) -> a * b);
            for (int place = 0; place < places; place++) {
                Map<Character, Integer> source = new HashMap<>(output);
                Map<Character, Integer> filterAt = new HashMap<>(output);
                boolean inside = true;
                int rest = place;
                for (int axis = spatial().length() - 1; axis >= 0; axis--) {
                    char letter = spatial().charAt(axis);
                    int along = rest % size(letter);
                    rest /= size(letter);
                    int from = source(letter, output.getOrDefault(letter, 0), along);
                    inside &= from >= 0;
                    source.put(letter, from);
                    if (kind != Conv.Kind.LOCAL) {
                        filterAt.put(letter, along);
                    }
                }
                for (int channel = 0; inside && channel < channelsIn; channel++) {
                    source.put('C', channel);
                    filterAt.put('O', output.getOrDefault('C', 0));
                    filterAt.put('I', kind == Conv.Kind.LOCAL ? channel * places + place : channel);
                    sum += x.get(index(input, source)) * weights.get(index(filter, filterAt));
                }
            }
            return sum;
        }

        double bias(Tensor bias, Map<Character, Integer> output) {
            Map<Character, Integer> at =
                    kind == Conv.Kind.LOCAL ? new HashMap<>(output) : new HashMap<>();
            at.put('C', output.getOrDefault('C', 0));
            at.put('N', 0);
            return bias.get(index(this.output, at));
        }

        Map<Character, Integer> at(long[] index) {
            Map<Character, Integer> at = new HashMap<>();
            for (int axis = 0; axis < index.length; axis++) {
                at.put(output.charAt(axis), Math.toIntExact(index[axis]));
            }
            return at;
        }
    }

    @ParameterizedTest
    @EnumSource
    void convolutionsAreSumsOverTheirWindows(Conv.Kind kind) {
        var random = new SplittableRandom(61 + kind.ordinal());
        for (int trial = 0; trial < 120; trial++) {
            Geometry geometry = Geometry.draw(random, kind);
            boolean standard = random.nextBoolean();
            Conv layer = geometry.layer().weightStd(1.4).biasStd(0.3);
            layer = standard ? standard(layer) : layer;
            try (Tensor x =
                            RandomNetworks.inputs(
                                    random, DType.F64, geometry.inputShape(2).extents());
                    Parameters parameters = layer.init(trial, x.shape());
                    Tensor f = layer.apply(parameters, x)) {
                assertEquals(layer.outputShape(x.shape()), f.shape());
                List<Tensor> arrays = parameters.arrays().toList();
                double fanIn =
                        geometry.channelsIn()
                                * geometry.size().values().stream().reduce(1, (a, b) -> a * b);
                double factor = standard ? 1 / Math.sqrt(2) : 1.4 / Math.sqrt(fanIn);
                try (Tensor expected =
                        Elements.of(
                                f.shape(),
                                index -> {
                                    Map<Character, Integer> at = geometry.at(index);
                                    return factor * geometry.product(x, arrays.get(0), at)
                                            + (standard ? 1 : 0.3)
                                                    * geometry.bias(arrays.get(1), at);
                                })) {
                    Elements.assertClose(expected, f, 1e-13, geometry.toString());
                }
            }
        }
    }

    private static Conv standard(Conv layer) {
        return layer.parameterization(Parameterization.STANDARD).widthMultipliers(2, 1);
    }

    @Test
    void parametersHaveTheShapesOfTheReference() {
        Shape input = Shape.of(2, 5, 4, 3);
        assertShapes(
                Stax.conv(7, 3, 2).biasStd(1), input, Shape.of(3, 2, 3, 7), Shape.of(1, 1, 1, 7));
        assertShapes(Stax.conv(7, 3, 2), input, Shape.of(3, 2, 3, 7));
        assertShapes(
                Stax.convTranspose(7, 3, 2).biasStd(1),
                input,
                Shape.of(3, 2, 3, 7),
                Shape.of(1, 1, 1, 7));
        assertShapes(
                Stax.convLocal(7, 3, 2).biasStd(1),
                input,
                Shape.of(3, 3, 18, 7),
                Shape.of(1, 3, 3, 7));
        assertShapes(
                Stax.conv(7, 3, 2).dimensionNumbers("NHWC", "OIWH", "CHWN").biasStd(1),
                input,
                Shape.of(7, 3, 3, 2),
                Shape.of(7, 1, 1, 1));
        assertShapes(Stax.conv(7).biasStd(1), Shape.of(2, 3), Shape.of(3, 7), Shape.of(1, 7));
        assertShapes(
                standard(Stax.conv(7, 3, 2)).widthMultipliers(1, 3), input, Shape.of(3, 2, 3, 21));
    }

    private static void assertShapes(Network layer, Shape input, Shape... expected) {
        try (Parameters parameters = layer.init(1, input)) {
            assertEquals(List.of(expected), parameters.arrays().map(Tensor::shape).toList());
        }
    }

    @Test
    void standardWeightsHaveTheirDeviation() {
        Shape input = Shape.of(1, 8, 8, 20);
        for (Network layer :
                List.of(
                        standard(Stax.conv(200, 3, 3).weightStd(1.5)),
                        standard(Stax.convTranspose(200, 3, 3).weightStd(1.5)),
                        standard(Stax.convLocal(10, 3, 3).weightStd(1.5)))) {
            try (Parameters parameters = layer.init(5, input)) {
                double[] weights = parameters.arrays().toList().getFirst().toArray();
                double squares = 0;
                for (double weight : weights) {
                    squares += weight * weight;
                }
                assertEquals(1.5 * Math.sqrt(2.0 / 180), Math.sqrt(squares / weights.length), 2e-3);
            }
        }
    }

    @Test
    void aFilterOfNoAxesIsADenseLayer() {
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(66), DType.F64, 3, 5);
                Parameters parameters = Stax.dense(4).biasStd(0.2).init(1, x.shape());
                Tensor dense = Stax.dense(4).biasStd(0.2).apply(parameters, x);
                Tensor conv = Stax.conv(4).biasStd(0.2).apply(parameters, x);
                Tensor local = Stax.convLocal(4).biasStd(0.2).apply(parameters, x)) {
            Elements.assertClose(dense, conv, 1e-15, "Conv");
            Elements.assertClose(dense, local, 1e-15, "ConvLocal");
        }
    }

    @Test
    void f32AgreesWithF64() {
        Network layer = Stax.conv(6, 3, 3).padding(Padding.SAME).biasStd(0.1);
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(67), DType.F64, 5, 8, 7, 4);
                Parameters parameters = layer.init(1, x.shape());
                Parameters narrow = layer.init(1, x.shape(), DType.F32);
                Tensor single = x.copy(DType.F32);
                Tensor f = layer.apply(parameters, x);
                Tensor g = layer.apply(narrow, single)) {
            assertEquals(DType.F32, g.dtype());
            Elements.assertClose(f, g, 1e-6, "Conv");
        }
    }

    @Test
    void inputsThatDoNotFitAreRefused() {
        refused("takes activations with 4 axes", Stax.conv(3, 2, 2), Shape.of(2, 5, 3));
        refused("larger than its input", Stax.conv(3, 6, 2), Shape.of(2, 5, 5, 3));
        refused("larger than its input", Stax.convLocal(3, 2, 6), Shape.of(2, 5, 5, 3));
        refused(
                "reads axis 0 as batch",
                Stax.serial(Stax.conv(3, 2).dimensionNumbers("NHC", "HIO", "HNC"), Stax.conv(3, 2)),
                Shape.of(2, 5, 3));
        try (Tensor x = Tensor.allocate(DType.F64, Shape.of(2, 5, 3));
                Parameters wide = Stax.conv(3, 3).init(1, x.shape())) {
            var refusal =
                    assertThrows(
                            InputException.class, () -> Stax.conv(3, 2).apply(wide, x).close());
            assertTrue(refusal.getMessage().contains("(2, 3, 3)"), refusal.getMessage());
        }
    }

    private static void refused(String part, Network network, Shape input) {
        var none = new Parameters.Group(List.of());
        try (Tensor x = Tensor.allocate(DType.F64, input)) {
            var refusal = assertThrows(InputException.class, () -> network.apply(none, x).close());
            assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        }
    }
}
