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
    private final int keptCells;
    private final int size;

    /**
     * Which kept cell a pair of outputs (p, q) is, -1 for those that are not needed: by their
     * difference, which few pairs that follow one another in a plane have, and then by the first.
     * The index is the sum of {@link #left} and {@link #right}.
     */
    private final int[] cells;

    /**
     * {@link #left} of the first output of each input, of the second of each that has one, and so
     * on; -1 for none.
     */
    private final int[][] lefts;

    private final int[][] rights;
    private final double[][] weights;
    private final boolean uniform;

    /** The product of two weights, if all are the same. */
    private final double common;

    private int[] targets = {};
    private double[] factors = {};

    /** The matrix of a node. */
    PositionScatter(int node, PositionMap map, StripMemory memory) {
        this.memory = memory;
        StripLayout layout = memory.layout();
        kept = layout.keptStart(node);
        keptCells = Math.toIntExact(layout.keptSize(node) / layout.lanes());
        size = map.matrix().rows();
        cells = new int[Math.multiplyExact(2 * size - 1, size)];
        long[] pairs = layout.keptPairs(node);
        for (int p = 0; p < size; p++) {
            for (int q = 0; q < size; q++) {
                long pair = pairs[p * size + q];
                cells[left(p) + right(q)] = pair < 0 ? -1 : (int) ((pair - kept) / layout.lanes());
            }
        }
        SparseMatrix byInput = map.matrix().transposed();
        List<int[]> indices = byInput.indices();
        int most = indices.stream().mapToInt(list -> list.length).max().orElse(0);
        lefts = new int[most][indices.size()];
        rights = new int[most][indices.size()];
        weights = new double[most][indices.size()];
        for (int k = 0; k < most; k++) {
            Arrays.fill(lefts[k], -1);
            Arrays.fill(rights[k], -1);
        }
        for (int input = 0; input < indices.size(); input++) {
            for (int k = 0; k < indices.get(input).length; k++) {
                int output = indices.get(input)[k];
                lefts[k][input] = left(output);
                rights[k][input] = right(output);
                weights[k][input] = byInput.weights().get(input)[k];
            }
        }
        double[] distinct =
                byInput.weights().stream().flatMapToDouble(Arrays::stream).distinct().toArray();
        uniform = distinct.length == 1;
        common = uniform ? distinct[0] * distinct[0] : 0;
    }

    private int left(int p) {
        return (size - 1 - p) * size + p;
    }

    private int right(int q) {
        return q * size;
    }

    /** Adds a plane, whose first cell is at an element of the strip's memory. */
    void add(Planes.Box box, long source) {
        if (targets.length < box.cells()) {
            targets = new int[box.cells()];
            factors = new double[box.cells()];
            Arrays.fill(factors, common);
        }
        for (int left = 0; left < lefts.length; left++) {
            for (int right = 0; right < rights.length; right++) {
                find(box, lefts[left], rights[right]);
                if (!uniform) {
                    weigh(box, weights[left], weights[right]);
                }
                memory.scatter(kept, keptCells, targets, factors, source, box.cells());
            }
        }
    }

    private void find(Planes.Box box, int[] left, int[] right) {
        int cell = 0;
        int shift = box.shift();
        int length = box.rowLength();
        for (int row : box.rows()) {
            for (int p = row; p < row + length; p++) {
                int first = left[p];
                int second = right[p + shift];
                targets[cell] = (first | second) < 0 ? -1 : cells[first + second];
                cell++;
            }
        }
    }

    private void weigh(Planes.Box box, double[] left, double[] right) {
        int cell = 0;
        for (int row : box.rows()) {
            for (int p = row; p < row + box.rowLength(); p++) {
                factors[cell] = left[p] * right[p + box.shift()];
                cell++;
            }
        }
    }
}
