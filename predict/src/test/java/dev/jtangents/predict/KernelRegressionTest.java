package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.predict.solver.SolverOptions;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.EnumSet;
import java.util.function.UnaryOperator;

/** All solvers against the closed form in f64. */
final class KernelRegressionTest {
    private static final double DIAG_REG = 1e-3;

    private final TwoLayerKernel network = TwoLayerKernel.relu();
    private final Tensor xTrain = Examples.random(1, 60, 5);
    private final Tensor yTrain = Examples.random(2, 60, 3);
    private final Tensor xTest = Examples.random(3, 7, 5);

    /** A solver, with as many centres as there are examples where it needs centres. */
    private static UnaryOperator<SolverOptions> by(SolverKind kind, int examples) {
        return options ->
                (kind == SolverKind.NYSTROM
                                ? options.withCentres(examples)
                                : options.withKind(kind).withRank(examples / 4))
                        .withTolerance(1e-13);
    }

    private KernelRegression.Builder regression(Inference inference, SolverKind kind) {
        return Predict.kernelRegression(network, xTrain, yTrain)
                .inference(inference)
                .diagReg(DIAG_REG)
                .solver(by(kind, 60));
    }

    private Gaussians expected() {
        EnumSet<KernelName> both = EnumSet.allOf(KernelName.class);
        try (Kernels train = network.kernels(xTrain, null, both);
                GpInference inference =
                        Predict.gpInference(train, yTrain).diagReg(DIAG_REG).build();
                Kernels testTrain = network.kernels(xTest, xTrain, both);
                Kernels testTest = network.kernels(xTest, null, both)) {
            return inference.on(testTrain).get(Inference.values()).covariance(testTest).predict();
        }
    }

