package dev.jtangents.graph;

import dev.jtangents.simd.LaneLoops;
import dev.jtangents.simd.PlaneRun;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a window sees of one plane of its input from one plane of its output, in cells.
 *
 * <p>Rows along the last axis are seen as they are; along that axis, neighbouring cells that see
 * neighbouring cells form a segment, which one loop adds.
 *
 * @param rowGroups for each row of the output the first cells of the rows that it sees, three to a
 *     group; -1 where it sees fewer
 * @param segments the cells of a row
 * @param sourceLength cells in a row of the input
 * @param slides from where on each cell of a row sees three cells, as far as there are any, if that
 *     is all that it sees: 0 where the first cell sees from the first on, -1 where from before it;
 *     {@link #NOT} when windows are of another kind
 */
record PlaneWindow(List<long[]> rowGroups, List<Segment> segments, int sourceLength, int slides) {
    /** Not three by three cells with stride 1. */
    static final int NOT = Integer.MIN_VALUE;

    /** The rows that one loop adds. */
    static final int ROWS = 3;

    /** Neighbouring cells that one cell sees, at most {@link LaneLoops#TAPS}. */
    record Taps(int first, int count) {}

    /**
     * Neighbouring cells of a row that see neighbouring cells.
     *
     * @param start the first cell
     * @param count the number of cells
     * @param taps what the first one sees
     */
    record Segment(int start, int count, List<Taps> taps) {}

    /** What each position along each axis sees: {@link SpatialWindow#seen}. */
    static int[][][] seen(SpatialWindow window, Extents input) {
        int[][][] seen = new int[input.rank()][][];
        for (int axis = 0; axis < seen.length; axis++) {
            seen[axis] = new int[window.output().size(axis)][];
            for (int out = 0; out < seen[axis].length; out++) {
                seen[axis][out] = window.seen(axis, out, input.size(axis));
            }
        }
        return seen;
    }

    /**
     * The window from one plane to another.
     *
     * @param seen what each position along each axis sees
     * @param output the extents of the output
     * @param box the positions of the output's plane
     * @param from the positions of the input's plane
     */
    static PlaneWindow of(int[][][] seen, Extents output, Planes.Box box, Planes.Box from) {
        List<long[]> rows = new ArrayList<>();
        int most = 1;
        for (int row : box.rows()) {
            long[] found = rowsSeen(seen, output.coordinates(row), from);
            rows.add(found);
            most = Math.max(most, found.length);
        }
        List<long[]> groups = new ArrayList<>();
        for (int first = 0; first < most; first += ROWS) {
            long[] group = new long[ROWS * rows.size()];
            for (int row = 0; row < rows.size(); row++) {
                for (int k = 0; k < ROWS; k++) {
                    long[] found = rows.get(row);
                    group[row * ROWS + k] = first + k < found.length ? found[first + k] : -1;
                }
            }
            groups.add(group);
        }
        return new PlaneWindow(
                groups,
                segments(seen, box, from),
                from.rowLength(),
                groups.size() == 1 ? slides(seen, box, from) : NOT);
    }

    /** The same with rows counted in elements of cells of so many lanes. */
    PlaneWindow inElements(int lanes) {
        List<long[]> groups =
                rowGroups.stream()
                        .map(
                                group ->
                                        Arrays.stream(group)
                                                .map(row -> row < 0 ? -1 : row * lanes)
                                                .toArray())
                        .toList();
        return new PlaneWindow(groups, segments, sourceLength, slides);
    }

    /**
     * The numbers of the input's rows in the first group, which counts cells of so many elements.
     */
    int[] sourceRows(int cell) {
        return Arrays.stream(rowGroups.getFirst())
                .mapToInt(row -> row < 0 ? -1 : (int) (row / ((long) sourceLength * cell)))
                .toArray();
    }

    private static int slides(int[][][] seen, Planes.Box box, Planes.Box from) {
        int axis = seen.length - 1;
        int length = from.rowLength();
        for (int first = -1; axis >= 0 && first <= 0; first++) {
            boolean fits = length > first + 1 && box.rowLength() - (length - first - 2) <= 1;
            for (int cell = 0; fits && cell < box.rowLength(); cell++) {
                int low = from.low()[axis];
                int[] positions =
                        within(seen[axis][box.low()[axis] + cell], low, from.size()[axis]);
                int begin = Math.max(0, cell + first);
                int end = Math.min(length, cell + first + PlaneRun.SIZE);
                fits = Arrays.equals(positions, IntStream.range(begin, end).toArray());
            }
            if (fits) {
                return first;
            }
        }
        return NOT;
    }

    /** The first cells of the rows that the row of a position sees. */
    private static long[] rowsSeen(int[][][] seen, int[] position, Planes.Box from) {
        long[] rows = {0};
        for (int axis = 0; axis < position.length - 1; axis++) {
            int low = from.low()[axis];
            int size = from.size()[axis];
            int[] along = within(seen[axis][position[axis]], low, size);
            long[] longer = new long[rows.length * along.length];
            for (int k = 0; k < longer.length; k++) {
                longer[k] = rows[k / along.length] * size + along[k % along.length];
            }
            rows = longer;
        }
        return Arrays.stream(rows).map(row -> row * from.rowLength()).toArray();
    }

    /** Those positions that are in a range, counted from its start. */
    private static int[] within(int[] positions, int low, int size) {
        return Arrays.stream(positions)
                .filter(position -> position >= low && position < low + size)
                .map(position -> position - low)
                .toArray();
    }

    private static List<Segment> segments(int[][][] seen, Planes.Box box, Planes.Box from) {
        int axis = seen.length - 1;
        if (axis < 0) {
            return List.of(new Segment(0, 1, List.of(new Taps(0, 1))));
        }
        List<Segment> segments = new ArrayList<>();
        for (int cell = 0; cell < box.rowLength(); cell++) {
            int[] positions = seen[axis][box.low()[axis] + cell];
            List<Taps> taps = taps(within(positions, from.low()[axis], from.size()[axis]));
            Segment last = segments.isEmpty() ? null : segments.getLast();
            if (last != null && continues(last, taps)) {
                var longer = new Segment(last.start(), last.count() + 1, last.taps());
                segments.set(segments.size() - 1, longer);
            } else {
                segments.add(new Segment(cell, 1, taps));
            }
        }
        return segments;
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
