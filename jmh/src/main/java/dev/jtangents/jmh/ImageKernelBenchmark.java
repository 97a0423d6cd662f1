package dev.jtangents.jmh;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Model;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long does a kernel of a network of examples/models on images of 32 x 32 x 3 take, NNGP and
 * NTK together? Divide by rows times columns for an entry; K(x, x) counts N² entries.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@Fork(1)
@State(Scope.Benchmark)
public class ImageKernelBenchmark {
    private static final int NUMBERS = 32 * 32 * 3;

    @Param({"cnn-21-pooled", "cnn-21-flattened", "myrtle-5", "wide-resnet"})
    public String model;

    /** Examples of the first batch. */
    @Param("8")
    public int rows;

    /** Examples of the second batch, or 0 for the first again. */
    @Param("64")
    public int columns;

    @Param({"F32", "F64"})
    public DType dtype;

    @Param("examples/models")
    public String folder;

    private Tensor first;
    private Tensor second;
    private Network network;
    private KernelOptions options;

    /** Makes inputs and network. */
    @Setup
    public void setUp() {
        first = images(1, rows);
        second = columns == 0 ? null : images(2, columns);
        network = Model.read(Path.of(folder, model + ".json"));
        options = KernelOptions.defaults().get(KernelField.NNGP, KernelField.NTK);
    }

    private Tensor images(long seed, int count) {
        var random = new SplittableRandom(seed);
        double[] values =
                random.doubles((long) count * NUMBERS).map(any -> random.nextGaussian()).toArray();
        try (Tensor exact = Tensor.of(values, count, 32, 32, 3)) {
            return exact.copy(dtype);
        }
    }

    /** Frees the inputs. */
    @TearDown
    public void tearDown() {
        first.close();
        if (second != null) {
            second.close();
        }
    }

    /** One whole kernel, from inputs to results in memory. */
    @Benchmark
    public double kernel() {
        try (Kernel kernel = network.kernel(first, second, options)) {
            return kernel.ntk().get(0, 0);
        }
    }
}
