package dev.jtangents.layers;

import dev.jtangents.graph.Checkpoint;
import dev.jtangents.graph.CovarianceExecutor;
import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceProgram;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One call of a network's kernel for one of its outputs: execution, and the fields of the result.
 */
final class KernelComputation {
    private final KernelSource source;
    private final Propagation result;
    private final CovarianceProgram program;
    private final KernelOptions options;
    private final Set<KernelField> get;
    private final Request request;

    KernelComputation(KernelSource source, Propagation result, KernelOptions options) {
        this.source = source;
        this.result = result;
        this.program = result.graph().program(result.node());
        this.options = options;
        this.get = options.fieldSet();
        boolean ntk = get.contains(KernelField.NTK) && result.parametric();
        this.request = new Request(source.dtype(), ntk, options.demandsDiagonalSpatial());
    }

    /** The kernel, which the caller closes. */
    Kernel run() {
        Map<KernelField, Object> fields = new EnumMap<>(KernelField.class);
        boolean finished = false;
        try {
            pairs(fields);
            if (get.contains(KernelField.COV1)) {
                fields.put(KernelField.COV1, covariance(false));
            }
            if (source.hasSecond() && get.contains(KernelField.COV2)) {
                fields.put(KernelField.COV2, covariance(true));
            }
            var facts =
                    new KernelFacts(
                            result.activations(),
                            source.areSame(),
                            source.hasSecond(),
                            options.isDiagonalBatch(),
                            options.demandsDiagonalSpatial());
            describe(facts, fields);
            fields.keySet().retainAll(get);
            finished = true;
            return new Kernel(facts, fields);
        } finally {
            if (!finished) {
                Kernel.close(fields);
            }
        }
    }

    private void pairs(Map<KernelField, Object> fields) {
        boolean nngp = get.contains(KernelField.NNGP);
        if (get.contains(KernelField.NTK) && !result.parametric()) {
            fields.put(KernelField.NTK, Tensor.allocate(request.dtype(), Shape.of()));
        }
        if (!nngp && !request.ntk()) {
            return;
        }
        CovarianceExecutor.run(
                program,
                source.pairs(),
                request,
                options.outputOrNull() == null,
                options.execution(),
                shape -> {
                    if (nngp) {
                        fields.put(KernelField.NNGP, allocate(KernelField.NNGP, shape, null));
                    }
                    if (request.ntk()) {
                        fields.put(
                                KernelField.NTK,
                                allocate(KernelField.NTK, shape, fields.get(KernelField.NNGP)));
                    }
                    return new CovarianceExecutor.Targets(
                            nngp ? (Tensor) fields.get(KernelField.NNGP) : null,
                            request.ntk() ? (Tensor) fields.get(KernelField.NTK) : null);
                });
    }

    /**
     * Room for a field.
     *
     * @param other the field whose memory must be another
     */
    private Tensor allocate(KernelField field, Shape shape, @Nullable Object other) {
        KernelOptions.Output output = options.outputOrNull();
        if (output == null) {
            return Tensor.allocate(request.dtype(), shape);
        }
        Tensor target = output.allocate(field, request.dtype(), shape);
        boolean fits = target.dtype() == request.dtype() && target.shape().equals(shape);
        boolean usable =
                !target.segment().isReadOnly()
                        && target.isShared()
                        && Stream.concat(source.tensors(), Stream.ofNullable(other))
                                .noneMatch(tensor -> overlap(target, tensor));
        if (!fits || !usable || !target.isContiguous()) {
            target.close();
            throw new InputException(
                    String.format(
                            "The output for %s is %s; needed is %s %s, contiguous, writable,"
                                    + " open to every thread and in memory of its own.",
                            field.label(), target, request.dtype().label(), shape));
        }
        return target;
    }

    private static boolean overlap(Tensor target, Object other) {
        return other instanceof Tensor tensor
                && target.segment().asOverlappingSlice(tensor.segment()).isPresent();
    }

    /** cov1 or cov2. */
    private Tensor covariance(boolean second) {
        if (options.isDiagonalBatch()) {
            return CovarianceExecutor.selfCovariances(
                    program, source.batches(), second, request, options.execution());
        }
        List<Tensor> made = new ArrayList<>();
        boolean finished = false;
        try {
            CovarianceExecutor.run(
                    program,
                    source.batches().alone(second),
                    new Request(request.dtype(), false, request.diagonalSpatial()),
                    true,
                    options.execution().withCheckpoint(Checkpoint.NONE),
                    shape -> {
                        made.add(Tensor.allocate(request.dtype(), shape));
                        return new CovarianceExecutor.Targets(made.getFirst(), null);
                    });
            finished = true;
            return made.getFirst();
        } finally {
            if (!finished) {
                made.forEach(Tensor::close);
            }
        }
    }

    private void describe(KernelFacts facts, Map<KernelField, Object> fields) {
        fields.put(KernelField.X1_IS_X2, facts.same());
        fields.put(KernelField.IS_GAUSSIAN, result.gaussian());
        fields.put(KernelField.IS_REVERSED, false);
        fields.put(KernelField.IS_INPUT, false);
        fields.put(KernelField.DIAGONAL_BATCH, facts.diagonalBatch());
        fields.put(KernelField.DIAGONAL_SPATIAL, facts.diagonalSpatial());
        fields.put(KernelField.SHAPE1, result.shape1());
        fields.put(KernelField.SHAPE2, result.shape2());
        fields.put(KernelField.BATCH_AXIS, result.batchAxis());
        fields.put(KernelField.CHANNEL_AXIS, result.channelAxis());
        mask(fields, KernelField.MASK1, result.mask1(), result.shape1());
        if (facts.second()) {
            mask(fields, KernelField.MASK2, result.mask2(), result.shape2());
        }
    }

    private void mask(
            Map<KernelField, Object> fields,
            KernelField field,
            @Nullable Mask mask,
            Shape activations) {
        if (mask == null || !get.contains(field)) {
            return;
        }
        int batch = result.batchAxis();
        int channel = result.channelAxis();
        boolean apart = result.positional();
        fields.put(
                field,
                mask.tensor(
                        apart ? activations.with(channel, mask.channels()) : activations,
                        InputBatches.order(activations.rank(), batch, apart ? channel : batch),
                        request.dtype(),
                        1,
                        0));
    }

    /** What {@link #run} would do, for people. */
    static String describe(
            Propagation result, long n1, @Nullable Long n2, DType dtype, KernelOptions options) {
        boolean ntk = options.fieldSet().contains(KernelField.NTK) && result.parametric();
        return CovarianceExecutor.describe(
                result.graph().program(result.node()),
                n1,
                n2,
                new Request(dtype, ntk, options.demandsDiagonalSpatial()),
                options.execution());
    }
}
