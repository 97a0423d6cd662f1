package dev.jtangents.layers;

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
                x -> a * Math.sin(b * x + c));
    }

    static Network cos(double a, double b, double c) {
        Checks.finite("a", a);
        Checks.finite("b", b);
        Checks.finite("c", c);
        return new Elementwise(
                LayerText.Leaf.of("Cos", "a", a, "b", b, "c", c),
                new SinMap(a, b, c + Math.PI / 2),
                x -> a * Math.cos(b * x + c));
    }

    static Network rbf(double gamma) {
        Checks.nonNegative("gamma", gamma);
        return new Elementwise(
                LayerText.Leaf.of("Rbf", "gamma", gamma),
                new RbfMap(gamma),
                x -> Math.sqrt(2) * Math.sin(Math.sqrt(2 * gamma) * x + Math.PI / 4));
    }

    static Network exp(double a, double b) {
        Checks.finite("a", a);
        Checks.finite("b", b);
        return new Elementwise(
                LayerText.Leaf.of("Exp", "a", a, "b", b),
                new ExpMap(a, b),
                x -> a * Math.exp(b * x));
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
