package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

/** The memory budget decides which solver runs, and too small a one is refused with figures. */
final class RegressionChoiceTest {
    private final SmoothKernel kernel = new SmoothKernel(1, DType.F32);
    private final Tensor xTrain = Examples.random(1, 3000, 4);
    private final Tensor yTrain = Examples.random(2, 3000, 1);

    private String describe(long memory) {
        return Predict.kernelRegression(kernel, xTrain, yTrain)
                .solver(options -> options.withMemory(memory))
                .describe();
    }

    @Test
    void theBudgetDecides() {
        assertTrue(describe(200_000_000).startsWith("cholesky, "));
        assertTrue(describe(100_000_000).startsWith("cholesky_f32, "));
        assertTrue(describe(70_000_000).startsWith("cg, preconditioner of rank 547, "));
        assertTrue(describe(54_000_000).startsWith("cg, preconditioner of rank 136, "));
    }

    @Test
    void tooSmallABudgetIsRefused() {
        Examples.assertRefused(() -> describe(1_000_000), "3000 examples", "0.00 GB", "nystrom");
        Examples.assertRefused(
                () ->
                        Predict.kernelRegression(kernel, xTrain, yTrain)
                                .solver(o -> o.withCentres(1000).withMemory(10_000_000))
                                .build(),
                "nystrom",
                "0.01 GB");
        Examples.assertRefused(
                () ->
                        Predict.kernelRegression(kernel, xTrain, yTrain)
                                .solver(
                                        o ->
                                                o.withKind(SolverKind.CHOLESKY)
                                                        .withMemory(100_000_000))
                                .build(),
                "cholesky",
                "0.12 GB",
                "0.10 GB");
    }

    /** A kernel that is computed once and kept gives the bits of one computed again and again. */
    @Test
    void keepingTheKernelChangesNothing() {
        Tensor some = xTrain.slice(0, 0, 400);
        Tensor labels = yTrain.slice(0, 0, 400);
        double[][] means = new double[2][];
        long[] budgets = {100_000_000, 2_600_000};
        for (int i = 0; i < 2; i++) {
            long memory = budgets[i];
            KernelRegression.Builder builder =
                    Predict.kernelRegression(kernel, some, labels)
                            .diagReg(1e-2)
                            .solver(o -> o.withKind(SolverKind.CG).withMemory(memory).withRank(50));
            assertEquals(i == 0, builder.describe().contains("kernel computed once"));
            try (KernelRegression fit = builder.build();
                    Tensor mean = fit.mean(xTrain.slice(0, 400, 410))) {
                means[i] = mean.toArray();
            }
        }
        assertArrayEquals(means[0], means[1]);
    }
}
