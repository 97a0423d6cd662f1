package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.PositionMap;

import java.util.Arrays;
import java.util.List;

/**
 * Adds the cells of planes to those of a kept node that a constant matrix on both copies of the
 * positions maps them to. Belongs to one worker.
 */
final class PositionScatter {
    private final StripMemory memory;
    private final long kept;
    private final int size;

    /** The first output of each input, the second of each that has one, and so on; -1 for none. */
    private final int[][] outputs;

    private final double[][] weights;

    /**
     * Which kept cell a pair of outputs is, -1 for those that are not needed: by their difference,
     * which few pairs that follow one another in a plane have, and then by the first.
     */
    private final int[] cells;

    private int[] targets = {};
    private double[] factors = {};

    /** The matrix of a node. */
    PositionScatter(int node, PositionMap map, StripMemory memory) {
        this.memory = memory;
        StripLayout layout = memory.layout();
        kept = layout.keptStart(node);
        size = map.matrix().rows();
        cells = new int[Math.multiplyExact(2 * size - 1, size)];
        long[] pairs = layout.keptPairs(node);
        for (int p = 0; p < size; p++) {
            for (int q = 0; q < size; q++) {
                long pair = pairs[p * size + q];
                cells[index(p, q)] = pair < 0 ? -1 : (int) ((pair - kept) / layout.lanes());
            }
        }
        SparseMatrix byInput = map.matrix().transposed();
        List<int[]> indices = byInput.indices();
        int most = indices.stream().mapToInt(list -> list.length).max().orElse(0);
        outputs = new int[most][indices.size()];
        weights = new double[most][indices.size()];
        for (int[] none : outputs) {
            Arrays.fill(none, -1);
        }
        for (int input = 0; input < indices.size(); input++) {
            for (int k = 0; k < indices.get(input).length; k++) {
                outputs[k][input] = indices.get(input)[k];
                weights[k][input] = byInput.weights().get(input)[k];
            }
        }
    }

    private int index(int p, int q) {
        return (q - p + size - 1) * size + p;
    }

    /** Adds a plane, whose first cell is at an element of the strip's memory. */
    void add(Planes.Box box, long source) {
        if (targets.length < box.cells()) {
            targets = new int[box.cells()];
            factors = new double[box.cells()];
        }
        for (int left = 0; left < outputs.length; left++) {
            for (int right = 0; right < outputs.length; right++) {
                find(box, outputs[left], weights[left], outputs[right], weights[right]);
                memory.scatter(kept, targets, factors, source, box.cells());
            }
        }
    }

    private void find(Planes.Box box, int[] left, double[] leftBy, int[] right, double[] rightBy) {
        int cell = 0;
        for (int row : box.rows()) {
            for (int p = row; p < row + box.rowLength(); p++) {
                int q = p + box.shift();
                boolean both = left[p] >= 0 && right[q] >= 0;
                targets[cell] = both ? cells[index(left[p], right[q])] : -1;
                factors[cell] = leftBy[p] * rightBy[q];
                cell++;
            }
        }
    }
}
