package dev.jtangents.layers;

import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.maps.NumericalMap;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/** The nonlinearities whose kernels are computed by quadrature: ElementwiseNumerical. */
final class Numerical {
    /** Of 100 nodes, the outermost have weights below 1e-80: more win nothing. */
    private static final int MOST_NODES = 100;

    static final List<LayerType> TYPES =
            List.of(
                    new LayerType(
                            "ElementwiseNumerical",
                            List.of("fn", "deg"),
                            a ->
                                    named(
                                            a.choice("fn", NumericalFunction.class),
                                            a.integerBetween("deg", 1, MOST_NODES))));

    private Numerical() {}

    static Network named(NumericalFunction function, int degree) {
        Checks.between("deg", degree, 1, MOST_NODES);
        String name = function.name().toLowerCase(Locale.ROOT);
        return new Elementwise(
                LayerText.Leaf.of("ElementwiseNumerical", "fn", name, "deg", degree),
                new NumericalMap(function::value, function::derivative, degree),
                function.scalarFunction());
    }

    static Network ofCode(DoubleUnaryOperator function, DoubleUnaryOperator slope, int degree) {
        Checks.between("deg", degree, 1, MOST_NODES);
        return new Elementwise(
                LayerText.Leaf.of("ElementwiseNumerical", "fn", function, "deg", degree),
                new NumericalMap(function, slope, degree),
                ScalarFunction.of("ElementwiseNumerical", function, slope));
    }
}
