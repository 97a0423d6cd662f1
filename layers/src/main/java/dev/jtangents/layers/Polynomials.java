package dev.jtangents.layers;

import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.maps.HermiteMap;
import dev.jtangents.maps.PolynomialMap;

import org.hipparchus.analysis.differentiation.DerivativeStructure;

import java.util.Arrays;
import java.util.List;

/** The polynomial nonlinearities: Monomial, Polynomial and Hermite. */
final class Polynomials {
    /** As in neural-tangents, whose Monomial has a formula written out for each. */
    private static final int MOST_MONOMIAL_DEGREE = 5;

    private static final int MOST_COEFFICIENTS = Powers.MOST_DEGREE + 1;

    static final List<LayerType> TYPES =
            List.of(
                    new LayerType(
                            "Monomial",
                            List.of("degree"),
                            a -> monomial(a.integerBetween("degree", 0, MOST_MONOMIAL_DEGREE))),
                    new LayerType(
                            "Polynomial",
                            List.of("coef"),
                            a -> polynomial(a.numbers("coef", MOST_COEFFICIENTS))),
                    new LayerType(
                            "Hermite",
                            List.of("degree"),
                            a -> hermite(a.nonNegativeInteger("degree"))));

    private Polynomials() {}

    static Network monomial(int degree) {
        Checks.between("degree", degree, 0, MOST_MONOMIAL_DEGREE);
        return new Elementwise(
                LayerText.Leaf.of("Monomial", "degree", degree),
                PolynomialMap.monomial(degree),
                ScalarFunction.of(x -> x.pow(degree)));
    }

    static Network polynomial(double... given) {
        double[] coefficients = given.clone();
        Checks.between("the number of coefficients", coefficients.length, 0, MOST_COEFFICIENTS);
        for (double coefficient : coefficients) {
            Checks.finite("coef", coefficient);
        }
        return new Elementwise(
                LayerText.Leaf.of(
                        "Polynomial", "coef", Arrays.stream(coefficients).boxed().toList()),
                new PolynomialMap(coefficients),
                ScalarFunction.of(x -> polynomial(coefficients, x)));
    }

    private static DerivativeStructure polynomial(double[] coefficients, DerivativeStructure x) {
        DerivativeStructure value = x.getField().getZero();
        for (int k = coefficients.length - 1; k >= 0; k--) {
            value = value.multiply(x).add(coefficients[k]);
        }
        return value;
    }

    static Network hermite(int degree) {
        Checks.nonNegativeInteger("degree", degree);
        return new Elementwise(
                LayerText.Leaf.of("Hermite", "degree", degree),
                new HermiteMap(degree),
                ScalarFunction.of(x -> hermite(degree, x)));
    }

    private static DerivativeStructure hermite(int degree, DerivativeStructure x) {
        DerivativeStructure before = x.getField().getZero();
        DerivativeStructure value = x.getField().getOne();
        for (int k = 0; k < degree; k++) {
            DerivativeStructure next =
                    x.multiply(value)
                            .subtract(before.multiply(Math.sqrt(k)))
                            .divide(Math.sqrt(k + 1));
            before = value;
            value = next;
        }
        return value;
    }
}
