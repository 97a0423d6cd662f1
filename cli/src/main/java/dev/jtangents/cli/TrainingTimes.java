package dev.jtangents.cli;

import dev.jtangents.tensor.InputException;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How long the user wants networks to be trained: times in increasing order, of which the last may
 * be infinite.
 */
record TrainingTimes(List<Double> values) {
    private static final int MOST_IN_A_RANGE = 1000;
    private static final MathContext DIGITS = new MathContext(4);

    /**
     * Reads times separated by commas, each a number, inf, or FROM:TO:COUNT.
     *
     * @throws InputException when they are something else, or not in increasing order
     */
    static TrainingTimes parse(String text) {
        List<Double> values = new ArrayList<>();
        try {
            for (String part : text.split(",", -1)) {
                values.addAll(times(part.strip()));
            }
        } catch (NumberFormatException notANumber) {
            throw refused(text, "it holds what is no number.");
        }
        for (int i = 0; i < values.size(); i++) {
            if (!(values.get(i) >= 0)) {
                throw refused(text, "times count from 0.");
            }
            if (i > 0 && values.get(i) <= values.get(i - 1)) {
                throw refused(text, "times have to increase.");
            }
        }
        return new TrainingTimes(List.copyOf(values));
    }

    private static List<Double> times(String part) {
        String[] range = part.split(":", -1);
        return switch (range.length) {
            case 1 -> List.of(number(part));
            case 3 -> range(part, number(range[0]), number(range[1]), Integer.parseInt(range[2]));
            default -> throw new NumberFormatException(part);
        };
    }

    private static double number(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "inf", "infinity" -> Double.POSITIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** Times of equal ratio, both ends included. */
    private static List<Double> range(String part, double from, double to, int count) {
        if (!(from > 0 && from < to && Double.isFinite(to))) {
            throw refused(part, "a range goes from a number above 0 to a larger one.");
        }
        if (count < 2 || count > MOST_IN_A_RANGE) {
            throw refused(part, "a range has from 2 to " + MOST_IN_A_RANGE + " times.");
        }
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < count - 1; i++) {
            double share = (double) i / (count - 1);
            values.add(Math.pow(from, 1 - share) * Math.pow(to, share));
        }
        values.add(to);
        return values;
    }

    private static InputException refused(String text, String reason) {
        return new InputException(
                "--t "
                        + text
                        + ": "
                        + reason
                        + " Give increasing numbers from 0, inf for training without end, or"
                        + " FROM:TO:COUNT for times of equal ratio, as in 0,0.1:1000:20,inf.");
    }

    int count() {
        return values.size();
    }

    double[] array() {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    double[] finite() {
        return Arrays.stream(array()).filter(Double::isFinite).toArray();
    }

    boolean endInfinite() {
        return Double.isInfinite(values.getLast());
    }

    /** One of them with four digits, for people. */
    String text(int index) {
        double value = values.get(index);
        if (Double.isInfinite(value)) {
            return "inf";
        }
        BigDecimal rounded = new BigDecimal(value, DIGITS).stripTrailingZeros();
        return value < 1e7 ? rounded.toPlainString() : rounded.toString();
    }
}
