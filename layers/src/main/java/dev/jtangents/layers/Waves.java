package dev.jtangents.layers;

import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.maps.ExpMap;
import dev.jtangents.maps.ExpNormalizedMap;
import dev.jtangents.maps.RbfMap;
import dev.jtangents.maps.SinMap;

import java.util.List;

/** The nonlinearities with exponential covariances: Sin, Cos, Rbf, Exp and ExpNormalized. */
final class Waves {
    static final List<LayerType> TYPES =
            List.of(
                    new LayerType(
                            "Sin",
                            List.of("a", "b", "c"),
                            a -> sin(a.finite("a", 1), a.finite("b", 1), a.finite("c", 0))),
                    new LayerType(
                            "Cos",
                            List.of("a", "b", "c"),
                            a -> cos(a.finite("a", 1), a.finite("b", 1), a.finite("c", 0))),
                    new LayerType("Rbf", List.of("gamma"), a -> rbf(a.nonNegative("gamma", 1))),
                    new LayerType(
                            "Exp", List.of("a", "b"), a -> exp(a.finite("a", 1), a.finite("b", 1))),
                    new LayerType(
                            "ExpNormalized",
                            List.of("gamma", "shift", "do_clip"),
                            a ->
                                    expNormalized(
                                            a.nonNegative("gamma", 1),
                                            a.finite("shift", -1),
                                            a.bool("do_clip", false))));

    private Waves() {}

    static Network sin(double a, double b, double c) {
        Checks.finite("a", a);
        Checks.finite("b", b);
        Checks.finite("c", c);
        return new Elementwise(
                LayerText.Leaf.of("Sin", "a", a, "b", b, "c", c),
                new SinMap(a, b, c),
                ScalarFunction.of(x -> x.multiply(b).add(c).sin().multiply(a)));
    }

    static Network cos(double a, double b, double c) {
        Checks.finite("a", a);
        Checks.finite("b", b);
        Checks.finite("c", c);
        return new Elementwise(
                LayerText.Leaf.of("Cos", "a", a, "b", b, "c", c),
                new SinMap(a, b, c + Math.PI / 2),
                ScalarFunction.of(x -> x.multiply(b).add(c).cos().multiply(a)));
    }

    static Network rbf(double gamma) {
        Checks.nonNegative("gamma", gamma);
        return new Elementwise(
                LayerText.Leaf.of("Rbf", "gamma", gamma),
                new RbfMap(gamma),
                ScalarFunction.of(
                        x ->
                                x.multiply(Math.sqrt(2 * gamma))
                                        .add(Math.PI / 4)
                                        .sin()
                                        .multiply(Math.sqrt(2))));
    }

    static Network exp(double a, double b) {
        Checks.finite("a", a);
        Checks.finite("b", b);
        return new Elementwise(
                LayerText.Leaf.of("Exp", "a", a, "b", b),
                new ExpMap(a, b),
                ScalarFunction.of(x -> x.multiply(b).exp().multiply(a)));
    }

    /**
     * The exponential of the correlation.
     *
     * @param clip of no effect, as correlations are kept within -1 and 1 anyway; kept for the model
     *     file
     */
    static Network expNormalized(double gamma, double shift, boolean clip) {
        Checks.nonNegative("gamma", gamma);
        Checks.finite("shift", shift);
        return Elementwise.withoutFunction(
                LayerText.Leaf.of("ExpNormalized", "gamma", gamma, "shift", shift, "do_clip", clip),
                new ExpNormalizedMap(gamma, shift));
    }
}
