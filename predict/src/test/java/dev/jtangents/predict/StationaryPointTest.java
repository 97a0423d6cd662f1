package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Integrations that go on for long: to rest, to no rest, or to the end of their budget. */
final class StationaryPointTest {
    private final Tensor kernel = Examples.definite(1, 4);
    private final Tensor labels = Examples.random(2, 4, 2);
    private final Tensor testTrain = Examples.random(3, 3, 4);

    private static Tensor column(double... values) {
        return Tensor.of(values, values.length, 1);
    }

    private static GradientDescent.Builder mse(Tensor kernel, Tensor labels) {
        return Predict.gradientDescent(Loss.mse(), kernel, labels);
    }

    @Test
    void meanSquaredErrorComesToRestAtTheLabels() {
        try (GradientDescent plain = mse(kernel, labels).build();
                GradientDescent heavy = mse(kernel, labels).momentum(0.95).build();
                GradientDescentMse closed = Predict.gradientDescentMse(kernel, labels).build();
                OdeState slow = plain.at(Time.infinite()).testFrom(2, testTrain).predict();
                OdeState swung = heavy.at(Time.infinite()).testFrom(2, testTrain).predict();
                Outputs expected =
                        closed.at(Time.infinite()).trainFrom(0).testFrom(2, testTrain).predict()) {
            for (OdeState actual : List.of(slow, swung)) {
                Examples.assertClose(expected.train(), actual.train(), 1e-7);
                Examples.assertClose(expected.test(), actual.test(), 1e-6);
            }
            assertTrue(Math.abs(swung.trainVelocity().get(0, 0)) < 1e-7);
        }
    }

    /** Slow directions are waited for, whatever the scale of the labels. */
    @Test
    void eigenvaluesOfVeryDifferentSize() {
        for (double scale : new double[] {1, 1e6, 1e-6}) {
            Tensor y = column(scale, scale, -scale);
            try (GradientDescent fit =
                            mse(Examples.diagonal(100, 1, 0.03), y)
                                    .tolerances(1e-10 * scale, 1e-10)
                                    .build();
                    OdeState state = fit.at(Time.infinite()).predict()) {
                Examples.assertClose(y, state.train(), 1e-7);
            }
        }
    }

    @Test
    void whatTheKernelCannotReachStaysWhereItIs() {
        Tensor singular = Examples.diagonal(2, 0, 1);
        try (GradientDescent fit = mse(singular, column(1, 2, 3)).build();
                OdeState state =
                        fit.at(Time.infinite()).trainFrom(7).testFrom(7, singular).predict()) {
            Examples.assertClose(column(1, 7, 3), state.train(), 1e-7);
            Examples.assertClose(column(1, 7, 3), state.test(), 1e-7);
            assertEquals(0, fit.reciprocalCondition());
        }
    }

    @Test
    void startsAtRest() {
        try (GradientDescent fit = mse(kernel, labels).build();
                OdeState state = fit.at(Time.infinite()).trainFrom(labels).predict()) {
            Examples.assertClose(labels, state.train(), 0);
        }
    }

    @Test
    void crossEntropyComesToRestAtItsProbabilities() {
        Tensor soft = Tensor.of(new double[] {.2, .8, .5, .5, .9, .1, .3, .7}, 4, 2);
        try (GradientDescent fit =
                        Predict.gradientDescent(Loss.crossEntropy(), kernel, soft).build();
                OdeState state = fit.at(Time.infinite()).predict()) {
            for (int i = 0; i < 4; i++) {
                double odds = Math.exp(state.train().get(i, 0) - state.train().get(i, 1));
                assertEquals(soft.get(i, 0), odds / (1 + odds), 1e-7);
            }
        }
    }

    @Test
    void certainLabelsPushOutputsFurtherAndFurther() {
        Tensor sure = Tensor.of(new double[] {1, 0, 0, 1, 1, 0, 0, 1}, 4, 2);
        try (GradientDescent fit =
                Predict.gradientDescent(Loss.crossEntropy(), kernel, sure)
                        .maxEvaluations(20_000)
                        .build()) {
            Examples.assertRefused(
                    () -> fit.at(Time.infinite()).predict(),
                    "did not reach a stationary point",
                    "while the time grew by a quarter",
                    "finite time");
        }
    }

    /** K* reaches what K does not, so that the test output moves at a constant speed for ever. */
    @Test
    void driftOfTheTestSetIsNoRest() {
        try (GradientDescent fit = mse(Examples.diagonal(1, 0), column(1, 1)).build()) {
            Examples.assertRefused(
                    () -> fit.at(Time.infinite()).testFrom(0, Examples.diagonal(1, 1)).predict(),
                    "did not reach a stationary point");
        }
    }

