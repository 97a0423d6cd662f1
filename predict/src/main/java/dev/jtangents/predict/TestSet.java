package dev.jtangents.predict;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The matrices of the kernels of test examples.
 *
 * @param rows the kept extents of the test examples
 * @param testTrain with the training examples
 * @param testTest among themselves: nothing, columns of variances, or matrices of covariances
 */
record TestSet(
        Shape rows,
        Uncertainty uncertainty,
        Map<KernelName, Tensor> testTrain,
        Map<KernelName, Tensor> testTest) {
    /** The matrices that these inferences need, on an arena. */
    static TestSet of(
            Arena arena,
            KernelAxes axes,
            List<Inference> asked,
            Kernels testTrain,
            Uncertainty uncertainty,
            @Nullable Kernels testTest) {
        Map<KernelName, Tensor> withTraining = new EnumMap<>(KernelName.class);
        Map<KernelName, Tensor> amongThemselves = new EnumMap<>(KernelName.class);
        Shape rows = null;
        for (KernelName name : Inference.needed(asked, testTest != null)) {
            Tensor kernel = TrainingSet.required(testTrain, name, "k_test_train");
            String text = TrainingSet.text("k_test_train", name);
            rows = rows == null ? axes.testRows(kernel, text) : rows;
            withTraining.put(name, axes.testTrainMatrix(arena, kernel, rows, text));
        }
        if (rows == null) {
            throw new InputException("Nothing was asked for: name nngp, ntk or both.");
        }
        if (testTest != null) {
            for (KernelName name : Inference.priors(asked)) {
                Tensor kernel = TrainingSet.required(testTest, name, "k_test_test");
                String text = TrainingSet.text("k_test_test", name);
                amongThemselves.put(
                        name,
                        uncertainty == Uncertainty.VARIANCE
                                ? axes.varianceColumn(arena, kernel, rows, text)
                                : axes.testTestMatrix(arena, kernel, rows, text));
            }
        }
        return new TestSet(rows, uncertainty, withTraining, amongThemselves);
    }

    Tensor withTraining(KernelName name) {
        return known(testTrain, name);
    }

    Tensor amongThemselves(KernelName name) {
        return known(testTest, name);
    }

    private static Tensor known(Map<KernelName, Tensor> matrices, KernelName name) {
        Tensor matrix = matrices.get(name);
        if (matrix == null) {
            throw new IllegalStateException("The " + name.label() + " kernel was not prepared.");
        }
        return matrix;
    }
}
