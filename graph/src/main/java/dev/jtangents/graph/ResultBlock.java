package dev.jtangents.graph;

import dev.jtangents.simd.Run;

/**
 * Where a worker keeps a block of a kernel of one position: after the strip in its memory, row by
 * row.
 *
 * <p>In flat programs the first slot of a strip is a row of the block: BLAS puts inner products
 * where the results will be, and a chain of layers transforms them in place. On a block of the
 * diagonal, where rows start further and further right, a strip ends in the next row, left of where
 * that starts, which is below the diagonal and means nothing.
 *
 * @param start of the first row
 * @param stride from one row to the next; all are in elements
 */
record ResultBlock(long start, long rows, long stride) {
    static ResultBlock of(KernelPlan plan) {
        TileGrid grid = plan.grid();
        boolean wanted = plan.program().output().extents().positions() == 1;
        return new ResultBlock(
                new StripLayout(plan.pairs(), plan.width()).size(),
                wanted ? Math.min(grid.blockRows(), grid.rows()) : 0,
                Math.min(grid.blockColumns(), grid.columns()) + Run.PADDING);
    }

    /** Elements of one kernel; strips may end after the last row. */
    long size() {
        return rows == 0 ? 0 : (rows + 1) * stride;
    }

    /** An element. */
    long at(long row, long column) {
        return start + row * stride + column;
    }
}
