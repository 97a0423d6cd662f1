package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.predict.solver.SolverOptions;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.EnumSet;

/** Bad input to kernel regressions, and what messages say. */
final class BadRegressionInputTest {
    private final SmoothKernel smooth = new SmoothKernel(1, DType.F64);
    private final Tensor xTrain = Examples.random(1, 6, 3);
    private final Tensor yTrain = Examples.random(2, 6, 2);
    private final Tensor kernel = Examples.definite(3, 6);

    private static void refused(Tensor kernel, Tensor labels, String... words) {
        Examples.assertRefused(
                () -> Predict.kernelRegression(kernel, labels).diagReg(0.1).build(), words);
    }

    private static Tensor with(Tensor tensor, double value, long... index) {
        Tensor changed = tensor.copy(tensor.dtype());
        changed.set(value, index);
        return changed;
    }

    @Test
    void kernelMatrices() {
        refused(Examples.random(1, 6, 5), yTrain, "k_train_train", "(6, 5)", "(N, N)");
        refused(Examples.random(1, 36), yTrain, "k_train_train", "(36,)");
        refused(Tensor.allocate(DType.F64, Shape.of(0, 0)), yTrain, "(0, 0)");
        refused(with(kernel, 9, 1, 4), yTrain, "not symmetric", "(4, 1)", "9.0");
        refused(with(kernel, Double.NaN, 4, 1), yTrain, "finite", "NaN");
        refused(with(kernel, -1, 2, 2), yTrain, "example 2", "-1.0");
        refused(with(kernel, Double.POSITIVE_INFINITY, 2, 2), yTrain, "Infinity");
        try (Arena confined = Arena.ofConfined()) {
            Tensor here = Tensor.allocate(confined, DType.F64, Shape.of(6, 6));
            refused(here, yTrain, "k_train_train", "confined");
        }
    }

    @Test
    void scalesWhoseSquaresOverflow() {
        for (double scale : new double[] {1e-120, 1e120, 1e306}) {
            try (Tensor far = scaled(kernel, scale)) {
                for (SolverKind kind : EnumSet.complementOf(EnumSet.of(SolverKind.AUTO))) {
                    Examples.assertRefused(
                            () ->
                                    Predict.kernelRegression(far, yTrain)
                                            .diagReg(0.1)
                                            .solver(options -> by(options, kind))
                                            .build(),
                            "diagonal",
                            "rescale");
                }
            }
        }
        try (Tensor far = scaled(kernel, 1e50)) {
            Examples.assertRefused(
                    () ->
                            Predict.kernelRegression(far, yTrain)
                                    .diagReg(0.1)
                                    .solver(options -> by(options, SolverKind.CHOLESKY_F32))
                                    .build(),
                    "f32",
                    "1e30",
                    "rescale");
        }
    }

    private static SolverOptions by(SolverOptions options, SolverKind kind) {
        return kind == SolverKind.NYSTROM ? options.withCentres(6) : options.withKind(kind);
    }

    private static Tensor scaled(Tensor tensor, double factor) {
        double[] values = Arrays.stream(tensor.toArray()).map(v -> v * factor).toArray();
        return Tensor.of(values, tensor.shape().extents());
    }

    @Test
    void labels() {
        refused(kernel, Examples.random(1, 5, 2), "y_train", "(5, 2)", "6");
        refused(kernel, Examples.random(1, 6), "y_train", "(6,)", "not traced");
        refused(kernel, Examples.random(1, 6, 2, 2), "2 axes that are not traced");
        refused(kernel, with(yTrain, Double.NaN, 1, 1), "y_train", "nan");
    }

    @Test
    void kernelFunctions() {
        Tensor empty = Tensor.allocate(DType.F64, Shape.of(0, 3));
        Examples.assertRefused(
                () -> Predict.kernelRegression(smooth, empty, yTrain).build(), "(0, 3)");
        KernelFunction pairsOutputs =
                (x1, _, _) -> {
                    long n = x1.shape().extent(0);
                    return Kernels.ntk(Tensor.allocate(DType.F64, Shape.of(n, n, 2, 2)));
                };
        Examples.assertRefused(
                () -> Predict.kernelRegression(pairsOutputs, xTrain, yTrain).build(),
                "ntk",
                "(1, 1, 2, 2)",
                "(1, 1)");
        KernelFunction nothing = (_, _, _) -> new Kernels(null, null);
        Examples.assertRefused(
                () -> Predict.kernelRegression(nothing, xTrain, yTrain).build(), "gave nothing");
        Tensor broken = with(xTrain, Double.NaN, 3, 0);
        for (SolverKind kind : new SolverKind[] {SolverKind.CHOLESKY, SolverKind.CG}) {
            Examples.assertRefused(
                    () ->
                            Predict.kernelRegression(smooth, broken, yTrain)
                                    .solver(o -> o.withKind(kind))
                                    .build(),
                    "NaN");
        }
    }

