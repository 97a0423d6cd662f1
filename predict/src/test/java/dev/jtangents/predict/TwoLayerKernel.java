package dev.jtangents.predict;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The kernels of Dense, Relu or Erf, Dense: scalar formulas, written for these tests alone. */
final class TwoLayerKernel implements KernelFunction {
    private final Dense first;
    private final boolean relu;
    private final Dense second;

    /** What was asked for, call by call. */
    final List<String> calls = new ArrayList<>();

    /** What was handed out. */
    final List<Kernels> given = new ArrayList<>();

    private TwoLayerKernel(Dense first, boolean relu, Dense second) {
        this.first = first;
        this.relu = relu;
        this.second = second;
    }

    static TwoLayerKernel relu() {
        return new TwoLayerKernel(new Dense(1.4, 0.2), true, new Dense(1.2, 0.1));
    }

    /** From the model language of the golden files. */
    static TwoLayerKernel of(Json model) {
        List<Json> layers = model.get("serial").list();
        return new TwoLayerKernel(
                Dense.of(layers.get(0)),
                layers.get(1).text().equals("Relu"),
                Dense.of(layers.get(2)));
    }

    boolean isRelu() {
        return relu;
    }

    @Override
    public Kernels kernels(Tensor x1, @Nullable Tensor x2, Set<KernelName> get) {
        Tensor other = x2 == null ? x1 : x2;
        calls.add(x1.shape() + " " + (x2 == null ? "itself" : x2.shape()) + " " + get);
        Shape shape = Shape.of(x1.shape().extent(0), other.shape().extent(0));
        Tensor nngp = Tensor.allocate(DType.F64, shape);
        Tensor ntk = Tensor.allocate(DType.F64, shape);
        for (long i = 0; i < shape.extent(0); i++) {
            for (long j = 0; j < shape.extent(1); j++) {
                fill(x1, i, other, j, nngp, ntk);
            }
        }
        Kernels kernels =
                new Kernels(
                        get.contains(KernelName.NNGP) ? nngp : null,
                        get.contains(KernelName.NTK) ? ntk : null);
        if (kernels.nngp() == null) {
            nngp.close();
        }
        if (kernels.ntk() == null) {
            ntk.close();
        }
        given.add(kernels);
        return kernels;
    }

    private void fill(Tensor x1, long i, Tensor x2, long j, Tensor nngp, Tensor ntk) {
        double q11 = first.covariance(meanProduct(x1, i, x1, i));
        double q22 = first.covariance(meanProduct(x2, j, x2, j));
        double q12 = first.covariance(meanProduct(x1, i, x2, j));
        double activated;
        double slope;
        if (relu) {
            double r = Math.sqrt(Math.max(q11 * q22 - q12 * q12, 0));
            slope = 0.5 - Math.atan2(r, q12) / (2 * Math.PI);
            activated = r / (2 * Math.PI) + slope * q12;
        } else {
            double root = Math.sqrt((1 + 2 * q11) * (1 + 2 * q22) - 4 * q12 * q12);
            slope = 4 / (Math.PI * root);
            activated = 2 / Math.PI * Math.atan2(2 * q12, root);
        }
        double output = second.covariance(activated);
        nngp.set(output, i, j);
        ntk.set(output + second.weight * second.weight * slope * q12, i, j);
    }

    private static double meanProduct(Tensor x1, long i, Tensor x2, long j) {
        long features = x1.shape().extent(1);
        double sum = 0;
        for (long k = 0; k < features; k++) {
            sum += x1.get(i, k) * x2.get(j, k);
        }
        return sum / features;
    }

    private record Dense(double weight, double bias) {
        static Dense of(Json layer) {
            Json options = layer.get("Dense");
            return new Dense(options.get("W_std").number(), options.get("b_std").number());
        }

        double covariance(double before) {
            return weight * weight * before + bias * bias;
        }
    }
}
