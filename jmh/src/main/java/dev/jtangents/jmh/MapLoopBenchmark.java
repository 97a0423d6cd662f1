package dev.jtangents.jmh;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.simd.Loops;
import dev.jtangents.simd.MapLoop;
import dev.jtangents.simd.Run;
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

import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;

/** What does one layer cost an entry, on one core, with the row in the first-level cache? */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class MapLoopBenchmark {
    private static final int LENGTH = 256;

    /** The maps that have vector loops. */
    public enum Map {
        /** Relu. */
        RELU(new AbReluMap(0, 1)),
        /** Erf. */
        ERF(new ErfMap(1, 1, 0)),
        /** Gelu. */
        GELU(new GeluMap());

        private final BivariateMap map;

        Map(BivariateMap map) {
            this.map = map;
        }
    }

    @Param public Map map;

    @Param public DType dtype;

    @Param({"true", "false"})
    public boolean ntk;

    private Arena arena;
    private MapLoop loop;
    private FactorTable factors;
    private Run run;
    private final AffineStep step = new AffineStep(1.5, 0.1, 1.5, 1.5, 0.1);

    /** Makes a row whose covariances the map leads to a fixed point. */
    @Setup
    public void setUp() {
        arena = Arena.ofConfined();
        loop = Loops.get(dtype).map(map.map);
        factors = new FactorTable(arena, dtype, loop.factors(), LENGTH);
        double[] values = new double[loop.factors()];
        Tensor nngp = Tensor.allocate(arena, dtype, Shape.of(LENGTH));
        for (int i = 0; i < LENGTH; i++) {
            loop.prepare(1, values);
            factors.set(i, values);
            nngp.set(i / (double) LENGTH, i);
        }
        Tensor tangent = Tensor.allocate(arena, dtype, Shape.of(LENGTH));
        run = new Run(nngp.segment(), ntk ? tangent.segment() : null).at(0, LENGTH);
    }

    /** Frees the row. */
    @TearDown
    public void tearDown() {
        arena.close();
    }

    /** One layer over the row. */
    @Benchmark
    @OperationsPerInvocation(LENGTH)
    public void entry() {
        loop.apply(run, step, factors, 0, factors, 0);
    }
}
