package dev.jtangents.predict.solver;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;

/** A kernel that is computed block by block from its examples. */
final class FunctionOperator implements KernelOperator {
    private final KernelFunction function;
    private final KernelName name;
    private final Tensor x;
    private final DType dtype;

    private FunctionOperator(KernelFunction function, KernelName name, Tensor x, DType dtype) {
        this.function = function;
        this.name = name;
        this.x = x;
        this.dtype = dtype;
    }

    static FunctionOperator of(KernelFunction function, KernelName name, Tensor x) {
        if (x.shape().rank() == 0 || x.size() == 0) {
            throw new InputException(
                    "Examples of shape " + x.shape() + " are none; needed is (N, ...).");
        }
        try (Tensor first = x.slice(0, 0, 1);
                Tensor entry = kernel(function, name, first, null)) {
            return new FunctionOperator(function, name, x, entry.dtype());
        }
    }

    @Override
    public long size() {
        return x.shape().extent(0);
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public boolean isStored() {
        return false;
    }

    @Override
    public Tensor block(Selection rows, Selection columns) {
        try (Tensor x1 = rows.of(x, 0)) {
            if (rows.equals(columns)) {
                return kernel(function, name, x1, null);
            }
            try (Tensor x2 = columns.of(x, 0)) {
                return kernel(function, name, x1, x2);
            }
        }
    }

    /**
     * The kernel between two sets of examples, which the caller closes.
     *
     * @throws InputException when the function gives another shape than (N1, N2)
     */
    static Tensor kernel(KernelFunction function, KernelName name, Tensor x1, @Nullable Tensor x2) {
        Kernels kernels = function.kernels(x1, x2, EnumSet.of(name));
        KernelName other = name == KernelName.NTK ? KernelName.NNGP : KernelName.NTK;
        Tensor unneeded = kernels.get(other);
        Tensor kernel = kernels.get(name);
        if (unneeded != null && unneeded != kernel) {
            unneeded.close();
        }
        Shape expected = Shape.of(x1.shape().extent(0), (x2 == null ? x1 : x2).shape().extent(0));
        if (kernel == null || !kernel.shape().equals(expected)) {
            kernels.close();
            throw new InputException(
                    String.format(
                            "The kernel function gave %s for the %s of %d and %d examples; these"
                                    + " solvers need one number for each pair, %s.",
                            kernel == null ? "nothing" : "shape " + kernel.shape(),
                            name.label(),
                            expected.extent(0),
                            expected.extent(1),
                            expected));
        }
        Tensor usable = MatrixOperator.usable(kernel);
        if (usable != kernel) {
            kernel.close();
        }
        return usable;
    }
}
