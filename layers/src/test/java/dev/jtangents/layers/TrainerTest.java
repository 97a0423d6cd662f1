package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Gradient descent on parameters, against loops over its definition. */
class TrainerTest {
    private static final int EXAMPLES = 9;
    private static final int FEATURES = 3;
    private static final int OUTPUTS = 2;

    private final SplittableRandom random = new SplittableRandom(7);
    private final Tensor x = drawn(EXAMPLES, FEATURES);
    private final Tensor labels = drawn(EXAMPLES, OUTPUTS);

    private Tensor drawn(long... shape) {
        return Tensor.of(random.doubles(Shape.of(shape).size(), -1, 1).toArray(), shape);
    }

    /** The derivative of 1/2 mean (f - y)². */
    private static void meanSquaredError(Tensor outputs, Tensor labels, Tensor gradient) {
        for (long i = 0; i < outputs.shape().extent(0); i++) {
            for (long j = 0; j < outputs.shape().extent(1); j++) {
                double difference = outputs.get(i, j) - labels.get(i, j);
                gradient.set(difference / outputs.size(), i, j);
            }
        }
    }

    private static Trainer trainer(DifferentiableFunction function) {
        return Trainer.of(function, TrainerTest::meanSquaredError);
    }

    private static Network erfNetwork() {
        return serial(dense(20).weightStd(1.5).biasStd(0.1), erf(), dense(OUTPUTS).biasStd(0.1));
    }

    private static double[] values(Parameters parameters) {
        return parameters
                .arrays()
                .flatMapToDouble(
                        array ->
                                IntStream.range(0, (int) array.size())
                                        .mapToDouble(array.reshape(array.size())::get))
                .toArray();
    }

    /** Parameters of one array each for W (3, 2) and b, updated by hand. */
    private double[] byHand(double[] start, double rate, double momentum, int steps) {
        double[] p = start.clone();
        double[] v = new double[p.length];
        double scale = 1.3 / Math.sqrt(FEATURES);
        for (int step = 0; step < steps; step++) {
            double[] gradient = new double[p.length];
            for (int i = 0; i < EXAMPLES; i++) {
                for (int o = 0; o < OUTPUTS; o++) {
                    double output = 0.2 * p[FEATURES * OUTPUTS + o];
                    for (int k = 0; k < FEATURES; k++) {
                        output += scale * x.get(i, k) * p[k * OUTPUTS + o];
                    }
                    double slope = (output - labels.get(i, o)) / (EXAMPLES * OUTPUTS);
                    gradient[FEATURES * OUTPUTS + o] += 0.2 * slope;
                    for (int k = 0; k < FEATURES; k++) {
                        gradient[k * OUTPUTS + o] += scale * x.get(i, k) * slope;
                    }
                }
            }
            for (int k = 0; k < p.length; k++) {
                v[k] = momentum * v[k] + gradient[k];
                p[k] -= rate * v[k];
            }
        }
        return p;
    }

    @ParameterizedTest
    @CsvSource({"F64, 0, 1e-13", "F64, 0.9, 1e-13", "F32, 0, 2e-5", "F32, 0.9, 2e-5"})
    void aLinearModelMovesAsTheLoopSays(DType dtype, double momentum, double tolerance) {
        Network network = dense(OUTPUTS).weightStd(1.3).biasStd(0.2);
        try (Tensor given = x.copy(dtype);
                Parameters initial = network.init(1, x.shape(), dtype)) {
            double[] start = values(initial);
            try (Parameters trained =
                    trainer(network)
                            .learningRate(0.7)
                            .momentum(momentum)
                            .train(initial, given, labels, 50)) {
                double[] expected = byHand(start, 0.7, momentum, 50);
                assertArrayEquals(expected, values(trained), tolerance);
                assertArrayEquals(start, values(initial));
                assertTrue(trained.arrays().allMatch(array -> array.dtype() == dtype));
            }
        }
    }

