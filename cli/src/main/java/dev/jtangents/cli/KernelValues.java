package dev.jtangents.cli;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.stream.LongStream;

/** The fields of a kernel as arrays, which is all that array files can hold. */
final class KernelValues {
    private KernelValues() {}

    /** The name of a field; of several outputs, with the number of the output, as in ntk_1. */
    static String name(String field, int output, int outputs) {
        return outputs == 1 ? field : field + "_" + output;
    }

    /**
     * A field as a tensor: arrays as they are, shapes with one axis, truth values (0 or 1) and
     * numbers with none.
     */
    static Tensor tensor(Kernel kernel, KernelField field) {
        Object value =
                kernel.get(field)
                        .orElseThrow(
                                () ->
                                        new InputException(
                                                "--get "
                                                        + field.label()
                                                        + ": this kernel has none."));
        return switch (value) {
            case Tensor tensor -> tensor;
            case Shape shape ->
                    Tensor.of(
                            LongStream.of(shape.extents()).asDoubleStream().toArray(),
                            shape.rank());
            case Boolean truth -> Tensor.of(new double[] {truth ? 1 : 0});
            case Integer number -> Tensor.of(new double[] {number});
            default -> throw new IllegalStateException(field + " is a " + value.getClass());
        };
    }
}
