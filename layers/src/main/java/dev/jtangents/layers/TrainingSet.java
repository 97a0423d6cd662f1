package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.Arrays;
import java.util.List;

/** Examples and labels to train on. Borrows the examples, and owns a copy of the labels in f64. */
final class TrainingSet implements AutoCloseable {
    private final Tensor x;
    private final Tensor labels;
    private final ExampleAxes axes;

    /**
     * @param function what is trained, which says where examples lie
     * @throws InputException when the function cannot read x, or a label is not finite
     */
    TrainingSet(DifferentiableFunction function, Tensor x, Tensor labels) {
        if (!Arrays.stream(labels.toArray()).allMatch(Double::isFinite)) {
            throw new InputException("The labels have NaN or infinite numbers; give finite ones.");
        }
        this.axes = ExampleAxes.of(function, x);
        this.x = x;
        this.labels = labels.copy(DType.F64);
    }

    /**
     * How many there are.
     *
     * @throws InputException when there are not as many labels
     */
    int examples() {
        long examples = x.shape().extent(axes.input());
        Shape shape = labels.shape();
        if (shape.rank() <= axes.output() || shape.extent(axes.output()) != examples) {
            throw new InputException(
                    "There are "
                            + examples
                            + " training examples, but labels of shape "
                            + shape
                            + ", which need as many on axis "
                            + axes.output()
                            + ".");
        }
        return Math.toIntExact(examples);
    }

    /** All of them. */
    TrainingBatch all() {
        return new TrainingBatch(whole(x), whole(labels));
    }

    /** A view, which does not free what it looks at when it is closed. */
    private static Tensor whole(Tensor array) {
        return array.slice(0, 0, array.shape().extent(0));
    }

    /** Some of them, copied. */
    TrainingBatch of(List<Integer> examples) {
        Tensor chosen = chosen(x, axes.input(), examples);
        try {
            return new TrainingBatch(chosen, chosen(labels, axes.output(), examples));
        } catch (RuntimeException | Error failure) {
            chosen.close();
            throw failure;
        }
    }

    private static Tensor chosen(Tensor from, int axis, List<Integer> examples) {
        Tensor chosen = Tensor.allocate(from.dtype(), from.shape().with(axis, examples.size()));
        for (int i = 0; i < examples.size(); i++) {
            int example = examples.get(i);
            chosen.slice(axis, i, i + 1).assign(from.slice(axis, example, example + 1));
        }
        return chosen;
    }

    @Override
    public void close() {
        labels.close();
    }
}
