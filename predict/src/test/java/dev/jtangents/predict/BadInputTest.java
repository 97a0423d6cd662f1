package dev.jtangents.predict;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of bad input to a fit, and the words that its message must have. */
final class BadInputTest {
    private static final double NAN = Double.NaN;
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    private final Tensor kernel = Examples.definite(1, 4);
    private final Tensor labels = Examples.random(2, 4, 2);
    private final Tensor testTrain = Examples.random(3, 3, 4);

    private static Tensor with(Tensor tensor, double value, long... index) {
        Tensor changed = tensor.copy(tensor.dtype());
        changed.set(value, index);
        return changed;
    }

    private static void refuseFit(Tensor kernel, Tensor labels, String... words) {
        Examples.assertRefused(() -> Predict.gradientDescentMse(kernel, labels).build(), words);
    }

    private GradientDescentMse.Builder builder() {
        return Predict.gradientDescentMse(kernel, labels);
    }

    private void refuseRequest(Time time, double initial, Tensor cross, String... words) {
        try (GradientDescentMse fit = builder().build()) {
            Examples.assertRefused(() -> fit.at(time).testFrom(initial, cross).predict(), words);
        }
    }

    @Test
    void kernelThatIsNotSquare() {
        refuseFit(Examples.random(1, 4, 3), labels, "k_train_train", "(4, 3)", "(4, 2)", "(4, 4)");
    }

    @Test
    void kernelOfOtherExamplesThanTheLabels() {
        refuseFit(Examples.definite(1, 5), labels, "k_train_train", "(5, 5)", "(4, 2)", "(4, 4)");
    }

    @Test
    void labelsWithoutAnOutputAxis() {
        refuseFit(
                kernel, Examples.random(1, 4), "(4, 4)", "(4,)", "trace axes [0]", "()", "(N, 1)");
    }

    @Test
    void kernelWithOutputAxesThatAreTraced() {
        refuseFit(Examples.random(1, 4, 4, 2, 2), labels, "(4, 4, 2, 2)", "trace axes [1]");
    }

    @Test
    void kernelWithoutOutputAxesThatAreNotTraced() {
        Examples.assertRefused(
                () -> builder().traceAxes().build(), "(4, 4)", "trace axes []", "(4, 4, 2, 2)");
    }

    @Test
    void kernelWithNan() {
        refuseFit(
                with(with(kernel, NAN, 2, 1), NAN, 3, 3), labels, "k_train_train", "nan", "(2, 1)");
    }

    @Test
    void kernelWithOutputAxesWithNan() {
        Tensor zipped =
                Examples.definite(1, 8).reshape(4, 2, 4, 2).transpose(0, 2, 1, 3).copy(DType.F64);
        Examples.assertRefused(
                () ->
                        Predict.gradientDescentMse(with(zipped, NAN, 3, 1, 0, 1), labels)
                                .traceAxes()
                                .build(),
                "nan",
                "(3, 1, 0, 1)");
    }

    @Test
    void kernelWithInfinity() {
        refuseFit(with(kernel, INFINITY, 0, 3), labels, "k_train_train", "infinity", "(0, 3)");
    }

    @Test
    void kernelThatIsNotSymmetric() {
        Tensor skewed = Examples.diagonal(2, 4, 4, 4);
        skewed.set(0.001, 3, 0);
        refuseFit(skewed, labels, "k_train_train", "symmetric", "0.001", "0.00025", "1e-06");
    }

    @Test
    void kernelThatIsSymmetricUpToRounding() {
        Tensor almost = with(kernel, kernel.get(3, 0) * (1 + 1e-7), 3, 0);
        Predict.gradientDescentMse(almost, labels).build().close();
    }

    @Test
    void labelsWithNan() {
        refuseFit(kernel, with(labels, NAN, 3, 1), "y_train", "nan", "(3, 1)");
    }

    @Test
    void labelsWithInfinity() {
        refuseFit(kernel, with(labels, -INFINITY, 1, 0), "y_train", "-infinity", "(1, 0)");
    }

