package dev.jtangents.graph.finite;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How an empirical tangent kernel is computed: by which implementation, what is multiplied out, and
 * how much at a time, so that it fits into memory. Operations are multiplications with an addition.
 * What is done at a time depends on memory but not on threads, so that these do not change a bit.
 *
 * @param implementation the one chosen, never {@link NtkImplementation#AUTO}
 * @param forms for each parameter how the Jacobian by it is held
 * @param examples of each batch that are held at a time
 * @param traced outputs that are traced at a time
 * @param workers that compute at a time
 * @param operations in all
 * @param bytes that are held at a time, beside the kernel
 */
record TangentPlan(
        NtkImplementation implementation,
        List<JacobianForm> forms,
        long examples,
        int traced,
        int workers,
        double operations,
        double bytes) {
    /** What a call of a small matrix product costs beside its operations. */
    private static final double CALL = 2000;

    /**
     * A kernel to be planned.
     *
     * @param rows examples of the first batch
     * @param columns examples of the second
     * @param same whether both batches are one
     */
    record Task(
            FiniteProgram program,
            long rows,
            long columns,
            boolean same,
            OutputPairs pairs,
            DType dtype,
            long memory,
            int threads) {
        double outputs() {
            return (double) pairs.fullSize() * pairs.diagonalSize() * pairs.tracedSize();
        }

        /** Pairs of outputs for each pair of examples. */
        double outputPairs() {
            return outputs() * pairs.fullSize();
        }

        double examplePairs() {
            if (pairs.examplesAlone()) {
                return rows;
            }
            return same ? rows * (rows + 1.0) / 2 : (double) rows * columns;
        }

        double examples() {
            return same ? rows : (double) rows + columns;
        }
    }

    /**
     * The plan of an implementation, or the cheapest of those that fit into memory.
     *
     * @throws InputException when even one example of each batch and one output do not fit
     */
    static TangentPlan of(Task task, NtkImplementation implementation) {
        List<TangentPlan> plans =
                Stream.of(
                                vectorProducts(task),
                                factored(task, NtkImplementation.JACOBIAN_CONTRACTION),
                                factored(task, NtkImplementation.STRUCTURED_DERIVATIVES))
                        .filter(
                                plan ->
                                        implementation == NtkImplementation.AUTO
                                                || implementation == plan.implementation)
                        .map(plan -> plan.fitting(task))
                        .toList();
        return plans.stream()
                .filter(plan -> plan.bytes <= task.memory)
                .min(
                        Comparator.comparingDouble(TangentPlan::operations)
                                .thenComparing(plan -> plan.implementation))
                .orElseThrow(() -> refusal(plans, task));
    }

    private static double forward(FiniteProgram program) {
        double operations = program.widthPerExample();
        for (FiniteProgram.Node node : program.nodes()) {
            if (node.operation() instanceof MatrixProduct product && !node.shared()) {
                operations +=
                        (double) product.groups()
                                * product.height()
                                * product.inner()
                                * product.width();
            }
        }
        return operations;
    }

    private static TangentPlan vectorProducts(Task task) {
        double forward = forward(task.program);
        double others = task.pairs.examplesAlone() ? 1 : task.rows;
        double operations = task.columns * task.outputs() * forward * (2 + 2 * others);
        double parameters =
                ParameterUse.of(task.program).stream().mapToDouble(ParameterUse::size).sum();
        double bytes =
                2 * (parameters + 2.0 * Blocks.MOST_EXAMPLES * task.program.widthPerExample());
        return new TangentPlan(
                NtkImplementation.NTK_VECTOR_PRODUCTS,
                List.of(),
                1,
                1,
                1,
                operations,
                bytes * task.dtype.bytes());
    }

    private static TangentPlan factored(Task task, NtkImplementation implementation) {
        boolean always = implementation == NtkImplementation.JACOBIAN_CONTRACTION;
        double operations = task.examples() * forward(task.program) * (1 + task.outputs());
        List<JacobianForm> forms = new ArrayList<>();
        for (ParameterUse use : ParameterUse.of(task.program)) {
            JacobianForm form = JacobianForm.WHOLE;
            double contraction = task.examplePairs() * task.outputPairs() * use.size();
            if (use instanceof ParameterUse.Weights weights) {
                double products = multipliedOut(task, weights.product());
                double structured = structured(task, weights.product());
                boolean factors = !always && structured <= products;
                contraction = factors ? structured : products;
                form = factors ? JacobianForm.FACTORS : smaller(weights);
            }
            operations += contraction;
            forms.add(form);
        }
        return new TangentPlan(implementation, forms, 0, 0, 1, operations, 0);
    }

    /** What takes less memory of a Jacobian that is multiplied out: itself, or its factors. */
    private static JacobianForm smaller(ParameterUse.Weights weights) {
        return weights.size() <= weights.entering() + weights.leaving()
                ? JacobianForm.WHOLE
                : JacobianForm.SLICES;
    }

    /** The Jacobians of both batches by some weights, and their product. */
    private static double multipliedOut(Task task, MatrixProduct product) {
        double weights = (double) product.groups() * product.inner() * product.width();
        double jacobians = task.examples() * task.outputs() * (product.height() * weights + CALL);
        return jacobians + task.examplePairs() * task.outputPairs() * weights;
    }

    /** The products of what enters and of the cotangents, for each pair of positions. */
    private static double structured(Task task, MatrixProduct product) {
        double positions = product.height();
        double pairs = task.examplePairs() * positions * positions * product.groups();
        double calls =
                positions == 1
                        ? 0
                        : task.examplePairs() * (1 + task.outputPairs()) * product.groups() * CALL;
        return pairs * product.inner() + pairs * task.outputPairs() * (product.width() + 1) + calls;
    }

    /**
     * The same plan with as many examples and outputs at a time as half of the memory allows, and
     * as many workers as all of it; with little memory the smallest plan, whether it fits or not.
     */
    private TangentPlan fitting(Task task) {
        if (implementation == NtkImplementation.NTK_VECTOR_PRODUCTS) {
            return shared(task, bytes);
        }
        double entering = 0;
        double leaving = 0;
        List<ParameterUse> uses = ParameterUse.of(task.program);
        for (int use = 0; use < uses.size(); use++) {
            if (uses.get(use) instanceof ParameterUse.Weights weights
                    && forms.get(use) != JacobianForm.WHOLE) {
                entering += weights.entering();
                leaving += weights.leaving();
            } else {
                leaving += uses.get(use).size();
            }
        }
        long most = Math.max(task.rows, task.columns);
        double share = task.memory / 2.0;
        TangentPlan chosen = held(task, entering, leaving, 1, 1);
        for (long count = 1; count / 2 < most; count *= 2) {
            TangentPlan larger = held(task, entering, leaving, Math.min(count, most), 1);
            chosen = larger.bytes <= share ? larger : chosen;
        }
        for (int count = 1; count / 2 < task.pairs.tracedSize(); count *= 2) {
            int traces = Math.min(count, task.pairs.tracedSize());
            TangentPlan larger = held(task, entering, leaving, chosen.examples, traces);
            chosen = larger.bytes <= share ? larger : chosen;
        }
        return chosen.shared(task, chosen.workspace(task));
    }

    /** What a worker needs: values and cotangents of an example, and products of a tile. */
    private double workspace(Task task) {
        double full = task.pairs.fullSize();
        double run = 2.0 * task.program.widthPerExample() * (1 + full * traced);
        double pairs = (double) PairTiles.MOST_EXAMPLES * examples;
        return (run + pairs * (1 + full + full * full)) * task.dtype.bytes();
    }

    /** This plan of one worker with as many as memory allows. */
    private TangentPlan shared(Task task, double workspace) {
        long more = (long) ((task.memory - bytes) / workspace);
        int count = Math.clamp(1 + Math.min(more, task.threads), 1, task.threads);
        return new TangentPlan(
                implementation,
                forms,
                examples,
                traced,
                count,
                operations,
                bytes + (count - 1) * workspace);
    }

    private TangentPlan held(Task task, double entering, double leaving, long count, int traces) {
        double rows = 2.0 * count * task.pairs.fullSize() * traces;
        double factors = 2.0 * count * entering + rows * leaving;
        double held = (factors + slices(task, rows)) * task.dtype.bytes();
        var plan = new TangentPlan(implementation, forms, count, traces, 1, operations, held);
        return new TangentPlan(
                implementation, forms, count, traces, 1, operations, held + plan.workspace(task));
    }

    /** The elements of the Jacobians that are multiplied out some rows of the weights at a time. */
    private double slices(Task task, double rows) {
        double most = 0;
        List<ParameterUse> uses = ParameterUse.of(task.program);
        for (int use = 0; use < uses.size(); use++) {
            if (uses.get(use) instanceof ParameterUse.Weights weights
                    && forms.get(use) == JacobianForm.SLICES) {
                double row = rows * weights.product().width();
                double usual = (double) SlicedJacobians.BYTES / task.dtype.bytes();
                double slice = Math.min(row * weights.product().inner(), Math.max(row, usual));
                most = Math.max(most, slice);
            }
        }
        return most;
    }

    /** The threads that compute. */
    WorkerPool pool() {
        return WorkerPool.of(workers);
    }

    private static InputException refusal(List<TangentPlan> plans, Task task) {
        TangentPlan smallest =
                plans.stream().min(Comparator.comparingDouble(TangentPlan::bytes)).orElseThrow();
        return new InputException(
                String.format(
                        Locale.ROOT,
                        "An empirical kernel of one example at a time by %s takes %.3g MB beside"
                                + " the result, but the memory budget is %.3g MB: allow more, or"
                                + " trace the outputs.",
                        smallest.implementation,
                        smallest.bytes / 1e6,
                        task.memory / 1e6));
    }

    /** One line for people. */
    String text() {
        long factored = forms.stream().filter(JacobianForm.FACTORS::equals).count();
        return String.format(
                Locale.ROOT,
                "%s: %.3g operations, %.1f MB beside the kernel, %d workers; %d examples and %d"
                        + " traced outputs at a time; Jacobians by %d of %d parameters in factors",
                implementation,
                operations,
                bytes / 1e6,
                workers,
                examples,
                traced,
                factored,
                forms.size());
    }
}
