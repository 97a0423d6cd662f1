package dev.jtangents.layers;

import dev.jtangents.tensor.Tensor;

import java.util.List;

/** The axes of examples of the input and the output of a function, from 0. */
record ExampleAxes(int input, int output) {
    /** Those of a network as its layers have them; the first axes of any other function. */
    static ExampleAxes of(DifferentiableFunction function, Tensor x) {
        return switch (function) {
            case Network network -> of(network, ApplyOptions.defaults(), x);
            case AppliedNetwork(Network network, ApplyOptions options) -> of(network, options, x);
            case Linearization linear -> of(linear.function(), x);
            default -> new ExampleAxes(0, 0);
        };
    }

    private static ExampleAxes of(Network network, ApplyOptions options, Tensor x) {
        int input = NetworkInputs.of(network, 1).axes().getFirst().batchIn(x.shape());
        try (Application application = Application.of(network, List.of(x), options)) {
            return new ExampleAxes(input, application.batchAxes().getFirst());
        }
    }
}
