package dev.jtangents.predict;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.predict.solver.CrossProduct;
import dev.jtangents.predict.solver.KernelSolver;
import dev.jtangents.predict.solver.Solution;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Locale;

/** The covariance of a kernel regression on a test set, as {@link Posterior} defines it. */
final class RegressionCovariance {
    private RegressionCovariance() {}

    static Tensor of(
            TrainingInputs.Examples training,
            RegressionOptions options,
            KernelSolver solver,
            Tensor xTest) {
        requireMemory(training, options, solver, xTest);
        Inference inference = options.inference();
        KernelFunction function = training.function();
        LinearAlgebra algebra = LinearAlgebra.on(WorkerPool.of(options.solver().threads()));
        try (Arena scratch = Arena.ofShared()) {
            Tensor trainTest = trainTest(scratch, training, inference.kernel(), xTest);
            Tensor covariance = matrix(scratch, function, inference.prior(), xTest);
            try (Solution response = solver.solve(trainTest)) {
                Tensor weights = response.weights();
                if (inference.kernel() == inference.prior()) {
                    algebra.multiply(-1, trainTest, true, weights, false, 1, covariance);
                } else {
                    CrossProduct product = new CrossProduct(options.solver().threads());
                    Tensor prior = trainTest(scratch, training, inference.prior(), xTest);
                    try (Tensor spread =
                            product.of(training.operator(inference.prior()), weights)) {
                        algebra.multiply(1, weights, true, spread, false, 1, covariance);
                    }
                    algebra.multiply(-1, prior, true, weights, false, 1, covariance);
                    algebra.multiply(-1, weights, true, prior, false, 1, covariance);
                }
            }
            Matrices.symmetrize(covariance);
            Checks.finiteResult(covariance, "The covariance");
            return covariance.copy(covariance.dtype());
        }
    }

    /**
     * Refuses test sets that do not fit the memory beside the solver: kernels with them, their
     * solutions and products, and two matrices between them.
     */
    private static void requireMemory(
            TrainingInputs.Examples training,
            RegressionOptions options,
            KernelSolver solver,
            Tensor xTest) {
        long train = training.x().shape().extent(0);
        long test = xTest.shape().rank() == 0 ? 0 : xTest.shape().extent(0);
        double columns = 3.0 * Double.BYTES * train * test;
        double squares = 2.0 * Double.BYTES * test * test;
        double bytes = columns + squares + solver.bytes(test);
        long budget = options.solver().memory();
        if (bytes > budget) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "The covariance of %d test examples with %d training examples takes"
                                    + " %.3g GB, and the memory budget is %.3g GB: raise it, or"
                                    + " take fewer test examples.",
                            test,
                            train,
                            bytes / 1e9,
                            budget / 1e9));
        }
    }

    private static Tensor matrix(
            Arena arena, KernelFunction function, KernelName name, Tensor xTest) {
        try (Kernels kernels = function.kernels(xTest, null, EnumSet.of(name))) {
            Tensor kernel = TrainingSet.required(kernels, name, "k_test_test");
            return Matrices.copy(arena, kernel);
        }
    }

    private static Tensor trainTest(
            Arena arena, TrainingInputs.Examples training, KernelName name, Tensor xTest) {
        try (Kernels kernels = training.function().kernels(training.x(), xTest, EnumSet.of(name))) {
            Tensor kernel = TrainingSet.required(kernels, name, "k_test_train");
            Shape expected = Shape.of(training.x().shape().extent(0), xTest.shape().extent(0));
            if (!kernel.shape().equals(expected)) {
                throw new InputException(
                        "The kernel function gave shape "
                                + kernel.shape()
                                + " between training and test examples; needed is "
                                + expected
                                + ".");
            }
            return Matrices.copy(arena, kernel);
        }
    }
}
