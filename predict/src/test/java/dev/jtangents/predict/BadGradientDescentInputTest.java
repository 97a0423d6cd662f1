package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.CancellationException;

/** Each kind of bad input to gradient descent on any loss, and the words of its message. */
final class BadGradientDescentInputTest {
    private final Tensor kernel = Examples.definite(1, 4);
    private final Tensor labels = Examples.random(2, 4, 2);
    private final Tensor testTrain = Examples.random(3, 3, 4);

    private static void refuse(Tensor kernel, Tensor labels, String... words) {
        Examples.assertRefused(() -> Predict.gradientDescent("mse", kernel, labels).build(), words);
    }

    private static Tensor with(Tensor tensor, double value, long... index) {
        Tensor changed = tensor.copy(DType.F64);
        changed.set(value, index);
        return changed;
    }

    private GradientDescent.Builder builder() {
        return Predict.gradientDescent("mse", kernel, labels);
    }

    @Test
    void unknownLoss() {
        Examples.assertRefused(
                () -> Predict.gradientDescent("hinge", kernel, labels),
                "\"hinge\"",
                "mse",
                "cross_entropy",
                "implement Loss");
    }

    @Test
    void kernelsAndLabels() {
        refuse(kernel, Examples.random(1, 5, 2), "k_train_train", "(4, 4)", "(5, 2)", "(5, 5)");
        refuse(with(kernel, Double.NaN, 1, 2), labels, "k_train_train", "nan", "(1, 2)");
        refuse(with(kernel, 9, 1, 2), labels, "k_train_train", "symmetric");
        refuse(kernel, with(labels, Double.NaN, 1, 1), "y_train", "nan", "(1, 1)");
        Examples.assertRefused(
                () -> builder().traceAxes(2).build(), "trace axis 2", "y_train", "(4, 2)");
    }

    @Test
    void kernelThatIsIndefinite() {
        refuse(
                Examples.diagonal(3, 2, 1, -0.5),
                labels,
                "k_train_train",
                "not positive semidefinite",
                "-0.500 to 3.00");
        Predict.gradientDescent("mse", Examples.diagonal(3, 2, 1, -1e-9), labels).build().close();
        Predict.gradientDescent("mse", Examples.diagonal(0, 0, 0, 0), labels).build().close();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void numbersThatMustBePositive(double value) {
        String given = String.valueOf(value);
        Examples.assertRefused(() -> builder().learningRate(value), "learning_rate", given);
        Examples.assertRefused(() -> builder().tolerances(value, 1), "absolute_tolerance", given);
        Examples.assertRefused(() -> builder().tolerances(1, value), "relative_tolerance", given);
        Examples.assertRefused(
                () -> builder().stationaryTolerance(value), "stationary_tolerance", given);
        Examples.assertRefused(() -> builder().maxEvaluations(0), "max_evaluations");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
    void momentum(double value) {
        Examples.assertRefused(
                () -> builder().momentum(value), "momentum", String.valueOf(value), "below 1");
    }

    @Test
    void initialOutputs() {
        try (GradientDescent fit = builder().build()) {
            GradientDescent.Request request = fit.at(Time.of(1));
            Examples.assertRefused(
                    () -> request.trainFrom(testTrain).predict(), "fx_train_0", "(3, 4)", "(4, 2)");
            Examples.assertRefused(
                    () -> request.trainFrom(Double.NaN).predict(), "fx_train_0", "nan");
            request.trainFrom(0);
            Examples.assertRefused(
                    () -> request.testFrom(labels, testTrain).predict(),
                    "fx_test_0",
                    "(4, 2)",
                    "(3, 2)");
            Examples.assertRefused(
                    () -> request.testFrom(0, testTrain.transpose(1, 0)).predict(),
                    "k_test_train",
                    "(4, 3)",
                    "(4, 4)");
        }
    }

    @Test
    void states() {
        try (GradientDescent plain = builder().build();
                GradientDescent heavy = builder().momentum(0.5).build();
                OdeState moving = heavy.at(Time.of(1)).predict();
                OdeState twice = plain.at(Time.ofEach(1, 2)).predict()) {
            Examples.assertRefused(
                    () -> plain.at(Time.of(1)).from(moving).predict(),
                    "velocities",
                    "qx_train_0",
                    "no momentum");
            Examples.assertRefused(
                    () -> plain.at(Time.of(1)).from(twice).predict(),
                    "fx_train_0",
                    "(2, 4, 2)",
                    "(4, 2)");
            GradientDescent.Request request = heavy.at(Time.of(1));
            assertThrows(IllegalStateException.class, () -> request.from(moving, testTrain));
        }
    }

    @Test
    void crossEntropyOfOneClass() {
        Tensor one = Examples.random(1, 4, 1);
        try (GradientDescent fit = Predict.gradientDescent("cross_entropy", kernel, one).build()) {
            Examples.assertRefused(
                    () -> fit.at(Time.of(1)).predict(), "cross-entropy", "two classes", "(4, 1)");
        }
    }

    @Test
    void timesThatAreTooLarge() {
        try (GradientDescent fit = builder().learningRate(1e10).build()) {
            Examples.assertRefused(() -> fit.at(Time.of(1e300)).predict(), "too large", "1.0e300");
        }
    }

    @Test
    void interruptionEndsTheIntegration() {
        try (GradientDescent fit =
                Predict.gradientDescent(
                                Loss.mse(), Examples.definite(1, 4), Examples.random(2, 4, 1))
                        .build()) {
            Thread.currentThread().interrupt();
            assertThrows(
                    CancellationException.class, () -> fit.at(Time.of(1000)).predict().close());
            assertTrue(Thread.interrupted());
        }
    }
}
