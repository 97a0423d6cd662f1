package dev.jtangents.layers;

import dev.jtangents.graph.ExecutionOptions;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What is asked of a kernel, and how it is computed; immutable. */
public final class KernelOptions {
    /** Makes the tensor that a computed field is written to. */
    @FunctionalInterface
    public interface Output {
        /**
         * A contiguous tensor of this dtype and shape. The kernel closes it when it owns its
         * memory.
         */
        Tensor allocate(KernelField field, DType dtype, Shape shape);
    }

    /** What there is to the inputs beside their arrays. */
    private record Data(
            @Nullable Double maskConstant, @Nullable Tensor pattern1, @Nullable Tensor pattern2) {
        static final Data NONE = new Data(null, null, null);
    }

    private static final KernelOptions DEFAULTS =
            new KernelOptions(
                    List.copyOf(EnumSet.allOf(KernelField.class)),
                    null,
                    null,
                    null,
                    null,
                    Data.NONE,
                    ExecutionOptions.defaults());

    private final List<KernelField> get;
    private final @Nullable DType dtype;
    private final @Nullable Boolean diagonalBatch;
    private final @Nullable Boolean diagonalSpatial;
    private final @Nullable Output output;
    private final Data data;
    private final ExecutionOptions execution;

    private KernelOptions(
            List<KernelField> get,
            @Nullable DType dtype,
            @Nullable Boolean diagonalBatch,
            @Nullable Boolean diagonalSpatial,
            @Nullable Output output,
            Data data,
            ExecutionOptions execution) {
        this.get = get;
        this.dtype = dtype;
        this.diagonalBatch = diagonalBatch;
        this.diagonalSpatial = diagonalSpatial;
        this.output = output;
        this.data = data;
        this.execution = execution;
    }

    /** All fields, in the wider dtype of the inputs, on all cores. */
    public static KernelOptions defaults() {
        return DEFAULTS;
    }

    /** These options for some fields only; what is not asked for is not computed. */
    public KernelOptions get(KernelField... fields) {
        if (fields.length == 0) {
            throw new InputException(
                    "\"get\" is empty: name at least one field, for instance nngp.");
        }
        if (EnumSet.copyOf(Arrays.asList(fields)).size() != fields.length) {
            throw new InputException(
                    "\"get\" names a field twice: "
                            + Arrays.stream(fields).map(KernelField::label).toList()
                            + ".");
        }
        return new KernelOptions(
                List.of(fields), dtype, diagonalBatch, diagonalSpatial, output, data, execution);
    }

    /** These options for the fields of these names, in any case. */
    public KernelOptions get(String... names) {
        return get(Arrays.stream(names).map(KernelField::of).toArray(KernelField[]::new));
    }

    /** These options computed in a dtype, whatever that of the inputs. */
    public KernelOptions dtype(DType type) {
        return new KernelOptions(
                get, type, diagonalBatch, diagonalSpatial, output, data, execution);
    }

    /**
     * Whether cov1 and cov2 pair each example with itself only, as they do by default, or with
     * every example of its batch.
     */
    public KernelOptions diagonalBatch(boolean diagonal) {
        return new KernelOptions(get, dtype, diagonal, diagonalSpatial, output, data, execution);
    }

    /**
     * Whether only equal positions of the output are paired: then kernels have each of its spatial
     * axes once, (N1, N2, H, W). What the network needs of other pairs before is computed all the
     * same. By default all positions are paired.
     */
    public KernelOptions diagonalSpatial(boolean diagonal) {
        return new KernelOptions(get, dtype, diagonalBatch, diagonal, output, data, execution);
    }

    /** These options with NNGP and NTK written to tensors of the caller's, for instance mapped. */
    public KernelOptions output(Output allocator) {
        return new KernelOptions(
                get, dtype, diagonalBatch, diagonalSpatial, allocator, data, execution);
    }

    /**
     * These options with the entries of the inputs that are equal to a number, or that are NaN when
     * it is NaN, masked: they stand for what is not there, as where texts of different lengths are
     * padded. They count as 0, and layers that take means over positions leave masked ones out.
     */
    public KernelOptions maskConstant(double constant) {
        return with(new Data(constant, data.pattern1(), data.pattern2()));
    }

    /**
     * These options with the graphs that {@link Stax#aggregate} layers sum over, borrowed until the
     * kernel is computed.
     *
     * @param pattern1 those of the first batch, one for each example, as {@link Aggregate}
     *     describes them
     * @param pattern2 those of the second batch, or of the first again when that is alone
     */
    public KernelOptions pattern(Tensor pattern1, Tensor pattern2) {
        return with(new Data(data.maskConstant(), pattern1, pattern2));
    }

    private KernelOptions with(Data other) {
        return new KernelOptions(
                get, dtype, diagonalBatch, diagonalSpatial, output, other, execution);
    }

    /** These options computed otherwise: threads, memory, tiles, progress. */
    public KernelOptions execution(UnaryOperator<ExecutionOptions> change) {
        return new KernelOptions(
                get, dtype, diagonalBatch, diagonalSpatial, output, data, change.apply(execution));
    }

    /** The fields asked for, in the order asked. */
    public List<KernelField> fields() {
        return get;
    }

    Set<KernelField> fieldSet() {
        return EnumSet.copyOf(get);
    }

    @Nullable DType dtypeOrNull() {
        return dtype;
    }

    boolean isDiagonalBatch() {
        return diagonalBatch == null || diagonalBatch;
    }

    boolean demandsDiagonalSpatial() {
        return diagonalSpatial != null && diagonalSpatial;
    }

    @Nullable Output outputOrNull() {
        return output;
    }

    @Nullable Double maskConstantOrNull() {
        return data.maskConstant();
    }

    @Nullable Tensor pattern1OrNull() {
        return data.pattern1();
    }

    @Nullable Tensor pattern2OrNull() {
        return data.pattern2();
    }

    ExecutionOptions execution() {
        return execution;
    }
}
