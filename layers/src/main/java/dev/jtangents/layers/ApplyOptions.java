package dev.jtangents.layers;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/** How a finite network is applied; immutable. */
public final class ApplyOptions {
    private static final ApplyOptions DEFAULTS =
            new ApplyOptions(null, null, null, WorkerPool.ofCores().threads());

    private final @Nullable Long seed;
    private final @Nullable Double maskConstant;
    private final @Nullable Tensor pattern;
    private final int threads;

    private ApplyOptions(
            @Nullable Long seed,
            @Nullable Double maskConstant,
            @Nullable Tensor pattern,
            int threads) {
        this.seed = seed;
        this.maskConstant = maskConstant;
        this.pattern = pattern;
        this.threads = threads;
    }

    /** No seed, no mask, no graphs, all cores. */
    public static ApplyOptions defaults() {
        return DEFAULTS;
    }

    /** The same with a seed for layers that are random in use: {@link Dropout} in training. */
    public ApplyOptions seed(long value) {
        return new ApplyOptions(value, maskConstant, pattern, threads);
    }

    /**
     * The same with inputs masked where they are equal to a constant, which may be NaN: these are
     * taken as 0, and means over positions leave them out.
     */
    public ApplyOptions maskConstant(double value) {
        return new ApplyOptions(seed, value, pattern, threads);
    }

    /**
     * The same with the graphs that {@link Aggregate} sums over.
     *
     * @param graphs one for each example; borrowed
     */
    public ApplyOptions pattern(Tensor graphs) {
        return new ApplyOptions(seed, maskConstant, graphs, threads);
    }

    /**
     * The same on a number of threads, which do not change the result.
     *
     * @throws dev.jtangents.tensor.InputException when it is not positive
     */
    public ApplyOptions threads(int count) {
        return new ApplyOptions(seed, maskConstant, pattern, WorkerPool.of(count).threads());
    }

    @Nullable Long seedOrNull() {
        return seed;
    }

    @Nullable Double maskConstantOrNull() {
        return maskConstant;
    }

    @Nullable Tensor patternOrNull() {
        return pattern;
    }

    WorkerPool pool() {
        return WorkerPool.of(threads);
    }
}
