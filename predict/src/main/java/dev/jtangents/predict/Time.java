package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

/**
 * How long gradient descent trains: a number of steps (of which the learning rate is the size; any
 * number from 0, not only integers), an array of such numbers, or without end. Immutable.
 *
 * <p>The outputs at an array of times have the axes of that array in front of their own.
 */
public final class Time {
    private static final Time INFINITE = new Time(new double[0], Shape.of());

    private final double[] values;
    private final Shape shape;

    private Time(double[] values, Shape shape) {
        this.values = values;
        this.shape = shape;
    }

    /** Training until convergence. */
    public static Time infinite() {
        return INFINITE;
    }

    /**
     * One time; positive infinity is {@link #infinite()}.
     *
     * @throws InputException when it is negative or not a number
     */
    public static Time of(double time) {
        return time == Double.POSITIVE_INFINITY
                ? INFINITE
                : new Time(checked(new double[] {time}), Shape.of());
    }

    /**
     * Several times, an array of one axis.
     *
     * @throws InputException when there is none, or one is negative, not a number or infinite
     */
    public static Time ofEach(double... times) {
        return new Time(checked(times.clone()), Shape.of(times.length));
    }

    /**
     * An array of times of any shape, which is copied.
     *
     * @throws InputException when there is none, or one is negative, not a number or infinite
     */
    public static Time of(Tensor times) {
        return new Time(checked(times.toArray()), times.shape());
    }

    /** Whether this is {@link #infinite()}. */
    public boolean isInfinite() {
        return this == INFINITE;
    }

    /** The shape of the array of times; no axes for one time and for infinity. */
    public Shape shape() {
        return shape;
    }

    /**
     * The times as the exponents of the flow count them: learning rate times t over the number of
     * all labels, because the loss is a mean over these.
     */
    double[] rates(double learningRate, long labels) {
        double[] rates = new double[values.length];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = learningRate * values[i] / labels;
            // Twice the rate is the exponent of a covariance.
            if (!Double.isFinite(2 * rates[i])) {
                throw new InputException(
                        "The time t = "
                                + values[i]
                                + " is too large for f64 at this learning rate; use"
                                + " Time.infinite().");
            }
        }
        return rates;
    }

    private static double[] checked(double[] values) {
        if (values.length == 0) {
            throw new InputException("The array of times t is empty; give at least one time.");
        }
        for (double value : values) {
            if (!(value >= 0)) {
                throw new InputException(
                        "The time t = " + value + " is not allowed; times count from 0.");
            }
            if (Double.isInfinite(value)) {
                throw new InputException(
                        "An array of times t holds an infinite one; ask for Time.infinite() by"
                                + " itself.");
            }
        }
        return values;
    }

    @Override
    public String toString() {
        if (isInfinite()) {
            return "t = infinity";
        }
        return shape.rank() == 0 ? "t = " + values[0] : "t of shape " + shape;
    }
}
