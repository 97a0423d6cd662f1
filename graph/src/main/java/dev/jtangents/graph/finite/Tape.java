package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A program that has run on some examples and remembers the value of every node, so that cotangents
 * can be pulled back through it. Its memory is the workspace's.
 */
public final class Tape {
    private final FiniteProgram program;
    private final List<Tensor> values = new ArrayList<>();
    private final Workspace workspace;

    /**
     * Runs a program.
     *
     * @param inputs matrices with a row for each example, of the workspace's dtype; borrowed
     * @param parameters matrices of one row
     */
    public Tape(
            FiniteProgram program,
            List<Tensor> inputs,
            List<Tensor> parameters,
            Workspace workspace) {
        this.program = program;
        this.workspace = workspace;
        List<@Nullable Jet> jets =
                new Forward(program, workspace, 0).run(inputs, parameters, null, true);
        for (int node = 0; node < jets.size(); node++) {
            values.add(Forward.present(jets, node).value());
        }
    }

    /** The value of a node: a row for each example, or a single one. */
    public Tensor value(int node) {
        return values.get(node);
    }

    /**
     * The cotangents of some nodes, given those of others.
     *
     * @param given the cotangents that are known, as many rows for each example, one after another;
     *     they are not changed
     * @param wanted the nodes whose cotangents are asked for, each with zeros that it is added to
     * @param apart whether cotangents of what examples share are kept apart, with as many rows as
     *     the given ones; else they are summed to one row
     */
    public void pull(Map<Integer, Tensor> given, Map<Integer, Tensor> wanted, boolean apart) {
        boolean[] leads = leadingTo(wanted.keySet());
        Map<Integer, Sum> cotangents = new HashMap<>();
        wanted.forEach((node, cotangent) -> cotangents.put(node, Sum.from(cotangent)));
        given.forEach(
                (node, cotangent) ->
                        Rows.addScaled(
                                sum(node, Rows.count(cotangent), apart, cotangents).matrix(),
                                cotangent,
                                1));
        for (int number = values.size() - 1; number >= 0; number--) {
            Sum sum = cotangents.get(number);
            if (sum != null) {
                pull(number, sum.matrix(), leads, apart, cotangents);
                if (!wanted.containsKey(number)) {
                    workspace.release(sum.matrix());
                }
            }
        }
    }

    /**
     * The cotangents of the parameters in their order, summed over the examples: a row for each.
     *
     * @param given as in {@link #pull}
     */
    public List<Tensor> pullToParameters(Map<Integer, Tensor> given) {
        Map<Integer, Tensor> wanted = new LinkedHashMap<>();
        program.parameterNodes().forEach(node -> wanted.put(node, workspace.zeros(1, width(node))));
        pull(given, wanted, false);
        return List.copyOf(wanted.values());
    }

    private void pull(
            int number,
            Tensor cotangent,
            boolean[] leads,
            boolean apart,
            Map<Integer, Sum> cotangents) {
        FiniteProgram.Node node = program.nodes().get(number);
        List<Tensor> taken = node.inputs().stream().map(values::get).toList();
        for (int i = 0; i < node.inputs().size(); i++) {
            int input = node.inputs().get(i);
            if (leads[input]) {
                Sum into = sum(input, Rows.count(cotangent), apart, cotangents);
                node.operation().pull(i, taken, cotangent, into, workspace);
            }
        }
    }

    /** The sum of the cotangents of a node, begun where it is not there yet. */
    private Sum sum(int node, long rows, boolean apart, Map<Integer, Sum> cotangents) {
        boolean single = program.nodes().get(node).shared() && !apart;
        return cotangents.computeIfAbsent(
                node, key -> Sum.empty(workspace.matrix(single ? 1 : rows, width(key))));
    }

    private long width(int node) {
        return program.nodes().get(node).width();
    }

    /** Whether each node is among some, or takes one of them, directly or not. */
    private boolean[] leadingTo(Set<Integer> wanted) {
        boolean[] leads = new boolean[program.nodes().size()];
        for (int node = 0; node < leads.length; node++) {
            leads[node] = wanted.contains(node);
            for (int input : program.nodes().get(node).inputs()) {
                leads[node] |= leads[input];
            }
        }
        return leads;
    }
}
