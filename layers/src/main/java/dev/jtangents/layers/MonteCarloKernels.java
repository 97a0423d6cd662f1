package dev.jtangents.layers;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The kernels of infinitely wide networks estimated by those of random finite ones: means of
 * empirical kernels over independent parameters. They exist for every function, whether or not its
 * infinite limit is known. Immutable; {@link Network#monteCarlo} makes it.
 *
 * <p>The same seed gives the same estimates on any number of threads, and an estimate of n samples
 * is what one of more samples has been after n.
 */
public final class MonteCarloKernels {
    /** The kernels of one sample. */
    @FunctionalInterface
    interface Sampler {
        /**
         * Draws a network and computes its kernels, which the caller closes.
         *
         * @param initial the seed of its parameters
         * @param use the seed of what is random in using it
         */
        Kernels sample(long initial, long use, Tensor x1, @Nullable Tensor x2, Set<KernelName> get);
    }

    private final Sampler sampler;
    private final long seed;
    private final int threads;

    private MonteCarloKernels(Sampler sampler, long seed, int threads) {
        this.sampler = sampler;
        this.seed = seed;
        this.threads = threads;
    }

    private static MonteCarloKernels of(Sampler sampler, long seed) {
        return new MonteCarloKernels(sampler, seed, WorkerPool.ofCores().threads());
    }

    static MonteCarloKernels of(Network network, EmpiricalKernels kernels, long seed) {
        return of(
                (initial, use, x1, x2, get) -> {
                    try (Parameters parameters = network.init(initial, x1.shape(), wider(x1, x2))) {
                        return kernels.seed(use).threads(1).at(parameters).kernels(x1, x2, get);
                    }
                },
                seed);
    }

    /**
     * Estimates from the kernels of any function.
     *
     * @param initializer draws its parameters
     * @param kernels which of its kernels
     */
    public static MonteCarloKernels of(
            Initializer initializer, FunctionKernels kernels, long seed) {
        return of(
                (initial, use, x1, x2, get) -> {
                    try (Parameters parameters =
                            initializer.init(initial, x1.shape(), wider(x1, x2))) {
                        return kernels.at(parameters).kernels(x1, x2, get);
                    }
                },
                seed);
    }

    private static DType wider(Tensor x1, @Nullable Tensor x2) {
        return x2 == null ? x1.dtype() : DType.wider(x1.dtype(), x2.dtype());
    }

    /**
     * The same on a number of threads, each of which works on networks of its own.
     *
     * @throws InputException when it is not positive
     */
    public MonteCarloKernels threads(int count) {
        return new MonteCarloKernels(sampler, seed, WorkerPool.of(count).threads());
    }

    /**
     * An estimate of a number of samples.
     *
     * @param x2 the examples of the columns, or null for {@code x1} again
     * @return an estimate that the caller closes
     * @throws InputException when the number is not positive, and as the kernels do
     */
    public MonteCarloEstimate estimate(
            Tensor x1, @Nullable Tensor x2, Set<KernelName> get, int samples) {
        return estimates(x1, x2, get, samples).findFirst().orElseThrow();
    }

    /**
     * Estimates of several numbers of samples, in increasing order, each computed when it is asked
     * for; all go on from the samples before, so that the stream cannot be a parallel one.
     *
     * @return estimates, each of which the caller closes
     * @throws InputException when a number is not positive
     */
    public Stream<MonteCarloEstimate> estimates(
            Tensor x1, @Nullable Tensor x2, Set<KernelName> get, int... samples) {
        int[] counts = Arrays.stream(samples).sorted().distinct().toArray();
        if (counts.length == 0 || counts[0] < 1) {
            throw new InputException(
                    "The numbers of samples are "
                            + Arrays.toString(samples)
                            + "; at least one number is needed, and each at least 1.");
        }
        var run = new Run(x1, x2, get);
        return IntStream.of(counts).mapToObj(run::estimate);
    }

    /**
     * The estimate of as many samples as it takes for the relative error of each kernel to fall to
     * a tolerance: {@link MonteCarloEstimate#relativeError}.
     *
     * @param most samples after which it ends anyway; the estimate says how far it came
     * @throws InputException when the tolerance or {@code most} is not positive
     */
    public MonteCarloEstimate estimateTo(
            double tolerance, Tensor x1, @Nullable Tensor x2, Set<KernelName> get, int most) {
        if (!(tolerance > 0)) {
            throw new InputException(
                    "The tolerance is " + tolerance + "; a positive number is needed.");
        }
        var run = new Run(x1, x2, get);
        for (int count : looks(most)) {
            MonteCarloEstimate estimate = run.estimate(count);
            if (estimate.isWithin(tolerance) || count == most) {
                return estimate;
            }
            estimate.close();
        }
        throw new AssertionError("The last look is at the largest number of samples");
    }

    /**
     * The numbers of samples, in increasing order, after which {@link #estimateTo} looks how good
     * its estimate is: {@link MonteCarloEstimate#FEWEST_TO_STOP}, then a quarter more each time,
     * and the largest number.
     *
     * @throws InputException when that is not positive
     */
    public static int[] looks(int most) {
        Checks.positive("the largest number of samples", most);
        return IntStream.concat(
                        LongStream.iterate(
                                        MonteCarloEstimate.FEWEST_TO_STOP,
                                        count -> count < most,
                                        count -> count + count / 4)
                                .mapToInt(Math::toIntExact),
                        IntStream.of(most))
                .toArray();
    }

    /** Kernels as inference asks for them, each the estimate of a number of samples. */
    public KernelFunction samples(int count) {
        Checks.positive("the number of samples", count);
        return (x1, x2, get) -> {
            MonteCarloEstimate estimate = estimate(x1, x2, get, count);
            estimate.standardError().close();
            return estimate.mean();
        };
    }

    /** An estimate that grows. */
    private final class Run {
        private final Tensor x1;
        private final @Nullable Tensor x2;
        private final Set<KernelName> get;
        private final RandomGenerator random = Network.generator(seed);
        private final Map<KernelName, RunningMoments> moments = new EnumMap<>(KernelName.class);
        private int samples;

        Run(Tensor x1, @Nullable Tensor x2, Set<KernelName> get) {
            if (get.isEmpty()) {
                throw new InputException("No kernel is asked for: name nngp, ntk, or both.");
            }
            this.x1 = x1;
            this.x2 = x2;
            this.get = EnumSet.copyOf(get);
        }

        /** The estimate of at least as many samples as the one before. */
        synchronized MonteCarloEstimate estimate(int count) {
            if (count < samples) {
                throw new InputException(
                        "The estimate of "
                                + count
                                + " samples was asked for after that of "
                                + samples
                                + ": the stream of estimates cannot be parallel.");
            }
            while (samples < count) {
                int round = Math.min(threads, count - samples);
                addAll(round);
                samples += round;
            }
            return estimate();
        }

        /** Draws samples side by side, and adds them in their order. */
        private void addAll(int round) {
            long[] seeds = random.longs(2L * round).toArray();
            @Nullable Kernels[] drawn = new Kernels[round];
            try {
                WorkerPool.of(threads)
                        .run(
                                round,
                                () ->
                                        task -> {
                                            int i = (int) task;
                                            drawn[i] =
                                                    sampler.sample(
                                                            seeds[2 * i],
                                                            seeds[2 * i + 1],
                                                            x1,
                                                            x2,
                                                            get);
                                        });
                for (Kernels kernels : drawn) {
                    if (kernels != null) {
                        get.forEach(name -> add(name, kernels.get(name)));
                    }
                }
            } finally {
                for (Kernels kernels : drawn) {
                    if (kernels != null) {
                        kernels.close();
                    }
                }
            }
        }

        private void add(KernelName name, @Nullable Tensor kernel) {
            if (kernel != null) {
                moments.computeIfAbsent(name, key -> new RunningMoments(kernel.shape()))
                        .add(kernel);
            }
        }

        private RunningMoments of(KernelName name) {
            return Objects.requireNonNull(moments.get(name));
        }

        private MonteCarloEstimate estimate() {
            DType dtype = wider(x1, x2);
            Kernels mean = Kernels.of(get, name -> of(name).mean(dtype));
            try {
                return new MonteCarloEstimate(
                        samples, mean, Kernels.of(get, name -> of(name).standardError(dtype)));
            } catch (RuntimeException | Error failure) {
                mean.close();
                throw failure;
            }
        }
    }
}
