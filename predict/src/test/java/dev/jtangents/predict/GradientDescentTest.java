package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradient descent on any loss, against closed forms and against taking all its steps. */
final class GradientDescentTest {
    private final Tensor kernel = Examples.definite(1, 5);
    private final Tensor labels = Examples.random(2, 5, 2);
    private final Tensor testTrain = Examples.random(3, 4, 5);
    private final Tensor initialTrain = Examples.random(4, 5, 2);
    private final Tensor initialTest = Examples.random(5, 4, 2);

    /** Probabilities that no class of any example is sure of. */
    private final Tensor soft =
            Tensor.of(new double[] {.2, .8, .5, .5, .9, .1, .3, .7, .6, .4}, 5, 2);

    private GradientDescent.Builder mse() {
        return Predict.gradientDescent(Loss.mse(), kernel, labels);
    }

    private OdeState predict(GradientDescent fit, Time time) {
        return fit.at(time).trainFrom(initialTrain).testFrom(initialTest, testTrain).predict();
    }

    /** Times come in any order, more than once, and in any shape. */
    @Test
    void meanSquaredErrorIsTheClosedForm() {
        Time time = Time.of(Tensor.of(new double[] {3, 0, 200, 0.5, 40, 3}, 2, 1, 3));
        try (GradientDescent fit = mse().learningRate(0.7).build();
                GradientDescentMse closed =
                        Predict.gradientDescentMse(kernel, labels).learningRate(0.7).build();
                OdeState actual = predict(fit, time);
                Outputs expected =
                        closed.at(time)
                                .trainFrom(initialTrain)
                                .testFrom(initialTest, testTrain)
                                .predict()) {
            assertEquals(Shape.of(2, 1, 3, 5, 2), actual.train().shape());
            Examples.assertClose(expected.train(), actual.train(), 1e-9);
            Examples.assertClose(expected.test(), actual.test(), 1e-9);
            assertFalse(actual.hasVelocity());
        }
    }

    @Test
    void kernelsWithOutputAxes() {
        Tensor y = Examples.random(7, 2, 3, 2);
        Tensor pairs = Examples.definite(8, 6);
        Tensor rows = Examples.random(9, 8, 6);
        Tensor zipped = pairs.reshape(3, 2, 3, 2).transpose(0, 2, 1, 3);
        Tensor zippedRows = rows.reshape(4, 2, 3, 2).transpose(0, 2, 1, 3);
        try (GradientDescent fit =
                        Predict.gradientDescent(Loss.mse(), zipped, y).traceAxes(0).build();
                GradientDescentMse closed =
                        Predict.gradientDescentMse(zipped, y).traceAxes(0).build();
                OdeState actual =
                        fit.at(Time.ofEach(2, 1)).trainFrom(1).testFrom(2, zippedRows).predict();
                Outputs expected =
                        closed.at(Time.ofEach(2, 1))
                                .trainFrom(1)
                                .testFrom(2, zippedRows)
                                .predict()) {
            assertEquals(Shape.of(2, 2, 4, 2), actual.test().shape());
            Examples.assertClose(expected.train(), actual.train(), 1e-9);
            Examples.assertClose(expected.test(), actual.test(), 1e-9);
        }
    }

    /** The softmax runs along the last axis of the labels, kept or traced. */
    @Test
    void crossEntropyIsAlongTheLastAxis() {
        Tensor twice = Tensor.allocate(DType.F64, Shape.of(5, 5, 2, 2));
        for (int output = 0; output < 2; output++) {
            twice.slice(2, output, output + 1)
                    .slice(3, output, output + 1)
                    .assign(kernel.reshape(5, 5, 1, 1));
        }
        try (GradientDescent traced =
                        Predict.gradientDescent("cross_entropy", kernel, soft).build();
                GradientDescent kept =
                        Predict.gradientDescent("cross_entropy", twice, soft).traceAxes().build();
                OdeState expected = traced.at(Time.of(9)).trainFrom(initialTrain).predict();
                OdeState actual = kept.at(Time.of(9)).trainFrom(initialTrain).predict()) {
            Examples.assertClose(expected.train(), actual.train(), 1e-12);
        }
    }

    @Test
    void everyStepOfGradientDescent() {
        followsTheSteps(Loss.mse(), null);
        followsTheSteps(Loss.crossEntropy(), null);
        followsTheSteps(new FourthPower(), null);
    }

    @Test
    void everyStepWithMomentum() {
        followsTheSteps(Loss.mse(), 0.9);
        followsTheSteps(Loss.crossEntropy(), 0.5);
        followsTheSteps(new FourthPower(), 0.0);
    }

