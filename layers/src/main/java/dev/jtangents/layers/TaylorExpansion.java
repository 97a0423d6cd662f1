package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A network expanded around parameters p0: the sum over k from 0 to the degree of the k-th
 * derivative of {@code f(p0 + ε (p - p0), x)} by ε at 0, divided by k!.
 */
final class TaylorExpansion implements ParametricFunction {
    private final Network network;
    private final Parameters origin;
    private final int degree;
    private final ApplyOptions options;

    TaylorExpansion(Network network, Parameters origin, int degree, ApplyOptions options) {
        this.network = network;
        this.origin = origin;
        this.degree = Checks.nonNegativeInteger("the degree of a Taylor expansion", degree);
        this.options = options;
    }

    @Override
    public Tensor apply(Parameters parameters, Tensor x) {
        List<Tensor> from = origin.arrays().toList();
        List<Tensor> to = parameters.arrays().toList();
        try (Application application = Application.of(network, List.of(x), options);
                Arena arena = Arena.ofShared()) {
            DType dtype = application.dtype(Stream.concat(from.stream(), to.stream()));
            List<Tensor> sums = new ArrayList<>();
            for (Tensor coefficients :
                    application
                            .executor(dtype)
                            .expand(
                                    from,
                                    differences(to, from, dtype, arena),
                                    application.arrays(),
                                    degree)) {
                sums.add(sum(coefficients));
            }
            return Network.only(application.inPlace(sums));
        }
    }

    private static List<Tensor> differences(
            List<Tensor> to, List<Tensor> from, DType dtype, Arena arena) {
        List<Shape> wanted = from.stream().map(Tensor::shape).toList();
        List<Shape> given = to.stream().map(Tensor::shape).toList();
        if (!wanted.equals(given)) {
            throw new InputException(
                    "The parameters have shapes "
                            + given
                            + ", but the expansion is around parameters of shapes "
                            + wanted
                            + ".");
        }
        List<Tensor> differences = new ArrayList<>();
        for (int i = 0; i < to.size(); i++) {
            Tensor difference = Tensor.allocate(arena, dtype, to.get(i).shape());
            difference.assign(to.get(i));
            differences.add(difference);
            Tensor flat = difference.reshape(difference.size());
            double[] origin = from.get(i).toArray();
            for (int k = 0; k < origin.length; k++) {
                flat.set(flat.get(k) - origin[k], k);
            }
        }
        return differences;
    }

    /** The sum over the first axis; closes the coefficients. */
    private static Tensor sum(Tensor coefficients) {
        try (coefficients) {
            Shape shape = coefficients.shape().without(0);
            Tensor sum = Tensor.allocate(coefficients.dtype(), shape);
            Tensor flat = sum.reshape(shape.size());
            Tensor terms = coefficients.reshape(coefficients.shape().extent(0), shape.size());
            for (long i = 0; i < shape.size(); i++) {
                double value = 0;
                for (long k = terms.shape().extent(0) - 1; k >= 0; k--) {
                    value += terms.get(k, i);
                }
                flat.set(value, i);
            }
            return sum;
        }
    }
}
