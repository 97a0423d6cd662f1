package dev.jtangents.layers;

import dev.jtangents.graph.Batch;
import dev.jtangents.graph.CovarianceExecutor;
import dev.jtangents.graph.CovarianceProgram;
import dev.jtangents.graph.KernelSize;
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

/** One call of a network's kernel: checks, program, execution, and the fields of the result. */
final class KernelComputation {
    private final Tensor x1;
    private final @Nullable Tensor x2;
    private final KernelOptions options;
    private final Set<KernelField> get;
    private final InputAxes axes;
    private final Propagation result;
    private final DType dtype;
    private final SpatialLayout layout;

    private KernelComputation(
            Tensor x1,
            @Nullable Tensor x2,
            KernelOptions options,
            InputAxes axes,
            Propagation result,
            DType dtype) {
        this.x1 = x1;
        this.x2 = x2;
        this.options = options;
        this.get = options.fieldSet();
        this.axes = axes;
        this.result = result;
        this.dtype = dtype;
        this.layout = SpatialLayout.of(result);
    }

    static KernelComputation of(
            Network network, Tensor x1, @Nullable Tensor x2, KernelOptions options) {
        InputAxes axes = network.inputAxes().orElse(InputAxes.DEFAULT);
        Shape shape2 = x2 == null ? null : x2.shape();
        Propagation result = propagate(network, axes, x1.shape(), shape2, options);
        DType inputs = x2 == null ? x1.dtype() : DType.wider(x1.dtype(), x2.dtype());
        DType wish = options.dtypeOrNull();
        return new KernelComputation(x1, x2, options, axes, result, wish == null ? inputs : wish);
    }

    private static Propagation propagate(
            Network network, InputAxes axes, Shape x1, @Nullable Shape x2, KernelOptions options) {
        InputBatches.check(axes, x1, x2);
        Propagation input =
                new Propagation(
                        CovarianceProgram.EMPTY,
                        x1,
                        x2 == null ? x1 : x2,
                        axes.batchIn(x1),
                        axes.channelIn(x1),
                        axes.channel() != null,
                        false,
                        false);
        Propagation result = network.propagate(input);
        if (options.demandsDiagonalSpatial()
                && !result.program().takesSpatialMean()
                && SpatialLayout.of(result).positions() > 1) {
            throw new InputException(
                    "diagonal_spatial was asked for, but the output of this network pairs all"
                            + " positions: leave it out, or end the network with Flatten.");
        }
        return result;
    }

    static String describe(
            Network network, Shape x1, @Nullable Shape x2, DType dtype, KernelOptions options) {
        InputAxes axes = network.inputAxes().orElse(InputAxes.DEFAULT);
        Propagation result = propagate(network, axes, x1, x2, options);
        long examples = x1.extent(axes.batchIn(x1));
        long features =
                axes.channel() == null ? x1.size() / examples : x1.extent(axes.channelIn(x1));
        var size =
                new KernelSize(
                        examples,
                        x2 == null ? examples : x2.extent(axes.batchIn(x2)),
                        x1.size() / examples / features,
                        features,
                        x2 == null);
        boolean ntk = options.fieldSet().contains(KernelField.NTK) && result.parametric();
        return CovarianceExecutor.describe(result.program(), size, dtype, ntk, options.execution());
    }

    Kernel run() {
        Map<KernelField, Object> fields = new EnumMap<>(KernelField.class);
        boolean finished = false;
        try (var inputs = new InputBatches()) {
            Batch first = inputs.batch("x1", axes, x1, dtype);
            Batch second = x2 == null ? null : inputs.batch("x2", axes, x2, dtype);
            boolean same = second == null || sameValues(first, second);
            pairs(fields, first, same ? null : second);
            if (get.contains(KernelField.COV1)) {
                fields.put(KernelField.COV1, covariance(first));
            }
            if (second != null && get.contains(KernelField.COV2)) {
                fields.put(KernelField.COV2, covariance(second));
            }
            facts(fields, same);
            fields.keySet().retainAll(get);
            finished = true;
            return new Kernel(fields);
        } finally {
            if (!finished) {
                new Kernel(fields).close();
            }
        }
    }

    private static boolean sameValues(Batch first, Batch second) {
        return first.values().shape().equals(second.values().shape())
                && first.values().segment().mismatch(second.values().segment()) == -1;
    }

