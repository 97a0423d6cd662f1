package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import java.util.List;

/** A network of one input and one output, applied in a certain way. */
record AppliedNetwork(Network network, ApplyOptions options) implements DifferentiableFunction {
    @Override
    public Tensor apply(Parameters parameters, Tensor x) {
        return Network.only(network.apply(parameters, List.of(x), options));
    }

    @Override
    public Tensor pushForward(Parameters parameters, Parameters direction, Tensor x) {
        List<Tensor> arrays = parameters.arrays().toList();
        try (Application application = Application.of(network, List.of(x), options)) {
            DType dtype = application.dtype(arrays.stream());
            return Network.only(
                    application.derivatives(arrays, direction.arrays().toList(), dtype));
        }
    }

    @Override
    public Parameters pullBack(Parameters parameters, Tensor x, Tensor cotangent) {
        List<Tensor> arrays = parameters.arrays().toList();
        try (Application application = Application.of(network, List.of(x), options)) {
            DType dtype = application.dtype(arrays.stream());
            return parameters.with(application.gradient(arrays, cotangent, dtype));
        }
    }
}
