package dev.jtangents.kernel;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.function.Function;

/**
 * The kernels between two sets of examples, each of them present or not. For outputs of shape (N,
 * ...) the axes of a kernel come in pairs, (N1, N2, ...), without the axes that are traced.
 *
 * @param nngp the NNGP kernel, or null
 * @param ntk the neural tangent kernel, or null
 */
public record Kernels(@Nullable Tensor nngp, @Nullable Tensor ntk) implements AutoCloseable {
    /** Both kernels. */
    public static Kernels of(Tensor nngp, Tensor ntk) {
        return new Kernels(nngp, ntk);
    }

    /** The NNGP kernel, or any covariance function, alone. */
    public static Kernels nngp(Tensor nngp) {
        return new Kernels(nngp, null);
    }

    /** The neural tangent kernel alone. */
    public static Kernels ntk(Tensor ntk) {
        return new Kernels(null, ntk);
    }

    /**
     * The kernels of these names, made one after another; when one cannot be made, those before it
     * are closed.
     */
    public static Kernels of(Set<KernelName> names, Function<KernelName, Tensor> maker) {
        Tensor nngp = names.contains(KernelName.NNGP) ? maker.apply(KernelName.NNGP) : null;
        try {
            return new Kernels(
                    nngp, names.contains(KernelName.NTK) ? maker.apply(KernelName.NTK) : null);
        } catch (RuntimeException | Error failure) {
            if (nngp != null) {
                nngp.close();
            }
            throw failure;
        }
    }

    /** The kernel of this name, or null. */
    public @Nullable Tensor get(KernelName name) {
        return switch (name) {
            case NNGP -> nngp;
            case NTK -> ntk;
        };
    }

    /** Closes both tensors. */
    @Override
    public void close() {
        if (nngp != null) {
            nngp.close();
        }
        if (ntk != null) {
            ntk.close();
        }
    }
}
