package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.AngleFit;
import dev.jtangents.maps.AngleFit.Kernels;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A call of every vector loop of a type, with and without the NTK where it has both. */
final class LoopCases {
    private static final int LENGTH = 3 * Run.PADDING;

    /** Rows of a plane, and cells of a row. */
    private static final int SIDE = 16;

    private static final int CELLS = SIDE * SIDE;
    private static final int SIZE = (2 * CELLS + SIDE) * LENGTH;

    /** Short runs, as in a tile. */
    static final int SHORT = LENGTH;

    /** Runs that are compiled while they run. */
    static final int LONG = SIZE;

    private static final AffineStep STEP = new AffineStep(0.9, 0.1, 0.6, 1.1, 0.2);

    private final List<LoopCase> cases = new ArrayList<>();
    private final Arena arena;
    private final DType dtype;
    private final int length;

    /**
     * One of the loops.
     *
     * @param ofPlanes whether a call takes as long as some dozen calls of the others
     */
    record LoopCase(String name, boolean ofPlanes, Runnable call) {
        @Override
        public String toString() {
            return name;
        }
    }

    private LoopCases(Arena arena, DType dtype, int length) {
        this.arena = arena;
        this.dtype = dtype;
        this.length = length;
    }

    /**
     * The loops of a type, on memory of this arena.
     *
     * @param length elements of a run: {@link #SHORT} or {@link #LONG}
     */
    static List<LoopCase> of(Arena arena, DType dtype, int length) {
        LoopCases made = new LoopCases(arena, dtype, length);
        made.addMaps();
        made.addMapsOfPlanes(false);
        made.addMapsOfPlanes(true);
        made.addSums();
        made.addOthers();
        return List.copyOf(made.cases);
    }

    private void add(String name, Runnable call) {
        cases.add(new LoopCase(name + " in " + dtype, false, call));
    }

    private void addOfPlanes(String name, Runnable call) {
        cases.add(new LoopCase(name + " in " + dtype, true, call));
    }

    private MemorySegment memory() {
        return Tensor.allocate(arena, dtype, Shape.of(SIZE)).segment();
    }

    private FactorTable table(MapLoop loop) {
        var table = new FactorTable(arena, dtype, loop.factors(), SIZE, LENGTH);
        double[] factors = new double[loop.factors()];
        loop.prepare(2, factors);
        for (int entry = 0; entry < SIZE; entry++) {
            table.set(entry, factors);
        }
        return table;
    }

    private void addMaps() {
        AngleFit.Network cosine = angle -> new Kernels(2 - Math.cos(angle / 2), 1);
        List<BivariateMap> maps =
                List.of(
                        new AbReluMap(0, 1),
                        new ErfMap(1, 1, 0),
                        new GeluMap(),
                        Objects.requireNonNull(AngleFit.of(cosine, 1.5, 3e-14, 61)));
        var both = new Run(memory(), memory()).at(0, length);
        var alone = new Run(both.nngp, null).at(0, length);
        List<MapLoop> mapLoops = new ArrayList<>();
        maps.forEach(map -> mapLoops.add(Loops.get(dtype).map(map)));
        mapLoops.add(Loops.get(dtype).map(maps.getFirst(), true, false));
        for (MapLoop loop : mapLoops) {
            FactorTable factors = table(loop);
            add(
                    "map by " + loop.getClass().getSimpleName(),
                    () -> {
                        loop.apply(both, STEP, factors, 0, factors, 0);
                        loop.apply(alone, STEP, factors, 0, factors, 0);
                    });
        }
        if (dtype == DType.F64) {
            SelfMapLoop loop = Loops.get(dtype).selfMap(new AbReluMap(0, 1));
            FactorTable factors = table(loop);
            add(
                    "map of examples with themselves",
                    () -> {
                        loop.applyToSelf(both, STEP, factors, 0, 0);
                        loop.applyToSelf(alone, STEP, factors, 0, 0);
                    });
        }
        Loops loops = Loops.get(dtype);
        add(
                "affine step",
                () -> {
                    loops.affine(both, STEP);
                    loops.affine(alone, STEP);
                });
    }

    /** A plane after the plane that its cells see a window of, and zeros after both. */
    private static PlaneRun window(PlaneRun run) {
        int[] entries = new int[SIDE];
        int[] rows = new int[PlaneRun.SIZE * SIDE];
        for (int row = 0; row < SIDE; row++) {
            entries[row] = row * SIDE;
            for (int k = 0; k < PlaneRun.SIZE; k++) {
                int seen = row + k - 1;
                boolean missing = seen < 0 || seen >= SIDE;
                rows[PlaneRun.SIZE * row + k] = missing ? -1 : seen;
            }
        }
        return run.to((long) CELLS * LENGTH, LENGTH, LENGTH, SIDE, entries)
                .from(0, rows, -1, SIDE, 2L * CELLS * LENGTH);
    }

