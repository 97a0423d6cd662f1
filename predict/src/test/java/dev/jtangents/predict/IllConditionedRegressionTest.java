package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.predict.solver.SolverOptions;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Singular kernels and iterations that do not converge: a message, or a report, and never NaN. */
final class IllConditionedRegressionTest {
    private static final int EXAMPLES = 80;

    private final Tensor xTrain = repeated();
    private final Tensor yTrain = Examples.random(2, EXAMPLES, 2);
    private final Tensor xTest = Examples.random(3, 5, 3);

    /** Each example twice. */
    private static Tensor repeated() {
        Tensor rows = Examples.random(1, EXAMPLES, 3);
        int half = EXAMPLES / 2;
        rows.slice(0, half, EXAMPLES).assign(rows.slice(0, 0, half).copy(DType.F64));
        return rows;
    }

    private KernelRegression.Builder regression(SolverKind kind, DType dtype) {
        return Predict.kernelRegression(new SmoothKernel(2, dtype), xTrain, yTrain)
                .solver(o -> kind == SolverKind.NYSTROM ? o.withCentres(60) : o.withKind(kind));
    }

    @Test
    void choleskySaysWhatToDo() {
        Examples.assertRefused(
                () -> regression(SolverKind.CHOLESKY, DType.F64).build(),
                "80 examples",
                "positive definite",
                "diag_reg",
                "max_jitter");
    }

    /** The message has the smallest eigenvalue, and what it advises is enough. */
    @ParameterizedTest
    @EnumSource(
            value = SolverKind.class,
            names = {"CHOLESKY", "CHOLESKY_F32"})
    void choleskyFindsTheSmallestEigenvalue(SolverKind kind) {
        int n = 200;
        Tensor indefinite = Examples.definite(4, n);
        Tensor labels = Examples.random(5, n, 1);
        try (Tensor vectors = indefinite.copy(DType.F64);
                Tensor values = LinearAlgebra.get().symmetricEigen(vectors)) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    double part = vectors.get(0, i) * vectors.get(0, j);
                    indefinite.set(indefinite.get(i, j) - (values.get(0) + 0.24) * part, i, j);
                }
            }
        }
        KernelRegression.Builder builder =
                Predict.kernelRegression(indefinite, labels)
                        .solver(options -> options.withKind(kind));
        String message = assertThrows(InputException.class, builder::build).getMessage();
        assertTrue(message.contains("from about -0.240"), message);
        Matcher advice = Pattern.compile("absolute scale to (1e-?\\d+)").matcher(message);
        assertTrue(advice.find(), message);
        double enough = Double.parseDouble(advice.group(1));
        try (KernelRegression fit = builder.diagReg(enough).diagRegAbsoluteScale(true).build()) {
            assertTrue(fit.report().converged());
        }
    }

    @Test
    void choleskyReportsItsJitter() {
        try (KernelRegression fit =
                        regression(SolverKind.CHOLESKY, DType.F64).maxJitter(1e-6).build();
                Tensor mean = fit.mean(xTest)) {
            assertTrue(fit.report().jitter() >= 1e-10 && fit.report().jitter() <= 2e-6);
            assertTrue(fit.describe().contains("jitter"), fit.describe());
            assertTrue(fit.report().reciprocalCondition().orElseThrow() < 1e-7);
            Checks.finiteResult(mean, "mean");
        }
    }

    @Test
    void nystromReportsTheJitterOfItsCentres() {
        for (DType dtype : DType.values()) {
            try (KernelRegression fit =
                            regression(SolverKind.NYSTROM, dtype).diagReg(1e-4).build();
                    Tensor mean = fit.mean(xTest)) {
                assertTrue(fit.report().jitter() > 0, fit.describe());
                Checks.finiteResult(mean, "mean");
            }
        }
    }

    /** Contradicting labels of equal examples cannot be met, so there is no solution to find. */
    @ParameterizedTest
    @EnumSource
    void withoutRegularisationNothingIsNotANumber(SolverKind kind) {
        for (DType dtype : DType.values()) {
            try (KernelRegression fit = regression(kind, dtype).build();
                    Tensor mean = fit.mean(xTest)) {
                assertTrue(fit.report().converged());
                Checks.finiteResult(mean, "mean");
            } catch (InputException refused) {
                assertTrue(refused.getMessage().contains("diag_reg"), refused.getMessage());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SolverKind.class,
            names = {"CHOLESKY", "CHOLESKY_F32", "CG"})
    void aLittleRegularisationIsEnough(SolverKind kind) {
        try (KernelRegression exact =
                        regression(SolverKind.CHOLESKY, DType.F64).diagReg(1e-6).build();
                Tensor expected = exact.mean(xTest);
                KernelRegression fit = regression(kind, DType.F64).diagReg(1e-6).build();
                Tensor mean = fit.mean(xTest)) {
            Examples.assertClose(expected, mean, 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void tooFewIterations(int most) {
        SolverOptions few =
                SolverOptions.defaults()
                        .withKind(SolverKind.CG)
                        .withRank(2)
                        .withMaxIterations(most);
        KernelRegression.Builder builder =
                Predict.kernelRegression(new SmoothKernel(2, DType.F64), xTrain, yTrain)
                        .diagReg(1e-4)
                        .solver(_ -> few);
        Examples.assertRefused(
                builder::build,
                "cg did not converge",
                "after " + most,
                "max_iterations",
                "1.0e-08");
        try (KernelRegression fit = builder.solver(SolverOptions::acceptingUnconverged).build();
                Tensor mean = fit.mean(xTest)) {
            assertFalse(fit.report().converged());
            assertEquals(most, fit.report().iterations());
            assertTrue(fit.report().residual() > 1e-8);
            assertTrue(fit.describe().contains("NOT CONVERGED"), fit.describe());
            Checks.finiteResult(mean, "mean");
        }
    }

    @Test
    void anIndefiniteKernelIsRefusedByAll() {
        Tensor indefinite = Examples.diagonal(1, 1, 1, 1);
        indefinite.set(3, 0, 1);
        indefinite.set(3, 1, 0);
        Tensor labels = Examples.random(1, 4, 1);
        for (SolverKind kind : SolverKind.values()) {
            Examples.assertRefused(
                    () ->
                            Predict.kernelRegression(indefinite, labels)
                                    .solver(
                                            o ->
                                                    kind == SolverKind.NYSTROM
                                                            ? o.withCentres(4)
                                                            : o.withKind(kind).withRank(1))
                                    .build(),
                    "positive");
        }
    }

    @Test
    void aKernelOfZerosIsRefused() {
        Tensor zeros = Tensor.allocate(DType.F64, Shape.of(4, 4));
        Tensor labels = Examples.random(1, 4, 1);
        for (SolverKind kind : SolverKind.values()) {
            Examples.assertRefused(
                    () ->
                            Predict.kernelRegression(zeros, labels)
                                    .solver(
                                            o ->
                                                    kind == SolverKind.NYSTROM
                                                            ? o.withCentres(2)
                                                            : o.withKind(kind))
                                    .build(),
                    "positive");
        }
    }
}
