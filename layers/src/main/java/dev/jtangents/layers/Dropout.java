package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * Dropout (Srivastava et al. 2014): activations are kept with a probability and divided by it, or
 * else 0. What is kept is drawn anew for each activation of each example, so that only the
 * variances change: they are divided by the probability (Schoenholz et al. 2017, arXiv:1611.01232).
 * In use, rather than in training, it does nothing.
 *
 * <p>What a finite network keeps follows from {@link ApplyOptions#seed}, and is the same for the
 * same examples in the same order.
 */
public final class Dropout extends Layer {
    /** Whether activations are dropped. */
    public enum Mode {
        /** They are. */
        TRAIN,
        /** They are not. */
        TEST
    }

    static final LayerType TYPE =
            new LayerType(
                    "Dropout",
                    List.of("rate", "mode"),
                    arguments ->
                            arguments.located(
                                    () ->
                                            of(arguments.finite("rate"))
                                                    .mode(
                                                            arguments.choice(
                                                                    "mode",
                                                                    Mode.class,
                                                                    Mode.TRAIN))));

    private final double rate;
    private final Mode mode;

    private Dropout(double rate, Mode mode) {
        this.rate = rate;
        this.mode = mode;
    }

    static Dropout of(double rate) {
        if (!(rate > 0 && rate <= 1)) {
            throw new InputException(
                    "Dropout has rate "
                            + rate
                            + "; it is the probability of keeping an activation, above 0 and at"
                            + " most 1.");
        }
        return new Dropout(rate, Mode.TRAIN);
    }

    /** The same layer in training or in use; the default is training. */
    public Dropout mode(Mode value) {
        return new Dropout(rate, value);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        return input;
    }

    @Override
    Propagation propagate(Propagation in) {
        if (mode == Mode.TEST) {
            return in;
        }
        if (!in.parametric()) {
            throw new InputException(
                    "Dropout cannot be applied to the inputs: put a layer with random weights,"
                            + " such as Dense, before it.");
        }
        return in.then(new CovarianceOp.Dropout(rate)).withGaussian(false);
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        if (mode == Mode.TEST) {
            return x;
        }
        SplittableGenerator random = network.random();
        if (random == null) {
            throw new InputException(
                    "Dropout in training draws which activations it keeps: give"
                            + " ApplyOptions.seed, or set its mode to TEST.");
        }
        Shape example = x.value().shape();
        FiniteBuilder program = network.program();
        Value drawn = network.owned(drawn(random.split(), x.examples(), example.size()));
        Value kept = program.multiply(x.value(), program.reshape(drawn, example));
        return x.with(program.sum(List.of(kept), List.of(1 / rate)));
    }

    /** For each example and activation 1 where it is kept, else 0. */
    private Tensor drawn(RandomGenerator random, long examples, long activations) {
        Tensor kept = Tensor.allocate(DType.F32, Shape.of(examples, activations));
        for (long i = 0; i < kept.size(); i++) {
            DType.F32.write(kept.segment(), i, random.nextDouble() < rate ? 1 : 0);
        }
        return kept;
    }

    @Override
    LayerText.Leaf text() {
        return LayerText.Leaf.of("Dropout", "rate", rate)
                .with(
                        "mode",
                        mode.name().toLowerCase(Locale.ROOT),
                        Mode.TRAIN.name().toLowerCase(Locale.ROOT));
    }
}
