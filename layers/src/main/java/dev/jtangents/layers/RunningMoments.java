package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

/** The mean and the variance of arrays that come one after another (Welford 1962), in f64. */
final class RunningMoments {
    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    private final Shape shape;
    private final double[] mean;
    private final double[] squares;
    private int count;

    RunningMoments(Shape shape) {
        if (shape.size() > MOST_ELEMENTS) {
            throw new InputException(
                    "An estimate keeps the mean of a kernel of shape "
                            + shape
                            + " in a Java array, which that is too large for: ask for fewer"
                            + " examples at a time, or trace more axes.");
        }
        this.shape = shape;
        this.mean = new double[(int) shape.size()];
        this.squares = new double[mean.length];
    }

    void add(Tensor array) {
        if (!array.shape().equals(shape)) {
            throw new InputException(
                    "A kernel of shape " + array.shape() + " followed one of shape " + shape + ".");
        }
        count++;
        double[] values = array.toArray();
        for (int i = 0; i < mean.length; i++) {
            double before = values[i] - mean[i];
            mean[i] += before / count;
            squares[i] += before * (values[i] - mean[i]);
        }
    }

    /** The mean so far, which the caller closes. */
    Tensor mean(DType dtype) {
        return tensor(mean, dtype);
    }

    /** The standard error of the mean, NaN for a single array. */
    Tensor standardError(DType dtype) {
        double[] errors = new double[mean.length];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = Math.sqrt(squares[i] / count / (count - 1));
        }
        return tensor(errors, dtype);
    }

    private Tensor tensor(double[] values, DType dtype) {
        try (Tensor copy = Tensor.of(values, shape.extents())) {
            return copy.copy(dtype);
        }
    }
}
