package dev.jtangents.jmh;

import dev.jtangents.graph.finite.NtkImplementation;
import dev.jtangents.layers.EmpiricalKernels;
import dev.jtangents.layers.Network;
import dev.jtangents.layers.Padding;
import dev.jtangents.layers.Parameters;
import dev.jtangents.layers.Stax;
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

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** How long does the tangent kernel of a finite network take, K(x, x) in f32? */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 150)
@Measurement(iterations = 20)
@Fork(1)
@State(Scope.Benchmark)
public class EmpiricalKernelBenchmark {
    /** A network and its examples. */
    public enum Case {
        /** Three hidden layers of 512, 100 examples of 784 features, 10 outputs, traced. */
        MLP {
            @Override
            Network network() {
                return Stax.serial(
                        Stax.repeat(Stax.serial(Stax.dense(512), Stax.relu()), 3), Stax.dense(10));
            }

            @Override
            long[] shape() {
                return new long[] {100, 784};
            }

            @Override
            EmpiricalKernels kernels() {
                return network().empirical();
            }
        },

        /** Three convolutions of 64 channels, pooled, 10 images of 32 x 32 x 3, 10 outputs. */
        CNN {
            @Override
            Network network() {
                return Stax.serial(
                        Stax.repeat(
                                Stax.serial(Stax.conv(64, 3, 3).padding(Padding.SAME), Stax.relu()),
                                3),
                        Stax.globalAvgPool(),
                        Stax.dense(10));
            }

            @Override
            long[] shape() {
                return new long[] {10, 32, 32, 3};
            }

            @Override
            EmpiricalKernels kernels() {
                return network().empirical().traceAxes();
            }
        },

        /** One hidden layer of 1024, 64 examples of 784 features, all pairs of 10 outputs. */
        WIDE {
            @Override
            Network network() {
                return Stax.serial(Stax.dense(1024), Stax.relu(), Stax.dense(10));
            }

            @Override
            long[] shape() {
                return new long[] {64, 784};
            }

            @Override
            EmpiricalKernels kernels() {
                return network().empirical().traceAxes();
            }
        };

        abstract Network network();

        abstract long[] shape();

        abstract EmpiricalKernels kernels();
    }

    @Param({"MLP", "CNN", "WIDE"})
    public Case of;

    @Param({"AUTO"})
    public NtkImplementation implementation;

    private Tensor x;
    private Parameters parameters;
    private EmpiricalKernels kernels;

    /** Draws inputs and parameters. */
    @Setup
    public void setUp() {
        long size = 1;
        for (long extent : of.shape()) {
            size *= extent;
        }
        var random = new SplittableRandom(1);
        double[] values = random.doubles(size).map(any -> random.nextGaussian()).toArray();
        try (Tensor exact = Tensor.of(values, of.shape())) {
            x = exact.copy(DType.F32);
        }
        parameters = of.network().init(1, x.shape(), DType.F32);
        kernels = of.kernels().implementation(implementation);
    }

    /** Frees inputs and parameters. */
    @TearDown
    public void tearDown() {
        x.close();
        parameters.close();
    }

    /** One whole kernel, from inputs to the result in memory. */
    @Benchmark
    public double ntk() {
        try (Tensor kernel = kernels.ntk(parameters, x, null)) {
            return kernel.toArray()[0];
        }
    }
}