    @ParameterizedTest
    @EnumSource
    void meansAreThoseOfTheInference(SolverKind kind) {
        try (Gaussians expected = expected()) {
            for (Inference inference : Inference.values()) {
                try (KernelRegression fit = regression(inference, kind).build();
                        Tensor mean = fit.mean(xTest)) {
                    Examples.assertClose(expected.get(inference).mean(), mean, 1e-9);
                    assertTrue(fit.report().converged());
                    assertTrue(fit.report().residual() < 1e-11, fit.describe());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SolverKind.class,
            names = {"CHOLESKY", "CHOLESKY_F32", "CG"})
    void covariancesAreThoseOfTheInference(SolverKind kind) {
        try (Gaussians expected = expected()) {
            for (Inference inference : Inference.values()) {
                try (KernelRegression fit = regression(inference, kind).build();
                        Tensor covariance = fit.covariance(xTest)) {
                    Examples.assertClose(expected.get(inference).covariance(), covariance, 1e-9);
                }
            }
        }
    }

    @Test
    void covariancesOfTooManyAreRefused() {
        try (KernelRegression fit =
                        regression(Inference.NTK, SolverKind.CHOLESKY)
                                .solver(options -> options.withMemory(1_000_000))
                                .build();
                Tensor many = Examples.random(7, 10_000, (int) xTest.shape().extent(1))) {
            Examples.assertRefused(
                    () -> fit.covariance(many), "10000 test examples", "0.00100 GB", "fewer");
            fit.covariance(xTest).close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void kernelMatricesOfAnyTypeAndStrides(SolverKind kind) {
        EnumSet<KernelName> ntk = EnumSet.of(KernelName.NTK);
        try (Tensor train =
                        TrainingSet.required(
                                network.kernels(xTrain, null, ntk), KernelName.NTK, "k");
                Tensor test =
                        TrainingSet.required(
                                network.kernels(xTest, xTrain, ntk), KernelName.NTK, "k");
                Tensor single = train.copy(DType.F32);
                Gaussians expected = expected()) {
            for (Tensor given : new Tensor[] {train, Examples.strided(train), single}) {
                try (KernelRegression fit =
                                Predict.kernelRegression(given, yTrain)
                                        .diagReg(DIAG_REG)
                                        .solver(by(kind, 60))
                                        .build();
                        Tensor mean = fit.mean(test);
                        Tensor same = fit.mean(Examples.strided(test))) {
                    double rounding = given == single ? 1e-3 : 1e-9;
                    Examples.assertClose(expected.ntk().mean(), mean, rounding);
                    Examples.assertClose(mean, same, 0);
                }
            }
        }
    }

    /**
     * K = Q diag Qᵀ of a chosen condition number; the tolerance grows with it. Without
     * regularisation and beyond 1e6, conjugate gradients get a preconditioner of full rank.
     */
    @ParameterizedTest
    @ValueSource(doubles = {1, 1e2, 1e4, 1e6, 1e8})
    void solversAgreeWhateverTheCondition(double condition) {
        int n = 150;
        try (Tensor kernel = ofCondition(n, condition);
                Tensor labels = Examples.random(5, n, 2);
                Tensor test = Examples.random(6, 4, n);
                Tensor weights = labels.copy(DType.F64);
                Tensor factor = kernel.copy(DType.F64);
                Tensor expected = Tensor.allocate(DType.F64, Shape.of(4, 2))) {
            LinearAlgebra algebra = LinearAlgebra.get();
            assertEquals(0, algebra.cholesky(factor));
            algebra.choleskySolve(factor, weights);
            algebra.multiply(1, test, false, weights, false, 0, expected);
            for (SolverKind kind : SolverKind.values()) {
                if (kind == SolverKind.NYSTROM) {
                    continue;
                }
                try (KernelRegression fit =
                                Predict.kernelRegression(kernel, labels)
                                        .solver(by(kind, condition > 1e6 ? 4 * n : n))
                                        .build();
                        Tensor mean = fit.mean(test)) {
                    Examples.assertClose(expected, mean, 1e-12 * Math.max(condition, 10));
                }
            }
        }
    }

    private static Tensor ofCondition(int n, double condition) {
        Tensor vectors = Examples.definite(9, n);
        try (Tensor values = LinearAlgebra.get().symmetricEigen(vectors);
                Tensor scaled = vectors.copy(DType.F64)) {
            assertEquals(n, values.size());
            for (int i = 0; i < n; i++) {
                double eigenvalue = Math.pow(condition, (double) -i / (n - 1));
                for (int j = 0; j < n; j++) {
                    scaled.set(eigenvalue * vectors.get(i, j), i, j);
                }
            }
            Tensor kernel = Tensor.allocate(DType.F64, Shape.of(n, n));
            LinearAlgebra.get().multiply(1, vectors, true, scaled, false, 0, kernel);
            Matrices.symmetrize(kernel);
            return kernel;
        } finally {
            vectors.close();
        }
    }

    /** (K_mN K_Nm + reg K_mm) a = K_mN y, by definition. */
    @Test
    void nystromSolvesTheNormalEquationsOfItsCentres() {
        SmoothKernel smooth = new SmoothKernel(1, DType.F64);
        int centres = 12;
        try (Tensor kernel = smooth.nngp(xTrain, xTrain);
                KernelRegression fit =
                        Predict.kernelRegression(kernel, yTrain)
                                .diagReg(DIAG_REG)
                                .solver(options -> options.withCentres(centres).withSeed(4))
                                .build();
                Tensor onTraining = fit.mean(kernel);
                Tensor residual = yTrain.copy(DType.F64)) {
            assertEquals(centres, fit.report().rank());
            // The gradient K_mN (f - y) + reg K_mm a vanishes, where K_mm a is f on the centres.
            for (int output = 0; output < 3; output++) {
                int stationary = 0;
                for (int m = 0; m < 60; m++) {
                    double gradient = DIAG_REG * onTraining.get(m, output);
                    for (int i = 0; i < 60; i++) {
                        double error = onTraining.get(i, output) - residual.get(i, output);
                        gradient += kernel.get(m, i) * error;
                    }
                    stationary += Math.abs(gradient) < 1e-9 ? 1 : 0;
                }
                assertEquals(centres, stationary);
            }
        }
    }

    @Test
    void labelsWithoutAxisOfOutputsAndWithMore() {
        Tensor one = yTrain.slice(1, 1, 2).copy(DType.F64).reshape(60);
        Tensor many = Examples.random(8, 2, 60, 4);
        try (KernelRegression all = regression(Inference.NTK, SolverKind.CG).build();
                Tensor means = all.mean(xTest);
                KernelRegression fit =
                        Predict.kernelRegression(network, xTrain, one)
                                .traceAxes()
                                .diagReg(DIAG_REG)
                                .solver(by(SolverKind.CG, 60))
                                .build();
                Tensor mean = fit.mean(xTest);
                KernelRegression wide =
                        Predict.kernelRegression(network, xTrain, many)
                                .traceAxes(0, 2)
                                .diagReg(DIAG_REG)
                                .build();
                Tensor shaped = wide.mean(xTest)) {
            assertEquals(Shape.of(7), mean.shape());
            Tensor column = means.slice(1, 1, 2).copy(DType.F64).reshape(7);
            Examples.assertClose(column, mean, 1e-9);
            assertEquals(Shape.of(2, 7, 4), shaped.shape());
        }
    }

    /** Scales whose squares overflow or vanish, one for each column. */
    @ParameterizedTest
    @EnumSource
    void meansAreLinearInTheLabelsAtAnyScale(SolverKind kind) {
        double[] scales = {0x1p-700, 0x1p700, 1};
        Tensor scaled = yTrain.copy(DType.F64);
        for (int i = 0; i < 60; i++) {
            for (int column = 0; column < 3; column++) {
                scaled.set(scales[column] * yTrain.get(i, column), i, column);
            }
        }
        try (KernelRegression fit = regression(Inference.NTK, kind).build();
                Tensor expected = fit.mean(xTest);
                KernelRegression far =
                        Predict.kernelRegression(network, xTrain, scaled)
                                .diagReg(DIAG_REG)
                                .solver(by(kind, 60))
                                .build();
                Tensor mean = far.mean(xTest)) {
            for (int i = 0; i < 7; i++) {
                for (int column = 0; column < 3; column++) {
                    double unscaled = mean.get(i, column) / scales[column];
                    assertEquals(expected.get(i, column), unscaled, 1e-9);
                }
            }
        }
    }

    @Test
    void zeroLabelsHaveZeroMeans() {
        Tensor zeros = Tensor.allocate(DType.F64, Shape.of(60, 3));
        for (SolverKind kind : SolverKind.values()) {
            try (KernelRegression fit =
                            Predict.kernelRegression(network, xTrain, zeros)
                                    .diagReg(DIAG_REG)
                                    .solver(by(kind, 60))
                                    .build();
                    Tensor mean = fit.mean(xTest)) {
                assertEquals(0, Matrices.largestMagnitude(mean));
                assertEquals(0, fit.report().iterations());
                assertTrue(fit.report().converged());
            }
        }
    }

    @Test
    void closedFitsSaySo() {
        KernelRegression fit = regression(Inference.NTK, SolverKind.CHOLESKY).build();
        fit.close();
        fit.close();
        assertThrows(IllegalStateException.class, () -> fit.mean(xTest).close());
        assertThrows(IllegalStateException.class, () -> fit.covariance(xTest).close());
    }
}
