package dev.jtangents.layers.twin;

import java.util.SplittableRandom;

/**
 * A random nonlinearity. Those that make variances or roundings much larger come once in a network.
 */
record RandomActivation(String text, boolean growing) {
    private static final String[] TAME = {
        "Relu",
        "LeakyRelu",
        "Abs",
        "ABRelu",
        "Erf",
        "Sigmoid_like",
        "Gelu",
        "Sin",
        "Cos",
        "Rbf",
        "Gaussian",
        "Gabor",
        "ExpNormalized"
    };

    private static final String[] GROWING = {
        "Exp",
        "Monomial",
        "RectifiedMonomial",
        "Polynomial",
        "Hermite",
        "ElementwiseNumerical",
        "Sign"
    };

    static RandomActivation of(SplittableRandom random, boolean mayGrow) {
        boolean growing = mayGrow && random.nextInt(4) == 0;
        String[] names = growing ? GROWING : TAME;
        String name = names[random.nextInt(names.length)];
        return new RandomActivation(text(name, random), growing);
    }

    private static String text(String name, SplittableRandom random) {
        return switch (name) {
            case "LeakyRelu" -> LayerText.of(name, "alpha", number(random, 0, 0.9));
            case "ABRelu" ->
                    LayerText.of(name, "a", number(random, -1, 1), "b", number(random, -1, 1));
            case "Erf", "Sin", "Cos" ->
                    LayerText.of(
                            name,
                            "a",
                            number(random, 0.5, 1.5),
                            "b",
                            number(random, 0.5, 1.5),
                            "c",
                            number(random, -0.5, 0.5));
            case "Rbf" -> LayerText.of(name, "gamma", number(random, 0.2, 1));
            case "Gaussian" ->
                    LayerText.of(name, "a", number(random, 0.5, 1.5), "b", number(random, -1, 0));
            case "ExpNormalized" ->
                    LayerText.of(name, "gamma", number(random, 0.2, 1), "shift", -0.5);
            case "Exp" -> LayerText.of(name, "a", 0.6, "b", number(random, 0.1, 0.4));
            // Zero variances have no constants: the reference masks these layers' outputs before.
            case "Monomial" -> LayerText.of(name, "degree", random.nextInt(1, 4));
            case "RectifiedMonomial" -> LayerText.of(name, "degree", random.nextInt(1, 4));
            case "Hermite" -> LayerText.of(name, "degree", random.nextInt(1, 4));
            case "Polynomial" ->
                    LayerText.of(
                            name,
                            "coef",
                            new double[] {
                                0,
                                number(random, -1, 1),
                                number(random, -1, 1),
                                number(random, 0, 1)
                            });
            // The quadrature is exact for it, so that the order of the variables is no matter.
            case "ElementwiseNumerical" -> LayerText.of(name, "fn", "square", "deg", 9);
            default -> "\"" + name + "\"";
        };
    }

    static double number(SplittableRandom random, double from, double to) {
        return Math.rint(100 * random.nextDouble(from, to)) / 100;
    }
}
