package dev.jtangents.cli;

import dev.jtangents.tensor.Tensor;

import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapSeries;
import org.knowm.xchart.style.Styler.ChartTheme;

import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A square matrix in colours, its rows and columns in groups of equal labels. */
final class HeatMap {
    /** Left, above and right of the chart. */
    static final int MARGIN = 18;

    /** From low to high: the colour map "viridis", in five steps. */
    private static final Color[] COLOURS =
            IntStream.of(0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725)
                    .mapToObj(Color::new)
                    .toArray(Color[]::new);

    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 17);

    private HeatMap() {}

    /**
     * A picture of these entries.
     *
     * @param labels the class of each row and column, in groups
     */
    static BufferedImage of(Tensor matrix, int[] labels) {
        // The size leaves 600 by 600 pixels, three for each of 200 rows and columns.
        var chart = new HeatMapChart(802, 692, ChartTheme.XChart);
        style(chart);
        int n = labels.length;
        // Every row and column has a name, and no name may be empty.
        String[] names = new String[n];
        Arrays.fill(names, " ");
        for (int start = 0, end = 0; start < n; start = end) {
            while (end < n && labels[end] == labels[start]) {
                end++;
            }
            // The longest name is measured for its height, so it must not be blank.
            names[(start + end) / 2] = labels[start] + " ";
            if (end < n) {
                chart.addAnnotation(new AnnotationLine((double) end / n, true, false));
                chart.addAnnotation(new AnnotationLine(1 - (double) end / n, false, false));
            }
        }
        List<String> columns = Arrays.asList(names);
        List<Number[]> entries = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                // The chart counts rows from below.
                entries.add(new Number[] {j, n - 1 - i, matrix.get(i, j)});
            }
        }
        nameColours(chart, chart.addSeries("kernel", columns, columns.reversed(), entries));
        return BitmapEncoder.getBufferedImage(chart);
    }

    private static void style(HeatMapChart chart) {
        chart.setXAxisTitle("label");
        chart.setYAxisTitle("label");
        chart.getStyler()
                .setRangeColors(COLOURS)
                .setGradientColorColumnHeight(600)
                .setGradientColorColumnWeight(20)
                // Sharp edges and borders in their own colours leave no seams between cells.
                .setDrawBorder(true)
                .setAntiAlias(false)
                .setChartBackgroundColor(Color.WHITE)
                .setChartPadding(MARGIN)
                .setPlotBorderVisible(false)
                .setPlotContentSize(1)
                .setLegendBorderColor(Color.WHITE)
                .setLegendFont(FONT)
                .setAnnotationLineColor(new Color(255, 255, 255, 90))
                .setAnnotationTextFont(FONT);
        chart.getStyler()
                .setAxisTicksMarksVisible(false)
                .setAxisTicksLineVisible(false)
                .setAxisTickPadding(12)
                .setAxisTickLabelsFont(FONT)
                .setAxisTitleFont(FONT)
                // For the annotations: names of rows and columns give no scale.
                .setXAxisMin(0.0)
                .setXAxisMax(1.0)
                .setYAxisMin(0.0)
                .setYAxisMax(1.0);
    }

    /**
     * The bar of colours prints its ends in full, so they are rounded; more names stand between.
     */
    private static void nameColours(HeatMapChart chart, HeatMapSeries series) {
        double low = Double.parseDouble(name(series.getMin()));
        double high = Double.parseDouble(name(series.getMax()));
        chart.getStyler().setMin(low).setMax(high);
        for (double share = 0.25; share < 1; share += 0.25) {
            String name = name(low + share * (high - low));
            chart.addAnnotation(new AnnotationText(name, 1.145, share, false));
        }
    }

    private static String name(double value) {
        return String.format(Locale.ROOT, "%.3g", value);
    }
}