    private void pairs(Map<KernelField, Object> fields, Batch first, @Nullable Batch second) {
        boolean nngp = get.contains(KernelField.NNGP);
        boolean ntk = get.contains(KernelField.NTK) && result.parametric();
        if (get.contains(KernelField.NTK) && !result.parametric()) {
            fields.put(KernelField.NTK, Tensor.allocate(dtype, Shape.of()));
        }
        if (!nngp && !ntk) {
            return;
        }
        CovarianceExecutor.run(
                result.program(),
                first,
                second,
                dtype,
                ntk,
                options.outputOrNull() == null ? layout.copies() : 0,
                options.execution(),
                shape -> {
                    if (nngp) {
                        fields.put(KernelField.NNGP, allocate(KernelField.NNGP, shape, null));
                    }
                    if (ntk) {
                        fields.put(
                                KernelField.NTK,
                                allocate(KernelField.NTK, shape, fields.get(KernelField.NNGP)));
                    }
                    return new CovarianceExecutor.Targets(
                            nngp ? (Tensor) fields.get(KernelField.NNGP) : null,
                            ntk ? (Tensor) fields.get(KernelField.NTK) : null);
                });
        for (KernelField field : new KernelField[] {KernelField.NNGP, KernelField.NTK}) {
            if (fields.get(field) instanceof Tensor tensor && tensor.shape().rank() == 2) {
                fields.put(field, layout.interleaved(tensor));
            }
        }
    }

    /**
     * Room for a field.
     *
     * @param other the field whose memory must be another
     */
    private Tensor allocate(KernelField field, Shape shape, @Nullable Object other) {
        KernelOptions.Output output = options.outputOrNull();
        if (output == null) {
            return Tensor.allocate(dtype, shape);
        }
        if (!layout.extents().isEmpty()) {
            throw new InputException(
                    "Only kernels of two axes can be written to a tensor of the caller's; this"
                            + " network keeps its positions: end it with Flatten.");
        }
        Tensor target = output.allocate(field, dtype, shape);
        boolean fits = target.dtype() == dtype && target.shape().equals(shape);
        boolean usable =
                !target.segment().isReadOnly()
                        && InputBatches.isShared(target)
                        && Stream.of(x1, x2, other).noneMatch(tensor -> overlap(target, tensor));
        if (!fits || !usable || !target.isContiguous()) {
            target.close();
            throw new InputException(
                    String.format(
                            "The output for %s is %s; needed is %s %s, contiguous, writable,"
                                    + " open to every thread and in memory of its own.",
                            field.label(), target, dtype.label(), shape));
        }
        return target;
    }

    private static boolean overlap(Tensor target, @Nullable Object other) {
        return other instanceof Tensor tensor
                && target.segment().asOverlappingSlice(tensor.segment()).isPresent();
    }

    /** cov1 or cov2. */
    private Tensor covariance(Batch batch) {
        if (!options.isDiagonalBatch()) {
            return layout.interleaved(allPairs(batch));
        }
        if (layout.positions() == 1) {
            try (Tensor variances = CovarianceExecutor.variances(result.program(), batch, dtype)) {
                return variances.reshape(variances.size()).copy(dtype);
            }
        }
        return layout.interleavedSelf(
                CovarianceExecutor.selfCovariances(
                        result.program(), batch, dtype, options.execution()));
    }

    /** The covariance of every example with every other, as a matrix. */
    private Tensor allPairs(Batch batch) {
        List<Tensor> made = new ArrayList<>();
        boolean finished = false;
        try {
            CovarianceExecutor.run(
                    result.program(),
                    batch,
                    null,
                    dtype,
                    false,
                    layout.copies(),
                    options.execution(),
                    shape -> {
                        made.add(Tensor.allocate(dtype, shape));
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

    private void facts(Map<KernelField, Object> fields, boolean same) {
        fields.put(KernelField.X1_IS_X2, same);
        fields.put(KernelField.IS_GAUSSIAN, result.gaussian());
        fields.put(KernelField.IS_REVERSED, false);
        fields.put(KernelField.IS_INPUT, false);
        fields.put(KernelField.DIAGONAL_BATCH, options.isDiagonalBatch());
        fields.put(KernelField.DIAGONAL_SPATIAL, false);
        fields.put(KernelField.SHAPE1, result.shape1());
        fields.put(KernelField.SHAPE2, result.shape2());
        fields.put(KernelField.BATCH_AXIS, result.batchAxis());
        fields.put(KernelField.CHANNEL_AXIS, result.channelAxis());
    }
}
