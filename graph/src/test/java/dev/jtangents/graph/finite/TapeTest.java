package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.analysis.differentiation.DerivativeStructure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a tape gives and what it leaves alone; the program is sin(p) x, of p in all examples. */
class TapeTest {
    private final FiniteBuilder program = new FiniteBuilder();
    private final Value x = program.input(Shape.of(1));
    private final Value p = program.parameter(Shape.of(1));
    private final Value unused = program.parameter(Shape.of(1));
    private final Value sine = program.map(p, ScalarFunction.of(DerivativeStructure::sin));
    private final Value product = program.multiply(sine, x);

    private static Tensor column(Workspace workspace, double... values) {
        Tensor column = workspace.zeros(values.length, 1);
        for (int row = 0; row < values.length; row++) {
            column.set(values[row], row, 0);
        }
        return column;
    }

    private Tape tape(Workspace workspace) {
        return new Tape(
                program.build(List.of(product)),
                List.of(column(workspace, 2, 3)),
                List.of(column(workspace, 0.5), column(workspace, 7)),
                workspace);
    }

    private static double[] values(@Nullable Tensor found) {
        return Objects.requireNonNull(found).toArray();
    }

    @Test
    void sharedNodesHaveOneRow() {
        try (var workspace = new Workspace(DType.F64)) {
            Tape tape = tape(workspace);
            assertArrayEquals(
                    new double[] {Math.sin(0.5)}, tape.value(sine.node()).toArray(), 1e-15);
            double[] products = {2 * Math.sin(0.5), 3 * Math.sin(0.5)};
            assertArrayEquals(products, tape.value(product.node()).toArray(), 1e-15);
        }
    }

    @Test
    void onlyWhatIsWantedAndInfluencesSomethingIsGiven() {
        try (var workspace = new Workspace(DType.F64)) {
            Tensor given = column(workspace, 1, 10);
            Map<Integer, Tensor> pulled =
                    tape(workspace)
                            .pull(
                                    Map.of(product.node(), given),
                                    Set.of(p.node(), x.node(), unused.node()),
                                    false);
            assertEquals(Set.of(p.node(), x.node()), pulled.keySet());
            assertArrayEquals(
                    new double[] {32 * Math.cos(0.5)}, values(pulled.get(p.node())), 1e-14);
            double[] ofInputs = {Math.sin(0.5), 10 * Math.sin(0.5)};
            assertArrayEquals(ofInputs, values(pulled.get(x.node())), 1e-14);
        }
    }

    /** Of the sum of sin(p) x and sin(p), where sin(p) has a cotangent in each example. */
    @Test
    void givenCotangentsAreAddedToAndNotChanged() {
        try (var workspace = new Workspace(DType.F64)) {
            Tensor ofProduct = column(workspace, 1, 10);
            Tensor ofSine = column(workspace, 5, 6);
            Map<Integer, Tensor> given = Map.of(product.node(), ofProduct, sine.node(), ofSine);
            Set<Integer> wanted = Set.of(p.node(), sine.node());
            Tape tape = tape(workspace);
            Map<Integer, Tensor> apart = tape.pull(given, wanted, true);
            assertArrayEquals(new double[] {7, 36}, values(apart.get(sine.node())), 1e-14);
            double[] slopes = {7 * Math.cos(0.5), 36 * Math.cos(0.5)};
            assertArrayEquals(slopes, values(apart.get(p.node())), 1e-14);
            Map<Integer, Tensor> summed = tape.pull(given, wanted, false);
            assertArrayEquals(new double[] {43}, values(summed.get(sine.node())), 1e-14);
            assertArrayEquals(
                    new double[] {43 * Math.cos(0.5)}, values(summed.get(p.node())), 1e-14);
            assertArrayEquals(new double[] {1, 10}, ofProduct.toArray());
            assertArrayEquals(new double[] {5, 6}, ofSine.toArray());
        }
    }

    /** Runs that come one after another in a workspace must not see what the last one left. */
    @Test
    void runsInOneWorkspaceAreAlike() {
        try (var workspace = new Workspace(DType.F64)) {
            Tape tape = tape(workspace);
            Map<Integer, Tensor> given = Map.of(product.node(), column(workspace, 1, 10));
            for (int run = 0; run < 3; run++) {
                Map<Integer, Tensor> pulled = tape.pull(given, Set.of(p.node()), false);
                assertArrayEquals(
                        new double[] {32 * Math.cos(0.5)}, values(pulled.get(p.node())), 1e-14);
                pulled.values().forEach(workspace::release);
            }
        }
    }
}