    /** Its outputs follow f = f - rate K (f - y) / M with the kernel of the initial parameters. */
    @Test
    void aLinearisationMovesInFunctionSpace() {
        Network network = erfNetwork();
        try (Parameters initial = network.init(2, x.shape());
                Tensor kernel = network.empirical().traceAxes().ntk(initial, x, null);
                Tensor start = network.apply(initial, x)) {
            DifferentiableFunction linear = network.linearize(initial);
            double[] f = start.toArray();
            double[] y = labels.toArray();
            for (int step = 0; step < 30; step++) {
                double[] next = f.clone();
                for (int a = 0; a < f.length; a++) {
                    for (int b = 0; b < f.length; b++) {
                        double k = kernel.get(a / OUTPUTS, b / OUTPUTS, a % OUTPUTS, b % OUTPUTS);
                        next[a] -= 0.4 * k * (f[b] - y[b]) / f.length;
                    }
                }
                f = next;
            }
            try (Parameters trained =
                            trainer(linear).learningRate(0.4).train(initial, x, labels, 30);
                    Tensor outputs = linear.apply(trained, x)) {
                assertArrayEquals(f, outputs.toArray(), 1e-12);
            }
        }
    }

    @Test
    void aMinibatchOfAllExamplesIsNone() {
        Network network = erfNetwork();
        try (Parameters initial = network.init(3, x.shape());
                Parameters full = trainer(network).train(initial, x, labels, 20);
                Parameters batched =
                        trainer(network).minibatches(EXAMPLES, 5).train(initial, x, labels, 20)) {
            assertArrayEquals(values(full), values(batched));
        }
    }

    /** A function p x that notes which examples it is asked for. */
    private static final class Witness implements DifferentiableFunction {
        final List<double[]> seen = new ArrayList<>();

        @Override
        public Tensor apply(Parameters parameters, Tensor x) {
            seen.add(x.toArray());
            double p = values(parameters)[0];
            double[] outputs = x.toArray();
            for (int i = 0; i < outputs.length; i++) {
                outputs[i] *= p;
            }
            return Tensor.of(outputs, x.shape().extents());
        }

        @Override
        public Tensor pushForward(Parameters parameters, Parameters direction, Tensor x) {
            return apply(direction, x);
        }

        @Override
        public Parameters pullBack(Parameters parameters, Tensor x, Tensor cotangent) {
            double sum = 0;
            for (int i = 0; i < x.size(); i++) {
                sum += x.get(i, 0) * cotangent.get(i, 0);
            }
            return new Parameters.Array(Tensor.of(new double[] {sum}, 1));
        }

        static List<double[]> batches(int size, long seed) {
            var witness = new Witness();
            double[] examples = IntStream.range(0, EXAMPLES).asDoubleStream().toArray();
            try (Parameters initial = new Parameters.Array(Tensor.of(new double[] {0.5}, 1));
                    Tensor x = Tensor.of(examples, EXAMPLES, 1)) {
                trainer(witness)
                        .learningRate(1e-3)
                        .minibatches(size, seed)
                        .train(initial, x, x, 6)
                        .close();
            }
            return witness.seen.subList(0, 6);
        }
    }

    @Test
    void everyRoundSeesEveryExampleOnce() {
        List<double[]> batches = Witness.batches(4, 11);
        assertEquals(
                List.of(4, 4, 1, 4, 4, 1), batches.stream().map(batch -> batch.length).toList());
        for (int round = 0; round < 2; round++) {
            double[] seen =
                    batches.subList(3 * round, 3 * round + 3).stream()
                            .flatMapToDouble(Arrays::stream)
                            .sorted()
                            .toArray();
            assertArrayEquals(IntStream.range(0, EXAMPLES).asDoubleStream().toArray(), seen);
        }
        assertTrue(!Arrays.equals(batches.get(0), batches.get(3)));
        assertArrayEquals(
                batches.toArray(double[][]::new), Witness.batches(4, 11).toArray(double[][]::new));
        assertTrue(!Arrays.equals(batches.get(0), Witness.batches(4, 12).get(0)));
    }

    @Test
    void minibatchesAreTakenAlongTheAxisOfExamples() {
        Network rows = dense(OUTPUTS);
        Network columns = dense(OUTPUTS).axes(1, 0);
        try (Parameters initial = rows.init(4, x.shape());
                Parameters first = trainer(rows).minibatches(4, 5).train(initial, x, labels, 8);
                Parameters second =
                        trainer(columns)
                                .minibatches(4, 5)
                                .train(initial, x.transpose(1, 0), labels.transpose(1, 0), 8)) {
            assertArrayEquals(values(first), values(second), 1e-13);
        }
    }

