package dev.jtangents.layers;

import dev.jtangents.graph.finite.ScalarFunctions;
import dev.jtangents.maps.AbReluMap;

import java.util.List;

/**
 * The piecewise linear nonlinearities a min(x, 0) + b max(x, 0). Their argument {@code
 * do_stabilize} is accepted and changes nothing: no product of variances is ever formed here.
 */
final class Rectifiers {
    static final List<LayerType> TYPES =
            List.of(
                    new LayerType("Relu", List.of("do_stabilize"), a -> relu(stabilize(a))),
                    new LayerType(
                            "LeakyRelu",
                            List.of("alpha", "do_stabilize"),
                            a -> leakyRelu(a.finite("alpha"), stabilize(a))),
                    new LayerType("Abs", List.of("do_stabilize"), a -> abs(stabilize(a))),
                    new LayerType(
                            "ABRelu",
                            List.of("a", "b", "do_stabilize"),
                            a -> abRelu(a.finite("a"), a.finite("b"), stabilize(a))));

    private Rectifiers() {}

    private static boolean stabilize(Arguments arguments) {
        return arguments.bool("do_stabilize", false);
    }

    static Network relu(boolean stabilize) {
        return of(LayerText.Leaf.of("Relu").with("do_stabilize", stabilize, false), 0, 1);
    }

    static Network leakyRelu(double alpha, boolean stabilize) {
        return of(
                LayerText.Leaf.of("LeakyRelu", "alpha", alpha)
                        .with("do_stabilize", stabilize, false),
                Checks.finite("alpha", alpha),
                1);
    }

    static Network abs(boolean stabilize) {
        return of(LayerText.Leaf.of("Abs").with("do_stabilize", stabilize, false), -1, 1);
    }

    static Network abRelu(double a, double b, boolean stabilize) {
        return of(
                LayerText.Leaf.of("ABRelu", "a", a, "b", b).with("do_stabilize", stabilize, false),
                Checks.finite("a", a),
                Checks.finite("b", b));
    }

    private static Network of(LayerText.Leaf text, double a, double b) {
        return new Elementwise(text, new AbReluMap(a, b), ScalarFunctions.rectifier(a, b));
    }
}
