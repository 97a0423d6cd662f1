package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Window;
import dev.jtangents.graph.CovarianceOp.WindowSum;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.simd.AffineStep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Rewrites a program into one that means the same and runs faster: divisions are made affine steps,
 * neighbouring affine steps one, those without a shift before a window steps after it, an affine
 * step before a nonlinearity part of it, and an input whose positions are only summed an input of
 * one position.
 */
final class Lowering {
    private Lowering() {}

    /** The rewritten program, whose inputs are plain inner products. */
    static CovarianceProgram lower(CovarianceProgram program) {
        return fuse(split(program));
    }

    /** Makes every division an operation of its own. */
    private static CovarianceProgram split(CovarianceProgram program) {
        var builder = new CovarianceProgram.Builder();
        List<Integer> renumbered = new ArrayList<>();
        for (Node node : program.nodes()) {
            int[] inputs = node.inputs().stream().mapToInt(renumbered::get).toArray();
            renumbered.add(
                    switch (node.op()) {
                        case Input input -> scaled(builder, builder.add(input), input.features());
                        case Window(SpatialWindow window) ->
                                scaled(
                                        builder,
                                        builder.add(new WindowSum(window), inputs),
                                        window.positions());
                        case PositionMean mean -> {
                            Node only = program.node(node.inputs().getFirst());
                            yield only.op() instanceof Input input
                                    ? flattened(builder, input)
                                    : builder.add(mean, inputs);
                        }
                        default -> builder.add(node.op(), inputs);
                    });
        }
        return builder.program(renumbered.getLast());
    }

    private static int flattened(CovarianceProgram.Builder builder, Input input) {
        int features = Math.multiplyExact(input.features(), input.positions().positions());
        var flat = new Input(input.index(), Extents.NONE, features);
        return scaled(builder, builder.add(flat), features);
    }

    private static int scaled(CovarianceProgram.Builder builder, int node, double divisor) {
        double factor = 1 / divisor;
        return builder.add(new Affine(new AffineStep(factor, 0, factor, 0, 0)), node);
    }

    /** Makes affine steps part of what comes after them, where nothing else needs their value. */
    private static CovarianceProgram fuse(CovarianceProgram program) {
        List<List<Integer>> consumers = program.consumers();
        var builder = new CovarianceProgram.Builder();
        List<Integer> renumbered = new ArrayList<>(Collections.nCopies(program.nodes().size(), -1));
        List<AffineStep> pending =
                new ArrayList<>(Collections.nCopies(program.nodes().size(), AffineStep.IDENTITY));
        for (int index = 0; index < program.nodes().size(); index++) {
            Node node = program.node(index);
            int[] inputs = node.inputs().stream().mapToInt(renumbered::get).toArray();
            int first = node.inputs().isEmpty() ? -1 : node.inputs().getFirst();
            if (node.op() instanceof Affine(AffineStep step)) {
                AffineStep whole = pending.get(first).then(step);
                if (passesOn(program, consumers, index, whole)) {
                    renumbered.set(index, inputs[0]);
                    pending.set(index, whole);
                } else {
                    renumbered.set(
                            index,
                            whole.equals(AffineStep.IDENTITY)
                                    ? inputs[0]
                                    : builder.add(new Affine(whole), inputs));
                }
            } else if (node.op() instanceof Nonlinearity(AffineStep step, var map)) {
                AffineStep whole = pending.get(first).then(step);
                renumbered.set(index, builder.add(new Nonlinearity(whole, map), inputs));
            } else if (node.op() instanceof WindowSum) {
                renumbered.set(index, builder.add(node.op(), inputs));
                pending.set(index, pending.get(first));
            } else {
                renumbered.set(index, builder.add(node.op(), inputs));
            }
        }
        return builder.program(renumbered.getLast());
    }

    /** Whether whatever takes the value of a node can take the step that leads to it, too. */
    private static boolean passesOn(
            CovarianceProgram program, List<List<Integer>> consumers, int index, AffineStep step) {
        return !consumers.get(index).isEmpty()
                && consumers.get(index).stream()
                        .allMatch(
                                node ->
                                        takesStep(program, node)
                                                || step.isLinear()
                                                        && isBeforeStep(program, consumers, node));
    }

    private static boolean takesStep(CovarianceProgram program, int node) {
        CovarianceOp op = program.node(node).op();
        return op instanceof Affine || op instanceof Nonlinearity;
    }

    /** Whether a node is a window whose sums only go where steps are taken. */
    private static boolean isBeforeStep(
            CovarianceProgram program, List<List<Integer>> consumers, int node) {
        return program.node(node).op() instanceof WindowSum
                && !consumers.get(node).isEmpty()
                && consumers.get(node).stream().allMatch(next -> takesStep(program, next));
    }
}
