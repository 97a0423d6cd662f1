package dev.jtangents.cli;

import dev.jtangents.predict.Inference;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How well test examples are predicted over the time of training, a line per kernel: the mean
 * squared error, and of classes also the share that is correct. Where covariances are known, a band
 * shows the errors of single networks, their mean ± 2 standard deviations ({@link NetworkError}),
 * but not below a tenth of their mean; it lies above the line, the error of the mean of all
 * networks. A dashed line is the end of training.
 */
final class LearningCurve {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 560;

    /** The factor that a logarithmic axis has beyond what it shows, at both ends. */
    private static final double MARGIN = 1.3;

    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 15);
    private static final BasicStroke DASHED =
            new BasicStroke(
                    1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 5}, 0);

    private final Predictions predictions;
    private final TrainingTimes times;
    private final Labels labels;

    /** Which of the times a logarithmic axis shows. */
    private final int[] shown;

    LearningCurve(Predictions predictions, Labels labels) {
        this.predictions = predictions;
        this.times = predictions.times();
        this.labels = labels;
        this.shown = shown(times);
    }

    /** Whether there are enough times for a line. */
    static boolean canShow(TrainingTimes times) {
        return shown(times).length > 1;
    }

    private static int[] shown(TrainingTimes times) {
        return IntStream.range(0, times.count())
                .filter(i -> times.values().get(i) > 0 && Double.isFinite(times.values().get(i)))
                .toArray();
    }

    BufferedImage draw() {
        System.setProperty("java.awt.headless", "true");
        List<XYChart> charts = new ArrayList<>();
        charts.add(errors());
        if (labels.areClasses()) {
            charts.add(accuracies());
        }
        var image = new BufferedImage(WIDTH * charts.size(), HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        for (int i = 0; i < charts.size(); i++) {
            pen.drawImage(BitmapEncoder.getBufferedImage(charts.get(i)), i * WIDTH, 0, null);
        }
        pen.dispose();
        return image;
    }

    private XYChart errors() {
        XYChart chart = chart("mean squared error on test examples");
        for (Prediction prediction : predictions.list()) {
            if (prediction.hasCovariance()) {
                addBand(chart, prediction);
            }
        }
        for (Prediction prediction : predictions.list()) {
            addLine(
                    chart,
                    prediction.kernel(),
                    time -> Score.of(prediction.mean(time), labels).meanSquaredError());
        }
        double[] errors =
                chart.getSeriesMap().values().stream()
                        .flatMapToDouble(series -> Arrays.stream(series.getYData()))
                        .sorted()
                        .toArray();
        double least = errors[0];
        double most = errors[errors.length - 1];
        // A logarithm does not take an error of 0.
        if (least > 0) {
            chart.getStyler()
                    .setYAxisLogarithmic(true)
                    .setYAxisMin(low(least, most))
                    .setYAxisMax(high(most));
        }
        return chart;
    }

    private XYChart accuracies() {
        XYChart chart = chart("share of test examples that are correct");
        chart.getStyler()
                .setYAxisMin(0.0)
                .setYAxisMax(1.02)
                .setLegendPosition(LegendPosition.InsideSE);
        for (Prediction prediction : predictions.list()) {
            addLine(
                    chart,
                    prediction.kernel(),
                    time -> Score.of(prediction.mean(time), labels).accuracy());
        }
        return chart;
    }

    private XYChart chart(String title) {
        var chart = new XYChart(WIDTH, HEIGHT, ChartTheme.XChart);
        chart.setTitle(title);
        chart.setXAxisTitle("training time t");
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setXAxisMin(low(shownTimes()[0], shownTimes()[shown.length - 1]))
                .setXAxisMax(high(shownTimes()[shown.length - 1]))
                .setAxisTickLabelsFont(FONT)
                .setAxisTitleFont(FONT)
                .setMarkerSize(6);
        chart.getStyler()
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleFont(FONT)
                .setLegendFont(FONT)
                .setLegendBorderColor(Color.WHITE)
                .setLegendPosition(LegendPosition.InsideNE)
                .setPlotBorderVisible(false)
                .setPlotContentSize(1);
        return chart;
    }

    private void addLine(XYChart chart, Inference kernel, IntToDoubleFunction value) {
        double[] values = IntStream.of(shown).mapToDouble(value).toArray();
        style(chart.addSeries(kernel.label(), shownTimes(), values), kernel);
        if (times.endInfinite()) {
            double end = value.applyAsDouble(times.count() - 1);
            double[] ends = {shownTimes()[0], shownTimes()[shown.length - 1]};
            XYSeries line =
                    chart.addSeries(kernel.label() + ", t = inf", ends, new double[] {end, end});
            style(line, kernel);
            line.setLineStyle(DASHED);
            line.setMarker(SeriesMarkers.NONE);
        }
    }

    private void addBand(XYChart chart, Prediction prediction) {
        int n = shown.length;
        double[] around = new double[2 * n];
        double[] edge = new double[2 * n];
        for (int i = 0; i < n; i++) {
            NetworkError error =
                    NetworkError.of(
                            prediction.mean(shown[i]), prediction.covariance(shown[i]), labels);
            around[i] = shownTimes()[i];
            around[2 * n - 1 - i] = shownTimes()[i];
            edge[i] = error.mean() + 2 * error.deviation();
            edge[2 * n - 1 - i] = Math.max(error.mean() / 10, error.mean() - 2 * error.deviation());
        }
        Inference kernel = prediction.kernel();
        XYSeries band = chart.addSeries(kernel.label() + ", single networks", around, edge);
        style(band, kernel);
        band.setMarker(SeriesMarkers.NONE);
        band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
        band.setFillColor(transparent(colour(kernel), 50));
        band.setLineColor(transparent(colour(kernel), 0));
    }

    private double[] shownTimes() {
        return Arrays.stream(shown).mapToDouble(times.values()::get).toArray();
    }

    /**
     * Where a logarithmic axis begins: it names powers of ten only, and this shows at least one.
     */
    private static double low(double least, double most) {
        double power = Math.pow(10, Math.floor(Math.log10(most)));
        return Math.min(least, power) / MARGIN;
    }

    private static double high(double most) {
        return Math.min(most * MARGIN, Double.MAX_VALUE);
    }

    private static void style(XYSeries series, Inference kernel) {
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setMarkerColor(colour(kernel));
        series.setLineColor(colour(kernel));
        series.setLineStyle(new BasicStroke(2));
    }

    private static Color colour(Inference kernel) {
        return new Color(kernel == Inference.NNGP ? 0x1f5fa8 : 0xd9731a);
    }

    private static Color transparent(Color colour, int alpha) {
        return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha);
    }
}
