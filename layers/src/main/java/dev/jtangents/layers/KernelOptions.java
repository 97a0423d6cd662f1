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

    private static final KernelOptions DEFAULTS =
            new KernelOptions(
                    List.copyOf(EnumSet.allOf(KernelField.class)),
                    null,
                    null,
                    null,
                    null,
                    ExecutionOptions.defaults());

    private final List<KernelField> get;
    private final @Nullable DType dtype;
    private final @Nullable Boolean diagonalBatch;
    private final @Nullable Boolean diagonalSpatial;
    private final @Nullable Output output;
    private final ExecutionOptions execution;

    private KernelOptions(
            List<KernelField> get,
            @Nullable DType dtype,
            @Nullable Boolean diagonalBatch,
            @Nullable Boolean diagonalSpatial,
            @Nullable Output output,
            ExecutionOptions execution) {
        this.get = get;
        this.dtype = dtype;
        this.diagonalBatch = diagonalBatch;
        this.diagonalSpatial = diagonalSpatial;
        this.output = output;
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
                List.of(fields), dtype, diagonalBatch, diagonalSpatial, output, execution);
    }

    /** These options for the fields of these names, in any case. */
    public KernelOptions get(String... names) {
        return get(Arrays.stream(names).map(KernelField::of).toArray(KernelField[]::new));
    }

    /** These options computed in a dtype, whatever that of the inputs. */
    public KernelOptions dtype(DType type) {
        return new KernelOptions(get, type, diagonalBatch, diagonalSpatial, output, execution);
    }

    /**
     * Whether cov1 and cov2 pair each example with itself only, as they do by default, or with
     * every example of its batch.
     */
    public KernelOptions diagonalBatch(boolean diagonal) {
        return new KernelOptions(get, dtype, diagonal, diagonalSpatial, output, execution);
    }

    /**
     * Whether only equal positions are paired. By default that is decided by the network; false is
     * always possible, true only where the network allows it.
     */
    public KernelOptions diagonalSpatial(boolean diagonal) {
        return new KernelOptions(get, dtype, diagonalBatch, diagonal, output, execution);
    }

    /** These options with NNGP and NTK written to tensors of the caller's, for instance mapped. */
    public KernelOptions output(Output allocator) {
        return new KernelOptions(get, dtype, diagonalBatch, diagonalSpatial, allocator, execution);
    }

    /** These options computed otherwise: threads, memory, tiles, progress. */
    public KernelOptions execution(UnaryOperator<ExecutionOptions> change) {
        return new KernelOptions(
                get, dtype, diagonalBatch, diagonalSpatial, output, change.apply(execution));
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

    ExecutionOptions execution() {
        return execution;
    }
}
