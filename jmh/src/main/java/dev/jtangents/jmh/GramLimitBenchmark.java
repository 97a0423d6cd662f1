package dev.jtangents.jmh;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
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

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * How fast could a dense kernel be? The inner products alone, in one call of BLAS on one core, per
 * entry: half of this on two cores, and half again since one triangle is enough, bounds {@link
 * DenseKernelBenchmark} from below.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class GramLimitBenchmark {
    private static final int EXAMPLES = 2048;

    @Param({"784", "64"})
    public int features;

    @Param({"F32", "F64"})
    public DType dtype;

    private Tensor x;
    private Tensor gram;

    /** Makes inputs and room for the result. */
    @Setup
    public void setUp() {
        double[] values =
                new SplittableRandom(1).doubles((long) EXAMPLES * features, -1, 1).toArray();
        try (Tensor exact = Tensor.of(values, EXAMPLES, features)) {
            x = exact.copy(dtype);
        }
        gram = Tensor.allocate(dtype, Shape.of(EXAMPLES, EXAMPLES));
    }

    /** Frees both. */
    @TearDown
    public void tearDown() {
        x.close();
        gram.close();
    }

    /** All inner products. */
    @Benchmark
    @OperationsPerInvocation(EXAMPLES * EXAMPLES)
    public void entry() {
        LinearAlgebra.get().multiply(1, x, false, x, true, 0, gram);
    }
}
