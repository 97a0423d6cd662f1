package dev.jtangents.graph;

import dev.jtangents.simd.OwnFactors;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The factors of the examples that a worker pairs with others, copied where loops read them: always
 * those of the examples of a tile, which take turns.
 */
final class OwnTables {
    /** Examples that are side by side in any table. */
    private static final int GROUP = KernelPlan.FEW_ROWS;

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
