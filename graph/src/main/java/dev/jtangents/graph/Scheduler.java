package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Given;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.graph.Schedule.Action;
import dev.jtangents.graph.Schedule.Source;
import dev.jtangents.graph.Schedule.Stage;
import dev.jtangents.graph.Schedule.Step;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** Makes the schedule of a program from what is needed of it. */
final class Scheduler {
    private final Demand demand;
    private final CovarianceProgram program;
    private final List<List<Integer>> consumers;
    private final int[] stageOf;
    private final boolean[] kept;
    private int slots;

    private Scheduler(Demand demand) {
        this.demand = demand;
        this.program = demand.program();
        this.consumers = program.consumers();
        this.stageOf = new int[program.nodes().size()];
        this.kept = new boolean[program.nodes().size()];
    }

    static Schedule schedule(Demand demand) {
        var scheduler = new Scheduler(demand);
        return scheduler.schedule();
    }

    private Schedule schedule() {
        int last = assignStages();
        List<Stage> stages = new ArrayList<>();
        for (int stage = 0; stage <= last; stage++) {
            stages.add(new Stage(groups(stage), barriers(stage)));
        }
        BitSet seenInWindows = WindowFusion.inputsSeenInWindows(program, stages);
        return new Schedule(demand, stages, kept, slots, seenInWindows);
    }

    /** A barrier is in the stage that feeds it; what takes its value is in a later one. */
    private int assignStages() {
        int last = 0;
        for (int index = 0; index < stageOf.length; index++) {
            for (int input : program.node(index).inputs()) {
                boolean barrier = program.node(input).op().isBarrier();
                stageOf[index] = Math.max(stageOf[index], stageOf[input] + (barrier ? 1 : 0));
            }
            last = needed(index).isEmpty() ? last : Math.max(last, stageOf[index]);
        }
        for (int index = 0; index < stageOf.length; index++) {
            Node node = program.node(index);
            int own = stageOf[index];
            boolean later = consumers.get(index).stream().anyMatch(other -> stageOf[other] > own);
            boolean gathered =
                    consumers.get(index).stream()
                            .anyMatch(other -> isGathering(program.node(other).op()));
            kept[index] = gathered || !isCheap(node) && (node.op().isBarrier() || later);
        }
        return last;
    }

    /** Inputs are computed again wherever they are needed. */
    private static boolean isCheap(Node node) {
        return node.op() instanceof Input || node.op() instanceof Given;
    }

    /** Whether a barrier reads its inputs as a whole, rather than plane by plane as they come. */
    private static boolean isGathering(CovarianceOp op) {
        return op.isBarrier()
                && !(op instanceof CovarianceOp.PositionMap)
                && !(op instanceof CovarianceOp.PositionMean);
    }

    private BitSet needed(int node) {
        return demand.needed().get(node);
    }

    private List<Integer> barriers(int stage) {
        List<Integer> barriers = new ArrayList<>();
        for (int index = 0; index < stageOf.length; index++) {
            if (stageOf[index] == stage
                    && program.node(index).op().isBarrier()
                    && !needed(index).isEmpty()) {
                barriers.add(index);
            }
        }
        return barriers;
    }

    /** Whether a node's planes are computed in the groups of a stage. */
    private boolean isLocal(int node, int stage) {
        Node candidate = program.node(node);
        if (isCheap(candidate)) {
            return consumers.get(node).isEmpty()
                    || consumers.get(node).stream().anyMatch(other -> stageOf[other] == stage);
        }
        return stageOf[node] == stage && !candidate.op().isBarrier();
    }

    /** The planes of a stage, numbered node by node. */
    private final class Values {
        final int stage;
        final int[] start;
        final int[] nodes;
        final int[] planes;
        final int[] parents;
        final int[] uses;
        final int[] slotOf;

        Values(int stage) {
            this.stage = stage;
            start = new int[program.nodes().size()];
            int count = 0;
            for (int node = 0; node < start.length; node++) {
                start[node] = isLocal(node, stage) ? count : -1;
                count += isLocal(node, stage) ? demand.count(node) : 0;
            }
            nodes = new int[count];
            planes = new int[count];
            parents = new int[count];
            uses = new int[count];
            slotOf = new int[count];
            for (int node = 0; node < start.length; node++) {
                if (start[node] >= 0) {
                    int at = start[node];
                    for (int plane = needed(node).nextSetBit(0);
                            plane >= 0;
                            plane = needed(node).nextSetBit(plane + 1)) {
                        nodes[at] = node;
                        planes[at] = plane;
                        parents[at] = at;
                        at++;
                    }
                }
            }
        }

