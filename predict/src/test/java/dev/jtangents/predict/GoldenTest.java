package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The figures of the reference, to 1e-9 of the largest entry of each array; those that it
 * integrates numerically to {@link #INTEGRATED}.
 */
final class GoldenTest {
    private static final double TOLERANCE = 1e-9;

    /**
     * The reference's solver is allowed errors of 1.4e-8 in each step: four of its eight figures
     * are off by 1.1e-8 to 2.7e-8, as an integration to 1e-13 shows, the others by less than 1e-8.
     * {@link GradientDescentTest} is stricter.
     */
    private static final double INTEGRATED = 3e-8;

    private static final List<Json> FILE = Json.read("/golden/predict.json").list();
    private static final Map<String, Integer> RAN = new TreeMap<>();

    static Stream<Named<Json>> cases() {
        return FILE.stream().map(golden -> Named.of(golden.get("name").text(), golden));
    }

    @AfterAll
    static void allCasesRan() {
        assertEquals(
                Map.of(
                        "gradient_descent", 8,
                        "gradient_descent_mse", 12,
                        "gp_inference", 7,
                        "gradient_descent_mse_ensemble", 66,
                        "max_learning_rate", 4),
                RAN);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agrees(Json golden) {
        Json args = golden.get("args");
        Json call = golden.get("call");
        Json expect = golden.get("expect");
        String function = golden.get("function").text();
        RAN.merge(function, 1, Integer::sum);
        switch (function) {
            case "gradient_descent" -> gradientDescent(args, call, expect.get("value").list());
            case "gradient_descent_mse" -> gradientDescentMse(args, call, expect.get("value"));
            case "gp_inference" -> gpInference(args, call, expect);
            case "gradient_descent_mse_ensemble" ->
                    ensemble(TwoLayerKernel.of(golden.get("model")), args, call, expect);
            case "max_learning_rate" -> maxLearningRate(args, expect.get("value").number());
            default -> throw new AssertionError(function);
        }
    }

    private static void gradientDescent(Json args, Json call, List<Json> expected) {
        GradientDescent.Builder builder =
                Predict.gradientDescent(
                                args.get("loss").text(),
                                args.get("k_train_train").tensor(),
                                args.get("y_train").tensor())
                        .learningRate(args.get("learning_rate").number());
        if (!args.get("momentum").isNull()) {
            builder.momentum(args.get("momentum").number());
        }
        try (GradientDescent fit = builder.build();
                OdeState state =
                        fit.at(time(call.get("t")))
                                .trainFrom(call.get("fx_train_or_state_0").tensor())
                                .testFrom(
                                        call.get("fx_test_0").tensor(),
                                        call.get("k_test_train").tensor())
                                .predict()) {
            Examples.assertClose(expected.get(0).tensor(), state.train(), INTEGRATED);
            Examples.assertClose(expected.get(1).tensor(), state.test(), INTEGRATED);
        }
    }

    private static void gradientDescentMse(Json args, Json call, Json expected) {
        GradientDescentMse.Builder builder =
                Predict.gradientDescentMse(
                                args.get("k_train_train").tensor(), args.get("y_train").tensor())
                        .learningRate(args.get("learning_rate").number(1));
        try (GradientDescentMse fit = options(builder, args).build()) {
            GradientDescentMse.Request request = fit.at(time(call.get("t")));
            List<Tensor> wanted = new ArrayList<>();
            List<Json> expectedList = expected.isList() ? expected.list() : List.of(expected);
            expectedList.forEach(array -> wanted.add(array.tensor()));
            Json train = call.get("fx_train_0");
            if (train.isNumber()) {
                request.trainFrom(train.number());
            } else if (!train.isNull()) {
                request.trainFrom(train.tensor());
            }
            Json test = call.get("fx_test_0");
            if (test.isNumber()) {
                request.testFrom(test.number(), call.get("k_test_train").tensor());
            } else if (!test.isNull()) {
                request.testFrom(test.tensor(), call.get("k_test_train").tensor());
            }
            try (Outputs outputs = request.predict()) {
                assertEquals(!train.isNull(), outputs.hasTrain());
                assertEquals(!test.isNull(), outputs.hasTest());
                if (outputs.hasTrain()) {
                    Examples.assertClose(wanted.removeFirst(), outputs.train(), TOLERANCE);
                }
                if (outputs.hasTest()) {
                    Examples.assertClose(wanted.removeFirst(), outputs.test(), TOLERANCE);
                }
                assertTrue(wanted.isEmpty());
            }
        }
    }

    private static void gpInference(Json args, Json call, Json expected) {
        GpInference.Builder builder =
                Predict.gpInference(
                        kernels(args.get("k_train_train")), args.get("y_train").tensor());
        try (GpInference inference = options(builder, args).build()) {
            boolean onTrainingSet = call.get("k_test_train").isNull();
            GpInference.Request request =
                    onTrainingSet
                            ? inference.onTrainingSet()
                            : inference.on(kernels(call.get("k_test_train")));
            if (call.has("k_test_test")) {
                if (onTrainingSet) {
                    request.covariance();
                } else {
                    request.covariance(call.get("k_test_test").tensor());
                }
            }
            Inference[] names =
                    names(call.get("get")).stream()
                            .map(Inference::valueOf)
                            .toArray(Inference[]::new);
            try (Gaussians gaussians = request.get(names).predict()) {
                assertGaussians(call.get("get"), expected, gaussians);
            }
        }
    }

    private static void ensemble(TwoLayerKernel network, Json args, Json call, Json expected) {
        Tensor xTrain = args.get("x_train").tensor();
        KernelFunction function =
                (x1, x2, get) ->
                        network.isRelu() && x1 == xTrain && x2 == null
                                ? reluTrainTrain()
                                : network.kernels(x1, x2, get);
        GradientDescentMseEnsemble.Builder builder =
                Predict.gradientDescentMseEnsemble(function, xTrain, args.get("y_train").tensor())
                        .learningRate(args.get("learning_rate").number(1));
        try (GradientDescentMseEnsemble ensemble = options(builder, args).build()) {
            KernelName[] names =
                    names(call.get("get")).stream()
                            .map(KernelName::valueOf)
                            .toArray(KernelName[]::new);
            GradientDescentMseEnsemble.Request request =
                    ensemble.at(time(call.get("t"))).get(names);
            if (!call.get("x_test").isNull()) {
                request.on(call.get("x_test").tensor());
            }
            if (call.get("compute_cov").value() == Boolean.TRUE) {
                request.covariance();
            }
            try (Gaussians gaussians = request.predict()) {
                assertGaussians(call.get("get"), expected, gaussians);
            }
        }
    }

    /**
     * The kernels that the reference itself used in the ensembles of the ReLU network. At angle 0
     * its NTK is only good to the square root of the rounding (5e-9 in entry (0, 0)), and solving
     * with it makes 2e-8 of that: more than the tolerance, and no matter of inference.
     */
    private static Kernels reluTrainTrain() {
        return kernels(named("gp_inference, training set").get("args").get("k_train_train"));
    }

    private static Json named(String name) {
        return FILE.stream()
                .filter(golden -> golden.get("name").text().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void twinAgreesWithTheReference() {
        Json golden = named("ensemble on the training set");
        TwoLayerKernel network = TwoLayerKernel.of(golden.get("model"));
        Tensor xTrain = golden.get("args").get("x_train").tensor();
        try (Kernels expected = reluTrainTrain();
                Kernels actual = network.kernels(xTrain, null, EnumSet.allOf(KernelName.class))) {
            Examples.assertClose(
                    TrainingSet.required(expected, KernelName.NNGP, "expected"),
                    TrainingSet.required(actual, KernelName.NNGP, "actual"),
                    1e-12);
            Examples.assertClose(
                    TrainingSet.required(expected, KernelName.NTK, "expected"),
                    TrainingSet.required(actual, KernelName.NTK, "actual"),
                    1e-8);
        }
    }

    private static void maxLearningRate(Json args, double expected) {
        Json size = args.get("y_train_size");
        double rate =
                Predict.maxLearningRate(
                        args.get("ntk_train_train").tensor(),
                        size.isNull()
                                ? OptionalLong.empty()
                                : OptionalLong.of((long) size.number()),
                        args.get("momentum").number(0));
        assertEquals(expected, rate, TOLERANCE * expected);
    }

    private static <B extends FitBuilder<B>> B options(B builder, Json args) {
        if (args.has("trace_axes")) {
            builder.traceAxes(
                    args.get("trace_axes").list().stream()
                            .mapToInt(axis -> (int) axis.number())
                            .toArray());
        }
        return builder.diagReg(args.get("diag_reg").number(0))
                .diagRegAbsoluteScale(args.get("diag_reg_absolute_scale").value() == Boolean.TRUE);
    }

    private static Kernels kernels(Json kernels) {
        return Kernels.of(kernels.get("nngp").tensor(), kernels.get("ntk").tensor());
    }

    private static List<String> names(Json get) {
        Stream<Json> asked = get.isText() ? Stream.of(get) : get.list().stream();
        return asked.map(name -> name.text().toUpperCase(Locale.ROOT)).toList();
    }

    private static void assertGaussians(Json get, Json expected, Gaussians actual) {
        assertEquals(names(get), actual.names().stream().map(Enum::name).toList());
        for (Inference name : actual.names()) {
            Json one = get.isText() ? expected : expected.get(name.label());
            Gaussian gaussian = actual.get(name);
            Examples.assertClose(one.get("mean").tensor(), gaussian.mean(), TOLERANCE);
            assertEquals(one.has("covariance"), gaussian.hasCovariance());
            if (gaussian.hasCovariance()) {
                Examples.assertClose(
                        one.get("covariance").tensor(), gaussian.covariance(), TOLERANCE);
            }
        }
    }

    private static Time time(Json t) {
        if (t.isNull()) {
            return Time.infinite();
        }
        if (t.isNumber()) {
            return Time.of(t.number());
        }
        List<Long> extents = new ArrayList<>();
        for (Json level = t; level.isList(); level = level.list().getFirst()) {
            extents.add((long) level.list().size());
        }
        Shape shape = Shape.of(extents.stream().mapToLong(Long::longValue).toArray());
        double[] values = leaves(t).toArray();
        assertEquals(shape.size(), values.length);
        assertFalse(values.length == 0);
        return Time.of(Tensor.of(values, shape.extents()));
    }

    private static DoubleStream leaves(Json t) {
        return t.isNumber()
                ? DoubleStream.of(t.number())
                : t.list().stream().flatMapToDouble(GoldenTest::leaves);
    }
}
