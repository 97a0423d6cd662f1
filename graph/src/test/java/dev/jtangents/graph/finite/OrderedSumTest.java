package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;

class OrderedSumTest {
    /** Numbers whose sum depends on their order. */
    private static final double[] TERMS = {1e16, 1, -1e16, 3};

    /** Adds blocks to two arrays. */
    private static double[] sum(int... order) {
        try (Tensor first = Tensor.of(new double[] {0.5}, 1);
                Tensor second = Tensor.of(new double[] {0, 0}, 2);
                var sum = new OrderedSum(List.of(first, second))) {
            for (int block : order) {
                try (Tensor term = Tensor.of(new double[] {TERMS[block]}, 1, 1);
                        Tensor pair = Tensor.of(new double[] {TERMS[block], block}, 1, 2)) {
                    sum.add(block, List.of(term, pair));
                }
            }
            return new double[] {first.get(0), second.get(0), second.get(1)};
        }
    }

    @Test
    void blocksAreAddedInTheirOrderWhoeverIsReadyFirst() {
        double[] expected = {0.5 + 1e16 + 1 - 1e16 + 3, 1e16 + 1 - 1e16 + 3, 6};
        assertArrayEquals(expected, sum(0, 1, 2, 3));
        assertArrayEquals(expected, sum(3, 2, 1, 0));
        assertArrayEquals(expected, sum(2, 0, 3, 1));
    }

    @Test
    void blocksWhosePredecessorsNeverCameAreLeftOut() {
        assertArrayEquals(new double[] {1e16, 1e16, 0}, sum(0, 2, 3));
    }
}
