package dev.jtangents.examples;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/** A chart of values over the steps of a training, on a logarithmic axis from the first step on. */
final class Figure {
    static final int WIDTH = 760;
    static final int HEIGHT = 560;
    static final Color BLUE = new Color(0x1f5fa8);
    static final Color ORANGE = new Color(0xd9731a);

    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 15);
    private static final BasicStroke SOLID = new BasicStroke(2);
    private static final BasicStroke DASHED =
            new BasicStroke(
                    2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {7, 6}, 0);

    private final XYChart chart;
    private final double[] steps;

    Figure(String title, Steps steps) {
        System.setProperty("java.awt.headless", "true");
        this.steps = fromFirst(steps.asTimes());
        chart = new XYChart(WIDTH, HEIGHT, ChartTheme.XChart);
        chart.setTitle(title);
        chart.setXAxisTitle("steps of gradient descent");
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setAxisTickLabelsFont(FONT)
                .setAxisTitleFont(FONT)
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleFont(FONT)
                .setLegendFont(FONT)
                .setLegendBorderColor(Color.WHITE)
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal)
                .setPlotBorderVisible(false);
    }

    /** A logarithmic axis has no place for step 0. */
    private static double[] fromFirst(double[] values) {
        return Arrays.copyOfRange(values, 1, values.length);
    }

    /** The losses on training and test digits of what is trained and of what it is compared to. */
    Figure losses(
            String name, String comparedName, Experiment of, Trajectory way, Trajectory compared) {
        return line(name + ", train", BLUE, way.trainLoss(of.digits()))
                .dashed(comparedName + ", train", BLUE.darker(), compared.trainLoss(of.digits()))
                .line(name + ", test", ORANGE, way.testLoss(of.digits()))
                .dashed(comparedName + ", test", ORANGE.darker(), compared.testLoss(of.digits()));
    }

    /** Adds a line; {@code values} has one for each step that is looked at. */
    Figure line(String name, Color colour, double[] values) {
        return line(name, colour, values, SOLID);
    }

    Figure dashed(String name, Color colour, double[] values) {
        return line(name, colour, values, DASHED);
    }

    private Figure line(String name, Color colour, double[] values, BasicStroke stroke) {
        XYSeries series = chart.addSeries(name, steps, fromFirst(values));
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(colour);
        series.setLineStyle(stroke);
        return this;
    }

    /** Adds the mean of an output for the first test digit, in a band of 2 standard deviations. */
    Figure band(String name, Color colour, Spread spread, int ofClass) {
        double[] mean = fromFirst(spread.mean(ofClass));
        double[] deviation = fromFirst(spread.deviation(ofClass));
        int n = steps.length;
        double[] around = new double[2 * n];
        double[] edge = new double[2 * n];
        for (int i = 0; i < n; i++) {
            around[i] = steps[i];
            edge[i] = mean[i] + 2 * deviation[i];
            around[2 * n - 1 - i] = steps[i];
            edge[2 * n - 1 - i] = mean[i] - 2 * deviation[i];
        }
        XYSeries band = chart.addSeries(name + ", band", around, edge);
        band.setShowInLegend(false);
        band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
        band.setMarker(SeriesMarkers.NONE);
        band.setLineColor(transparent(colour, 0));
        band.setFillColor(transparent(colour, 50));
        return line(name, colour, spread.mean(ofClass));
    }

    private static Color transparent(Color colour, int alpha) {
        return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha);
    }

    BufferedImage draw() {
        return BitmapEncoder.getBufferedImage(chart);
    }
}