    @Test
    void emptyLabels() {
        refuseFit(kernel, Tensor.allocate(DType.F64, Shape.of(0, 2)), "y_train", "(0, 2)", "empty");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
    void regularisation(double value) {
        Examples.assertRefused(() -> builder().diagReg(value), "diag_reg", String.valueOf(value));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void learningRate(double value) {
        Examples.assertRefused(
                () -> builder().learningRate(value), "learning_rate", String.valueOf(value));
        Examples.assertRefused(
                () ->
                        Predict.gradientDescentMseEnsemble(TwoLayerKernel.relu(), testTrain, labels)
                                .learningRate(value),
                "learning_rate",
                String.valueOf(value));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, -3, 7})
    void traceAxis(int axis) {
        Examples.assertRefused(
                () -> builder().traceAxes(0, axis).build(),
                "trace axis " + axis,
                "y_train",
                "(4, 2)");
    }

    @Test
    void times() {
        Examples.assertRefused(() -> Time.of(-1e-3), "t = -0.001", "from 0");
        Examples.assertRefused(() -> Time.of(NAN), "t = nan");
        Examples.assertRefused(() -> Time.of(Double.NEGATIVE_INFINITY), "t = -infinity");
        Examples.assertRefused(() -> Time.ofEach(1, -2), "t = -2");
        Examples.assertRefused(() -> Time.ofEach(1, INFINITY), "infinite", "Time.infinite()");
        Examples.assertRefused(Time::ofEach, "empty");
        Examples.assertRefused(() -> Time.of(Tensor.of(new double[] {NAN}, 1, 1)), "t = nan");
    }

    @Test
    void timeThatOverflows() {
        Tensor one = Tensor.of(new double[] {1}, 1, 1);
        try (GradientDescentMse fit =
                Predict.gradientDescentMse(Examples.diagonal(0), one).learningRate(1e10).build()) {
            Examples.assertRefused(
                    () -> fit.at(Time.of(1e300)).trainFrom(0).predict(), "too large", "1.0e300");
            Examples.assertRefused(
                    () -> fit.at(Time.of(1e297)).testFrom(0, Examples.diagonal(1e10)).predict(),
                    "overflows");
        }
    }

    @Test
    void nothingAskedFor() {
        try (GradientDescentMse fit = builder().build()) {
            Examples.assertRefused(() -> fit.at(Time.of(1)).predict(), "trainFrom", "testFrom");
        }
    }

    @Test
    void testKernelOfOtherTrainingExamples() {
        refuseRequest(
                Time.of(1),
                0,
                Examples.random(1, 3, 5),
                "k_test_train",
                "(3, 5)",
                "(4, 2)",
                "(3, 4)");
    }

    @Test
    void testKernelWithOtherAxes() {
        refuseRequest(Time.of(1), 0, Examples.random(1, 3), "k_test_train", "(3,)", "2");
    }

    @Test
    void testKernelWithoutExamples() {
        refuseRequest(
                Time.of(1),
                0,
                Tensor.allocate(DType.F64, Shape.of(0, 4)),
                "k_test_train",
                "(0, 4)",
                "no test examples");
    }

    @Test
    void testKernelWithNan() {
        refuseRequest(
                Time.infinite(), 0, with(testTrain, NAN, 2, 3), "k_test_train", "nan", "(2, 3)");
    }

    @Test
    void initialOutputs() {
        refuseRequest(Time.of(1), NAN, testTrain, "fx_test_0", "nan");
        try (GradientDescentMse fit = builder().build()) {
            GradientDescentMse.Request request = fit.at(Time.of(1));
            Examples.assertRefused(
                    () -> request.trainFrom(Examples.random(1, 2, 4)).predict(),
                    "fx_train_0",
                    "(2, 4)",
                    "(4, 2)");
            Examples.assertRefused(
                    () -> request.trainFrom(with(labels, NAN, 0, 1)).predict(),
                    "fx_train_0",
                    "nan",
                    "(0, 1)");
            request.trainFrom(0);
            Examples.assertRefused(
                    () -> request.testFrom(labels, testTrain).predict(),
                    "fx_test_0",
                    "(4, 2)",
                    "(3, 2)");
        }
    }
}
