package dev.jtangents.layers;

import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.graph.finite.ScalarFunctions;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;

import org.apache.commons.numbers.gamma.Erf;
import org.hipparchus.analysis.differentiation.DerivativeStructure;

import java.util.List;

/** The nonlinearities made of the error function: Erf, Sigmoid_like and Gelu. */
final class ErrorFunctions {
    /** The b with which 1/2 erf(b x) + 1/2 is closest to the logistic sigmoid. */
    private static final double SIGMOID_SCALE = 1 / 2.4020563531719796;

    static final List<LayerType> TYPES =
            List.of(
                    new LayerType(
                            "Erf",
                            List.of("a", "b", "c"),
                            a -> erf(a.finite("a", 1), a.finite("b", 1), a.finite("c", 0))),
                    new LayerType("Sigmoid_like", List.of(), a -> sigmoidLike()),
                    new LayerType(
                            "Gelu",
                            List.of("approximate"),
                            a -> gelu(a.bool("approximate", false))));

    private ErrorFunctions() {}

    static Network erf(double a, double b, double c) {
        return erf(LayerText.Leaf.of("Erf", "a", a, "b", b, "c", c), a, b, c);
    }

    static Network sigmoidLike() {
        return erf(LayerText.Leaf.of("Sigmoid_like"), 0.5, SIGMOID_SCALE, 0.5);
    }

    private static Network erf(LayerText.Leaf text, double a, double b, double c) {
        Checks.finite("a", a);
        Checks.finite("b", b);
        Checks.finite("c", c);
        return new Elementwise(
                text,
                new ErfMap(a, b, c),
                ScalarFunction.of(
                        x -> a * Erf.value(b * x) + c,
                        x -> a * b * NumericalFunction.ERF.derivative(b * x),
                        x -> ScalarFunctions.erf(x.multiply(b)).multiply(a).add(c)));
    }

    /**
     * x Φ(x).
     *
     * @param approximate whether the finite network uses the tanh approximation of Hendrycks and
     *     Gimpel (arXiv:1606.08415); the kernel is that of the exact function
     */
    static Network gelu(boolean approximate) {
        return new Elementwise(
                LayerText.Leaf.of("Gelu", "approximate", approximate),
                new GeluMap(),
                approximate
                        ? ScalarFunction.of(ErrorFunctions::approximateGelu)
                        : NumericalFunction.GELU.scalarFunction());
    }

    private static DerivativeStructure approximateGelu(DerivativeStructure x) {
        DerivativeStructure argument =
                x.add(x.multiply(x).multiply(x).multiply(0.044715))
                        .multiply(Math.sqrt(2 / Math.PI));
        return x.divide(2).multiply(argument.tanh().add(1));
    }
}
