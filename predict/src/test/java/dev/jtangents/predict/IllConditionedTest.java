package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.EnumSet;

/** Kernels of repeated examples, exactly singular and, rounded to f32, slightly indefinite. */
final class IllConditionedTest {
    private static final int EXAMPLES = 12;

    private final Tensor xTrain = repeated();
    private final Tensor xTest = Examples.random(2, 4, 3);
    private final Tensor labels = Examples.random(3, EXAMPLES, 2);

    private static Tensor repeated() {
        Tensor rows = Examples.random(1, EXAMPLES, 3);
        for (int i = 0; i < EXAMPLES / 2; i++) {
            rows.slice(0, EXAMPLES / 2 + i, EXAMPLES / 2 + i + 1).assign(rows.slice(0, i, i + 1));
        }
        return rows;
    }

    private static @Nullable Tensor rounded(@Nullable Tensor kernel) {
        return kernel == null ? null : kernel.copy(DType.F32);
    }

    private static KernelFunction kernels(boolean single) {
        TwoLayerKernel exact = TwoLayerKernel.relu();
        return (x1, x2, get) -> {
            Kernels kernels = exact.kernels(x1, x2, get);
            return single ? new Kernels(rounded(kernels.nngp()), rounded(kernels.ntk())) : kernels;
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ensemblesStayFiniteAndPositive(boolean single) {
        double rounding = single ? 1e-7 : 1e-14;
        try (GradientDescentMseEnsemble ensemble =
                Predict.gradientDescentMseEnsemble(kernels(single), xTrain, labels).build()) {
            for (double t : new double[] {0, 1, 1e4, 1e8}) {
                try (Gaussians train = ensemble.at(Time.of(t)).covariance().predict();
                        Gaussians test = ensemble.at(Time.of(t)).on(xTest).covariance().predict()) {
                    for (Inference name : train.names()) {
                        assertTrue(least(train.get(name).covariance()) > -rounding);
                        assertTrue(least(test.get(name).covariance()) > -rounding);
                        assertTrue(Matrices.largestMagnitude(train.get(name).mean()) < 1);
                        assertTrue(Matrices.largestMagnitude(test.get(name).mean()) < 100);
                    }
                }
            }
            assertTrue(ensemble.reciprocalCondition(KernelName.NTK) < rounding);
        }
    }

    /** The smallest eigenvalue; those before training are up to about 5. */
    private static double least(Tensor covariance) {
        try (Tensor copy = covariance.copy(DType.F64);
                Tensor values = LinearAlgebra.get().symmetricEigen(copy)) {
            return values.get(0);
        }
    }

    /** Labels of equal examples that differ: their mean is learnt, and there it rests. */
    @Test
    void gradientDescentRestsBetweenContradictions() {
        try (Kernels kernel = kernels(false).kernels(xTrain, null, EnumSet.of(KernelName.NTK));
                GradientDescent fit =
                        Predict.gradientDescent(
                                        Loss.mse(),
                                        TrainingSet.required(kernel, KernelName.NTK, "k"),
                                        labels)
                                .learningRate(100)
                                .build();
                OdeState state = fit.at(Time.infinite()).predict()) {
            for (int i = 0; i < EXAMPLES; i++) {
                int twin = (i + EXAMPLES / 2) % EXAMPLES;
                double mean = (labels.get(i, 0) + labels.get(twin, 0)) / 2;
                assertTrue(Math.abs(state.train().get(i, 0) - mean) < 1e-6);
            }
        }
    }
}