    @Test
    void stiffFlowsEndWithTheirBudget() {
        Tensor stiff = Examples.diagonal(1e9, 1, 1e-3);
        try (GradientDescent fit = mse(stiff, column(1, 1, 1)).maxEvaluations(20_000).build()) {
            Examples.assertRefused(
                    () -> fit.at(Time.infinite()).predict(),
                    "did not reach a stationary point",
                    "20000",
                    "maxEvaluations",
                    "gradientDescentMse");
            Examples.assertRefused(
                    () -> fit.at(Time.ofEach(1, 1e4)).predict(),
                    "ended at t = ",
                    "of 1.000e+04",
                    "20000",
                    "maxEvaluations");
        }
    }

    /** A thousand times the fastest scale is stiff, too, but affordable. */
    @Test
    void stiffFlowsWithinTheirBudgetAreRight() {
        Tensor stiff = Examples.diagonal(1e4, 1, 1e-2);
        Time time = Time.ofEach(3, 1e-4);
        try (GradientDescent fit = mse(stiff, column(1, 1, 1)).build();
                GradientDescentMse closed =
                        Predict.gradientDescentMse(stiff, column(1, 1, 1)).build();
                OdeState actual = fit.at(time).predict();
                Outputs expected = closed.at(time).trainFrom(0).predict()) {
            Examples.assertClose(expected.train(), actual.train(), 1e-8);
        }
    }

    @Test
    void gradientsThatJumpDoNotHang() {
        Loss absolute = loss((f, y) -> Math.abs(f - y), (f, y) -> Math.signum(f - y));
        try (GradientDescent fit =
                Predict.gradientDescent(absolute, Examples.diagonal(1, 2), column(1, 1))
                        .maxEvaluations(50_000)
                        .build()) {
            Examples.assertRefused(() -> fit.at(Time.of(10)).predict(), "ended at t = 0.5");
            Examples.assertRefused(() -> fit.at(Time.infinite()).predict(), "stationary point");
            fit.at(Time.of(0.3)).predict().close();
        }
    }

    @Test
    void outputsThatExplodeAreRefused() {
        Loss ascent = loss((f, y) -> -f * f / 2, (f, y) -> -f);
        try (GradientDescent fit =
                Predict.gradientDescent(ascent, kernel, labels).learningRate(10).build()) {
            Examples.assertRefused(() -> fit.at(Time.of(1e5)).trainFrom(1).predict(), "not finite");
        }
    }

    @Test
    void lossesThatForgetEntriesAreRefused() {
        Loss lazy = loss((f, y) -> 0, (f, y) -> Double.NaN);
        Loss idle =
                new Loss() {
                    @Override
                    public double value(Tensor outputs, Tensor y) {
                        return 0;
                    }

                    @Override
                    public void gradient(Tensor outputs, Tensor y, Tensor gradient) {
                        gradient.set(1, 0, 0);
                    }
                };
        for (Loss loss : List.of(lazy, idle)) {
            try (GradientDescent fit = Predict.gradientDescent(loss, kernel, labels).build()) {
                Examples.assertRefused(
                        () -> fit.at(Time.of(1)).predict(), "gradient", "not finite");
            }
        }
    }

    @Test
    void progressIsReported() {
        List<Double> times = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        ProgressListener listener =
                (time, loss, evaluations) -> {
                    times.add(time);
                    losses.add(loss);
                    counts.add(evaluations);
                };
        try (GradientDescent fit =
                        mse(kernel, labels).learningRate(0.5).progress(listener).build();
                OdeState state = fit.at(Time.ofEach(20, 5)).predict()) {
            assertEquals(
                    Loss.mse().value(state.train().slice(0, 0, 1).reshape(4, 2), labels),
                    losses.getLast(),
                    1e-12);
        }
        assertEquals(20, times.getLast(), 1e-12);
        assertEquals(times.stream().sorted().toList(), times);
        assertEquals(counts.stream().sorted().toList(), counts);
        assertTrue(losses.getFirst() > 2 * losses.getLast());
    }

    @Test
    void aListenerMayStopTheIntegration() {
        ProgressListener impatient =
                (time, loss, evaluations) -> {
                    throw new InputException("That is enough.");
                };
        try (GradientDescent fit = mse(kernel, labels).progress(impatient).build()) {
            assertThrows(InputException.class, () -> fit.at(Time.infinite()).predict());
        }
    }

    private interface Entry {
        double at(double output, double label);
    }

    /** The sum of one function over all outputs. */
    private static Loss loss(Entry value, Entry slope) {
        return new Loss() {
            @Override
            public double value(Tensor outputs, Tensor y) {
                double sum = 0;
                for (long i = 0; i < y.shape().extent(0); i++) {
                    sum += value.at(outputs.get(i, 0), y.get(i, 0));
                }
                return sum;
            }

            @Override
            public void gradient(Tensor outputs, Tensor y, Tensor gradient) {
                for (long i = 0; i < y.shape().extent(0); i++) {
                    for (long j = 0; j < y.shape().extent(1); j++) {
                        gradient.set(slope.at(outputs.get(i, j), y.get(i, j)), i, j);
                    }
                }
            }
        };
    }
}
