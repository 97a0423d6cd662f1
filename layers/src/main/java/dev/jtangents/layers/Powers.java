package dev.jtangents.layers;

import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.graph.finite.ScalarFunctions;
import dev.jtangents.maps.RectifiedMonomialMap;
import dev.jtangents.maps.SignMap;

import java.util.List;

/** Sign and the rectified monomials. */
final class Powers {
    /** Beyond it, the moments of a normal distribution leave the range of f64. */
    static final int MOST_DEGREE = 150;

    static final List<LayerType> TYPES =
            List.of(
                    new LayerType("Sign", List.of(), a -> sign()),
                    new LayerType(
                            "RectifiedMonomial",
                            List.of("degree"),
                            a -> rectifiedMonomial(a.integerBetween("degree", 0, MOST_DEGREE))));

    private Powers() {}

    static Network sign() {
        return new Elementwise(
                LayerText.Leaf.of("Sign"), new SignMap(), ScalarFunction.of(ScalarFunctions::sign));
    }

    static Network rectifiedMonomial(int degree) {
        Checks.between("degree", degree, 0, MOST_DEGREE);
        return new Elementwise(
                LayerText.Leaf.of("RectifiedMonomial", "degree", degree),
                new RectifiedMonomialMap(degree),
                ScalarFunction.of(x -> x.getValue() < 0 ? x.getField().getZero() : x.pow(degree)));
    }
}
