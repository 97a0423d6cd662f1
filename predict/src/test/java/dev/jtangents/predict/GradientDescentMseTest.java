package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits, special kernels and kinds of arrays. */
final class GradientDescentMseTest {
    private static final double TOLERANCE = 1e-11;

    private final Tensor kernel = Examples.definite(1, 5);
    private final Tensor labels = Examples.random(2, 5, 2);
    private final Tensor testTrain = Examples.random(3, 4, 5);
    private final Tensor initialTrain = Examples.random(4, 5, 2);
    private final Tensor initialTest = Examples.random(5, 4, 2);

    private Outputs predict(GradientDescentMse fit, Time time) {
        return fit.at(time).trainFrom(initialTrain).testFrom(initialTest, testTrain).predict();
    }

    private static GradientDescentMse fit(Tensor kernel, Tensor labels) {
        return Predict.gradientDescentMse(kernel, labels).build();
    }

    @Test
    void startsAtTheInitialOutputs() {
        try (GradientDescentMse fit = fit(kernel, labels);
                Outputs outputs = predict(fit, Time.of(0))) {
            Examples.assertClose(initialTrain, outputs.train(), 0);
            Examples.assertClose(initialTest, outputs.test(), 0);
        }
    }

    @Test
    void longTimesTendToInfinity() {
        try (GradientDescentMse fit =
                        Predict.gradientDescentMse(kernel, labels).learningRate(3).build();
                Outputs late = predict(fit, Time.of(1e5));
                Outputs end = predict(fit, Time.infinite());
                Outputs infinity = predict(fit, Time.of(Double.POSITIVE_INFINITY))) {
            Examples.assertClose(end.train(), late.train(), TOLERANCE);
            Examples.assertClose(end.test(), late.test(), TOLERANCE);
            Examples.assertClose(end.test(), infinity.test(), 0);
            Examples.assertClose(labels, end.train(), 0);
        }
    }

    @Test
    void arraysOfTimesAreTheirTimesOneByOne() {
        double[] times = {0, 0.5, 7, 1e3, 2, 1e-9};
        try (GradientDescentMse fit = fit(kernel, labels);
                Outputs all = predict(fit, Time.of(Tensor.of(times, 2, 1, 3)))) {
            assertEquals(Shape.of(2, 1, 3, 5, 2), all.train().shape());
            assertEquals(Shape.of(2, 1, 3, 4, 2), all.test().shape());
            for (int i = 0; i < times.length; i++) {
                try (Outputs one = predict(fit, Time.of(times[i]))) {
                    Tensor train = all.train().reshape(6, 5, 2).slice(0, i, i + 1);
                    Tensor test = all.test().reshape(6, 4, 2).slice(0, i, i + 1);
                    Examples.assertClose(one.train(), train.reshape(5, 2), 1e-14);
                    Examples.assertClose(one.test(), test.reshape(4, 2), 1e-14);
                }
            }
            try (Outputs row = predict(fit, Time.ofEach(times))) {
                Examples.assertClose(all.test().reshape(6, 4, 2), row.test(), 0);
            }
        }
    }

    /** K = diag(2, 0, -1e-7): the last two directions move at a constant speed on the test set. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 3, 1e6})
    void eigenvaluesUpToZeroTakeTheLimit(double t) {
        Tensor singular = Examples.diagonal(2, 0, -1e-7);
        Tensor y = Tensor.of(new double[] {1, 2, 3}, 3, 1);
        double rate = 0.5 * t / 3;
        double gone = -Math.expm1(-2 * rate);
        try (GradientDescentMse fit =
                        Predict.gradientDescentMse(singular, y).learningRate(0.5).build();
                Outputs outputs =
                        fit.at(Time.of(t))
                                .trainFrom(0)
                                .testFrom(0, Examples.diagonal(1, 1, 1))
                                .predict()) {
            Examples.assertClose(
                    Tensor.of(new double[] {gone, 0, 0}, 3, 1), outputs.train(), 1e-14);
            Examples.assertClose(
                    Tensor.of(new double[] {gone / 2, 2 * rate, 3 * rate}, 3, 1),
                    outputs.test(),
                    1e-14);
            assertEquals(0, fit.reciprocalCondition());
        }
    }

    @Test
    void almostZeroEigenvaluesAreContinuous() {
        Tensor y = Tensor.of(new double[] {1, 1}, 2, 1);
        for (double tiny : new double[] {1e-300, Double.MIN_VALUE, 1e-17, -1e-17}) {
            try (GradientDescentMse fit = fit(Examples.diagonal(1, tiny), y);
                    Outputs outputs =
                            fit.at(Time.of(8)).testFrom(0, Examples.diagonal(1, 1)).predict()) {
                assertEquals(4, outputs.test().get(1, 0), 1e-12);
            }
        }
    }

    /** Two equal examples with different labels: only their mean can be learnt. */
    @Test
    void repeatedExamplesAreFinite() {
        Tensor rows = Examples.random(6, 4, 7);
        rows.slice(0, 3, 4).assign(rows.slice(0, 2, 3));
        Tensor singular = Examples.gram(rows);
        Tensor y = Tensor.of(new double[] {1, 2, 3, 5}, 4, 1);
        try (GradientDescentMse fit = fit(singular, y);
                Outputs outputs = fit.at(Time.of(1e7)).trainFrom(0).predict()) {
            Examples.assertClose(Tensor.of(new double[] {1, 2, 4, 4}, 4, 1), outputs.train(), 1e-6);
            assertTrue(fit.reciprocalCondition() < 1e-14);
        }
    }

