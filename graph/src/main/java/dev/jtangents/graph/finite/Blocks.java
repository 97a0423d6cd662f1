package dev.jtangents.graph.finite;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.List;

/**
 * The examples of a run, cut into blocks of consecutive ones that are computed alone. The blocks
 * depend on the program and on nothing else, so that threads do not change a bit.
 *
 * @param examples how many there are
 * @param size of a block; the last may be smaller
 */
record Blocks(long examples, long size) {
    /** Enough rows for matrix products at full speed, few enough to share them among threads. */
    static final long MOST_EXAMPLES = 64;

    private static final long MOST_BYTES = 16L << 20;

    /**
     * The blocks of a run.
     *
     * @param arrays how many arrays are held of every value of the program
     */
    static Blocks of(FiniteProgram program, long examples, DType dtype, long arrays) {
        double bytes = (double) program.widthPerExample() * dtype.bytes() * arrays;
        long most = (long) Math.clamp(MOST_BYTES / Math.max(bytes, 1), 1, MOST_EXAMPLES);
        long count = Math.max(1, Math.ceilDiv(examples, most));
        return new Blocks(examples, Math.max(1, Math.ceilDiv(examples, count)));
    }

    long count() {
        return Math.ceilDiv(examples, size);
    }

    long from(long block) {
        return block * size;
    }

    long to(long block) {
        return Math.min(examples, (block + 1) * size);
    }

    /** The rows of a block of arrays whose first axis is that of examples. */
    List<Tensor> rows(List<Tensor> arrays, long block, Workspace workspace) {
        return arrays.stream()
                .map(
                        array ->
                                matrix(
                                        array.slice(0, from(block), to(block)),
                                        to(block) - from(block),
                                        workspace))
                .toList();
    }

    /** An array as a matrix of rows in the workspace. */
    static Tensor matrix(Tensor array, long rows, Workspace workspace) {
        Tensor matrix = workspace.zeros(rows, rows == 0 ? 0 : array.size() / rows);
        matrix.reshape(array.shape().extents()).assign(array);
        return matrix;
    }

    /** The number of examples in all of some arrays, whose shapes are checked. */
    static long examples(FiniteProgram program, List<Tensor> inputs) {
        List<Shape> expected = program.inputShapes();
        boolean fits = inputs.size() == expected.size() && !inputs.isEmpty();
        for (int i = 0; fits && i < inputs.size(); i++) {
            Shape shape = inputs.get(i).shape();
            fits =
                    shape.rank() > 0
                            && shape.without(0).equals(expected.get(i))
                            && shape.extent(0) == inputs.getFirst().shape().extent(0);
        }
        if (!fits) {
            throw new InputException(
                    "The inputs have shapes "
                            + inputs.stream().map(Tensor::shape).toList()
                            + "; a number of examples of shapes "
                            + expected
                            + " was expected.");
        }
        return inputs.getFirst().shape().extent(0);
    }

    /** Refuses parameters of other shapes than the program's. */
    static void checkParameters(FiniteProgram program, List<Tensor> parameters, String name) {
        List<Shape> given = parameters.stream().map(Tensor::shape).toList();
        if (!given.equals(program.parameterShapes())) {
            throw new InputException(
                    "The "
                            + name
                            + " have shapes "
                            + given
                            + "; this network on such inputs has "
                            + program.parameterShapes()
                            + ".");
        }
    }
}