    private void addMapsOfPlanes(boolean nonNegative) {
        var loop = (PlaneMapLoop) Loops.get(dtype).map(new AbReluMap(0, 1), nonNegative, false);
        FactorTable factors = table(loop);
        var own = new OwnFactors(dtype, loop.factors(), CELLS);
        own.copy(factors, 0);
        MemorySegment nngp = memory();
        MemorySegment ntk = memory();
        if (loop.sumsWindows()) {
            PlaneRun both = window(new PlaneRun(nngp, ntk));
            PlaneRun alone = window(new PlaneRun(nngp, null));
            addOfPlanes(
                    "window and map of a plane",
                    () -> {
                        loop.applyToPlane(both, STEP, own, factors, 0);
                        loop.applyToPlane(alone, STEP, own, factors, 0);
                    });
            PlaneRun first = window(new PlaneRun(nngp, ntk)).withoutNtkOfSource();
            addOfPlanes(
                    "window and map of a plane without NTK",
                    () -> loop.applyToPlane(first, STEP, own, factors, 0));
            addOfPlanes(
                    "window and map of a plane, lane by lane",
                    () -> {
                        loop.applyToPlane(both, STEP, factors, 0, factors, 0);
                        loop.applyToPlane(alone, STEP, factors, 0, factors, 0);
                    });
        }
        PlaneRun both = window(new PlaneRun(nngp, ntk)).inPlace();
        PlaneRun alone = window(new PlaneRun(nngp, null)).inPlace();
        addOfPlanes(
                "map of a plane",
                () -> {
                    loop.applyToPlane(both, STEP, own, factors, 0);
                    loop.applyToPlane(alone, STEP, own, factors, 0);
                });
        addOfPlanes(
                "map of a plane, lane by lane",
                () -> {
                    loop.applyToPlane(both, STEP, factors, 0, factors, 0);
                    loop.applyToPlane(alone, STEP, factors, 0, factors, 0);
                });
    }

    private void addSums() {
        LaneLoops loops = Loops.get(dtype).lanes();
        MemorySegment target = memory();
        MemorySegment a = memory();
        MemorySegment b = memory();
        PlaneRun summed = window(new PlaneRun(a, null));
        PlaneRun both = window(new PlaneRun(a, b));
        addOfPlanes(
                "window of a plane",
                () -> {
                    loops.sumWindow(summed);
                    loops.sumWindow(both, STEP);
                });
        long[] rows = {0, -1, LENGTH, LENGTH, 0, -1};
        add(
                "window",
                () -> {
                    for (int taps = 1; taps <= LaneLoops.TAPS; taps++) {
                        loops.windowSum(target, 0, LENGTH, a, 0, rows, 2, 0, LENGTH, taps, LENGTH);
                    }
                });
        add("sum", () -> loops.add(target, 0, a, 0, length));
        add("sum with a multiple", () -> loops.addScaled(target, 0, 0.5, a, 0, length));
        int cells = length / LENGTH;
        add("sum of cells", () -> loops.addSum(a, 0, 0.5, 0, cells, LENGTH));
        int[] to = new int[cells];
        double[] weights = new double[cells];
        for (MemorySegment ntk : new MemorySegment[] {b, null}) {
            add(
                    "scattered cells" + (ntk == null ? "" : " of both kernels"),
                    () -> loops.scatter(a, ntk, 0, 1, to, weights, 0, cells, LENGTH));
        }
        add("multiple", () -> loops.scale(target, 0, 0.5, a, 0, length));
        add("sum of products", () -> loops.addProducts(target, 0, 0.5, a, 0, b, 0, length));
        PlaneRun products = window(new PlaneRun(target, null)).inPlace();
        addOfPlanes(
                "inner products of a plane",
                () -> loops.innerProducts(products, a, 0, b, 0, LENGTH / 3, 4));
        addOfPlanes(
                "inner products of pairs",
                () -> loops.innerProductsOfPairs(products, a, 0, b, 0, LENGTH / 3, 4));
    }

    private void addOthers() {
        Loops loops = Loops.get(dtype);
        MemorySegment a = memory();
        MemorySegment b = memory();
        int[] found = new int[length];
        add("search", () -> loops.above(a, 0, 0.5, b, 0, length, found));
        double[] product = new double[1];
        add("inner product", () -> product[0] += loops.innerProduct(a, 0, b, 0, length));
        Transposition squares = loops.transposition(arena);
        add("transposition", () -> squares.square(a, 1, LENGTH, b, 2, LENGTH));
    }
}
