package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SpatialWindow;
import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

/** Windows against what a convolution of an array does, axis by axis. */
class SlidingWindowTest {
    private static final int LARGEST_INPUT = 8;
    private static final int LARGEST_SIZE = 6;
    private static final int LARGEST_STRIDE = 4;

    /** A check of one axis. */
    private interface Check {
        void of(int input, int size, int stride);
    }

    private static void onAllAxes(Check check) {
        for (int input = 1; input <= LARGEST_INPUT; input++) {
            for (int size = 1; size <= LARGEST_SIZE; size++) {
                for (int stride = 1; stride <= LARGEST_STRIDE; stride++) {
                    check.of(input, size, stride);
                }
            }
        }
    }

    private static SlidingWindow window(int size, int stride, Padding padding) {
        return new SlidingWindow(List.of(size), List.of(stride), padding);
    }

    private static Extents axis(int size) {
        return new Extents(List.of(size));
    }

    /** How often each output sees each input, by the meaning of the record's numbers. */
    private static int[][] counts(SpatialWindow window, int input) {
        int output = window.output().size(0);
        int[][] counts = new int[output][input];
        int moving = window.transposed() ? input : output;
        int still = window.transposed() ? output : input;
        for (int p = 0; p < moving; p++) {
            for (int d = 0; d < window.size().getFirst(); d++) {
                int to = p * window.stride().getFirst() + d - window.padding().getFirst();
                int at = window.circular() ? Math.floorMod(to, still) : to;
                if (at >= 0 && at < still) {
                    counts[window.transposed() ? at : p][window.transposed() ? p : at]++;
                }
            }
        }
        return counts;
    }

    /** A convolution as it is computed: pad the positions, then take each window that fits. */
    private static int[][] convolved(int input, int size, int stride, Padding padding) {
        int all = 0;
        if (padding != Padding.VALID) {
            int wanted = Math.ceilDiv(input, stride);
            while ((input + all - size) / stride + 1 < wanted || input + all < size) {
                all++;
            }
        }
        int[] padded = new int[input + all];
        for (int i = 0; i < padded.length; i++) {
            int position = i - all / 2;
            padded[i] = padding == Padding.CIRCULAR ? Math.floorMod(position, input) : position;
        }
        int output = (padded.length - size) / stride + 1;
        int[][] counts = new int[output][input];
        for (int p = 0; p < output; p++) {
            for (int d = 0; d < size; d++) {
                int position = padded[p * stride + d];
                if (position >= 0 && position < input) {
                    counts[p][position]++;
                }
            }
        }
        return counts;
    }

    private static int[][] transposed(int[][] matrix) {
        int[][] result = new int[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[i].length; j++) {
                result[j][i] = matrix[i][j];
            }
        }
        return result;
    }

    @ParameterizedTest
    @EnumSource(Padding.class)
    void seesWhatAConvolutionSees(Padding padding) {
        onAllAxes(
                (input, size, stride) -> {
                    if (padding == Padding.VALID && size > input) {
                        return;
                    }
                    SpatialWindow over = window(size, stride, padding).over("Conv", axis(input));
                    assertArrayEquals(
                            convolved(input, size, stride, padding),
                            counts(over, input),
                            over::toString);
                });
    }

    @ParameterizedTest
    @EnumSource(Padding.class)
    void isTransposedTheAdjointOfAConvolution(Padding padding) {
        onAllAxes(
                (input, size, stride) -> {
                    SpatialWindow over =
                            window(size, stride, padding)
                                    .transposedOver("ConvTranspose", axis(input));
                    int beyond = padding == Padding.VALID ? Math.max(size - stride, 0) : 0;
                    int output = over.output().size(0);
                    assertEquals(input * stride + beyond, output);
                    int[][] adjoint = convolved(output, size, stride, padding);
                    assertArrayEquals(transposed(adjoint), counts(over, input), over::toString);
                });
    }

    @Test
    void treatsAxesApart() {
        SpatialWindow over =
                new SlidingWindow(List.of(3, 2), List.of(1, 2), Padding.SAME)
                        .over("Conv", new Extents(List.of(6, 5)));
        assertEquals(new Extents(List.of(6, 3)), over.output());
        assertEquals(List.of(3, 2), over.size());
        assertEquals(List.of(1, 2), over.stride());
        assertEquals(List.of(1, 0), over.padding());
    }

    @Test
    void mayHaveNoAxes() {
        SlidingWindow none = SlidingWindow.of();
        assertEquals(Extents.NONE, none.over("Conv", Extents.NONE).output());
        assertEquals(Extents.NONE, none.transposedOver("Conv", Extents.NONE).output());
        assertEquals(1, none.positions());
    }

    private static void refused(Runnable what, String... parts) {
        String message = assertThrows(InputException.class, what::run).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void refusesWhatIsNoWindow() {
        refused(() -> SlidingWindow.of(3, 0).checked("Conv", "filter_shape"), "[3, 0]", "1");
        refused(
                () -> SlidingWindow.of(3).withStrides(-1).checked("Conv", "filter_shape"),
                "strides [-1]");
        refused(
                () -> SlidingWindow.of(3, 3).withStrides(2).checked("Conv", "filter_shape"),
                "strides [2]",
                "filter_shape [3, 3]");
        refused(() -> SlidingWindow.of(1 << 20, 1 << 20).checked("Conv", "filter_shape"), "more");
    }

    @Test
    void refusesActivationsThatItDoesNotFit() {
        Extents image = new Extents(List.of(4, 5));
        refused(() -> SlidingWindow.of(3).over("Conv", image), "1 axes", "2 spatial axes");
        refused(() -> SlidingWindow.of(5, 2).over("AvgPool", image), "AvgPool", "5x2", "4x5");
        refused(
                () ->
                        SlidingWindow.of(1, 1)
                                .withStrides(1 << 20, 1 << 20)
                                .transposedOver("ConvTranspose", image),
                "ConvTranspose",
                "4194304, 5242880");
    }
}
