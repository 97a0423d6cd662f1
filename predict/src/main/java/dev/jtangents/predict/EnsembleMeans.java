package dev.jtangents.predict;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The means of an ensemble on a test set of any size. Of the kernel between test and training
 * examples only the rows of some test examples are in memory at a time.
 *
 * @param weights for each distribution what the kernel is multiplied with: one row for each row of
 *     the training set, the columns of all times side by side
 */
record EnsembleMeans(
        KernelFunction function,
        Tensor xTrain,
        KernelAxes axes,
        Time time,
        SequencedMap<Inference, Tensor> weights) {

    /** The means on these examples, {@code tile} of them at a time. */
    SequencedMap<Inference, Gaussian> on(Arena results, Tensor xTest, long tile) {
        long count = xTest.shape().extent(0);
        SequencedMap<Inference, Tensor> means = new LinkedHashMap<>();
        for (long from = 0; from < count; from += tile) {
            long to = Math.min(count, from + tile);
            addTile(results, xTest.slice(0, from, to), from, count, means);
        }
        SequencedMap<Inference, Gaussian> gaussians = new LinkedHashMap<>();
        means.forEach((name, mean) -> gaussians.put(name, new Gaussian(mean, null, null)));
        return gaussians;
    }

    private void addTile(
            Arena results,
            Tensor examples,
            long from,
            long count,
            SequencedMap<Inference, Tensor> means) {
        List<Inference> asked = List.copyOf(weights.keySet());
        Set<KernelName> needed = Inference.needed(asked, false);
        try (Arena scratch = Arena.ofShared();
                Kernels kernels = function.kernels(examples, xTrain, needed)) {
            TestSet test = TestSet.of(scratch, axes, asked, kernels, Uncertainty.NONE, null);
            weights.forEach(
                    (inference, columns) -> {
                        Tensor testTrain = test.withTraining(inference.kernel());
                        Tensor mean = Matrices.product(scratch, testTrain, false, columns, false);
                        Tensor tile = axes.outputs(scratch, time.shape(), test.rows(), mean);
                        place(results, inference, tile, examples, from, count, means);
                    });
        }
    }

    private void place(
            Arena results,
            Inference inference,
            Tensor tile,
            Tensor examples,
            long from,
            long count,
            SequencedMap<Inference, Tensor> means) {
        long size = examples.shape().extent(0);
        if (size == count) {
            means.put(inference, Matrices.copy(results, tile));
            return;
        }
        int axis = time.shape().rank() + axes.examplesAxis();
        if (tile.shape().extent(axis) != size) {
            throw new InputException(
                    "The kernel function gave "
                            + tile.shape().extent(axis)
                            + " rows for "
                            + size
                            + " of "
                            + count
                            + " test examples; it must give one for each when they are taken in"
                            + " parts. Predict on fewer at once.");
        }
        Shape all = tile.shape().with(axis, count);
        means.computeIfAbsent(inference, _ -> Tensor.allocate(results, DType.F64, all))
                .slice(axis, from, from + size)
                .assign(tile);
    }
}
