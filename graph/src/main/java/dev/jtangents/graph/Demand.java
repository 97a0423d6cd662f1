package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Attention;
import dev.jtangents.graph.CovarianceOp.Given;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Normalization;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceProgram.Node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which displacement planes of each node are needed, found by walking the program backwards.
 *
 * @param program the program
 * @param planes the planes of each node
 * @param needed the numbers of the needed ones
 */
record Demand(CovarianceProgram program, List<Planes> planes, List<BitSet> needed) {
    /**
     * What the pairs of two examples need: of the output all planes, or that of equal positions.
     */
    static Demand ofPairs(CovarianceProgram program, boolean diagonal) {
        Demand demand = nothing(program);
        demand.askForOutput(diagonal);
        demand.walk();
        return demand;
    }

    /**
     * What an example paired with itself needs, for the sake of the pairs: the variances that
     * nonlinearities and normalisation ask for, and the scores of attention.
     */
    static Demand ofSelf(CovarianceProgram program) {
        Demand demand = nothing(program);
        demand.askForSelf();
        demand.walk();
        return demand;
    }

    /** The same, and the covariances of the output. */
    static Demand ofSelfAndOutput(CovarianceProgram program, boolean diagonal) {
        Demand demand = nothing(program);
        demand.askForSelf();
        demand.askForOutput(diagonal);
        demand.walk();
        return demand;
    }

    private static Demand nothing(CovarianceProgram program) {
        Map<Extents, Planes> known = new HashMap<>();
        List<Planes> planes = new ArrayList<>();
        List<BitSet> needed = new ArrayList<>();
        for (Node node : program.nodes()) {
            Planes own = known.computeIfAbsent(node.extents(), Planes::new);
            planes.add(own);
            needed.add(new BitSet(own.count()));
        }
        return new Demand(program, planes, needed);
    }

    private void askForOutput(boolean diagonal) {
        int output = program.nodes().size() - 1;
        if (diagonal) {
            needed.get(output).set(planes.get(output).zero());
        } else {
            needed.get(output).set(0, planes.get(output).count());
        }
    }

    private void askForSelf() {
        for (int index = 0; index < program.nodes().size(); index++) {
            Node node = program.node(index);
            switch (node.op()) {
                case Input ignored -> askForZero(index);
                case Given ignored -> askForZero(index);
                case Nonlinearity ignored -> askForZero(index);
                case Normalization ignored -> askForZero(index);
                case Attention ignored -> {
                    askForZero(index);
                    int source = node.inputs().get(1);
                    needed.get(source).set(0, planes.get(source).count());
                }
                default -> {}
            }
        }
    }

    private void askForZero(int node) {
        needed.get(node).set(planes.get(node).zero());
    }

    private void walk() {
        for (int index = program.nodes().size() - 1; index >= 0; index--) {
            if (!needed.get(index).isEmpty()) {
                askForInputs(index);
            }
        }
    }

    private void askForInputs(int index) {
        Node node = program.node(index);
        for (int position = 0; position < node.inputs().size(); position++) {
            int input = node.inputs().get(position);
            switch (node.op()) {
                case PositionMap map -> askForMap(map, index, input);
                case PositionMean ignored -> askForZero(input);
                case Attention ignored -> {
                    if (position == 0) {
                        needed.get(input).set(0, planes.get(input).count());
                    }
                }
                case CovarianceOp op when op.isBarrier() ->
                        needed.get(input).set(0, planes.get(input).count());
                default ->
                        needed.get(index).stream()
                                .flatMap(
                                        plane ->
                                                Arrays.stream(
                                                        LocalPlanes.needed(
                                                                node.op(),
                                                                planes.get(index),
                                                                plane,
                                                                planes.get(input))))
                                .forEach(needed.get(input)::set);
            }
        }
    }

    private void askForMap(PositionMap map, int index, int input) {
        Planes outputs = planes.get(index);
        Planes inputs = planes.get(input);
        BitSet asked = needed.get(input);
        SparseMatrix matrix = map.matrix();
        if (matrix.rows() == 1 && matrix.indices().getFirst().length == matrix.columns()) {
            // A global pool: finding out pair by pair would take a while for large images.
            asked.set(0, inputs.count());
            return;
        }
        needed.get(index).stream()
                .forEach(
                        plane -> {
                            Planes.Box box = outputs.box(plane);
                            for (int row : box.rows()) {
                                for (int p = row; p < row + box.rowLength(); p++) {
                                    for (int from : matrix.indices().get(p)) {
                                        for (int to : matrix.indices().get(p + box.shift())) {
                                            asked.set(inputs.plane(from, to));
                                        }
                                    }
                                }
                            }
                        });
    }

    /** The number of needed planes of a node. */
    int count(int node) {
        return needed.get(node).cardinality();
    }

    /** The number of cells in the needed planes of a node. */
    long cells(int node) {
        return needed.get(node).stream()
                .mapToLong(plane -> planes.get(node).box(plane).cells())
                .sum();
    }

    /** Whether every plane needed here but those of equal positions is needed there, too. */
    boolean addsNoPlaneTo(Demand other) {
        for (int node = 0; node < needed.size(); node++) {
            var more = (BitSet) needed.get(node).clone();
            more.andNot(other.needed.get(node));
            more.clear(planes.get(node).zero());
            if (!more.isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
