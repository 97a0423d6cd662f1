package dev.jtangents.predict;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/**
 * The kernel exp(-|x - y|² / 2 scale²) of examples (N, features), as the NNGP and, plus 1/2 of a
 * wider one, as the NTK: fast enough for thousands of examples.
 */
record SmoothKernel(double scale, DType dtype) implements KernelFunction {
    @Override
    public Kernels kernels(Tensor x1, @Nullable Tensor x2, Set<KernelName> get) {
        Tensor other = x2 == null ? x1 : x2;
        return new Kernels(
                get.contains(KernelName.NNGP) ? kernel(x1, other, 0) : null,
                get.contains(KernelName.NTK) ? kernel(x1, other, 0.5) : null);
    }

    /** The NNGP kernel alone. */
    Tensor nngp(Tensor x1, Tensor x2) {
        return kernel(x1, x2, 0);
    }

    private Tensor kernel(Tensor x1, Tensor x2, double wider) {
        int n1 = (int) x1.shape().extent(0);
        int n2 = (int) x2.shape().extent(0);
        double[] left = x1.toArray();
        double[] right = x2.toArray();
        int features = left.length / n1;
        Tensor kernel = Tensor.allocate(dtype, Shape.of(n1, n2));
        for (int i = 0; i < n1; i++) {
            for (int j = 0; j < n2; j++) {
                double square = 0;
                for (int k = 0; k < features; k++) {
                    double difference = left[i * features + k] - right[j * features + k];
                    square += difference * difference;
                }
                double near = square / (2 * scale * scale);
                double value = Math.exp(-near) + (wider == 0 ? 0 : wider * Math.exp(-near / 4));
                dtype.write(kernel.segment(), (long) i * n2 + j, value);
            }
        }
        return kernel;
    }
}