    @Test
    void testOnTheTrainingSetIsTraining() {
        try (GradientDescentMse fit = fit(kernel, labels)) {
            for (Time time : new Time[] {Time.of(0.3), Time.of(40), Time.infinite()}) {
                try (Outputs outputs =
                        fit.at(time)
                                .trainFrom(initialTrain)
                                .testFrom(initialTrain, kernel)
                                .predict()) {
                    Examples.assertClose(outputs.train(), outputs.test(), TOLERANCE);
                }
            }
        }
    }

    /** With regularisation training meets the labels all the same; the test form does not. */
    @Test
    void regularisedTrainingOutputsReadAsTestOutputs() {
        Tensor y = Tensor.of(new double[] {1, 2, 3}, 3, 1);
        Tensor k = Examples.diagonal(1, 1, 2);
        try (GradientDescentMse fit = Predict.gradientDescentMse(k, y).diagReg(0.5).build();
                Outputs outputs = fit.at(Time.infinite()).trainFrom(0).testFrom(0, k).predict()) {
            Examples.assertClose(y, outputs.train(), 0);
            Examples.assertClose(
                    Tensor.of(new double[] {0.6, 1.2, 2.25}, 3, 1), outputs.test(), 1e-15);
        }
    }

    @Test
    void absoluteRegularisationIsAddedAsItIs() {
        Tensor y = Tensor.of(new double[] {1, 2}, 2, 1);
        Tensor k = Examples.diagonal(1, 3);
        try (GradientDescentMse fit =
                        Predict.gradientDescentMse(k, y)
                                .diagReg(1)
                                .diagRegAbsoluteScale(true)
                                .build();
                Outputs outputs = fit.at(Time.infinite()).testFrom(0, k).predict()) {
            Examples.assertClose(Tensor.of(new double[] {0.5, 1.5}, 2, 1), outputs.test(), 1e-15);
        }
    }

    @Test
    void initialOutputsOfOneNumberStandForAll() {
        Tensor constant = Tensor.of(new double[] {0.7});
        try (GradientDescentMse fit = fit(kernel, labels);
                Outputs array =
                        fit.at(Time.of(2))
                                .trainFrom(constant)
                                .testFrom(constant, testTrain)
                                .predict();
                Outputs number =
                        fit.at(Time.of(2)).trainFrom(0.7).testFrom(0.7, testTrain).predict();
                Outputs absent = fit.at(Time.of(2)).testFrom(0.7, testTrain).predict();
                Outputs zero = fit.at(Time.of(2)).trainFrom(0).testFrom(0.7, testTrain).predict()) {
            Examples.assertClose(number.train(), array.train(), 0);
            Examples.assertClose(number.test(), array.test(), 0);
            Examples.assertClose(zero.test(), absent.test(), 0);
            assertFalse(absent.hasTrain());
            assertThrows(IllegalStateException.class, absent::train);
        }
    }

