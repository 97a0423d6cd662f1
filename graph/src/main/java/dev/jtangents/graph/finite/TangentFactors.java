package dev.jtangents.graph.finite;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the Jacobians of some examples by all parameters are made of, for some outputs. Cotangents
 * have a row for each example and output, the outputs of an example one after another. Closing it
 * frees all.
 */
final class TangentFactors implements AutoCloseable {
    private final TangentSide side;
    private final DType dtype;
    private final int[] outputs;
    private final List<ParameterUse> uses;
    private final Arena arena = Arena.ofShared();
    private final List<Tensor> entering = new ArrayList<>();
    private final List<Tensor> cotangents = new ArrayList<>();

    private TangentFactors(TangentSide side, DType dtype, int[] outputs) {
        this.side = side;
        this.dtype = dtype;
        this.outputs = outputs;
        this.uses = ParameterUse.of(side.program());
        long examples = side.examples();
        for (ParameterUse use : uses) {
            switch (use) {
                case ParameterUse.Weights weights -> {
                    entering.add(matrix(examples, weights.entering()));
                    cotangents.add(matrix(examples * outputs.length, weights.leaving()));
                }
                case ParameterUse.Whole whole -> {
                    entering.add(matrix(0, 0));
                    cotangents.add(matrix(examples * outputs.length, whole.size()));
                }
            }
        }
    }

    private Tensor matrix(long rows, long width) {
        return Tensor.allocate(arena, dtype, Shape.of(rows, width));
    }

    /**
     * Runs a network forwards on the examples and backwards from some of its outputs.
     *
     * @param outputs places in the output of an example
     */
    static TangentFactors of(TangentSide side, int[] outputs, DType dtype, WorkerPool pool) {
        var factors = new TangentFactors(side, dtype, outputs);
        boolean finished = false;
        try {
            long arrays = 1 + outputs.length;
            Blocks blocks = Blocks.of(side.program(), side.examples(), dtype, arrays);
            try (var parameters = ParameterRows.of(side.parameters(), dtype)) {
                WorkspaceWorker.run(
                        pool,
                        blocks.count(),
                        dtype,
                        (block, workspace) ->
                                factors.compute(blocks, block, parameters.rows(), workspace));
            }
            finished = true;
            return factors;
        } finally {
            if (!finished) {
                factors.close();
            }
        }
    }

    private void compute(Blocks blocks, long block, List<Tensor> parameters, Workspace workspace) {
        var tape =
                new Tape(
                        side.program(),
                        blocks.rows(side.inputs(), block, workspace),
                        parameters,
                        workspace);
        long from = blocks.from(block);
        long to = blocks.to(block);
        Map<Integer, Tensor> wanted = new HashMap<>();
        for (int i = 0; i < uses.size(); i++) {
            wanted.put(
                    uses.get(i).node(),
                    cotangents.get(i).slice(0, from * outputs.length, to * outputs.length));
            if (uses.get(i) instanceof ParameterUse.Weights weights) {
                entering.get(i).slice(0, from, to).assign(tape.value(weights.left()));
            }
        }
        tape.pull(Map.of(side.output().node(), seeds(to - from, workspace)), wanted, true);
    }

    /** For each example and output a cotangent that is 1 there, and 0 at the others. */
    private Tensor seeds(long examples, Workspace workspace) {
        Tensor seeds = workspace.zeros(examples * outputs.length, side.output().shape().size());
        for (long row = 0; row < Rows.count(seeds); row++) {
            seeds.set(1, row, outputs[(int) (row % outputs.length)]);
        }
        return seeds;
    }

    List<ParameterUse> uses() {
        return uses;
    }

    long examples() {
        return side.examples();
    }

    /** The rows of cotangents of an example. */
    int outputs() {
        return outputs.length;
    }

    /** What enters the weights of a use, with a row for each example. */
    Tensor entering(int use) {
        return entering.get(use);
    }

    /** The cotangents of a use. */
    Tensor cotangents(int use) {
        return cotangents.get(use);
    }

    /** Closing twice is allowed. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
