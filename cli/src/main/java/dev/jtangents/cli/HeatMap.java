package dev.jtangents.cli;

import dev.jtangents.tensor.Tensor;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Locale;

/** Draws a square matrix in colours, with a bar that explains them. */
final class HeatMap {
    /** From low to high: the colour map "viridis", in nine steps. */
    private static final int[] COLOURS = {
        0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725
    };

    private static final int BAR_GAP = 28;
    private static final int BAR_WIDTH = 20;
    private static final int BAR_TICKS = 5;

    private final Tensor matrix;
    private final int[] labels;

    /**
     * A picture of these entries.
     *
     * @param labels the class of each row and column, in groups
     */
    HeatMap(Tensor matrix, int[] labels) {
        this.matrix = matrix;
        this.labels = labels.clone();
    }

    /** Draws it into the square of this side; labels and bar stand outside. */
    void draw(Graphics2D pen, int x, int y, int side) {
        int n = labels.length;
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                low = Math.min(low, matrix.get(i, j));
                high = Math.max(high, matrix.get(i, j));
            }
        }
        var cells = new BufferedImage(n, n, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                cells.setRGB(j, i, colour((matrix.get(i, j) - low) / (high - low)));
            }
        }
        pen.drawImage(cells, x, y, side, side, null);
        groups(pen, x, y, side);
        bar(pen, x + side + BAR_GAP, y, side, low, high);
    }

    /** Names each group of equal labels on both axes and draws lines between them. */
    private void groups(Graphics2D pen, int x, int y, int side) {
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 18));
        FontMetrics metrics = pen.getFontMetrics();
        int n = labels.length;
        for (int start = 0; start < n; ) {
            int end = start;
            while (end < n && labels[end] == labels[start]) {
                end++;
            }
            String name = Integer.toString(labels[start]);
            int middle = (start + end) * side / (2 * n);
            pen.setColor(DemoPicture.INK);
            pen.drawString(
                    name, x - 14 - metrics.stringWidth(name), y + middle + metrics.getAscent() / 2);
            pen.drawString(name, x + middle - metrics.stringWidth(name) / 2, y + side + 26);
            pen.setColor(new Color(255, 255, 255, 90));
            if (end < n) {
                int line = end * side / n;
                pen.drawLine(x + line, y, x + line, y + side);
                pen.drawLine(x, y + line, x + side, y + line);
            }
            start = end;
        }
        pen.setColor(DemoPicture.GREY);
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 17));
        String axis = "label";
        pen.drawString(
                axis, x + (side - pen.getFontMetrics().stringWidth(axis)) / 2, y + side + 58);
        pen.rotate(-Math.PI / 2);
        pen.drawString(axis, -(y + (side + pen.getFontMetrics().stringWidth(axis)) / 2), x - 44);
        pen.rotate(Math.PI / 2);
    }

    private static void bar(Graphics2D pen, int x, int y, int side, double low, double high) {
        for (int row = 0; row < side; row++) {
            pen.setColor(new Color(colour(1 - (row + 0.5) / side)));
            pen.fillRect(x, y + row, BAR_WIDTH, 1);
        }
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 16));
        pen.setColor(DemoPicture.INK);
        for (int tick = 0; tick < BAR_TICKS; tick++) {
            double share = (double) tick / (BAR_TICKS - 1);
            int row = y + (int) Math.round((1 - share) * (side - 1));
            pen.drawLine(x + BAR_WIDTH, row, x + BAR_WIDTH + 6, row);
            pen.drawString(
                    String.format(Locale.ROOT, "%.3g", low + share * (high - low)),
                    x + BAR_WIDTH + 12,
                    row + 6);
        }
    }

    /** The colour of a number from 0 to 1. */
    private static int colour(double share) {
        double place = Math.clamp(share, 0, 1) * (COLOURS.length - 1);
        int step = Math.min((int) place, COLOURS.length - 2);
        double part = place - step;
        int colour = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = (COLOURS[step] >> shift) & 0xff;
            int to = (COLOURS[step + 1] >> shift) & 0xff;
            colour |= (int) Math.round(from + part * (to - from)) << shift;
        }
        return colour;
    }
}
