package dev.jtangents.graph;

import dev.jtangents.graph.Schedule.Source;
import dev.jtangents.simd.LaneLoops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums over a window that moves along a displacement plane, cell by cell of all lanes. Neighbouring
 * cells along the last axis that see neighbouring cells are added in one loop.
 *
 * <p>Belongs to one worker: it keeps scratch arrays between calls.
 */
final class WindowSums {
    private static final int ROWS = 3;

    private final StripMemory memory;
    private final SpatialWindow window;
    private final Extents input;
    private final int rank;
    private final int[][][] seen;
    private final Map<Long, List<Segment>> segments = new HashMap<>();
    private final List<long[]> groupedRows = new ArrayList<>();
    private long[] shiftedRows = new long[ROWS];
    private long[] rowSources = new long[16];
    private long[] longerSources = new long[16];

    WindowSums(StripMemory memory, SpatialWindow window, Extents input) {
        this.memory = memory;
        this.window = window;
        this.input = input;
        rank = input.rank();
        seen = new int[rank][][];
        for (int axis = 0; axis < rank; axis++) {
            int[][] along = new int[window.output().size(axis)][];
            for (int out = 0; out < along.length; out++) {
                along[out] = window.seen(axis, out, input.size(axis));
            }
            seen[axis] = along;
        }
    }

    /**
     * Computes a plane.
     *
     * @param target where its cells go
     * @param box its positions
     * @param sources the planes of the input that it is made of, and where they are
     */
    void compute(long target, Planes.Box box, List<Source> sources, Planes inputs, long[] offsets) {
        int lanes = memory.layout().lanes();
        if (sources.isEmpty()) {
            memory.clear(target, (long) box.cells() * lanes);
            return;
        }
        for (int index = 0; index < sources.size(); index++) {
            Planes.Box from = inputs.box(sources.get(index).plane());
            addSource(target, box, offsets[index], from, index > 0);
        }
    }

    private void addSource(
            long target, Planes.Box box, long source, Planes.Box from, boolean accumulate) {
        int rowCount = box.rows().length;
        int most = 0;
        for (int row = 0; row < rowCount; row++) {
            int count = rowsSeen(window.output().coordinates(box.rows()[row]), source, from);
            keepRows(row, rowCount, count);
            most = Math.max(most, count);
        }
        for (Segment segment : segmentsOf(box, from)) {
            boolean more = accumulate;
            for (int group = 0; group < Math.max(1, Math.ceilDiv(most, ROWS)); group++) {
                for (Taps taps : segment.taps()) {
                    addTaps(target, box, group, segment, taps, more);
                    more = true;
                }
            }
            if (!more) {
                clear(target, box, segment);
            }
        }
    }

    /** Keeps the rows that a row sees, in groups of three; what is missing is negative. */
    private void keepRows(int row, int rowCount, int count) {
        int groups = Math.max(1, Math.ceilDiv(count, ROWS));
        while (groupedRows.size() < groups) {
            groupedRows.add(new long[0]);
        }
        for (int group = 0; group < groupedRows.size(); group++) {
            if (groupedRows.get(group).length < ROWS * rowCount) {
                long[] none = new long[ROWS * rowCount];
                Arrays.fill(none, -1);
                groupedRows.set(group, none);
            }
            for (int k = 0; k < ROWS; k++) {
                int seenRow = group * ROWS + k;
                groupedRows.get(group)[row * ROWS + k] =
                        seenRow < count ? rowSources[seenRow] : -1;
            }
        }
    }

