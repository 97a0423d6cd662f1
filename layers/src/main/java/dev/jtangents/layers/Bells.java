package dev.jtangents.layers;

import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.maps.GaborMap;
import dev.jtangents.maps.GaussianMap;

import java.util.List;

/** The nonlinearities that are bell curves or waves below one: Gaussian and Gabor. */
final class Bells {
    static final List<LayerType> TYPES =
            List.of(
                    new LayerType(
                            "Gaussian",
                            List.of("a", "b"),
                            a -> gaussian(a.finite("a", 1), a.finite("b", -1))),
                    new LayerType("Gabor", List.of(), a -> gabor()));

    private Bells() {}

    static Network gaussian(double a, double b) {
        Checks.finite("a", a);
        Checks.finite("b", b);
        return new Elementwise(
                LayerText.Leaf.of("Gaussian", "a", a, "b", b),
                new GaussianMap(a, b),
                ScalarFunction.of(x -> x.multiply(x).multiply(b).exp().multiply(a)));
    }

    static Network gabor() {
        return new Elementwise(
                LayerText.Leaf.of("Gabor"),
                new GaborMap(),
                ScalarFunction.of(x -> x.multiply(x).negate().exp().multiply(x.sin())));
    }
}
