package dev.jtangents.graph;

import dev.jtangents.maps.BivariateMap;
import dev.jtangents.simd.AffineStep;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * One operation of a covariance program. A value of a program is a covariance K(p, q) of the
 * positions of two examples, the NNGP, and with it the NTK Θ(p, q). Unless said otherwise an
 * operation does the same to both, and takes one value.
 *
 * <p>Most operations are <em>local</em>: a displacement plane, the entries with one q - p, of their
 * output depends on planes of their inputs one by one. The others are <em>barriers</em>, which mix
 * planes.
 */
public sealed interface CovarianceOp {
    /**
     * The extents of the output.
     *
     * @throws IllegalArgumentException when the operation cannot take such inputs
     */
    Extents extents(List<Extents> inputs);

    /** Whether the operation mixes displacement planes. */
    default boolean isBarrier() {
        return false;
    }

    private static Extents only(List<Extents> inputs) {
        if (inputs.size() != 1) {
            throw new IllegalArgumentException("Expected one input, not " + inputs.size());
        }
        return inputs.getFirst();
    }

    private static Extents common(List<Extents> inputs) {
        if (inputs.isEmpty() || inputs.stream().distinct().count() != 1) {
            throw new IllegalArgumentException("Expected inputs of one extent, not " + inputs);
        }
        return inputs.getFirst();
    }

    private static String text(AffineStep step) {
        return String.format(
                Locale.ROOT,
                "q <- %.6g q + %.6g, ntk <- %.6g ntk + %.6g q + %.6g",
                step.scale(),
                step.shift(),
                step.ntkScale(),
                step.ntkGain(),
                step.ntkShift());
    }

    /** Operations that keep positions as they are and take one input. */
    sealed interface Pointwise extends CovarianceOp {
        @Override
        default Extents extents(List<Extents> inputs) {
            return only(inputs);
        }
    }

    /**
     * Inner products of the inputs at each pair of positions, divided by the number of features;
     * the NTK is 0.
     *
     * @param index which of the program's inputs
     */
    record Input(int index, Extents positions, int features) implements CovarianceOp {
        @Override
        public String toString() {
            return "input " + index + ": inner products of " + features + " features";
        }

        @Override
        public Extents extents(List<Extents> inputs) {
            return positions;
        }
    }

    /**
     * A kernel that has been computed before.
     *
     * @param index which of the program's given kernels
     */
    record Given(int index, Extents positions) implements CovarianceOp {
        @Override
        public Extents extents(List<Extents> inputs) {
            return positions;
        }
    }

    /** A random affine layer, entry by entry. */
    record Affine(AffineStep step) implements Pointwise {
        @Override
        public String toString() {
            return "affine: " + text(step);
        }
    }

    /**
     * An elementwise nonlinearity after an affine step. It needs the variances K(p, p) of both
     * examples.
     */
    record Nonlinearity(AffineStep step, BivariateMap map) implements Pointwise {
        /** The nonlinearity alone. */
        public Nonlinearity(BivariateMap map) {
            this(AffineStep.IDENTITY, map);
        }

        @Override
        public String toString() {
            return "map: " + map + " after " + text(step);
        }
    }

    /** The mean over a window that moves over both positions alike: convolution. */
    record Window(SpatialWindow window) implements CovarianceOp {
        @Override
        public Extents extents(List<Extents> inputs) {
            if (only(inputs).rank() != window.output().rank()) {
                throw new IllegalArgumentException(window + " over " + inputs);
            }
            return window.output();
        }
    }

    /** The sum over a window: a {@link Window} whose division another operation does. */
    record WindowSum(SpatialWindow window) implements CovarianceOp {
        @Override
        public String toString() {
            return "sum over " + window;
        }

        @Override
        public Extents extents(List<Extents> inputs) {
            return new Window(window).extents(inputs);
        }
    }

    /** Zero wherever p and q differ: weights that are drawn for each position apart. */
    record EqualPositions() implements Pointwise {}

    /** Spatial axes in another order: axis k of the output is axis {@code axes[k]} of the input. */
    record Permutation(List<Integer> axes) implements CovarianceOp {
        public Permutation {
            axes = List.copyOf(axes);
        }

        @Override
        public Extents extents(List<Extents> inputs) {
            Extents input = only(inputs);
            if (!axes.stream()
                    .sorted()
                    .toList()
                    .equals(IntStream.range(0, input.rank()).boxed().toList())) {
                throw new IllegalArgumentException(axes + " does not permute " + input);
            }
            return new Extents(axes.stream().map(input::size).toList());
        }
    }

    /** A sum of any number of inputs, weighted. */
    record WeightedSum(List<Double> weights) implements CovarianceOp {
        public WeightedSum {
            weights = List.copyOf(weights);
        }

        @Override
        public Extents extents(List<Extents> inputs) {
            if (inputs.size() != weights.size()) {
                throw new IllegalArgumentException(inputs.size() + " inputs, weights " + weights);
            }
            return common(inputs);
        }
    }

    /** The product of any number of inputs; Θ by the product rule. */
    record Product() implements CovarianceOp {
        @Override
        public Extents extents(List<Extents> inputs) {
            return common(inputs);
        }
    }