    /** Adds what up to three rows and three cells along the last axis contribute to a segment. */
    private void addTaps(
            long target, Planes.Box box, int group, Segment segment, Taps taps, boolean more) {
        int lanes = memory.layout().lanes();
        long stride = (long) box.rowLength() * lanes;
        int rowCount = box.rows().length;
        long[] rows = groupedRows.get(group);
        if (shiftedRows.length < ROWS * rowCount) {
            shiftedRows = new long[ROWS * rowCount];
        }
        for (int k = 0; k < ROWS * rowCount; k++) {
            shiftedRows[k] = rows[k] < 0 ? -1 : rows[k] + (long) taps.first() * lanes;
        }
        int length = segment.count() * lanes;
        long start = (long) segment.start() * lanes;
        long to = (more ? memory.layout().scratch() : target) + start;
        memory.windowSum(to, stride, shiftedRows, rowCount, taps.count(), length);
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

    /** Collects where the rows start that a row of the output sees; returns how many there are. */
    private int rowsSeen(int[] out, long source, Planes.Box from) {
        int count = 1;
        rowSources[0] = 0;
        for (int axis = 0; axis < rank - 1; axis++) {
            int low = from.low()[axis];
            int size = from.size()[axis];
            int[] candidates = seen[axis][out[axis]];
            if (longerSources.length < count * candidates.length) {
                longerSources = new long[count * candidates.length];
            }
            int found = 0;
            for (int k = 0; k < count; k++) {
                for (int position : candidates) {
                    if (position >= low && position < low + size) {
                        longerSources[found++] = rowSources[k] * size + position - low;
                    }
                }
            }
            long[] swapped = rowSources;
            rowSources = longerSources;
            longerSources = swapped;
            count = found;
        }
        long rowSize = (long) from.rowLength() * memory.layout().lanes();
        for (int k = 0; k < count; k++) {
            rowSources[k] = source + rowSources[k] * rowSize;
        }
        return count;
    }

    /** Neighbouring cells that one cell sees, at most three. */
    private record Taps(int first, int count) {}

    /**
     * Neighbouring cells of a row that see neighbouring cells.
     *
     * @param start the first cell
     * @param count the number of cells
     * @param taps what the first one sees
     */
    private record Segment(int start, int count, List<Taps> taps) {}

    /** They depend on the last axis of both boxes only. */
    private List<Segment> segmentsOf(Planes.Box box, Planes.Box from) {
        if (rank == 0) {
            return List.of(new Segment(0, 1, List.of(new Taps(0, 1))));
        }
        int axis = rank - 1;
        long key = box.low()[axis];
        for (int part : new int[] {box.size()[axis], from.low()[axis], from.size()[axis]}) {
            key = key << 16 | part;
        }
        return segments.computeIfAbsent(key, any -> segments(box, from));
    }

    private List<Segment> segments(Planes.Box box, Planes.Box from) {
        int axis = rank - 1;
        int low = from.low()[axis];
        int size = from.size()[axis];
        List<Segment> found = new ArrayList<>();
        for (int cell = 0; cell < box.rowLength(); cell++) {
            int[] positions =
                    Arrays.stream(seen[axis][box.low()[axis] + cell])
                            .filter(position -> position >= low && position < low + size)
                            .map(position -> position - low)
                            .toArray();
            List<Taps> taps = taps(positions);
            Segment last = found.isEmpty() ? null : found.getLast();
            if (last != null && continues(last, taps)) {
                var longer = new Segment(last.start(), last.count() + 1, last.taps());
                found.set(found.size() - 1, longer);
            } else {
                found.add(new Segment(cell, 1, taps));
            }
        }
        return found;
    }

    private static List<Taps> taps(int[] positions) {
        List<Taps> taps = new ArrayList<>();
        for (int position : positions) {
            Taps last = taps.isEmpty() ? null : taps.getLast();
            if (last != null
                    && last.count() < LaneLoops.TAPS
                    && position == last.first() + last.count()) {
                taps.set(taps.size() - 1, new Taps(last.first(), last.count() + 1));
            } else {
                taps.add(new Taps(position, 1));
            }
        }
        return taps;
    }

    private static boolean continues(Segment segment, List<Taps> taps) {
        boolean same = taps.size() == segment.taps().size();
        for (int index = 0; same && index < taps.size(); index++) {
            Taps first = segment.taps().get(index);
            var shifted = new Taps(first.first() + segment.count(), first.count());
            same = taps.get(index).equals(shifted);
        }
        return same;
    }
}