    /** No regularisation would help, so none is advised. */
    @Test
    void kernelFunctionsWithNanBetweenExamples() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            KernelFunction between =
                    (x1, x2, get) -> {
                        Tensor ntk =
                                TrainingSet.required(
                                        smooth.kernels(x1, x2, get), KernelName.NTK, "k");
                        if (ntk.shape().equals(Shape.of(6, 6))) {
                            ntk.set(bad, 1, 4);
                            ntk.set(bad, 4, 1);
                        }
                        return Kernels.ntk(ntk);
                    };
            for (SolverKind kind : EnumSet.complementOf(EnumSet.of(SolverKind.AUTO))) {
                String message =
                        assertThrows(
                                        InputException.class,
                                        () ->
                                                Predict.kernelRegression(between, xTrain, yTrain)
                                                        .diagReg(0.1)
                                                        .solver(options -> by(options, kind))
                                                        .build())
                                .getMessage();
                assertTrue(message.contains("finite") || message.contains("NaN"), message);
                assertFalse(message.contains("diag_reg"), message);
            }
        }
    }

    /** As an identity kernel, which is its own NTK, may do. */
    @Test
    void functionsMayGiveOneTensorForBothKernels() {
        KernelFunction twice =
                (x1, x2, _) -> {
                    Tensor nngp = smooth.nngp(x1, x2 == null ? x1 : x2);
                    return Kernels.of(nngp, nngp);
                };
        try (KernelRegression fit =
                        Predict.kernelRegression(twice, xTrain, yTrain).diagReg(0.1).build();
                Tensor mean = fit.mean(xTrain)) {
            assertEquals(yTrain.shape(), mean.shape());
        }
    }

    @Test
    void testSets() {
        try (KernelRegression byFunction =
                        Predict.kernelRegression(smooth, xTrain, yTrain).diagReg(0.1).build();
                KernelRegression byMatrix =
                        Predict.kernelRegression(kernel, yTrain).diagReg(0.1).build();
                KernelRegression byCentres =
                        Predict.kernelRegression(smooth, xTrain, yTrain)
                                .diagReg(0.1)
                                .solver(o -> o.withCentres(3))
                                .build()) {
            Examples.assertRefused(
                    () -> byFunction.mean(Examples.random(1, 2, 4)), "x_test", "(2, 4)", "(6, 3)");
            Examples.assertRefused(
                    () -> byMatrix.mean(Examples.random(1, 2, 4)), "k_test_train", "(N_test, 6)");
            Examples.assertRefused(() -> byMatrix.covariance(xTrain), "kernel function");
            Examples.assertRefused(() -> byCentres.covariance(xTrain), "nystrom", "solver");
        }
    }

    @Test
    void options() {
        SolverOptions options = SolverOptions.defaults();
        Examples.assertRefused(() -> options.withMemory(0), "memory = 0");
        Examples.assertRefused(() -> options.withThreads(0), "threads");
        Examples.assertRefused(() -> options.withTolerance(0), "tolerance = 0");
        Examples.assertRefused(() -> options.withTolerance(Double.NaN), "tolerance = NaN");
        Examples.assertRefused(() -> options.withMaxIterations(0), "max_iterations = 0");
        Examples.assertRefused(() -> options.withRank(-1), "rank = -1");
        Examples.assertRefused(() -> options.withCentres(0), "centres = 0");
        Examples.assertRefused(() -> options.withKind(SolverKind.NYSTROM), "centres");
        Examples.assertRefused(() -> SolverKind.named("lu"), "\"lu\"", "cholesky_f32", "nystrom");
        Examples.assertRefused(
                () ->
                        Predict.kernelRegression(kernel, yTrain)
                                .solver(o -> o.withCentres(7))
                                .build(),
                "centres = 7",
                "6 examples");
    }
}