    /**
     * Any number of inputs next to one another along a spatial axis, uncorrelated with one another.
     */
    record Concatenation(int axis) implements CovarianceOp {
        @Override
        public Extents extents(List<Extents> inputs) {
            List<Integer> sizes = new ArrayList<>(inputs.getFirst().sizes());
            int sum = 0;
            for (Extents input : inputs) {
                sum += input.size(axis);
                List<Integer> others = new ArrayList<>(input.sizes());
                others.set(axis, sizes.get(axis));
                if (!others.equals(sizes)) {
                    throw new IllegalArgumentException(inputs + " along axis " + axis);
                }
            }
            sizes.set(axis, sum);
            return new Extents(sizes);
        }
    }

    /**
     * K(p, q) times a factor of p in the first example and one of q in the second, for instance 0
     * where a position is masked.
     *
     * @param factors one per position, or one for all
     */
    record Scaling(PerExample factors) implements Pointwise {}

    /**
     * Division by the square roots of both examples' mean variance plus {@code epsilon}.
     *
     * @param axes the spatial axes that the mean is taken over
     * @param overExamples whether it is also taken over all examples of the batch
     * @param present one value per position, 0 where it does not count, or null when all count
     */
    record Normalization(
            List<Integer> axes, boolean overExamples, double epsilon, @Nullable PerExample present)
            implements Pointwise {
        public Normalization {
            axes = List.copyOf(axes);
        }
    }

    /** The pairs of a position of an example with itself divided by the rate of keeping. */
    record Dropout(double rate) implements Pointwise {}

    /**
     * {@code q <- scale q + C}, {@code Θ <- scale Θ}, plus C where it enters the NTK: positional
     * embeddings.
     *
     * @param covariance C(p, q), row by row
     * @param inNtk whether C is added to the NTK, too
     */
    record PositionCovariance(double scale, double[] covariance, boolean inNtk)
            implements Pointwise {
        @Override
        public String toString() {
            return "positions: q <- " + scale + " q + C";
        }
    }

    /** M K Mᵀ for a constant map of positions: pooling, resizing, indexing. */
    record PositionMap(SparseMatrix matrix, Extents output) implements CovarianceOp {
        public PositionMap {
            if (matrix.rows() != output.positions()) {
                throw new IllegalArgumentException(matrix.rows() + " rows for " + output);
            }
        }

        @Override
        public Extents extents(List<Extents> inputs) {
            if (only(inputs).positions() != matrix.columns()) {
                throw new IllegalArgumentException(matrix.columns() + " columns for " + inputs);
            }
            return output;
        }

        @Override
        public boolean isBarrier() {
            return true;
        }

        @Override
        public String toString() {
            return "position map to " + output;
        }
    }

    /** The mean over equal positions, which leaves one position: Flatten. */
    record PositionMean() implements CovarianceOp {
        @Override
        public Extents extents(List<Extents> inputs) {
            only(inputs);
            return Extents.NONE;
        }

        @Override
        public boolean isBarrier() {
            return true;
        }
    }

    /**
     * M1 K M2ᵀ, where each example has a constant matrix of its own, (output positions, input
     * positions) row by row: aggregation over graphs.
     */
    record Mixing(PerExample matrices, Extents output) implements CovarianceOp {
        @Override
        public Extents extents(List<Extents> inputs) {
            if (only(inputs).positions() * output.positions() != matrices.width()) {
                throw new IllegalArgumentException(matrices + " for " + inputs);
            }
            return output;
        }

        @Override
        public boolean isBarrier() {
            return true;
        }

        @Override
        public String toString() {
            return "mixing to " + output;
        }
    }

    /**
     * G1 V G2ᵀ, where V is the first input and G of an example is made of the second input's
     * covariance of that example with itself: attention with scores that concentrate (Hron et al.
     * 2020, arXiv:2006.10540).
     *
     * @param scale scores are the covariances times this
     * @param present one value per position, 0 where a key is masked, or null when none is
     */
    record Attention(AttentionScores scores, double scale, @Nullable PerExample present)
            implements CovarianceOp {
        @Override
        public Extents extents(List<Extents> inputs) {
            return common(inputs);
        }

        @Override
        public boolean isBarrier() {
            return true;
        }
    }

    /**
     * With inputs A and B and d = Σ A B, t = Σ (A Θ_B + B Θ_A) over all pairs of positions: {@code
     * q <- d A}, {@code Θ <- t A + d (Θ_A + 4 A)}: attention whose scores do not concentrate (Hron
     * et al. 2020, arXiv:2006.10540).
     */
    record BilinearAttention() implements CovarianceOp {
        @Override
        public Extents extents(List<Extents> inputs) {
            return common(inputs);
        }

        @Override
        public boolean isBarrier() {
            return true;
        }
    }

    /** A constant map of the examples of both batches, which needs the covariances of all pairs. */
    record ExampleMap(SparseMatrix first, SparseMatrix second) implements Pointwise {
        @Override
        public String toString() {
            return "example map";
        }
    }

    /** The examples of any number of inputs one after another, uncorrelated with one another. */
    record ExampleConcatenation() implements CovarianceOp {
        @Override
        public Extents extents(List<Extents> inputs) {
            return common(inputs);
        }
    }
}
