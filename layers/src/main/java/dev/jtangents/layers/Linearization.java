package dev.jtangents.layers;

import dev.jtangents.tensor.Tensor;

/** A network linearised at parameters p0: its derivative by p is J(p0) everywhere. */
final class Linearization implements DifferentiableFunction {
    private final AppliedNetwork function;
    private final Parameters origin;
    private final TaylorExpansion expansion;

    Linearization(AppliedNetwork function, Parameters origin) {
        this.function = function;
        this.origin = origin;
        this.expansion = new TaylorExpansion(function.network(), origin, 1, function.options());
    }

    /** The network as it is applied. */
    AppliedNetwork function() {
        return function;
    }

    @Override
    public Tensor apply(Parameters parameters, Tensor x) {
        return expansion.apply(parameters, x);
    }

    @Override
    public Tensor pushForward(Parameters parameters, Parameters direction, Tensor x) {
        return function.pushForward(origin, direction, x);
    }

    @Override
    public Parameters pullBack(Parameters parameters, Tensor x, Tensor cotangent) {
        return function.pullBack(origin, x, cotangent);
    }
}
