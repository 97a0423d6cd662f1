package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceOp.Attention;
import dev.jtangents.graph.CovarianceOp.Concatenation;
import dev.jtangents.graph.CovarianceOp.EqualPositions;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Permutation;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.Window;
import dev.jtangents.maps.AbReluMap;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Which displacements are needed, operation by operation. */
class DemandTest {
    private static final Nonlinearity RELU = new Nonlinearity(new AbReluMap(0, 1));

    private static Input input(Extents extents) {
        return new Input(0, extents, 1);
    }

    private static Demand pairs(CovarianceProgram program) {
        return Demand.ofPairs(Lowering.lower(program), false);
    }

    /** The needed displacements of a node along its only axis. */
    private static Set<Integer> displacements(Demand demand, int node) {
        Set<Integer> found = new TreeSet<>();
        Planes planes = demand.planes().get(node);
        demand.needed().get(node).stream()
                .forEach(plane -> found.add(planes.displacement(plane)[0]));
        return found;
    }

    private static Set<Integer> displacements(CovarianceProgram program) {
        return displacements(pairs(program), 0);
    }

    private static Set<Integer> between(int first, int last, IntPredicate condition) {
        return new TreeSet<>(IntStream.rangeClosed(first, last).filter(condition).boxed().toList());
    }

    private static Window window(
            int size, int stride, int output, boolean circular, boolean transposed) {
        return new Window(
                new SpatialWindow(
                        List.of(size),
                        List.of(stride),
                        List.of(0),
                        Programs.extents(output),
                        circular,
                        transposed));
    }

    @Test
    void aMeanOfPositionsWithoutPoolingNeedsEqualPositionsOnly() {
        Extents extents = Programs.extents(4, 5);
        CovarianceProgram program = Programs.convolutional(new AbReluMap(0, 1), extents, 3, false);
        Demand demand = pairs(program);
        for (int node = 0; node < demand.program().nodes().size(); node++) {
            assertEquals(1, demand.count(node), "node " + node);
            assertTrue(demand.needed().get(node).get(demand.planes().get(node).zero()));
        }
    }

    @Test
    void aGlobalPoolNeedsAllPlanes() {
        Extents extents = Programs.extents(4, 5);
        Demand demand = pairs(Programs.convolutional(new AbReluMap(0, 1), extents, 3, true));
        assertEquals(7 * 9, demand.count(0));
        assertEquals(20 * 20, demand.cells(0));
    }

    @Test
    void aPoolOfPairsNeedsWhatItsWindowsHold() {
        var pool =
                new PositionMap(
                        SparseMatrix.of(new double[][] {{0.5, 0.5, 0, 0}, {0, 0, 0.5, 0.5}}, 4),
                        Programs.extents(2));
        CovarianceProgram program =
                Programs.chain(input(Programs.extents(4)), pool, new PositionMean());
        assertEquals(Set.of(-1, 0, 1), displacements(program));
    }

    @Test
    void aPoolOfTwoByTwoNeedsDisplacementsBelowTwo() {
        SparseMatrix halves =
                SparseMatrix.of(new double[][] {{0.5, 0.5, 0, 0}, {0, 0, 0.5, 0.5}}, 4);
        var pool = new PositionMap(halves.times(halves), Programs.extents(2, 2));
        Demand demand =
                pairs(Programs.chain(input(Programs.extents(4, 4)), pool, new PositionMean()));
        assertEquals(9, demand.count(0));
        Planes planes = demand.planes().getFirst();
        demand.needed().getFirst().stream()
                .mapToObj(planes::displacement)
                .forEach(d -> assertTrue(Math.abs(d[0]) < 2 && Math.abs(d[1]) < 2));
    }

    @Test
    void aStridedWindowNeedsMultiplesOfItsStride() {
        CovarianceProgram program =
                Programs.chain(
                        input(Programs.extents(9)),
                        window(3, 2, 4, false, false),
                        Programs.globalPool(Programs.extents(4)));
        assertEquals(between(-6, 6, d -> d % 2 == 0), displacements(program));
    }

    @Test
    void aTransposedWindowPassesDisplacementsThatItsStrideDivides() {
        CovarianceProgram all =
                Programs.chain(
                        input(Programs.extents(3)),
                        window(2, 3, 9, false, true),
                        Programs.globalPool(Programs.extents(9)));
        assertEquals(between(-2, 2, d -> true), displacements(all));
        Demand demand = pairs(all);
        Planes output = demand.planes().get(1);
        var op = demand.program().node(1).op();
        for (int plane = 0; plane < output.count(); plane++) {
            int displacement = output.displacement(plane)[0];
            int[] needed = LocalPlanes.needed(op, output, plane, demand.planes().getFirst());
            assertEquals(displacement % 3 == 0 ? 1 : 0, needed.length, "of " + displacement);
        }
    }

