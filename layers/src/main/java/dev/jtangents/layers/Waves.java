package dev.jtangents.layers;

import dev.jtangents.maps.ExpMap;
import dev.jtangents.maps.RbfMap;
import dev.jtangents.maps.SinMap;

import java.util.List;

/** The nonlinearities with exponential covariances: Sin, Rbf and Exp. */
final class Waves {
    static final List<LayerType> TYPES =
            List.of(
                    new LayerType(
                            "Sin",
                            List.of("a", "b", "c"),
                            a -> sin(a.finite("a", 1), a.finite("b", 1), a.finite("c", 0))),
                    new LayerType("Rbf", List.of("gamma"), a -> rbf(a.nonNegative("gamma", 1))),
                    new LayerType(
                            "Exp",
                            List.of("a", "b"),
                            a -> exp(a.finite("a", 1), a.finite("b", 1))));

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
}
