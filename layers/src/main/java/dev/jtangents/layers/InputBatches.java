package dev.jtangents.layers;

import dev.jtangents.graph.Batch;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns input arrays of any axis order into batches of (examples, positions, features), copying
 * only when the array is not one already.
 */
final class InputBatches implements AutoCloseable {
    private final List<Tensor> copies = new ArrayList<>();

    /** Refuses shapes that no kernel can be made of. */
    static void check(InputAxes axes, Shape x1, @Nullable Shape x2) {
        checkOne("x1", x1);
        if (x2 == null) {
            return;
        }
        checkOne("x2", x2);
        boolean fits = x1.rank() == x2.rank();
        for (int axis = 0; fits && axis < x1.rank(); axis++) {
            fits = axis == axes.batchIn(x1) || x1.extent(axis) == x2.extent(axis);
        }
        if (!fits) {
            throw new InputException(
                    "x1 has shape "
                            + x1
                            + " and x2 "
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
    Batch batch(String name, InputAxes axes, Tensor x, DType dtype) {
        Shape shape = x.shape();
        int batch = axes.batchIn(shape);
        int channel = axes.channelIn(shape);
        boolean flatten = axes.channel() == null;
        List<Integer> order = new ArrayList<>(List.of(batch));
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (axis != batch && (flatten || axis != channel)) {
                order.add(axis);
            }
        }
        if (!flatten) {
            order.add(channel);
        }
        Tensor moved = x.transpose(order.stream().mapToInt(Integer::intValue).toArray());
        long examples = shape.extent(batch);
        long features = flatten ? shape.size() / examples : shape.extent(channel);
        long positions = shape.size() / examples / features;
        return new Batch(name, aligned(moved, dtype).reshape(examples, positions, features));
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
                        && isShared(x);
        if (usable) {
            return x;
        }
        Tensor copy = x.copy(dtype);
        copies.add(copy);
        return copy;
    }

    /** Whether worker threads may use it. */
    static boolean isShared(Tensor x) {
        return x.segment().isAccessibleBy(Thread.ofPlatform().unstarted(() -> {}));
    }

    @Override
    public void close() {
        copies.forEach(Tensor::close);
    }
}
