package dev.jtangents.jmh;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.simd.LaneLoops;
import dev.jtangents.simd.Loops;
import dev.jtangents.simd.OwnFactors;
import dev.jtangents.simd.PlaneMapLoop;
import dev.jtangents.simd.PlaneRun;
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
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * What do a window of 3 x 3 and a ReLU layer, in one pass and alone, cost a cell of a displacement
 * plane of 32 x 32 on one core, by the number of examples side by side? Divide by these for an
 * entry.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(PlaneLoopBenchmark.CELLS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class PlaneLoopBenchmark {
    static final int CELLS = 1024;
    private static final int SIDE = 32;

    @Param({"16", "32"})
    public int lanes;

    @Param public DType dtype;

    @Param({"true", "false"})
    public boolean ntk;

    /** Whether no covariance is negative, as after a first ReLU. */
    @Param({"false", "true"})
    public boolean nonNegative;

    private final AffineStep step = new AffineStep(1 / 9.0, 0.1, 1 / 9.0, 1 / 9.0, 0.1);
    private final int[] entries = new int[SIDE];
    private final int[] rows = new int[PlaneRun.SIZE * SIDE];
    private Arena arena;
    private PlaneMapLoop relu;
    private LaneLoops window;
    private FactorTable factors;
    private OwnFactors own;
    private PlaneRun run;
    private long plane;

    /** Makes a plane, room for another, and zeros for the cells around it. */
    @Setup
    public void setUp() {
        arena = Arena.ofConfined();
        relu = (PlaneMapLoop) Loops.get(dtype).map(new AbReluMap(0, 1), nonNegative, false);
        window = Loops.get(dtype).lanes();
        plane = (long) CELLS * lanes;
        factors = new FactorTable(arena, dtype, relu.factors(), plane, lanes);
        double[] values = new double[relu.factors()];
        relu.prepare(1, values);
        for (long entry = 0; entry < plane; entry++) {
            factors.set(entry, values);
        }
        own = new OwnFactors(dtype, relu.factors(), CELLS);
        own.copy(factors, 0);
        run = new PlaneRun(memory(), ntk ? memory() : null);
        for (int row = 0; row < SIDE; row++) {
            entries[row] = row * SIDE;
            for (int k = 0; k < PlaneRun.SIZE; k++) {
                int seen = row + k - 1;
                rows[PlaneRun.SIZE * row + k] = seen == SIDE ? -1 : seen;
            }
        }
    }

    /** Two planes, the first of covariances up to 1, and a row of zeros. */
    private MemorySegment memory() {
        long size = 2 * plane + (long) SIDE * lanes + Run.PADDING;
        Tensor memory = Tensor.allocate(arena, dtype, Shape.of(size));
        for (long i = 0; i < plane; i++) {
            memory.set(i / (double) plane, i);
        }
        return memory.segment();
    }

    /** Frees the planes. */
    @TearDown
    public void tearDown() {
        arena.close();
    }

    /** Window and layer, in one pass where there is one, from one plane to another. */
    @Benchmark
    public void windowAndRelu() {
        toOther().from(0, rows, -1, SIDE, 2 * plane);
        if (!relu.sumsWindows()) {
            window.sumWindow(run);
            run.inPlace();
        }
        relu.applyToPlane(run, step, own, factors, 0);
    }

    /** The layer alone, in place. */
    @Benchmark
    public void relu() {
        relu.applyToPlane(run.to(0, lanes, lanes, SIDE, entries).inPlace(), step, own, factors, 0);
    }

    /** The window alone, from one plane to another. */
    @Benchmark
    public void window() {
        window.sumWindow(toOther().from(0, rows, -1, SIDE, 2 * plane));
    }

    private PlaneRun toOther() {
        return run.to(plane, lanes, lanes, SIDE, entries);
    }
}
