package dev.jtangents.graph;

import dev.jtangents.simd.OwnFactors;
import dev.jtangents.tensor.DType;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The factors of the examples that a worker pairs with others, copied where loops read them: always
 * those of neighbouring examples, which share cache lines in their tables and take turns in a tile.
 */
final class OwnTables {
    /**
     * A divisor of {@link dev.jtangents.simd.Run#PADDING}: never parts of two chunks of a table.
     */
    private static final int GROUP = 4;

    private static final long NONE = -1;

    private final ExampleTables tables;
    private final OwnFactors[] @Nullable [] factors;
    private final long[] groups;

    OwnTables(ExampleTables tables) {
        this.tables = tables;
        int nodes = tables.program().nodes().size();
        factors = new OwnFactors[nodes] @Nullable [];
        groups = new long[nodes];
        Arrays.fill(groups, NONE);
    }

    /** Bytes of one worker's, at most. */
    static long bytes(CovarianceProgram program, DType dtype, boolean withNtk) {
        return program.isFlat()
                ? 0
                : GROUP * ExampleTables.bytesPerExample(program, dtype, withNtk);
    }

    /** The factors of an example before a nonlinearity; until the next call for this node. */
    OwnFactors of(int node, long example) {
        OwnFactors[] own = factors[node];
        if (own == null) {
            own = new OwnFactors[GROUP];
            int positions = tables.program().node(node).extents().positions();
            int count = tables.loop(node).factors();
            Arrays.setAll(own, any -> new OwnFactors(tables.dtype(), count, positions));
            factors[node] = own;
        }
        long group = example / GROUP;
        if (groups[node] != group) {
            OwnFactors.copy(tables.factors(node), tables.index(node, 0, group * GROUP), own);
            groups[node] = group;
        }
        return own[(int) (example % GROUP)];
    }
}
