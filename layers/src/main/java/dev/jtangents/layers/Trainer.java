package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Gradient descent on the parameters of a finite network, of its linearisation or of any other
 * differentiable function, with momentum or without. It is there to compare what is trained with
 * what kernels predict, and no more than that needs. Immutable.
 *
 * <p>A step is {@code v = momentum v + gradient, p = p - learningRate v}, from v = 0: the heavy
 * ball of Polyak, <i>Some methods of speeding up the convergence of iteration methods</i>, 1964.
 * The gradient is that of the loss of all examples, or of the next minibatch of them.
 */
public final class Trainer {
    private final DifferentiableFunction function;
    private final LossGradient loss;
    private final double learningRate;
    private final double momentum;
    private final @Nullable Minibatches minibatches;
    private final TrainingListener listener;

    private Trainer(
            DifferentiableFunction function,
            LossGradient loss,
            double learningRate,
            double momentum,
            @Nullable Minibatches minibatches,
            TrainingListener listener) {
        this.function = function;
        this.loss = loss;
        this.learningRate = learningRate;
        this.momentum = momentum;
        this.minibatches = minibatches;
        this.listener = listener;
    }

    /**
     * A trainer with learning rate 1, without momentum, on all examples at once.
     *
     * @param function what is trained: a {@link Network}, {@link Network#linearize} or code of the
     *     caller's, whose first axis of inputs and outputs is that of examples
     */
    public static Trainer of(DifferentiableFunction function, LossGradient loss) {
        return new Trainer(function, loss, 1, 0, null, step -> {});
    }

    /**
     * The same with another learning rate.
     *
     * @throws InputException unless it is finite and above 0
     */
    public Trainer learningRate(double value) {
        if (!(Checks.finite("the learning rate", value) > 0)) {
            throw new InputException(
                    "the learning rate is " + value + "; a number above 0 is needed.");
        }
        return new Trainer(function, loss, value, momentum, minibatches, listener);
    }

    /**
     * The same with momentum.
     *
     * @throws InputException unless it is from 0 to below 1
     */
    public Trainer momentum(double value) {
        if (!(Checks.nonNegative("the momentum", value) < 1)) {
            throw new InputException("the momentum is " + value + "; it has to be below 1.");
        }
        return new Trainer(function, loss, learningRate, value, minibatches, listener);
    }

    /**
     * The same with a minibatch of examples for each step. All examples are shuffled and seen once,
     * then shuffled anew; the last batch before that may be smaller.
     *
     * @param seed the same seed gives the same batches
     * @throws InputException when the size is not positive
     */
    public Trainer minibatches(int size, long seed) {
        return new Trainer(
                function,
                loss,
                learningRate,
                momentum,
                new Minibatches(Checks.positive("the size of a minibatch", size), seed),
                listener);
    }

    /** The same with a listener in place of the one before. */
    public Trainer listener(TrainingListener value) {
        return new Trainer(function, loss, learningRate, momentum, minibatches, value);
    }

    /**
     * Trains. Outputs are computed in the wider dtype of x and parameters, the gradient of the loss
     * in f64; parameters keep their dtype.
     *
     * @param initial where to begin; borrowed and not changed
     * @param x the training examples; borrowed
     * @param labels of the shape of the outputs for x; borrowed
     * @param steps how many steps to take; with 0 nothing is changed
     * @return the trained parameters, which the caller closes
     * @throws InputException when labels and outputs have different shapes, labels are not finite,
     *     a minibatch is larger than the training set, or outputs stop being finite
     */
    public Parameters train(Parameters initial, Tensor x, Tensor labels, int steps) {
        Checks.nonNegativeInteger("the number of steps", steps);
        Parameters parameters = initial.with(initial.arrays().map(Trainer::copy).toList());
        try (var set = new TrainingSet(function, x, labels);
                var descent = new HeavyBall(parameters, learningRate, momentum)) {
            TrainingBatches batches = minibatches == null ? set::all : minibatches.of(set);
            for (int step = 0; step < steps; step++) {
                try (TrainingBatch batch = batches.next();
                        Parameters gradient = gradient(parameters, batch, step)) {
                    descent.step(gradient);
                }
            }
            try (TrainingBatch all = set.all()) {
                outputs(parameters, all, steps).close();
            }
            return parameters;
        } catch (RuntimeException | Error failure) {
            parameters.close();
            throw failure;
        }
    }

    private static Tensor copy(Tensor array) {
        return array.copy(array.dtype());
    }

    private Parameters gradient(Parameters parameters, TrainingBatch batch, int step) {
        try (Tensor outputs = outputs(parameters, batch, step);
                Tensor cotangent = Tensor.allocate(DType.F64, outputs.shape())) {
            loss.gradient(outputs, batch.labels(), cotangent);
            if (!isFinite(cotangent)) {
                throw new InputException(
                        "After "
                                + step
                                + " steps the outputs are finite, but the gradient of the loss is"
                                + " not: the loss has no derivative at some output.");
            }
            return function.pullBack(parameters, batch.x(), cotangent);
        }
    }

    /** The outputs in f64, which have been checked; the listener has heard of the step. */
    private Tensor outputs(Parameters parameters, TrainingBatch batch, int step) {
        try (Tensor outputs = function.apply(parameters, batch.x())) {
            if (!outputs.shape().equals(batch.labels().shape())) {
                throw new InputException(
                        "The labels have shape "
                                + batch.labels().shape()
                                + ", but the outputs for the same examples have shape "
                                + outputs.shape()
                                + ".");
            }
            if (!isFinite(outputs)) {
                throw notFinite(step);
            }
            listener.after(new TrainingStep(step, function, parameters));
            return outputs.copy(DType.F64);
        }
    }

    private InputException notFinite(int step) {
        return new InputException(
                step == 0
                        ? "The outputs are not finite before the first step: look for NaN, infinite"
                                + " or huge numbers in x and in the initial parameters."
                        : "The outputs are not finite after "
                                + step
                                + " steps: learning rate "
                                + learningRate
                                + " with momentum "
                                + momentum
                                + " diverges. Take a smaller one; for the mean squared error"
                                + " Predict.maxLearningRate has the largest that is stable.");
    }

    private static boolean isFinite(Tensor array) {
        return Arrays.stream(array.toArray()).allMatch(Double::isFinite);
    }
}