        int count() {
            return nodes.length;
        }

        /** The value that is a plane of a node, or -1 when it is kept rather than computed here. */
        int of(int node, int[] ranks, int plane) {
            return start[node] < 0 ? -1 : start[node] + ranks[plane];
        }

        int root(int value) {
            int root = value;
            while (parents[root] != root) {
                parents[root] = parents[parents[root]];
                root = parents[root];
            }
            return root;
        }
    }

    private int[] ranks(int node) {
        int[] ranks = new int[demand.planes().get(node).count()];
        int rank = 0;
        for (int plane = needed(node).nextSetBit(0);
                plane >= 0;
                plane = needed(node).nextSetBit(plane + 1)) {
            ranks[plane] = rank++;
        }
        return ranks;
    }

    private List<List<Step>> groups(int stage) {
        var values = new Values(stage);
        List<int[]> ranks = new ArrayList<>();
        for (int node = 0; node < program.nodes().size(); node++) {
            ranks.add(values.start[node] < 0 ? new int[0] : ranks(node));
        }
        List<List<Source>> sources = new ArrayList<>();
        for (int value = 0; value < values.count(); value++) {
            sources.add(sources(values, value));
            for (Source source : sources.get(value)) {
                int other = values.of(source.node(), ranks.get(source.node()), source.plane());
                if (other >= 0) {
                    values.parents[values.root(other)] = values.root(value);
                }
            }
        }
        List<List<Step>> groups = new ArrayList<>(barrierInputsFromEarlier(stage));
        for (List<Integer> members : components(values)) {
            groups.add(new Group(values, ranks, sources, members).steps());
        }
        return groups;
    }

    private List<Source> sources(Values values, int value) {
        int node = values.nodes[value];
        List<Source> sources = new ArrayList<>();
        List<Integer> inputs = program.node(node).inputs();
        for (int input = 0; input < inputs.size(); input++) {
            int other = inputs.get(input);
            for (int plane :
                    LocalPlanes.needed(
                            program.node(node).op(),
                            demand.planes().get(node),
                            values.planes[value],
                            demand.planes().get(other))) {
                sources.add(new Source(input, other, plane, -1));
            }
        }
        return sources;
    }

    /** Values that depend on one another; planes of equal positions come first. */
    private List<List<Integer>> components(Values values) {
        List<List<Integer>> components = new ArrayList<>();
        int[] numbers = new int[values.count()];
        for (int value = values.count() - 1; value >= 0; value--) {
            int root = values.root(value);
            if (numbers[root] == 0) {
                components.add(new ArrayList<>());
                numbers[root] = components.size();
            }
            components.get(numbers[root] - 1).add(value);
        }
        components.forEach(Collections::reverse);
        Collections.reverse(components);
        List<List<Integer>> ordered = new ArrayList<>();
        components.stream().filter(c -> hasZero(values, c)).forEach(ordered::add);
        components.stream().filter(c -> !hasZero(values, c)).forEach(ordered::add);
        return ordered;
    }

    private boolean hasZero(Values values, List<Integer> component) {
        return component.stream().anyMatch(value -> isZero(values, value));
    }

    private boolean isZero(Values values, int value) {
        return values.planes[value] == demand.planes().get(values.nodes[value]).zero();
    }

    /** Steps that give a barrier what an earlier stage has kept. */
    private List<List<Step>> barrierInputsFromEarlier(int stage) {
        List<Step> steps = new ArrayList<>();
        for (int barrier : barriers(stage)) {
            if (isGathering(program.node(barrier).op())) {
                continue;
            }
            List<Integer> inputs = program.node(barrier).inputs();
            for (int input = 0; input < inputs.size(); input++) {
                int node = inputs.get(input);
                if (kept[node] && !isLocal(node, stage)) {
                    for (int plane = needed(node).nextSetBit(0);
                            plane >= 0;
                            plane = needed(node).nextSetBit(plane + 1)) {
                        var source = new Source(input, node, plane, -1);
                        steps.add(new Step(Action.ABSORB, barrier, plane, List.of(source), -1));
                    }
                }
            }
        }
        return steps.isEmpty() ? List.of() : List.of(steps);
    }

