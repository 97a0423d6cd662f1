package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.Schedule.Action;
import dev.jtangents.graph.Schedule.Stage;
import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.maps.AbReluMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.SplittableRandom;

/** Schedules run on names of planes. */
class SchedulerTest {
    private static final Nonlinearity RELU = new Nonlinearity(new AbReluMap(0, 1));

    private static Schedule pairs(CovarianceProgram program) {
        return Scheduler.schedule(Demand.ofPairs(Lowering.lower(program), false));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void everyPlaneIsComputedOnceAndReadWhileItIsThere(int rank) {
        Extents[] extents = {
            Extents.NONE, Programs.extents(5), Programs.extents(2, 3), Programs.extents(2, 2, 2)
        };
        for (int seed = 0; seed < 150; seed++) {
            var random = new SplittableRandom(seed);
            CovarianceProgram program =
                    Lowering.lower(
                            new RandomPrograms(random, true, false)
                                    .draw(3, 3, extents[rank], 3 + random.nextInt(8)));
            for (boolean diagonal : new boolean[] {false, true}) {
                ScheduleSimulation.check(Scheduler.schedule(Demand.ofPairs(program, diagonal)));
                ScheduleSimulation.check(
                        Scheduler.schedule(Demand.ofSelfAndOutput(program, diagonal)));
            }
        }
    }

    @Test
    void aSkipAroundBarriersIsKept() {
        Schedule schedule = pairs(Programs.skipping(new AbReluMap(0, 1)));
        ScheduleSimulation.check(schedule);
        assertEquals(3, schedule.stages().size());
        List<CovarianceProgram.Node> nodes = schedule.program().nodes();
        for (int node = 0; node < nodes.size(); node++) {
            CovarianceOp op = nodes.get(node).op();
            boolean expected = op.isBarrier() || op instanceof Nonlinearity;
            assertEquals(expected, schedule.kept()[node], op.toString());
        }
    }

    @Test
    void planesOfAPlainConvolutionAreGroupsOfTheirOwn() {
        Extents extents = Programs.extents(5);
        CovarianceProgram program =
                Programs.chain(
                        new Input(0, extents, 1),
                        Programs.convolution(extents, 3, false),
                        RELU,
                        Programs.globalPool(extents));
        Schedule schedule = pairs(program);
        ScheduleSimulation.check(schedule);
        List<Stage> stages = schedule.stages();
        assertEquals(1, stages.size());
        assertEquals(9, stages.getFirst().groups().size());
        assertEquals(List.of(3), stages.getFirst().finished());
        assertEquals(2, schedule.slots());
    }

    @Test
    void planesOfACircularConvolutionAreGroupsModuloTheSize() {
        Extents extents = Programs.extents(5);
        CovarianceProgram program =
                Programs.chain(
                        new Input(0, extents, 1),
                        Programs.convolution(extents, 3, true),
                        RELU,
                        Programs.convolution(extents, 3, true),
                        Programs.globalPool(extents));
        Schedule schedule = pairs(program);
        ScheduleSimulation.check(schedule);
        assertEquals(5, schedule.stages().getFirst().groups().size());
        int zero = schedule.planes(0).zero();
        Step first = schedule.stages().getFirst().groups().getFirst().getFirst();
        assertEquals(zero, first.plane(), "equal positions come first");
    }

    @Test
    void whatNobodyElseNeedsIsTransformedInPlace() {
        var chain =
                Programs.chain(
                        new Input(0, Extents.NONE, 2), Programs.dense(2, 1), RELU, RELU, RELU);
        assertEquals(1, pairs(chain).slots());
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, Extents.NONE, 2));
        int left = builder.add(RELU, input);
        int right = builder.add(RELU, left);
        Schedule both = pairs(builder.program(builder.add(new Product(), left, right)));
        ScheduleSimulation.check(both);
        assertEquals(3, both.slots());
    }

    /**
     * Of both blocks the convolution that is computed last is the one that the other is added to.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void branchesAreAddedInThePassOfTheLastWindow(int stride) {
        Schedule schedule =
                pairs(Programs.residual(new AbReluMap(0, 1), Programs.extents(4, 5), stride));
        ScheduleSimulation.check(schedule);
        List<Step> sums =
                schedule.stages().stream()
                        .flatMap(stage -> stage.groups().stream())
                        .flatMap(List::stream)
                        .filter(
                                step ->
                                        schedule.program().node(step.node()).op()
                                                instanceof WeightedSum)
                        .toList();
        assertFalse(sums.isEmpty());
        assertTrue(sums.stream().allMatch(step -> step.action() == Action.COMPUTE_IN_WINDOW));
        assertTrue(schedule.seenInWindows().isEmpty(), "the input is added to what a window sees");
    }

    @Test
    void theOutputIsGivenPlaneByPlaneUnlessItIsABarrier() {
        Extents extents = Programs.extents(3);
        Schedule local = pairs(Programs.chain(new Input(0, extents, 1), RELU));
        assertFalse(local.program().output().op().isBarrier());
        assertEquals(5, ScheduleSimulation.count(local, Action.OUTPUT));
        Schedule pooled =
                pairs(Programs.chain(new Input(0, extents, 1), Programs.globalPool(extents)));
        assertTrue(pooled.program().output().op().isBarrier());
        assertEquals(0, ScheduleSimulation.count(pooled, Action.OUTPUT));
        assertEquals(5, ScheduleSimulation.count(pooled, Action.ABSORB));
    }

    @Test
    void inputsAreReadAgainWhereALaterStageNeedsThem() {
        Extents extents = Programs.extents(3);
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, extents, 1));
        var selection = SparseMatrix.selection(new int[] {2, 1, 0}, 3);
        int turned = builder.add(new CovarianceOp.PositionMap(selection, extents), input);
        Schedule schedule = pairs(builder.program(builder.add(new Product(), turned, input)));
        ScheduleSimulation.check(schedule);
        assertEquals(5 + 5 + 5, ScheduleSimulation.count(schedule, Action.COMPUTE));
        assertEquals(0, ScheduleSimulation.count(schedule, Action.KEEP));
    }
}
