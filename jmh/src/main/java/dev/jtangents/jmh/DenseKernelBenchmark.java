package dev.jtangents.jmh;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.elementwiseNumerical;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.gelu;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.layers.NumericalFunction;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long does an entry of K(x, x) of a fully connected network take? Counts N² entries. Unless
 * asked for something else, NNGP and NTK of ReLU networks without biases.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class DenseKernelBenchmark {
    private static final int EXAMPLES = 2048;

    @Param({"784", "64"})
    public int features;

    @Param({"1", "3", "10"})
    public int depth;

    @Param({"F32", "F64"})
    public DType dtype;

    /** The nonlinearities. */
    public enum Nonlinearity {
        /** Relu. */
        RELU,
        /** Erf. */
        ERF,
        /** Gelu. */
        GELU,
        /** The hyperbolic tangent, by quadrature. */
        TANH
    }

    @Param("RELU")
    public Nonlinearity nonlinearity;

    /** The standard deviation of biases. */
    @Param("0")
    public double bias;

    /** Whether all examples have one norm. */
    @Param("false")
    public boolean normalized;

    @Param("true")
    public boolean ntk;

    private Tensor x;
    private Network network;
    private KernelOptions options;

    /** Makes inputs and network. */
    @Setup
    public void setUp() {
        double[] values =
                new SplittableRandom(1).doubles((long) EXAMPLES * features, -1, 1).toArray();
        if (normalized) {
            normalize(values);
        }
        try (Tensor exact = Tensor.of(values, EXAMPLES, features)) {
            x = exact.copy(dtype);
        }
        List<Network> layers = new ArrayList<>();
        for (int layer = 0; layer < depth; layer++) {
            layers.add(dense(1).weightStd(1.4).biasStd(bias));
            layers.add(layer());
        }
        layers.add(dense(1));
        network = serial(layers.toArray(Network[]::new));
        options =
                ntk
                        ? KernelOptions.defaults().get(KernelField.NNGP, KernelField.NTK)
                        : KernelOptions.defaults().get(KernelField.NNGP);
    }

    private void normalize(double[] values) {
        for (int from = 0; from < values.length; from += features) {
            double square = 0;
            for (int i = from; i < from + features; i++) {
                square += values[i] * values[i];
            }
            for (int i = from; i < from + features; i++) {
                values[i] *= Math.sqrt(features / square);
            }
        }
    }

    private Network layer() {
        return switch (nonlinearity) {
            case RELU -> relu();
            case ERF -> erf();
            case GELU -> gelu();
            case TANH -> elementwiseNumerical(NumericalFunction.TANH, 25);
        };
    }

    /** Frees the inputs. */
    @TearDown
    public void tearDown() {
        x.close();
    }

    /** One whole kernel, from inputs to results in memory. */
    @Benchmark
    @OperationsPerInvocation(EXAMPLES * EXAMPLES)
    public double entry() {
        try (Kernel kernel = network.kernel(x, null, options)) {
            return (ntk ? kernel.ntk() : kernel.nngp()).get(0, EXAMPLES - 1);
        }
    }
}
