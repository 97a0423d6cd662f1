package dev.jtangents.graph.finite;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Runs a finite program on examples, block by block on the threads of a pool. Arrays of examples
 * have them on their first axis. Everything is computed in one dtype; what is given is converted.
 * Results do not depend on the number of threads. Arrays that are returned are the caller's to
 * close.
 */
public final class FiniteExecutor {
    private final FiniteProgram program;
    private final DType dtype;
    private final WorkerPool pool;

    /** An executor of a program. */
    public FiniteExecutor(FiniteProgram program, DType dtype, WorkerPool pool) {
        this.program = program;
        this.dtype = dtype;
        this.pool = pool;
    }

    /**
     * The outputs.
     *
     * @throws InputException when parameters or inputs have other shapes than the program's
     */
    public List<Tensor> apply(List<Tensor> parameters, List<Tensor> inputs) {
        List<Tensor> expanded = expand(parameters, null, inputs, 0);
        return expanded.stream().map(FiniteExecutor::onlyCoefficient).toList();
    }

    private static Tensor onlyCoefficient(Tensor coefficients) {
        try (coefficients) {
            long[] extents = coefficients.shape().without(0).extents();
            return coefficients.reshape(extents).copy(coefficients.dtype());
        }
    }

    /**
     * The Taylor coefficients of the outputs at parameters p, moved along a direction d:
     * coefficient k is the k-th derivative of the output at {@code p + ε d} by ε, divided by k!.
     * Coefficient 1 is the Jacobian-vector product.
     *
     * @param directions of the shapes of the parameters; null when the degree is 0
     * @return for each output an array (degree + 1, examples, ...)
     * @throws InputException when parameters, directions or inputs have other shapes than the
     *     program's, when the degree is negative, or when a function in the program has no
     *     derivative of that order
     */
    public List<Tensor> expand(
            List<Tensor> parameters,
            @Nullable List<Tensor> directions,
            List<Tensor> inputs,
            int degree) {
        Blocks.checkParameters(program, parameters, "parameters");
        if (degree < 0 || (directions == null && degree > 0)) {
            throw new InputException(
                    "The degree is "
                            + degree
                            + "; from 0 on are possible, and above 0 directions are needed.");
        }
        if (directions != null) {
            Blocks.checkParameters(program, directions, "directions");
        }
        long examples = Blocks.examples(program, inputs);
        Blocks blocks = Blocks.of(program, examples, dtype, degree + 1);
        List<Tensor> results = new ArrayList<>();
        try {
            program.outputs().forEach(output -> results.add(zeros(output, examples, degree)));
            try (var points = ParameterRows.of(parameters, dtype);
                    var moves = directions == null ? null : ParameterRows.of(directions, dtype)) {
                WorkspaceWorker.run(
                        pool,
                        blocks.count(),
                        dtype,
                        (block, workspace) -> {
                            List<@Nullable Jet> jets =
                                    new Forward(program, workspace, degree)
                                            .run(
                                                    blocks.rows(inputs, block, workspace),
                                                    points.rows(),
                                                    moves == null ? null : moves.rows(),
                                                    false);
                            store(jets, blocks, block, results);
                        });
            }
            return results;
        } catch (RuntimeException | Error failure) {
            results.forEach(Tensor::close);
            throw failure;
        }
    }

    private Tensor zeros(Output output, long examples, int degree) {
        return Tensor.allocate(dtype, batched(output.shape(), degree + 1, examples));
    }

    private void store(List<@Nullable Jet> jets, Blocks blocks, long block, List<Tensor> results) {
        for (int i = 0; i < results.size(); i++) {
            Jet jet = Forward.present(jets, program.outputs().get(i).node());
            Tensor result = results.get(i);
            long coefficients = result.shape().extent(0);
            Tensor all = result.reshape(coefficients, blocks.examples(), jet.width());
            for (int k = 0; k < coefficients; k++) {
                Tensor coefficient = jet.coefficient(k);
                if (coefficient != null) {
                    Tensor rows =
                            all.slice(0, k, k + 1)
                                    .reshape(blocks.examples(), jet.width())
                                    .slice(0, blocks.from(block), blocks.to(block));
                    Rows.addScaled(rows, coefficient, 1);
                }
            }
        }
    }

    /**
     * The vector-Jacobian product: the cotangents of the parameters that follow from those of the
     * outputs, summed over the examples.
     *
     * @param cotangents for each output an array of its shape
     * @return for each parameter an array of its shape
     * @throws InputException when something has another shape than the program's
     */
    public List<Tensor> pull(
            List<Tensor> parameters, List<Tensor> inputs, List<Tensor> cotangents) {
        Blocks.checkParameters(program, parameters, "parameters");
        long examples = Blocks.examples(program, inputs);
        checkCotangents(examples, cotangents);
        Blocks blocks = Blocks.of(program, examples, dtype, 2);
        List<Tensor> results = new ArrayList<>();
        try {
            program.parameterShapes().forEach(shape -> results.add(Tensor.allocate(dtype, shape)));
            try (var points = ParameterRows.of(parameters, dtype);
                    var sum = new OrderedSum(results)) {
                WorkspaceWorker.run(
                        pool,
                        blocks.count(),
                        dtype,
                        (block, workspace) -> {
                            var tape =
                                    new Tape(
                                            program,
                                            blocks.rows(inputs, block, workspace),
                                            points.rows(),
                                            workspace);
                            List<Tensor> seeds = blocks.rows(cotangents, block, workspace);
                            sum.add(block, pulled(tape, seeds));
                        });
            }
            return results;
        } catch (RuntimeException | Error failure) {
            results.forEach(Tensor::close);
            throw failure;
        }
    }

    /** The cotangents of the parameters in their order. */
    private List<Tensor> pulled(Tape tape, List<Tensor> seeds) {
        Map<Integer, Tensor> given = new HashMap<>();
        for (int i = 0; i < seeds.size(); i++) {
            Tensor seed = seeds.get(i);
            given.merge(
                    program.outputs().get(i).node(),
                    seed,
                    (first, second) -> {
                        Rows.addScaled(first, second, 1);
                        return first;
                    });
        }
        return tape.pullToParameters(given);
    }

    private void checkCotangents(long examples, List<Tensor> cotangents) {
        List<Shape> expected =
                program.outputShapes().stream().map(shape -> batched(shape, examples)).toList();
        List<Shape> given = cotangents.stream().map(Tensor::shape).toList();
        if (!given.equals(expected)) {
            throw new InputException(
                    "The cotangents have shapes " + given + "; the outputs have " + expected + ".");
        }
    }

    private static Shape batched(Shape shape, long... leading) {
        return Shape.of(
                LongStream.concat(LongStream.of(leading), LongStream.of(shape.extents()))
                        .toArray());
    }
}
