package dev.jtangents.graph;

import dev.jtangents.graph.PlaneWindow.Segment;
import dev.jtangents.graph.PlaneWindow.Taps;
import dev.jtangents.graph.Schedule.Source;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.simd.PlaneRun;

import org.jspecify.annotations.Nullable;

import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums over a window that moves along displacement planes. Belongs to one worker; what the window
 * sees of each plane is found once, as it is the same for all pairs and all layers alike.
 */
final class WindowSums {
    /** No plane. */
    static final long NOTHING = -1;

    private static final int UNKNOWN = Integer.MAX_VALUE;

    private final StripMemory memory;
    private final SpatialWindow window;
    private final int[][][] seen;
    private PlaneWindow[][] known = {};

    /**
     * {@link PlaneWindow#slides} of each plane of the output, or {@link #UNKNOWN}. This and what
     * follows are asked for once a plane and layer, when no cache holds objects of a plane any
     * more: a chain of them was a thirtieth of a kernel's time.
     */
    private int[] slides = {};

    private int[] sourceLengths = {};
    private int[][] sourceRows = {};

    /** One array for all planes whose rows see the same rows. */
    private final Map<IntBuffer, int[]> sharedRows = new HashMap<>();

    WindowSums(StripMemory memory, SpatialWindow window, Extents input) {
        this.memory = memory;
        this.window = window;
        seen = PlaneWindow.seen(window, input);
    }

    /**
     * Computes a plane.
     *
     * @param target where its cells go
     * @param plane its number
     * @param outputs the planes of the output
     * @param sources the planes of the input that it is made of
     * @param inputs the planes of the input
     * @param offsets where the sources are
     * @param step applied to the sums
     * @param addend a plane that is added to the result; {@link #NOTHING} for none
     */
    void compute(
            long target,
            int plane,
            Planes outputs,
            List<Source> sources,
            Planes inputs,
            long[] offsets,
            AffineStep step,
            long addend) {
        Planes.Box box = outputs.box(plane);
        PlaneRun run =
                sources.size() == 1 ? run(plane, outputs, sources, inputs, offsets[0]) : null;
        if (run != null) {
            int lanes = memory.layout().lanes();
            run.to(target, lanes, lanes, box.rowLength(), box.rows());
            if (addend != NOTHING) {
                run.plus(addend);
            }
            memory.lanes().sumWindow(run, step);
            return;
        }
        if (sources.isEmpty()) {
            memory.clear(target, (long) box.cells() * memory.layout().lanes());
        }
        for (int index = 0; index < sources.size(); index++) {
            PlaneWindow seenPlane = seen(plane, outputs, sources, inputs, index);
            add(target, box, offsets[index], seenPlane, index > 0);
        }
        int length = box.cells() * memory.layout().lanes();
        if (!step.equals(AffineStep.IDENTITY)) {
            memory.loops().affine(memory.run(target, length), step);
        }
        if (addend != NOTHING) {
            memory.add(target, addend, length);
        }
    }

    /**
     * What the window sees of its only source, for a loop that sums as it maps; null when it is not
     * of three by three cells.
     */
    @Nullable PlaneRun run(
            int plane, Planes outputs, List<Source> sources, Planes inputs, long offset) {
        if (slides.length == 0) {
            slides = new int[outputs.count()];
            Arrays.fill(slides, UNKNOWN);
            sourceLengths = new int[slides.length];
            sourceRows = new int[slides.length][];
        }
        if (slides[plane] == UNKNOWN) {
            learn(plane, seen(plane, outputs, sources, inputs, 0));
        }
        return slides[plane] == PlaneWindow.NOT
                ? null
                : memory.windowRun(offset, sourceRows[plane], slides[plane], sourceLengths[plane]);
    }

    private void learn(int plane, PlaneWindow only) {
        slides[plane] = only.slides();
        if (slides[plane] != PlaneWindow.NOT) {
            int[] rows = only.sourceRows(memory.layout().lanes());
            sourceRows[plane] = sharedRows.computeIfAbsent(IntBuffer.wrap(rows), any -> rows);
            sourceLengths[plane] = only.sourceLength();
        }
    }

    /** What the window sees of one of the planes that a plane is made of. */
    private PlaneWindow seen(
            int plane, Planes outputs, List<Source> sources, Planes inputs, int index) {
        if (known.length == 0) {
            known = new PlaneWindow[outputs.count()][];
        }
        PlaneWindow[] ofPlane = known[plane];
        if (ofPlane == null) {
            ofPlane = new PlaneWindow[sources.size()];
            for (int source = 0; source < ofPlane.length; source++) {
                Planes.Box from = inputs.box(sources.get(source).plane());
                ofPlane[source] =
                        PlaneWindow.of(seen, window.output(), outputs.box(plane), from)
                                .inElements(memory.layout().lanes());
            }
            known[plane] = ofPlane;
        }
        return ofPlane[index];
    }

    private void add(
            long target, Planes.Box box, long source, PlaneWindow plane, boolean accumulate) {
        for (Segment segment : plane.segments()) {
            boolean more = accumulate;
            for (long[] rows : plane.rowGroups()) {
                for (Taps taps : segment.taps()) {
                    add(target, box, source, rows, segment, taps, more);
                    more = true;
                }
            }
            if (!more) {
                clear(target, box, segment);
            }
        }
    }

    /** Adds what up to three rows and three cells along the last axis contribute to a segment. */
    private void add(
            long target,
            Planes.Box box,
            long source,
            long[] rows,
            Segment segment,
            Taps taps,
            boolean more) {
        int lanes = memory.layout().lanes();
        long stride = (long) box.rowLength() * lanes;
        int rowCount = box.rows().length;
        int length = segment.count() * lanes;
        long start = (long) segment.start() * lanes;
        long from = source + (long) taps.first() * lanes;
        long to = (more ? memory.layout().scratch() : target) + start;
        memory.windowSum(to, stride, from, rows, rowCount, taps.count(), length);
        for (int row = 0; more && row < rowCount; row++) {
            memory.add(target + start + row * stride, to + row * stride, length);
        }
    }

    private void clear(long target, Planes.Box box, Segment segment) {
        int lanes = memory.layout().lanes();
        for (int row = 0; row < box.rows().length; row++) {
            long cell = (long) row * box.rowLength() + segment.start();
            memory.clear(target + cell * lanes, (long) segment.count() * lanes);
        }
    }
}
