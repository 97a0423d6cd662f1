package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.analysis.differentiation.DerivativeStructure;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

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

    @Test
    void sharedNodesHaveOneRow() {
        try (var workspace = new Workspace(DType.F64)) {
            Tape tape = tape(workspace);
            assertArrayEquals(
                    new double[] {Math.sin(0.5)},
                    tape.value(sine.nodeIn(program)).toArray(),
                    1e-15);
            double[] products = {2 * Math.sin(0.5), 3 * Math.sin(0.5)};
            assertArrayEquals(products, tape.value(product.nodeIn(program)).toArray(), 1e-15);
        }
    }

    @Test
    void cotangentsAreAddedToWhatIsWanted() {
        try (var workspace = new Workspace(DType.F64)) {
            Tensor ofP = column(workspace, 100);
            Tensor ofX = workspace.zeros(2, 1);
            Tensor ofUnused = workspace.zeros(1, 1);
            Map<Integer, Tensor> given = Map.of(product.nodeIn(program), column(workspace, 1, 10));
            Map<Integer, Tensor> wanted =
                    Map.of(
                            p.nodeIn(program),
                            ofP,
                            x.nodeIn(program),
                            ofX,
                            unused.nodeIn(program),
                            ofUnused);
            tape(workspace).pull(given, wanted, false);
            assertArrayEquals(new double[] {100 + 32 * Math.cos(0.5)}, ofP.toArray(), 1e-13);
            double[] ofInputs = {Math.sin(0.5), 10 * Math.sin(0.5)};
            assertArrayEquals(ofInputs, ofX.toArray(), 1e-14);
            assertArrayEquals(new double[] {0}, ofUnused.toArray());
        }
    }

    /** Of the sum of sin(p) x and sin(p), where sin(p) has a cotangent in each example. */
    @Test
    void givenCotangentsAreAddedToAndNotChanged() {
        try (var workspace = new Workspace(DType.F64)) {
            Tensor ofProduct = column(workspace, 1, 10);
            Tensor ofSine = column(workspace, 5, 6);
            Map<Integer, Tensor> given =
                    Map.of(product.nodeIn(program), ofProduct, sine.nodeIn(program), ofSine);
            Tape tape = tape(workspace);
            Tensor sines = workspace.zeros(2, 1);
            Tensor parameters = workspace.zeros(2, 1);
            tape.pull(
                    given,
                    Map.of(sine.nodeIn(program), sines, p.nodeIn(program), parameters),
                    true);
            assertArrayEquals(new double[] {7, 36}, sines.toArray(), 1e-14);
            double[] slopes = {7 * Math.cos(0.5), 36 * Math.cos(0.5)};
            assertArrayEquals(slopes, parameters.toArray(), 1e-14);
            Tensor sum = workspace.zeros(1, 1);
            tape.pull(given, Map.of(p.nodeIn(program), sum), false);
            assertArrayEquals(new double[] {43 * Math.cos(0.5)}, sum.toArray(), 1e-14);
            assertArrayEquals(new double[] {1, 10}, ofProduct.toArray());
            assertArrayEquals(new double[] {5, 6}, ofSine.toArray());
        }
    }

    /** Runs that come one after another in a workspace must not see what the last one left. */
    @Test
    void runsInOneWorkspaceAreAlike() {
        try (var workspace = new Workspace(DType.F64)) {
            Tape tape = tape(workspace);
            Map<Integer, Tensor> given = Map.of(product.nodeIn(program), column(workspace, 1, 10));
            for (int run = 0; run < 3; run++) {
                Tensor pulled = workspace.zeros(1, 1);
                tape.pull(given, Map.of(p.nodeIn(program), pulled), false);
                assertArrayEquals(new double[] {32 * Math.cos(0.5)}, pulled.toArray(), 1e-14);
                workspace.release(pulled);
            }
        }
    }
}
