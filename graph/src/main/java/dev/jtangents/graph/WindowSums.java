package dev.jtangents.graph;

import dev.jtangents.graph.PlaneWindow.Segment;
import dev.jtangents.graph.PlaneWindow.Taps;
import dev.jtangents.graph.Schedule.Source;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums over a window that moves along displacement planes. Belongs to one worker; what the window
 * sees of each plane is found once, as it is the same for all pairs and all layers alike.
 */
final class WindowSums {
    private final StripMemory memory;
    private final SpatialWindow window;
    private final int[][][] seen;
    private final Map<Long, PlaneWindow> known = new HashMap<>();

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
     */
    void compute(
            long target,
            int plane,
            Planes outputs,
            List<Source> sources,
            Planes inputs,
            long[] offsets) {
        Planes.Box box = outputs.box(plane);
        if (sources.isEmpty()) {
            memory.clear(target, (long) box.cells() * memory.layout().lanes());
        }
        for (int index = 0; index < sources.size(); index++) {
            int from = sources.get(index).plane();
            long key = (long) plane * inputs.count() + from;
            PlaneWindow seenPlane = known.get(key);
            if (seenPlane == null) {
                seenPlane = PlaneWindow.of(seen, window.output(), box, inputs.box(from));
                seenPlane = seenPlane.inElements(memory.layout().lanes());
                known.put(key, seenPlane);
            }
            add(target, box, offsets[index], seenPlane, index > 0);
        }
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
