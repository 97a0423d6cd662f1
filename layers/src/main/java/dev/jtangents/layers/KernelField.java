package dev.jtangents.layers;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.tensor.InputException;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What can be asked of a kernel, by the names of neural-tangents. */
public enum KernelField {
    /** The covariance of activations of the two batches. */
    NNGP,
    /** The neural tangent kernel of the two batches. */
    NTK,
    /** The covariance of the first batch with itself. */
    COV1,
    /** The covariance of the second batch with itself. */
    COV2,
    /** Whether both batches are the same. */
    X1_IS_X2,
    /** Whether activations are Gaussian, independent over channels, given the input. */
    IS_GAUSSIAN,
    /** Whether spatial axes are in reverse order: never, here. */
    IS_REVERSED,
    /** Whether the kernel is that of the inputs themselves. */
    IS_INPUT,
    /** Whether cov1 and cov2 pair each example with itself only. */
    DIAGONAL_BATCH,
    /** Whether equal positions only are paired. */
    DIAGONAL_SPATIAL,
    /** The shape of the first batch's activations at finite width. */
    SHAPE1,
    /** The shape of the second batch's activations at finite width. */
    SHAPE2,
    /** The axis of examples in these shapes. */
    BATCH_AXIS,
    /** The axis of channels in these shapes. */
    CHANNEL_AXIS,
    /** Which entries of the first batch are masked. */
    MASK1,
    /** Which entries of the second batch are masked. */
    MASK2;

    /** The name as users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static KernelField of(KernelName name) {
        return switch (name) {
            case NNGP -> NNGP;
            case NTK -> NTK;
        };
    }

    /**
     * The field of a name, in any case.
     *
     * @throws InputException when there is none
     */
    public static KernelField of(String name) {
        for (KernelField field : values()) {
            if (field.label().equals(name.strip().toLowerCase(Locale.ROOT))) {
                return field;
            }
        }
        List<String> known = Arrays.stream(values()).map(KernelField::label).toList();
        throw new InputException(
                "A kernel has no field \"" + name + "\"" + Nearest.suggestion(name, known));
    }
}