    @Test
    void aCircularWindowNeedsDisplacementsModuloTheSize() {
        CovarianceProgram program =
                Programs.chain(
                        input(Programs.extents(5)),
                        window(3, 1, 5, true, false),
                        new PositionMap(
                                SparseMatrix.of(new double[][] {{0.5, 0.5, 0, 0, 0}}, 5),
                                Extents.NONE));
        assertEquals(Set.of(-4, -1, 0, 1, 4), displacements(program));
    }

    @Test
    void equalPositionsNeedNothingElse() {
        Extents extents = Programs.extents(6);
        CovarianceProgram program =
                Programs.chain(
                        input(extents), RELU, new EqualPositions(), Programs.globalPool(extents));
        assertEquals(Set.of(0), displacements(program));
        assertEquals(11, pairs(program).count(2));
    }

    @Test
    void aPermutationNeedsThePermutedDisplacements() {
        Extents extents = Programs.extents(2, 5);
        double[][] neighbours = {{1, 1, 0, 0, 0, 0, 0, 0, 0, 0}};
        Demand demand =
                pairs(
                        Programs.chain(
                                input(extents),
                                new Permutation(List.of(1, 0)),
                                new PositionMap(SparseMatrix.of(neighbours, 10), Extents.NONE)));
        Planes planes = demand.planes().getFirst();
        List<List<Integer>> found = new ArrayList<>();
        demand.needed().getFirst().stream()
                .mapToObj(planes::displacement)
                .forEach(d -> found.add(List.of(d[0], d[1])));
        assertEquals(List.of(List.of(-1, 0), List.of(0, 0), List.of(1, 0)), found);
    }

    @Test
    void concatenationNeedsNoDisplacementsFromOneInputToAnother() {
        var builder = new CovarianceProgram.Builder();
        int short1 = builder.add(new Input(0, Programs.extents(2), 1));
        int long2 = builder.add(new Input(1, Programs.extents(3), 1));
        int both = builder.add(new Concatenation(0), short1, long2);
        CovarianceProgram program =
                builder.program(builder.add(Programs.globalPool(Programs.extents(5)), both));
        Demand demand = Demand.ofPairs(program, false);
        assertEquals(between(-1, 1, d -> true), displacements(demand, 0));
        assertEquals(between(-2, 2, d -> true), displacements(demand, 1));
        assertEquals(9, demand.count(2));
    }

    @Test
    void theDiagonalOfTheOutputIsOnePlane() {
        CovarianceProgram program =
                Lowering.lower(
                        Programs.chain(input(Programs.extents(6)), window(3, 1, 6, false, false)));
        assertEquals(Set.of(0), displacements(Demand.ofPairs(program, true), 0));
        assertEquals(11, Demand.ofPairs(program, false).count(0));
    }

    @Test
    void attentionNeedsAllOfItsValuesAndOfItsKeysOnlyWhatAnExampleHasWithItself() {
        var builder = new CovarianceProgram.Builder();
        int values = builder.add(input(Programs.extents(4)));
        int keys = builder.add(RELU, values);
        int attention = builder.add(new Attention(AttentionScores.SOFTMAX, 1, null), values, keys);
        CovarianceProgram program = builder.program(builder.add(new PositionMean(), attention));
        Demand pairs = Demand.ofPairs(program, false);
        assertEquals(7, pairs.count(values));
        assertEquals(0, pairs.count(keys));
        assertEquals(1, pairs.count(attention));
        Demand self = Demand.ofSelf(program);
        assertEquals(7, self.count(keys));
    }

    @Test
    void anExampleWithItselfNeedsVariancesWhereThereAreNonlinearities() {
        Extents extents = Programs.extents(6);
        CovarianceProgram program =
                Lowering.lower(
                        Programs.chain(
                                input(extents),
                                window(3, 1, 6, false, false),
                                RELU,
                                window(3, 1, 6, false, false),
                                Programs.globalPool(extents)));
        Demand self = Demand.ofSelf(program);
        assertEquals(List.of(1, 1, 1, 0, 0, 0), counts(self));
        Demand withOutput = Demand.ofSelfAndOutput(program, true);
        assertEquals(List.of(11, 11, 11, 11, 11, 1), counts(withOutput));
        assertFalse(withOutput.addsNoPlaneTo(self));
        CovarianceProgram flat = Programs.chain(input(extents), RELU, new PositionMean());
        assertTrue(Demand.ofSelfAndOutput(flat, true).addsNoPlaneTo(Demand.ofSelf(flat)));
    }

    private static List<Integer> counts(Demand demand) {
        return IntStream.range(0, demand.program().nodes().size()).mapToObj(demand::count).toList();
    }

    @Test
    void whatTheOutputDoesNotNeedIsDropped() {
        var builder = new CovarianceProgram.Builder();
        int needed = builder.add(input(Programs.extents(3)));
        int unused = builder.add(new Product(), needed, needed);
        builder.add(RELU, unused);
        CovarianceProgram program = builder.program(builder.add(new PositionMean(), needed));
        assertEquals(2, program.nodes().size());
        assertEquals(Set.of(0), displacements(Demand.ofPairs(program, false), 0));
    }
}
