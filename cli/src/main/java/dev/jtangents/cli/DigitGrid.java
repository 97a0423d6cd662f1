package dev.jtangents.cli;

import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.stream.IntStream;

/**
 * Draws some test images in a grid, with the label that was predicted and, where it is wrong, the
 * true one.
 */
final class DigitGrid {
    private static final int COLUMNS = 5;
    private static final int ROWS = 4;
    private static final int WRONG = 8;
    private static final int GAP = 18;
    private static final int CAPTION = 34;
    private static final Color RIGHT_COLOUR = new Color(0x1a7f37);
    private static final Color WRONG_COLOUR = new Color(0xc62828);

    private final DigitsData digits;
    private final int[] predicted;

    /**
     * A picture of these images.
     *
     * @param predicted the class predicted for each test image
     */
    DigitGrid(DigitsData digits, int[] predicted) {
        this.digits = digits;
        this.predicted = predicted.clone();
    }

    /** Draws it into the square of this side. */
    void draw(Graphics2D pen, int x, int y, int side) {
        int[] shown = shown();
        int cell = (side - (ROWS - 1) * GAP) / ROWS - CAPTION;
        int across = (side - COLUMNS * cell) / (COLUMNS - 1);
        for (int i = 0; i < shown.length; i++) {
            int left = x + i % COLUMNS * (cell + across);
            int top = y + i / COLUMNS * (cell + CAPTION + GAP);
            pen.drawImage(image(shown[i]), left, top, cell, cell, null);
            caption(pen, shown[i], left, top, cell);
        }
    }

    /** The first images of the test set, and then the first that are wrong. */
    private int[] shown() {
        int[] wrong =
                IntStream.range(0, predicted.length)
                        .filter(i -> !isRight(i))
                        .limit(WRONG)
                        .toArray();
        IntStream right =
                IntStream.range(0, predicted.length)
                        .filter(this::isRight)
                        .limit(ROWS * COLUMNS - wrong.length);
        return IntStream.concat(right, IntStream.of(wrong)).toArray();
    }

    private boolean isRight(int i) {
        return predicted[i] == digits.testLabel(i);
    }

    private void caption(Graphics2D pen, int i, int left, int top, int cell) {
        pen.setColor(isRight(i) ? DemoPicture.GREY : WRONG_COLOUR);
        pen.drawRect(left, top, cell - 1, cell - 1);
        pen.setColor(isRight(i) ? RIGHT_COLOUR : WRONG_COLOUR);
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
        String text =
                isRight(i)
                        ? Integer.toString(predicted[i])
                        : predicted[i] + ", not " + digits.testLabel(i);
        int width = pen.getFontMetrics().stringWidth(text);
        pen.drawString(text, left + (cell - width) / 2, top + cell + 24);
    }

    /** One image in greys, dark ink on white; the mean over channels. */
    private BufferedImage image(int i) {
        Tensor one = digits.testImages().slice(0, i, i + 1);
        Shape shape = one.shape();
        int height = (int) shape.extent(1);
        int width = (int) shape.extent(2);
        Tensor pixels = one.reshape(height, width, shape.size() / height / width);
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double sum = 0;
                for (long channel = 0; channel < pixels.shape().extent(2); channel++) {
                    sum += pixels.get(row, column, channel);
                }
                double ink = Math.clamp(sum / pixels.shape().extent(2), 0, 1);
                image.setRGB(column, row, 0x010101 * (int) Math.round(255 * (1 - ink)));
            }
        }
        return image;
    }
}
