package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceExecutor.Targets;
import dev.jtangents.graph.CovarianceOp.ExampleConcatenation;
import dev.jtangents.graph.CovarianceOp.ExampleMap;
import dev.jtangents.graph.CovarianceOp.Given;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Operations on examples as a whole need the kernel of all pairs before they can begin. A program
 * with such an operation is run up to it, and what comes after starts from the kernel that it
 * makes.
 */
final class ExampleStages {
    private final BudgetedArena arena;
    private final CovarianceProgram whole;
    private final Sources batches;
    private final Request request;
    private final ExecutionOptions options;
    private CovarianceProgram program;
    private Sources sources;

    private ExampleStages(
            Arena arena,
            CovarianceProgram program,
            Sources sources,
            Request request,
            ExecutionOptions options) {
        this.arena = new BudgetedArena(arena, options.memory());
        this.whole = program;
        this.batches = sources;
        this.program = program;
        this.sources = sources;
        this.request = new Request(request.dtype(), request.ntk(), false);
        this.options = options.withProgress(Progress.NONE).withCheckpoint(Checkpoint.NONE);
    }

    /**
     * A program without operations on examples, what it starts from, and the memory that the
     * kernels before it have left.
     */
    record Rest(CovarianceProgram program, Sources sources, ExecutionOptions options) {}

    /** Runs a program up to its last operation on examples; kernels are memory of the arena. */
    static Rest resolve(
            Arena arena,
            CovarianceProgram program,
            Sources sources,
            Request request,
            ExecutionOptions options) {
        var stages = new ExampleStages(arena, program, sources, request, options);
        int next = stages.next();
        while (next >= 0) {
            stages.resolve(next);
            next = stages.next();
        }
        return new Rest(
                stages.program.pruned(), stages.sources, options.withMemory(stages.arena.left()));
    }

    /** What is left for the next computation. */
    private ExecutionOptions left() {
        return options.withMemory(arena.left());
    }

    private int next() {
        for (int index = 0; index < program.nodes().size(); index++) {
            CovarianceOp op = program.node(index).op();
            if (op instanceof ExampleMap || op instanceof ExampleConcatenation) {
                return index;
            }
        }
        return -1;
    }

    private void resolve(int index) {
        Node node = program.node(index);
        List<GivenKernel> before = node.inputs().stream().map(this::kernel).toList();
        GivenKernel kernel =
                node.op() instanceof ExampleMap map
                        ? mapped(map, node.inputs().getFirst(), before.getFirst())
                        : concatenated(before);
        List<GivenKernel> given = new ArrayList<>(sources.given());
        given.add(kernel);
        List<Node> nodes = new ArrayList<>(program.nodes());
        nodes.set(
                index,
                new Node(new Given(given.size() - 1, node.extents()), List.of(), node.extents()));
        program = new CovarianceProgram(nodes);
        sources = new Sources(sources.first(), sources.second(), given, sources.side());
    }

    private static CovarianceProgram upTo(CovarianceProgram program, int node) {
        return new CovarianceProgram(program.nodes().subList(0, node + 1)).pruned();
    }

    private GivenKernel kernel(int node) {
        CovarianceProgram part = upTo(program, node);
        Targets targets = run(part, sources, request);
        Tensor cov1 =
                own(CovarianceExecutor.selfCovariances(part, sources, false, request, left()));
        Tensor cov2 =
                sources.symmetric()
                        ? null
                        : own(
                                CovarianceExecutor.selfCovariances(
                                        part, sources, true, request, left()));
        Tensor nngp = targets.nngp();
        if (nngp == null) {
            throw new IllegalStateException("No kernel was computed");
        }
        return new GivenKernel(nngp, targets.ntk(), cov1, cov2, program.node(node).extents());
    }

    private Targets run(CovarianceProgram part, Sources from, Request how) {
        return CovarianceExecutor.run(
                part,
                from,
                how,
                true,
                left(),
                shape ->
                        new Targets(
                                arena.allocate(how.dtype(), shape),
                                how.ntk() ? arena.allocate(how.dtype(), shape) : null));
    }

    /** Moves a tensor to the arena. */
    private Tensor own(Tensor tensor) {
        try (tensor) {
            Tensor copy = arena.allocate(tensor.dtype(), tensor.shape());
            copy.assign(tensor);
            return copy;
        }
    }

    private GivenKernel mapped(ExampleMap map, int node, GivenKernel before) {
        SparseMatrix first = sources.side() == Side.FIRST ? map.first() : map.second();
        SparseMatrix second = sources.secondSide() == Side.FIRST ? map.first() : map.second();
        Tensor ntk = before.ntk();
        Tensor cov2 = before.cov2();
        return new GivenKernel(
                between(before.nngp(), first, second),
                ntk == null ? null : between(ntk, first, second),
                within(first, node, before, before.cov1(), false),
                cov2 == null ? null : within(second, node, before, cov2, true),
                before.extents());
    }

    /** M1 K M2ᵀ over the first two axes. */
    private Tensor between(Tensor kernel, SparseMatrix first, SparseMatrix second) {
        long pairs = kernel.shape().size() / kernel.shape().extent(0) / kernel.shape().extent(1);
        return new ExampleAxes(arena, pairs).between(kernel, first, second);
    }

    /** Combinations of several examples need the pairs of all examples of their batch. */
    private Tensor within(
            SparseMatrix map, int node, GivenKernel before, Tensor self, boolean ofSecond) {
        var examples = new ExampleAxes(arena, self.shape().size() / self.shape().extent(0));
        if (map.indices().stream().allMatch(row -> row.length <= 1)) {
            return examples.selected(self, map);
        }
        Tensor all = sources.symmetric() ? before.nngp() : alone(node, ofSecond);
        return examples.diagonal(examples.between(all, map, map));
    }

    private Tensor alone(int node, boolean ofSecond) {
        Request nngp = new Request(request.dtype(), false, false);
        Tensor all = run(upTo(whole, node), batches.alone(ofSecond), nngp).nngp();
        if (all == null) {
            throw new IllegalStateException("No kernel was computed");
        }
        return all;
    }

    private GivenKernel concatenated(List<GivenKernel> parts) {
        GivenKernel first = parts.getFirst();
        long pairs = first.cov1().shape().size() / first.cov1().shape().extent(0);
        var examples = new ExampleAxes(arena, pairs);
        List<Tensor> ntks = new ArrayList<>();
        List<Tensor> seconds = new ArrayList<>();
        for (GivenKernel part : parts) {
            addPresent(ntks, part.ntk());
            addPresent(seconds, part.cov2());
        }
        return new GivenKernel(
                examples.blocks(parts.stream().map(GivenKernel::nngp).toList()),
                ntks.isEmpty() ? null : examples.blocks(ntks),
                examples.joined(parts.stream().map(GivenKernel::cov1).toList()),
                seconds.isEmpty() ? null : examples.joined(seconds),
                first.extents());
    }

    private static void addPresent(List<Tensor> tensors, @Nullable Tensor tensor) {
        if (tensor != null) {
            tensors.add(tensor);
        }
    }
}
