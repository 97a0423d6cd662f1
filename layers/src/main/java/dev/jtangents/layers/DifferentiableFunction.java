package dev.jtangents.layers;

import dev.jtangents.tensor.Tensor;

/** A function of parameters and inputs with its derivatives by the parameters. */
public interface DifferentiableFunction extends ParametricFunction {
    /**
     * The Jacobian-vector product: the derivative of the outputs along a direction.
     *
     * @param direction nested and shaped like the parameters; borrowed
     * @return an array of the shape of the outputs, which the caller closes
     */
    Tensor pushForward(Parameters parameters, Parameters direction, Tensor x);

    /**
     * The vector-Jacobian product: the derivative by the parameters of the sum of outputs times
     * cotangents.
     *
     * @param cotangent of the shape of the outputs; borrowed
     * @return parameters nested and shaped like those given, which the caller closes
     */
    Parameters pullBack(Parameters parameters, Tensor x, Tensor cotangent);
}
