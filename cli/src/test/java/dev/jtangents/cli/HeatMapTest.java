package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.awt.image.BufferedImage;
import java.util.stream.IntStream;

final class HeatMapTest {
    @Test
    void showsTheFirstRowOnTopAndNoSeams() {
        BufferedImage image;
        try (Tensor matrix = Tensor.of(new double[] {0, 1, 2, 4}, 2, 2)) {
            image = HeatMap.of(matrix, new int[] {7, 7});
        }
        int[] inside = image.getRGB(100, 40, 560, 560, null, 0, 560);
        int[] inOrder = {0x440154, 0x3b528b, 0x21918c, 0xfde725};
        assertArrayEquals(
                inOrder,
                IntStream.of(inside).map(colour -> colour & 0xffffff).distinct().toArray());
    }
}
