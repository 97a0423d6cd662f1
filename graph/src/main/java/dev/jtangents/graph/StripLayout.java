package dev.jtangents.graph;

import dev.jtangents.simd.Run;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Where the planes of a strip, one example paired with many side by side, lie in a worker's memory.
 * All offsets are in elements; a cell is one run of lanes.
 */
final class StripLayout {
    private final Schedule schedule;
    private final int lanes;
    private final long slotSize;
    private final long[] keptStart;
    private final int[][] keptCells;
    private final long scratch;
    private final long zeros;
    private final long size;

    StripLayout(Schedule schedule, int width) {
        this.schedule = schedule;
        lanes = laneStride(width);
        int nodes = schedule.program().nodes().size();
        long largest = 1;
        for (int node = 0; node < nodes; node++) {
            largest = Math.max(largest, positions(node));
        }
        slotSize = largest * lanes;
        keptStart = new long[nodes];
        keptCells = new int[nodes][];
        long end = Math.multiplyExact(slotSize, (long) schedule.slots());
        for (int node = 0; node < nodes; node++) {
            if (schedule.kept()[node]) {
                keptStart[node] = end;
                keptCells[node] = cells(node);
                long cells = schedule.demand().cells(node);
                end = Math.addExact(end, Math.multiplyExact(cells, (long) lanes));
            }
        }
        scratch = end;
        zeros = Math.addExact(end, slotSize);
        size = Math.addExact(zeros, slotSize);
    }

    /** Whole vectors of any width. */
    static int laneStride(int width) {
        return Math.ceilDiv(width, Run.PADDING) * Run.PADDING;
    }

    private int positions(int node) {
        return schedule.planes(node).extents().positions();
    }

    private int[] cells(int node) {
        Planes planes = schedule.planes(node);
        BitSet needed = schedule.demand().needed().get(node);
        int[] starts = new int[planes.count()];
        int next = 0;
        for (int plane = 0; plane < starts.length; plane++) {
            starts[plane] = needed.get(plane) ? next : -1;
            next += needed.get(plane) ? planes.box(plane).cells() : 0;
        }
        return starts;
    }

    /** Elements from one cell to the next. */
    int lanes() {
        return lanes;
    }

    /** Elements of a strip, of one kernel. */
    long size() {
        return size;
    }

    long slot(int slot) {
        return slot * slotSize;
    }

    /** Room for one plane that no step may rely on. */
    long scratch() {
        return scratch;
    }

    /** As many zeros as a plane has entries, which no step may overwrite. */
    long zeros() {
        return zeros;
    }

    /** Where a plane of a kept node starts. */
    long kept(int node, int plane) {
        return keptStart[node] + (long) keptCells[node][plane] * lanes;
    }

    /** Where each pair of positions (p, q) of a kept node is, row by row; -1 when not needed. */
    long[] keptPairs(int node) {
        Planes planes = schedule.planes(node);
        int positions = positions(node);
        long[] pairs = new long[Math.multiplyExact(positions, positions)];
        Arrays.fill(pairs, -1);
        BitSet needed = schedule.demand().needed().get(node);
        for (int plane = needed.nextSetBit(0); plane >= 0; plane = needed.nextSetBit(plane + 1)) {
            Planes.Box box = planes.box(plane);
            long cell = kept(node, plane);
            for (int first : box.rows()) {
                for (int p = first; p < first + box.rowLength(); p++) {
                    pairs[p * positions + p + box.shift()] = cell;
                    cell += lanes;
                }
            }
        }
        return pairs;
    }

    /** Elements of all needed planes of a kept node. */
    long keptSize(int node) {
        return schedule.demand().cells(node) * lanes;
    }

    /** Where a kept node starts. */
    long keptStart(int node) {
        return keptStart[node];
    }
}