    /** The steps of one component, with slots given out as values come and go. */
    private final class Group {
        private final Values values;
        private final List<int[]> ranks;
        private final List<List<Source>> sources;
        private final List<Integer> members;
        private final Deque<Integer> free = new ArrayDeque<>();
        private int used;

        Group(Values values, List<int[]> ranks, List<List<Source>> sources, List<Integer> members) {
            this.values = values;
            this.ranks = ranks;
            this.sources = sources;
            this.members = new ArrayList<>(members);
        }

        List<Step> steps() {
            members.sort(
                    (a, b) ->
                            isZero(values, a) == isZero(values, b)
                                    ? Integer.compare(a, b)
                                    : isZero(values, a) ? -1 : 1);
            for (int member : members) {
                for (Source source : sources.get(member)) {
                    int other = value(source);
                    if (other >= 0) {
                        values.uses[other]++;
                    }
                }
            }
            List<Step> steps = new ArrayList<>();
            for (int member : members) {
                compute(member, steps);
            }
            return WindowFusion.fuse(program, steps);
        }

        private int value(Source source) {
            return values.of(source.node(), ranks.get(source.node()), source.plane());
        }

        private void compute(int member, List<Step> steps) {
            int node = values.nodes[member];
            int plane = values.planes[member];
            List<Source> placed = new ArrayList<>();
            for (Source source : sources.get(member)) {
                int other = value(source);
                int slot = other < 0 ? -1 : values.slotOf[other];
                placed.add(new Source(source.input(), source.node(), source.plane(), slot));
            }
            int slot = place(node, placed, member);
            values.slotOf[member] = slot;
            steps.add(new Step(Action.COMPUTE, node, plane, List.copyOf(placed), slot));
            deliver(node, plane, slot, steps);
            if (values.uses[member] == 0) {
                free.push(slot);
            }
        }

        /** The slot of a new value: that of a source, if this can be transformed in place. */
        private int place(int node, List<Source> placed, int member) {
            int replaced = isElementwise(node) ? lastUsedOnce(placed) : -1;
            int slot = replaced >= 0 ? values.slotOf[replaced] : newSlot();
            for (Source source : sources.get(member)) {
                int other = value(source);
                if (other >= 0 && --values.uses[other] == 0 && other != replaced) {
                    free.push(values.slotOf[other]);
                }
            }
            return slot;
        }

        private boolean isElementwise(int node) {
            CovarianceOp op = program.node(node).op();
            return op instanceof CovarianceOp.Pointwise
                    || op instanceof CovarianceOp.WeightedSum(var weights)
                            && LocalSteps.isSum(weights);
        }

        /** The latest value that nothing else takes, or -1. */
        private int lastUsedOnce(List<Source> placed) {
            int last = -1;
            for (Source source : placed) {
                int other = value(source);
                if (other >= 0 && values.uses[other] == 1) {
                    last = Math.max(last, other);
                }
            }
            return last;
        }

        private int newSlot() {
            int slot = free.isEmpty() ? used++ : free.pop();
            slots = Math.max(slots, used);
            return slot;
        }

        private void deliver(int node, int plane, int slot, List<Step> steps) {
            List<Source> self = List.of(new Source(0, node, plane, slot));
            if (kept[node]) {
                steps.add(new Step(Action.KEEP, node, plane, self, -1));
            }
            for (int consumer : consumers.get(node)) {
                if (stageOf[consumer] == values.stage
                        && program.node(consumer).op().isBarrier()
                        && !isGathering(program.node(consumer).op())
                        && !needed(consumer).isEmpty()) {
                    List<Integer> inputs = program.node(consumer).inputs();
                    for (int input = 0; input < inputs.size(); input++) {
                        if (inputs.get(input) == node) {
                            List<Source> source = List.of(new Source(input, node, plane, slot));
                            steps.add(new Step(Action.ABSORB, consumer, plane, source, -1));
                        }
                    }
                }
            }
            if (node == program.nodes().size() - 1) {
                steps.add(new Step(Action.OUTPUT, node, plane, self, -1));
            }
        }
    }
}