    /** Traced axes anywhere, and kernels that pair two axes, are the same matrices underneath. */
    @Test
    void axesMayStandAnywhere() {
        Tensor y = Examples.random(7, 2, 3, 2);
        Tensor pairs = Examples.definite(8, 6);
        Tensor zipped = pairs.reshape(3, 2, 3, 2).transpose(0, 2, 1, 3);
        Tensor rows = Examples.random(9, 8, 6);
        Tensor zippedRows = rows.reshape(4, 2, 3, 2).transpose(0, 2, 1, 3);
        Tensor flat = y.transpose(1, 2, 0).copy(DType.F64).reshape(6, 2);
        for (Time time : new Time[] {Time.ofEach(0.5, 3), Time.infinite()}) {
            try (GradientDescentMse fit =
                            Predict.gradientDescentMse(zipped, y).traceAxes(0, -3).build();
                    GradientDescentMse twin = fit(pairs, flat);
                    Outputs outputs = fit.at(time).trainFrom(1).testFrom(2, zippedRows).predict();
                    Outputs expected = twin.at(time).trainFrom(1).testFrom(2, rows).predict()) {
                int t = time.isInfinite() ? 1 : 2;
                assertEquals(16L * t, outputs.test().size());
                Examples.assertClose(
                        expected.test().reshape(t, 4, 2, 2).transpose(0, 3, 1, 2),
                        outputs.test().reshape(t, 2, 4, 2),
                        1e-13);
                Examples.assertClose(
                        expected.train().reshape(t, 3, 2, 2).transpose(0, 3, 1, 2),
                        outputs.train().reshape(t, 2, 3, 2),
                        1e-13);
            }
        }
    }

    @Test
    void typesAndStridesDoNotMatter() {
        Tensor single = kernel.copy(DType.F32);
        Tensor singleLabels = labels.copy(DType.F32);
        try (GradientDescentMse fit = fit(single, singleLabels);
                GradientDescentMse wide =
                        fit(single.copy(DType.F64), singleLabels.copy(DType.F64));
                GradientDescentMse strided =
                        fit(Examples.strided(single), Examples.strided(singleLabels));
                Outputs one = predict(fit, Time.of(2));
                Outputs other = predict(wide, Time.of(2));
                Outputs third =
                        strided.at(Time.of(2))
                                .trainFrom(Examples.strided(initialTrain))
                                .testFrom(
                                        Examples.strided(initialTest), Examples.strided(testTrain))
                                .predict()) {
            assertEquals(DType.F64, one.test().dtype());
            Examples.assertClose(other.test(), one.test(), 0);
            Examples.assertClose(third.test(), one.test(), 0);
            Examples.assertClose(third.train(), one.train(), 0);
        }
    }

    @Test
    void inputIsCopiedAndLeftAlone() {
        Tensor given = kernel.copy(DType.F64);
        Tensor y = labels.copy(DType.F64);
        GradientDescentMse fit = fit(given, y);
        Examples.assertClose(kernel, given, 0);
        given.close();
        y.close();
        try (fit;
                GradientDescentMse twin = fit(kernel, labels);
                Outputs outputs = predict(fit, Time.of(1));
                Outputs expected = predict(twin, Time.of(1))) {
            Examples.assertClose(expected.test(), outputs.test(), 0);
        }
        Examples.assertClose(Examples.random(3, 4, 5), testTrain, 0);
        Examples.assertClose(Examples.random(5, 4, 2), initialTest, 0);
    }

    @Test
    void conditionIsTheRatioOfEigenvalues() {
        try (GradientDescentMse fit = fit(Examples.diagonal(1, 4, 100), Examples.random(1, 3, 1))) {
            try (Outputs outputs =
                    fit.at(Time.infinite()).testFrom(0, Examples.diagonal(1, 1, 1)).predict()) {
                assertEquals(3, outputs.test().shape().extent(0));
            }
            assertEquals(0.01, fit.reciprocalCondition(), 1e-12);
        }
    }

    @Test
    void usedAfterCloseIsRefused() {
        GradientDescentMse fit = fit(kernel, labels);
        Outputs outputs = predict(fit, Time.of(1));
        GradientDescentMse.Request request = fit.at(Time.of(1)).trainFrom(0);
        fit.close();
        fit.close();
        assertThrows(IllegalStateException.class, request::predict);
        assertThrows(IllegalStateException.class, fit::reciprocalCondition);
        assertEquals(2, outputs.train().shape().extent(1));
        Tensor test = outputs.test();
        outputs.close();
        outputs.close();
        assertThrows(IllegalStateException.class, () -> test.get(0, 0));
    }
}