    private void followsTheSteps(Loss loss, @Nullable Double momentum) {
        GradientDescent.Builder builder =
                Predict.gradientDescent(loss, kernel, soft).learningRate(4);
        if (momentum != null) {
            builder.momentum(momentum);
        }
        SmallSteps steps = new SmallSteps(loss, kernel, testTrain, soft);
        SmallSteps.State expected = steps.limit(4, momentum, 6, 1000);
        try (GradientDescent fit = builder.build();
                OdeState actual = fit.at(Time.of(6)).testFrom(0, testTrain).predict()) {
            Examples.assertClose(Tensor.of(expected.train(), 5, 2), actual.train(), 1e-6);
            Examples.assertClose(Tensor.of(expected.test(), 4, 2), actual.test(), 1e-6);
            assertTrue(actual.train().get(0, 1) > 0.05, "too little has happened");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goesOnFromAState(boolean withMomentum) {
        GradientDescent.Builder builder =
                Predict.gradientDescent(Loss.crossEntropy(), kernel, soft).learningRate(2);
        if (withMomentum) {
            builder.momentum(0.8);
        }
        try (GradientDescent fit = builder.build();
                OdeState all = predict(fit, Time.of(5));
                OdeState first = predict(fit, Time.of(2));
                OdeState second = fit.at(Time.of(3)).from(first, testTrain).predict();
                OdeState train = fit.at(Time.of(3)).from(first).predict()) {
            Examples.assertClose(all.train(), second.train(), 1e-9);
            Examples.assertClose(all.test(), second.test(), 1e-9);
            Examples.assertClose(second.train(), train.train(), 0);
            assertFalse(train.hasTest());
            assertEquals(withMomentum, second.hasVelocity());
            if (withMomentum) {
                Examples.assertClose(all.trainVelocity(), second.trainVelocity(), 1e-8);
                Examples.assertClose(all.testVelocity(), second.testVelocity(), 1e-8);
            }
        }
    }

    @Test
    void velocityIsTheDerivative() {
        double learningRate = 0.25;
        double step = 1e-4;
        try (GradientDescent fit = mse().learningRate(learningRate).momentum(0.9).build();
                OdeState state = predict(fit, Time.ofEach(2 - step, 2, 2 + step))) {
            double way = 2 * step * Math.sqrt(learningRate);
            for (Tensor[] pair :
                    new Tensor[][] {
                        {state.train(), state.trainVelocity()},
                        {state.test(), state.testVelocity()}
                    }) {
                double difference = pair[0].get(2, 1, 1) - pair[0].get(0, 1, 1);
                assertEquals(difference / way, pair[1].get(1, 1, 1), 1e-5);
            }
        }
    }

    @Test
    void startsWhereItIsToldTo() {
        try (GradientDescent fit = mse().momentum(0.5).build();
                OdeState state = predict(fit, Time.ofEach(0, 0));
                OdeState zero = fit.at(Time.of(0)).testFrom(3, testTrain).predict()) {
            Examples.assertClose(
                    initialTrain.reshape(1, 5, 2), state.train().slice(0, 1, 2).copy(DType.F64), 0);
            Examples.assertClose(
                    initialTest.reshape(1, 4, 2), state.test().slice(0, 0, 1).copy(DType.F64), 0);
            assertEquals(0, zero.train().get(0, 0));
            assertEquals(3, zero.test().get(0, 0));
            assertEquals(0, state.testVelocity().get(0, 0, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mse", "cross_entropy"})
    void gradientsAreDerivatives(String name) {
        Loss loss = Loss.named(name);
        Tensor gradient = Tensor.allocate(DType.F64, labels.shape());
        loss.gradient(initialTrain, labels, gradient);
        double step = 1e-6;
        for (long[] at : new long[][] {{0, 0}, {3, 1}, {4, 0}}) {
            Tensor moved = initialTrain.copy(DType.F64);
            moved.set(initialTrain.get(at) + step, at);
            double above = loss.value(moved, labels);
            moved.set(initialTrain.get(at) - step, at);
            double below = loss.value(moved, labels);
            assertEquals((above - below) / (2 * step), gradient.get(at), 1e-9);
        }
    }

    @Test
    void crossEntropyOfHugeOutputsIsFinite() {
        Tensor huge = Tensor.of(new double[] {1e300, -1e300, 5, 5}, 2, 2);
        Tensor sure = Tensor.of(new double[] {1, 0, 1, 0}, 2, 2);
        Tensor gradient = Tensor.allocate(DType.F64, Shape.of(2, 2));
        assertEquals(Math.log(2) / 4, Loss.crossEntropy().value(huge, sure), 1e-15);
        Loss.crossEntropy().gradient(huge, sure, gradient);
        Examples.assertClose(Tensor.of(new double[] {0, 0, -0.125, 0.125}, 2, 2), gradient, 1e-15);
    }

    @Test
    void usedAfterCloseIsRefused() {
        GradientDescent fit = mse().build();
        assertTrue(fit.reciprocalCondition() > 0);
        OdeState state = fit.at(Time.of(1)).predict();
        GradientDescent.Request request = fit.at(Time.of(1));
        fit.close();
        fit.close();
        assertThrows(IllegalStateException.class, request::predict);
        assertThrows(IllegalStateException.class, fit::reciprocalCondition);
        assertThrows(IllegalStateException.class, state::test);
        assertThrows(IllegalStateException.class, state::trainVelocity);
        Tensor train = state.train();
        assertEquals(2, train.shape().extent(1));
        state.close();
        state.close();
        assertThrows(IllegalStateException.class, () -> train.get(0, 0));
    }

    /** A loss that is not quadratic: the sum of (f - y)⁴. */
    private static final class FourthPower implements Loss {
        @Override
        public double value(Tensor outputs, Tensor y) {
            double sum = 0;
            for (long i = 0; i < 5; i++) {
                for (long j = 0; j < 2; j++) {
                    sum += Math.pow(outputs.get(i, j) - y.get(i, j), 4);
                }
            }
            return sum;
        }

        @Override
        public void gradient(Tensor outputs, Tensor y, Tensor gradient) {
            for (long i = 0; i < 5; i++) {
                for (long j = 0; j < 2; j++) {
                    gradient.set(4 * Math.pow(outputs.get(i, j) - y.get(i, j), 3), i, j);
                }
            }
        }
    }
}
