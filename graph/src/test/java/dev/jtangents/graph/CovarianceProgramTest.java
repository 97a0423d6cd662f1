package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceOp.Concatenation;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Mixing;
import dev.jtangents.graph.CovarianceOp.Permutation;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Programs, their extents and what they refuse. */
class CovarianceProgramTest {
    private static final Extents TWO = Programs.extents(2, 3);
    private static final Extents OTHER = Programs.extents(4, 3);

    @Test
    void whatTheOutputDoesNotNeedIsLeftOut() {
        var builder = new CovarianceProgram.Builder();
        int unused = builder.add(new Input(0, TWO, 1));
        int used = builder.add(new Input(1, TWO, 1));
        builder.add(new Product(), unused, used);
        int mean = builder.add(new PositionMean(), used);
        CovarianceProgram program = builder.program(mean);
        assertEquals(2, program.nodes().size());
        assertEquals(new Input(1, TWO, 1), program.node(0).op());
        assertEquals(List.of(0), program.output().inputs());
        assertEquals(program, program.pruned());
    }

    @Test
    void consumersAreListedOnce() {
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, TWO, 1));
        int square = builder.add(new Product(), input, input);
        int sum = builder.add(new WeightedSum(List.of(1.0, 1.0)), input, square);
        assertEquals(
                List.of(List.of(1, 2), List.of(2), List.of()), builder.program(sum).consumers());
    }

    @Test
    void onlyProgramsOfOnePositionAreFlat() {
        assertTrue(Programs.chain(new Input(0, Programs.extents(1, 1), 2)).isFlat());
        assertEquals(false, Programs.chain(new Input(0, TWO, 2), new PositionMean()).isFlat());
    }

    @Test
    void extentsFollowFromTheInputs() {
        var builder = new CovarianceProgram.Builder();
        int two = builder.add(new Input(0, TWO, 1));
        int other = builder.add(new Input(1, OTHER, 1));
        int both = builder.add(new Concatenation(0), two, other);
        int turned = builder.add(new Permutation(List.of(1, 0)), both);
        assertEquals(Programs.extents(6, 3), builder.extents(both));
        assertEquals(Programs.extents(3, 6), builder.extents(turned));
        assertEquals(Extents.NONE, builder.extents(builder.add(new PositionMean(), turned)));
    }

    private static void assertRefused(CovarianceOp op, Extents... inputs) {
        assertThrows(
                IllegalArgumentException.class, () -> op.extents(List.of(inputs)), op.toString());
    }

    @Test
    void inputsThatDoNotFitAreRefused() {
        assertRefused(new PositionMean(), TWO, TWO);
        assertRefused(new Product(), TWO, OTHER);
        assertRefused(new Product());
        assertRefused(new WeightedSum(List.of(1.0)), TWO, TWO);
        assertRefused(new Concatenation(1), TWO, OTHER);
        assertRefused(new Permutation(List.of(0, 0)), TWO);
        assertRefused(new Permutation(List.of(0)), TWO);
        assertRefused(Programs.convolution(Programs.extents(4), 3, false), TWO);
        assertRefused(Programs.globalPool(OTHER), TWO);
        var matrices = new PerExample(5, new double[5], new double[5]);
        assertRefused(new Mixing(matrices, Programs.extents(2)), TWO);
        assertThrows(
                IllegalArgumentException.class,
                () -> new PositionMap(SparseMatrix.selection(new int[] {0}, 2), TWO));
        assertThrows(
                IllegalArgumentException.class, () -> SparseMatrix.selection(new int[] {2}, 2));
        assertThrows(IllegalArgumentException.class, () -> Programs.extents(2, 0));
    }

    @Test
    void productsOfMatricesActOnBothAxes() {
        SparseMatrix rows = SparseMatrix.of(new double[][] {{1, 2}, {0, 3}}, 2);
        SparseMatrix columns = SparseMatrix.of(new double[][] {{5, 0, 7}}, 3);
        double[][] dense = DenseJoins.dense(rows.times(columns));
        assertArrayEquals(new double[] {5, 0, 7, 10, 0, 14}, dense[0]);
        assertArrayEquals(new double[] {0, 0, 0, 15, 0, 21}, dense[1]);
    }

    @Test
    void transposedMatricesHaveRowsForColumns() {
        SparseMatrix matrix = SparseMatrix.of(new double[][] {{1, 0, 2}, {0, 0, 3}}, 3);
        double[][] dense = DenseJoins.dense(matrix.transposed());
        assertArrayEquals(new double[] {1, 0}, dense[0]);
        assertArrayEquals(new double[] {0, 0}, dense[1]);
        assertArrayEquals(new double[] {2, 3}, dense[2]);
    }
}
