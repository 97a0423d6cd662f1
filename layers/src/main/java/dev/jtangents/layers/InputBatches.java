package dev.jtangents.layers;

import dev.jtangents.graph.Batch;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Turns input arrays of any axis order into batches of (examples, positions, features), copying
 * only when the array is not one already.
 */
final class InputBatches implements AutoCloseable {
    private final List<Tensor> copies = new ArrayList<>();

    /**
     * Refuses shapes that no kernel can be made of.
     *
     * @param label what follows "x1" and "x2" in messages
     */
    static void check(String label, InputAxes axes, Shape x1, @Nullable Shape x2) {
        checkOne("x1" + label, x1);
        if (x2 == null) {
            return;
        }
        checkOne("x2" + label, x2);
        boolean fits = x1.rank() == x2.rank();
        for (int axis = 0; fits && axis < x1.rank(); axis++) {
            fits = axis == axes.batchIn(x1) || x1.extent(axis) == x2.extent(axis);
        }
        if (!fits) {
            throw new InputException(
                    "x1"
                            + label
                            + " has shape "
                            + x1
                            + " and x2"
                            + label
                            + " "
                            + x2
                            + ": they may differ in the number of examples only (axis "
                            + axes.batchIn(x1)
                            + ").");
        }
    }

    private static void checkOne(String name, Shape shape) {
        if (shape.rank() < 2) {
            throw new InputException(
                    name
                            + " has shape "
                            + shape
                            + "; an input has at least two axes, examples and features.");
        }
        if (shape.size() == 0) {
            throw new InputException(
                    name
                            + " has shape "
                            + shape
                            + ", which is empty: at least one example and one"
                            + " feature are needed.");
        }
    }

    /** An input as a batch; valid until this is closed, and as long as the input. */
    Batch batch(String name, InputAxes axes, Tensor x, DType dtype, @Nullable Double maskConstant) {
        Shape shape = x.shape();
        Tensor moved = ordered(axes, x);
        long examples = moved.shape().extent(0);
        long features = axes.channel() == null ? shape.size() / examples : moved.shape().extent(-1);
        long positions = shape.size() / examples / features;
        Tensor values =
                maskConstant == null
                        ? aligned(moved, dtype)
                        : kept(unmasked(moved, dtype, maskConstant));
        return new Batch(name, values.reshape(examples, positions, features));
    }

    /** A view of an input with its batch first, and its channels, if they are apart, last. */
    static Tensor ordered(InputAxes axes, Tensor x) {
        int batch = axes.batchIn(x.shape());
        int channel = axes.channel() == null ? batch : axes.channelIn(x.shape());
        return x.transpose(order(x.shape().rank(), batch, channel));
    }

    /** All axes, the batch first and the channels last, unless they are the same axis. */
    static int[] order(int rank, int batch, int channel) {
        IntStream others =
                IntStream.range(0, rank).filter(axis -> axis != batch && axis != channel);
        IntStream last = channel == batch ? IntStream.empty() : IntStream.of(channel);
        return IntStream.concat(IntStream.concat(IntStream.of(batch), others), last).toArray();
    }

    private Tensor kept(Tensor copy) {
        copies.add(copy);
        return copy;
    }

    /** A copy of an input with 0 in place of a constant, which the caller closes. */
    static Tensor unmasked(Tensor x, DType dtype, double maskConstant) {
        double[] values = x.toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = Mask.isMasked(values[i], maskConstant, x.dtype()) ? 0 : values[i];
        }
        try (Tensor wide = Tensor.of(values, x.shape().extents())) {
            return wide.copy(dtype);
        }
    }

    /**
     * The input itself where workers and native code can read it safely. A mapped file is copied:
     * if it were truncated meanwhile, a read by native code would end the JVM.
     */
    private Tensor aligned(Tensor x, DType dtype) {
        boolean usable =
                x.dtype() == dtype
                        && x.isContiguous()
                        && x.segment().isNative()
                        && !x.segment().isMapped()
                        && x.segment().address() % dtype.bytes() == 0
                        && x.segment().scope().isAlive()
                        && x.isShared();
        if (usable) {
            return x;
        }
        return kept(x.copy(dtype));
    }

    @Override
    public void close() {
        copies.forEach(Tensor::close);
    }
}
