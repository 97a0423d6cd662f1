package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceOp.Given;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Pointwise;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.Schedule.Action;
import dev.jtangents.graph.Schedule.Source;
import dev.jtangents.graph.Schedule.Stage;
import dev.jtangents.graph.Schedule.Step;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the steps of a schedule on names of planes, and checks what each reads and leaves behind.
 */
final class ScheduleSimulation {
    private record Plane(int node, int plane) {}

    private final Schedule schedule;
    private final Map<Integer, Plane> slots = new HashMap<>();
    private final Set<Plane> kept = new HashSet<>();
    private final Set<Plane> computed = new HashSet<>();
    private final Set<Plane> computedInStage = new HashSet<>();
    private final Set<List<Integer>> absorbed = new HashSet<>();
    private final Set<Plane> given = new HashSet<>();

    private ScheduleSimulation(Schedule schedule) {
        this.schedule = schedule;
    }

    static void check(Schedule schedule) {
        var simulation = new ScheduleSimulation(schedule);
        schedule.stages().forEach(simulation::run);
        simulation.checkEnd();
    }

    private CovarianceOp op(int node) {
        return schedule.program().node(node).op();
    }

    private List<Plane> needed(int node) {
        List<Plane> planes = new ArrayList<>();
        schedule.demand().needed().get(node).stream()
                .forEach(plane -> planes.add(new Plane(node, plane)));
        return planes;
    }

    private void run(Stage stage) {
        computedInStage.clear();
        for (List<Step> group : stage.groups()) {
            slots.clear();
            group.forEach(step -> run(step, stage));
        }
        for (int barrier : stage.finished()) {
            checkComplete(barrier);
            kept.addAll(needed(barrier));
            assertTrue(schedule.kept()[barrier]);
        }
    }

    private void run(Step step, Stage stage) {
        step.sources().forEach(this::checkReadable);
        var own = new Plane(step.node(), step.plane());
        switch (step.action()) {
            case COMPUTE -> compute(step, own);
            case COMPUTE_IN_WINDOW -> computeInWindow(step, own);
            case KEEP -> {
                assertTrue(schedule.kept()[step.node()]);
                kept.add(own);
            }
            case ABSORB -> {
                assertTrue(stage.finished().contains(step.node()));
                int input = step.sources().getFirst().input();
                assertTrue(
                        absorbed.add(List.of(step.node(), input, step.plane())), "absorbed twice");
            }
            case OUTPUT -> assertTrue(given.add(own), "given twice");
        }
    }

    /**
     * What takes the sum over a window, which has its slot, and then what adds to that in place.
     */
    private void computeInWindow(Step step, Plane own) {
        List<Integer> inputs = schedule.program().node(step.node()).inputs();
        List<Source> seen = step.sources().subList(0, 1);
        if (!(op(step.node()) instanceof WeightedSum)) {
            assertEquals(1, step.sources().size());
            int window = inputs.getFirst();
            compute(
                    new Step(Action.COMPUTE, window, step.plane(), seen, step.slot()),
                    new Plane(window, step.plane()));
            var sum = new Source(0, window, step.plane(), step.slot());
            compute(
                    new Step(Action.COMPUTE, step.node(), step.plane(), List.of(sum), step.slot()),
                    own);
            return;
        }
        Source addend = step.sources().getLast();
        int input = 1 - addend.input();
        var branch = new Plane(inputs.get(input), step.plane());
        computeInWindow(
                new Step(Action.COMPUTE_IN_WINDOW, branch.node(), step.plane(), seen, step.slot()),
                branch);
        checkReadable(addend);
        var affine = new Source(input, branch.node(), step.plane(), step.slot());
        List<Source> both = input == 0 ? List.of(affine, addend) : List.of(addend, affine);
        compute(new Step(Action.COMPUTE, step.node(), step.plane(), both, step.slot()), own);
    }

    private void checkReadable(Source source) {
        var plane = new Plane(source.node(), source.plane());
        if (source.slot() >= 0) {
            assertEquals(plane, slots.get(source.slot()));
        } else {
            assertTrue(kept.contains(plane), plane + " is read before it is kept");
        }
    }

    private void compute(Step step, Plane own) {
        assertFalse(op(step.node()).isBarrier());
        assertTrue(computedInStage.add(own), own + " is computed twice in a stage");
        boolean isNew = computed.add(own);
        boolean cheap = op(step.node()) instanceof Input || op(step.node()) instanceof Given;
        assertTrue(isNew || cheap, own + " is computed twice");
        checkSources(step);
        checkVariancesAreKnown(step);
        assertTrue(step.slot() >= 0 && step.slot() < schedule.slots());
        boolean overwrites =
                step.sources().stream().anyMatch(source -> source.slot() == step.slot());
        if (overwrites) {
            CovarianceOp op = op(step.node());
            assertTrue(
                    op instanceof Pointwise || op instanceof WeightedSum,
                    "overwrites what it reads");
        }
        slots.put(step.slot(), own);
    }

    private void checkSources(Step step) {
        List<Integer> inputs = schedule.program().node(step.node()).inputs();
        List<List<Integer>> expected = new ArrayList<>();
        for (int input = 0; input < inputs.size(); input++) {
            int[] planes =
                    LocalPlanes.needed(
                            op(step.node()),
                            schedule.planes(step.node()),
                            step.plane(),
                            schedule.planes(inputs.get(input)));
            for (int plane : planes) {
                expected.add(List.of(input, inputs.get(input), plane));
            }
        }
        assertEquals(
                expected,
                step.sources().stream()
                        .map(source -> List.of(source.input(), source.node(), source.plane()))
                        .toList());
    }

    /** An example with itself has its variances from the plane of equal positions. */
    private void checkVariancesAreKnown(Step step) {
        int zero = schedule.planes(step.node()).zero();
        if (op(step.node()) instanceof Nonlinearity
                && schedule.demand().needed().get(step.node()).get(zero)) {
            assertTrue(computed.contains(new Plane(step.node(), zero)));
        }
    }

    private void checkComplete(int barrier) {
        List<Integer> inputs = schedule.program().node(barrier).inputs();
        boolean planeByPlane =
                op(barrier) instanceof PositionMap || op(barrier) instanceof PositionMean;
        for (int input = 0; input < inputs.size(); input++) {
            for (Plane plane : needed(inputs.get(input))) {
                boolean there =
                        planeByPlane
                                ? absorbed.contains(List.of(barrier, input, plane.plane()))
                                : kept.contains(plane);
                assertTrue(there, plane + " is missing of barrier " + barrier);
            }
        }
    }

    private void checkEnd() {
        int output = schedule.program().nodes().size() - 1;
        for (int node = 0; node <= output; node++) {
            Set<Plane> all = op(node).isBarrier() ? kept : computed;
            assertTrue(all.containsAll(needed(node)), "node " + node + " is not complete");
        }
        assertEquals(
                schedule.program().output().op().isBarrier()
                        ? Set.of()
                        : new HashSet<>(needed(output)),
                given);
    }

    /** How many steps of a kind a schedule has. */
    static long count(Schedule schedule, Action action) {
        return schedule.stages().stream()
                .flatMap(stage -> stage.groups().stream())
                .flatMap(List::stream)
                .filter(step -> step.action() == action)
                .count();
    }
}
