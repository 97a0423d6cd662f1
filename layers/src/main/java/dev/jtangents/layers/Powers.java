package dev.jtangents.layers;

import dev.jtangents.maps.RectifiedMonomialMap;
import dev.jtangents.maps.SignMap;

import java.util.List;

/** Sign and the rectified monomials. */
final class Powers {
    static final List<LayerType> TYPES =
            List.of(
                    new LayerType("Sign", List.of(), a -> sign()),
                    new LayerType(
                            "RectifiedMonomial",
                            List.of("degree"),
                            a -> rectifiedMonomial(a.nonNegativeInteger("degree"))));

    private Powers() {}

    static Network sign() {
        return new Elementwise(LayerText.Leaf.of("Sign"), new SignMap(), Math::signum);
    }

    static Network rectifiedMonomial(int degree) {
        Checks.nonNegativeInteger("degree", degree);
        return new Elementwise(
                LayerText.Leaf.of("RectifiedMonomial", "degree", degree),
                new RectifiedMonomialMap(degree),
                x -> x >= 0 ? Math.pow(x, degree) : 0);
    }
}
