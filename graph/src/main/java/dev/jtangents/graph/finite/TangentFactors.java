package dev.jtangents.graph.finite;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
    private final List<JacobianForm> forms;
    private final Arena arena = Arena.ofShared();
    private final List<Tensor> entering = new ArrayList<>();
    private final List<Tensor> cotangents = new ArrayList<>();

    private TangentFactors(TangentSide side, DType dtype, int[] outputs, List<JacobianForm> forms) {
        this.forms = forms;
        this.side = side;
        this.dtype = dtype;
        this.outputs = outputs;
        this.uses = ParameterUse.of(side.program());
        long examples = side.examples();
        for (int use = 0; use < uses.size(); use++) {
            boolean whole = forms.get(use) == JacobianForm.WHOLE;
            if (uses.get(use) instanceof ParameterUse.Weights weights && !whole) {
                entering.add(matrix(examples, weights.entering()));
                cotangents.add(matrix(examples * outputs.length, weights.leaving()));
            } else {
                entering.add(matrix(0, 0));
                cotangents.add(matrix(examples * outputs.length, uses.get(use).size()));
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
     * @param forms for each parameter how the Jacobian by it is held
     */
    static TangentFactors of(
            TangentSide side,
            int[] outputs,
            List<JacobianForm> forms,
            DType dtype,
            WorkerPool pool) {
        var factors = new TangentFactors(side, dtype, outputs, forms);
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
        for (int use = 0; use < uses.size(); use++) {
            ParameterUse read = uses.get(use);
            if (read instanceof ParameterUse.Weights weights && isWhole(use)) {
                long rows = (to - from) * outputs.length;
                wanted.put(weights.node(), workspace.zeros(rows, weights.leaving()));
            } else {
                wanted.put(read.node(), rows(use, from, to));
            }
        }
        tape.pull(Map.of(side.output().node(), seeds(to - from, workspace)), wanted, true);
        for (int use = 0; use < uses.size(); use++) {
            if (uses.get(use) instanceof ParameterUse.Weights weights) {
                Tensor enters = tape.value(weights.left());
                if (isWhole(use)) {
                    Tensor leaves = Objects.requireNonNull(wanted.get(weights.node()));
                    Tensor jacobian = rows(use, from, to);
                    if (weights.product().groups() == 1) {
                        multiplyOutSideBySide(
                                weights.product(), enters, leaves, jacobian, workspace);
                    } else {
                        multiplyOut(weights.product(), enters, leaves, jacobian);
                    }
                } else {
                    entering.get(use).slice(0, from, to).assign(enters);
                }
            }
        }
    }

    private boolean isWhole(int use) {
        return forms.get(use) == JacobianForm.WHOLE;
    }

    private Tensor rows(int use, long from, long to) {
        return cotangents.get(use).slice(0, from * outputs.length, to * outputs.length);
    }

    /**
     * The Jacobian by weights of one group, a row of (out, in) for each cotangent: with all
     * cotangents of an example side by side one product does, which reads what enters once.
     */
    private void multiplyOutSideBySide(
            MatrixProduct product,
            Tensor enters,
            Tensor leaves,
            Tensor jacobian,
            Workspace workspace) {
        int width = product.width();
        Tensor sideBySide = workspace.matrix(product.height(), (long) outputs.length * width);
        for (long example = 0; example < Rows.count(enters); example++) {
            long first = example * outputs.length;
            for (int output = 0; output < outputs.length; output++) {
                sideBySide
                        .slice(1, (long) output * width, (output + 1L) * width)
                        .assign(
                                leaves.slice(0, first + output, first + output + 1)
                                        .reshape(product.height(), width));
            }
            LinearAlgebra.get()
                    .multiply(
                            product.factor(),
                            sideBySide,
                            true,
                            enters.slice(0, example, example + 1)
                                    .reshape(product.height(), product.inner()),
                            false,
                            0,
                            jacobian.slice(0, first, first + outputs.length)
                                    .reshape((long) outputs.length * width, product.inner()));
        }
        workspace.release(sideBySide);
    }

    /** The Jacobian by weights of several groups, a row of (group, in, out) for each cotangent. */
    private static void multiplyOut(
            MatrixProduct product, Tensor enters, Tensor leaves, Tensor jacobian) {
        Operand.addProduct(
                product.factor(),
                new Operand(enters, product.groups(), product.height(), product.inner()),
                true,
                new Operand(leaves, product.groups(), product.height(), product.width()),
                false,
                0,
                new Operand(jacobian, product.groups(), product.inner(), product.width()));
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

    /** The same as matrices of (positions, in). */
    Operand entering(int use, MatrixProduct product) {
        return new Operand(entering.get(use), product.groups(), product.height(), product.inner());
    }

    /** The cotangents of a use as matrices of (positions, out). */
    Operand leaving(int use, MatrixProduct product) {
        return new Operand(
                cotangents.get(use), product.groups(), product.height(), product.width());
    }

    /** The cotangents of a use, or its Jacobian where that is held as a whole. */
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