    @Test
    void threadsChangeNoBit() {
        Network network = erfNetwork();
        try (Tensor many = drawn(300, FEATURES);
                Tensor wanted = drawn(300, OUTPUTS);
                Parameters initial = network.init(5, many.shape(), DType.F32)) {
            List<double[]> trained = new ArrayList<>();
            for (int threads = 1; threads <= 3; threads++) {
                ApplyOptions options = ApplyOptions.defaults().threads(threads);
                try (Parameters parameters =
                        trainer(network.function(options))
                                .momentum(0.5)
                                .minibatches(130, 3)
                                .train(initial, many, wanted, 7)) {
                    trained.add(values(parameters));
                }
            }
            assertArrayEquals(trained.get(0), trained.get(1));
            assertArrayEquals(trained.get(0), trained.get(2));
        }
    }

    @Test
    void theListenerSeesTheWayFromTheFirstToTheLastOutputs() {
        Network network = erfNetwork();
        List<Integer> numbers = new ArrayList<>();
        List<double[]> outputs = new ArrayList<>();
        TrainingListener listener =
                step -> {
                    numbers.add(step.number());
                    try (Tensor now = step.outputs(x)) {
                        outputs.add(now.toArray());
                    }
                };
        try (Parameters initial = network.init(6, x.shape());
                Parameters trained =
                        trainer(network).listener(listener).train(initial, x, labels, 4);
                Tensor before = network.apply(initial, x);
                Tensor after = network.apply(trained, x)) {
            assertEquals(List.of(0, 1, 2, 3, 4), numbers);
            assertArrayEquals(before.toArray(), outputs.getFirst());
            assertArrayEquals(after.toArray(), outputs.getLast());
        }
    }

    @Test
    void noStepsChangeNothing() {
        Network network = erfNetwork();
        try (Parameters initial = network.init(7, x.shape());
                Parameters trained = trainer(network).train(initial, x, labels, 0)) {
            assertArrayEquals(values(initial), values(trained));
        }
    }

    private void assertRefused(String part, Runnable action) {
        String message = assertThrows(InputException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void badNumbersAreRefused() {
        Trainer trainer = trainer(erfNetwork());
        for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused("learning rate is " + rate, () -> trainer.learningRate(rate));
        }
        for (double momentum : new double[] {-0.1, 1, Double.NaN}) {
            assertRefused("momentum is " + momentum, () -> trainer.momentum(momentum));
        }
        assertRefused("minibatch is 0", () -> trainer.minibatches(0, 1));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Network network = erfNetwork();
        Trainer trainer = trainer(network);
        try (Parameters initial = network.init(8, x.shape());
                Tensor other = drawn(EXAMPLES, OUTPUTS + 1);
                Tensor fewer = drawn(EXAMPLES - 1, OUTPUTS);
                Tensor bad = labels.copy(DType.F64)) {
            bad.set(Double.NaN, 1, 1);
            assertRefused("(9, 3)", () -> trainer.train(initial, x, other, 1));
            assertRefused("(8, 2)", () -> trainer.train(initial, x, fewer, 0));
            assertRefused("(8, 2)", () -> trainer.minibatches(3, 1).train(initial, x, fewer, 1));
            assertRefused("labels", () -> trainer.train(initial, x, bad, 1));
            assertRefused("steps", () -> trainer.train(initial, x, labels, -1));
            assertRefused(
                    "of 10 examples",
                    () -> trainer.minibatches(10, 1).train(initial, x, labels, 1));
        }
    }

    @Test
    void divergenceNamesTheStep() {
        Network network = dense(OUTPUTS);
        List<Integer> heard = new ArrayList<>();
        Trainer trainer =
                trainer(network).learningRate(1e200).listener(step -> heard.add(step.number()));
        try (Parameters initial = network.init(9, x.shape())) {
            assertRefused("after 2 steps", () -> trainer.train(initial, x, labels, 10));
            assertEquals(List.of(0, 1), heard);
            assertRefused("after 2 steps", () -> trainer.train(initial, x, labels, 2));
            try (Tensor infinite = x.copy(DType.F64)) {
                infinite.set(Double.NaN, 0, 0);
                assertRefused(
                        "before the first step", () -> trainer.train(initial, infinite, labels, 1));
            }
        }
    }

    @Test
    void aLossWithoutDerivativeIsRefused() {
        Network network = dense(OUTPUTS);
        Trainer trainer =
                Trainer.of(network, (outputs, y, gradient) -> gradient.set(0.0 / 0, 0, 0));
        try (Parameters initial = network.init(10, x.shape())) {
            assertRefused("gradient of the loss", () -> trainer.train(initial, x, labels, 1));
        }
    }
}
