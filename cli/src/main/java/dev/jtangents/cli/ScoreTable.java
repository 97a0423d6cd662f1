package dev.jtangents.cli;

import java.io.PrintStream;
import java.util.Locale;

/** Prints how good predictions are: a row for each kernel and time. */
record ScoreTable(Predictions predictions, Labels labels, PrintStream out) {
    void print() {
        boolean calibrated = predictions.covariance() != CovarianceKind.NONE;
        out.println(header(calibrated));
        for (Prediction prediction : predictions.list()) {
            for (int time = 0; time < predictions.times().count(); time++) {
                out.println(row(prediction, time));
            }
        }
    }

    private String header(boolean calibrated) {
        var line = new StringBuilder(String.format("%-7s%10s", "kernel", "t"));
        if (labels.areClasses()) {
            line.append(String.format("%24s", "correct"));
        }
        line.append(String.format("%14s", "mse"));
        if (calibrated) {
            line.append(String.format("%14s", "nlpd"));
            Calibration.LEVELS.forEach(
                    level -> line.append(String.format("%10s", "in " + level + " %")));
        }
        return line.toString();
    }

    private String row(Prediction prediction, int time) {
        Score score = Score.of(prediction.mean(time), labels);
        var line = new StringBuilder();
        line.append(
                String.format(
                        "%-7s%10s", prediction.kernel().label(), predictions.times().text(time)));
        if (labels.areClasses()) {
            String share = number("%8.2f %%", 100 * score.accuracy());
            String correct = score.correct() + " of " + score.examples() + share;
            line.append(String.format("%24s", correct));
        }
        line.append(number("%14.6g", score.meanSquaredError()));
        if (prediction.hasVariance()) {
            Calibration calibration = Calibration.of(prediction, time, labels);
            double density = calibration.negativeLogDensity();
            line.append(
                    Double.isNaN(density) ? String.format("%14s", "-") : number("%14.6g", density));
            calibration.coverage().forEach(share -> line.append(number("%8.1f %%", 100 * share)));
        }
        return line.toString();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
