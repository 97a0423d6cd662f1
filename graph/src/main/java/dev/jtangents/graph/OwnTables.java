package dev.jtangents.graph;

import dev.jtangents.simd.OwnFactors;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** The factors of the example that a worker pairs with others, copied where loops read them. */
final class OwnTables {
    private static final long NONE = -1;

    private final ExampleTables tables;
    private final @Nullable OwnFactors[] factors;
    private final long[] examples;

    OwnTables(ExampleTables tables) {
        this.tables = tables;
        int nodes = tables.program().nodes().size();
        factors = new @Nullable OwnFactors[nodes];
        examples = new long[nodes];
        Arrays.fill(examples, NONE);
    }

    /** The factors of an example before a nonlinearity; until the next call for this node. */
    OwnFactors of(int node, long example) {
        OwnFactors own = factors[node];
        if (own == null) {
            int positions = tables.program().node(node).extents().positions();
            own = new OwnFactors(tables.dtype(), tables.loop(node).factors(), positions);
            factors[node] = own;
        }
        if (examples[node] != example) {
            own.copy(tables.factors(node), tables.index(node, 0, example));
            examples[node] = example;
        }
        return own;
    }
}
