package dev.jtangents.jmh;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.simd.LaneLoops;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What do one ReLU layer and one window of 3 x 3 cost an entry of a displacement plane of 32 x 32,
 * both kernels together, on one core, by the number of examples side by side?
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class PlaneLoopBenchmark {
    private static final int SIDE = 32;

    @Param({"16", "32", "64"})
    public int lanes;

    @Param public DType dtype;

    private final AffineStep step = new AffineStep(1.5, 0.1, 1.5, 1.5, 0.1);
    private Arena arena;
    private MapLoop relu;
    private LaneLoops window;
    private FactorTable factors;
    private MemorySegment nngp;
    private MemorySegment ntk;
    private MemorySegment target;
    private Run run;
    private int[] positions;
    private long[] rows;

    /** Makes a plane whose covariances the layer leads to a fixed point. */
    @Setup
    public void setUp() {
        arena = Arena.ofConfined();
        relu = Loops.get(dtype).map(new AbReluMap(0, 1));
        window = Loops.get(dtype).lanes();
        int cells = SIDE * SIDE;
        factors = new FactorTable(arena, dtype, relu.factors(), (long) cells * lanes, lanes);
        double[] values = new double[relu.factors()];
        relu.prepare(1, values);
        for (long entry = 0; entry < (long) cells * lanes; entry++) {
            factors.set(entry, values);
        }
        nngp = plane();
        ntk = plane();
        target = plane();
        run = new Run(nngp, ntk);
        positions = IntStream.range(0, cells).toArray();
        rows = new long[3 * (SIDE - 2)];
        for (int row = 0; row < SIDE - 2; row++) {
            for (int k = 0; k < 3; k++) {
                rows[3 * row + k] = (long) (row + k) * SIDE * lanes;
            }
        }
    }

    private MemorySegment plane() {
        long size = (long) SIDE * SIDE * lanes;
        Tensor plane = Tensor.allocate(arena, dtype, Shape.of(size + Run.PADDING));
        for (long i = 0; i < size; i++) {
            plane.set(i / (double) size, i);
        }
        return plane.segment();
    }

    /** Frees the planes. */
    @TearDown
    public void tearDown() {
        arena.close();
    }

    /** One layer over the plane; divide by 1,024 cells times the lanes. */
    @Benchmark
    public void relu() {
        relu.apply(
                run.at(0, lanes, positions, positions.length, lanes), step, factors, 0, factors, 0);
    }

    /** One window over the inner cells of the plane; divide by 900 cells times the lanes. */
    @Benchmark
    public void window() {
        int length = (SIDE - 2) * lanes;
        long stride = (long) SIDE * lanes;
        window.windowSum(target, 0, stride, nngp, 0, rows, SIDE - 2, 0, lanes, 3, length);
        window.windowSum(target, 0, stride, ntk, 0, rows, SIDE - 2, 0, lanes, 3, length);
    }
}
