package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceOp.Attention;
import dev.jtangents.graph.CovarianceOp.BilinearAttention;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Mixing;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.Window;
import dev.jtangents.graph.Schedule.Stage;
import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.maps.AbReluMap;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** Costs that are predicted against costs that are counted. */
class OpCostTest {
    private static final Extents EXTENTS = Programs.extents(6, 8);
    private static final Input INPUT = new Input(0, EXTENTS, 3);

    private static PositionMap averagePool(int padding) {
        double[][] rows = new double[3 * 4][EXTENTS.positions()];
        for (int row = 0; row < rows.length; row++) {
            for (int place = 0; place < 4; place++) {
                int y = row / 4 * 2 + place / 2 - padding;
                int x = row % 4 * 2 + place % 2 - padding;
                if (y >= 0 && x >= 0) {
                    rows[row][y * 8 + x] = 0.25;
                }
            }
        }
        return new PositionMap(SparseMatrix.of(rows, EXTENTS.positions()), Programs.extents(3, 4));
    }

    private static CovarianceProgram two(CovarianceOp op, CovarianceOp after) {
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(INPUT);
        int left = builder.add(new CovarianceOp.EqualPositions(), input);
        int both = builder.add(op, left, input);
        return builder.program(builder.add(after, both));
    }

    static List<CovarianceProgram> exactPrograms() {
        CovarianceOp pool = Programs.globalPool(EXTENTS);
        var mixing =
                new Mixing(
                        new PerExample(48 * 5, new double[0], new double[0]), Programs.extents(5));
        return List.of(
                Programs.chain(INPUT, Programs.dense(2, 1), pool),
                Programs.chain(INPUT, Programs.convolution(EXTENTS, 3, true), pool),
                Programs.chain(INPUT, Programs.convolution(EXTENTS, 3, true), new PositionMean()),
                Programs.chain(INPUT, averagePool(0), Programs.globalPool(Programs.extents(3, 4))),
                Programs.chain(INPUT, averagePool(1), new PositionMean()),
                Programs.chain(INPUT, mixing, new PositionMean()),
                Programs.chain(INPUT, mixing, Programs.globalPool(Programs.extents(5))),
                two(new WeightedSum(List.of(1.0, 2.0)), pool),
                two(new Product(), new PositionMean()),
                two(new Attention(AttentionScores.RELU, 1, null), new PositionMean()),
                two(new BilinearAttention(), pool),
                two(new BilinearAttention(), new PositionMean()));
    }

    private static Demand pairs(CovarianceProgram program) {
        return Demand.ofPairs(Lowering.lower(program), false);
    }

    @ParameterizedTest
    @MethodSource("exactPrograms")
    void operationsAreCounted(CovarianceProgram program) {
        Demand demand = pairs(program);
        for (int node = 0; node < demand.program().nodes().size(); node++) {
            assertEquals(
                    CountedWork.of(demand, node),
                    OpCost.flops(demand, node, false),
                    demand.program().node(node).op().toString());
        }
    }

    static List<CovarianceProgram> windows() {
        CovarianceOp pool = Programs.globalPool(EXTENTS);
        Extents strided = Programs.extents(3, 4);
        var window =
                new Window(
                        new SpatialWindow(
                                List.of(3, 3),
                                List.of(2, 2),
                                List.of(0, 0),
                                strided,
                                false,
                                false));
        return List.of(
                Programs.chain(INPUT, Programs.convolution(EXTENTS, 3, false), pool),
                Programs.chain(INPUT, Programs.convolution(EXTENTS, 3, false), new PositionMean()),
                Programs.chain(INPUT, window, Programs.globalPool(strided)));
    }

    /** At the edges windows see less than is predicted: here up to a third. */
    @ParameterizedTest
    @MethodSource("windows")
    void windowsAreCountedAsIfThereWereNoEdges(CovarianceProgram program) {
        Demand demand = pairs(program);
        double counted = CountedWork.of(demand, 1);
        double predicted = OpCost.flops(demand, 1, false);
        assertTrue(counted <= predicted && predicted <= 1.5 * counted, counted + " " + predicted);
    }

    static List<CovarianceProgram> writers() {
        var map = new Nonlinearity(new AbReluMap(0, 1));
        return List.of(
                Programs.chain(
                        INPUT, Programs.convolution(EXTENTS, 3, true), map, averagePool(0), map),
                Programs.chain(INPUT, map, Programs.globalPool(EXTENTS), map),
                Programs.chain(INPUT, Programs.convolution(EXTENTS, 3, false), new PositionMean()),
                Programs.skipping(new AbReluMap(0, 1)));
    }

    /** Every step that computes a plane writes it, and barriers write theirs; sums count. */
    @ParameterizedTest
    @MethodSource("writers")
    void bytesAreThoseThatStepsWrite(CovarianceProgram program) {
        Demand demand = pairs(program);
        Schedule schedule = Scheduler.schedule(demand);
        long cells = 0;
        for (Stage stage : schedule.stages()) {
            for (List<Step> group : stage.groups()) {
                for (Step step : group) {
                    int written =
                            switch (step.action()) {
                                case COMPUTE -> 1;
                                case COMPUTE_IN_WINDOW -> 2;
                                default -> 0;
                            };
                    Planes planes = schedule.planes(step.node());
                    cells += written == 0 ? 0 : written * planes.box(step.plane()).cells();
                }
            }
            for (int barrier : stage.finished()) {
                cells += demand.cells(barrier);
            }
        }
        double predicted = 0;
        for (int node = 0; node < demand.program().nodes().size(); node++) {
            predicted += OpCost.bytes(demand, node, true, 4);
        }
        assertEquals(cells * 4.0 * 2, predicted);
    }
}
