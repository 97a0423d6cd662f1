package dev.jtangents.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** The derivative of a formula against that of maps which know theirs. */
class FormulaMapTest {
    private static final double[] VARIANCES = {1e-12, 1e-4, 0.3, 1, 7, 100};
    private static final double[] INSIDE = {-0.998, -0.9, -0.3, 0, 0.1, 0.6, 0.95, 0.998};
    private static final double[] EDGE = {1 - 2e-3, 1 - 1e-4, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12, 1};

    static Stream<BivariateMap> maps() {
        return Stream.of(
                new ErfMap(1, 1, 0),
                new AbReluMap(0, 1),
                new AbReluMap(-1, 1),
                new SinMap(1, 0.5, 0.3),
                new GeluMap(),
                new RectifiedMonomialMap(2),
                new ExpNormalizedMap(1, -1),
                PolynomialMap.monomial(3));
    }

    @ParameterizedTest
    @MethodSource("maps")
    void theDerivativeIsAsAccurateAsItSays(BivariateMap map) {
        var formula = new FormulaMap(map::nngp, null);
        for (double q11 : VARIANCES) {
            for (double q22 : VARIANCES) {
                for (double c : INSIDE) {
                    assertDerivative(map, formula, c, q11, q22, 1e-9, 1e-12);
                }
                for (double c : EDGE) {
                    assertDerivative(map, formula, c, q11, q22, 1e-6, 1e-10);
                    assertDerivative(map, formula, -c, q11, q22, 1e-6, 1e-10);
                }
            }
            assertEquals(formula.derivative(q11, q11, q11), formula.varianceDerivative(q11));
            assertEquals(map.nngp(q11, q11, q11), formula.variance(q11));
        }
    }

    private static void assertDerivative(
            BivariateMap map,
            BivariateMap formula,
            double c,
            double q11,
            double q22,
            double tolerance,
            double rounding) {
        double q12 = c * Math.sqrt(q11) * Math.sqrt(q22);
        double norms = Math.sqrt(q11) * Math.sqrt(q22);
        double values = Math.sqrt(map.variance(q11)) * Math.sqrt(map.variance(q22));
        double slopes =
                Math.sqrt(map.varianceDerivative(q11)) * Math.sqrt(map.varianceDerivative(q22));
        assertEquals(
                map.derivative(q12, q11, q22),
                formula.derivative(q12, q11, q22),
                tolerance * slopes + rounding * values / norms,
                () -> map + ": q11 " + q11 + ", q22 " + q22 + ", c " + c);
    }

    @Test
    void aVarianceOfZeroCountsAsTiny() {
        for (BivariateMap map :
                new BivariateMap[] {new ErfMap(1, 1, 0), new AbReluMap(0, 1), new GeluMap()}) {
            var formula = new FormulaMap(map::nngp, null);
            for (double q : new double[] {0, 1e-300, 1, 50}) {
                assertEquals(map.derivative(0, 0, q), formula.derivative(0, 0, q), 1e-4);
                assertEquals(map.derivative(0, q, 0), formula.derivative(0, q, 0), 1e-4);
            }
        }
    }

    @Test
    void aGivenDerivativeIsTaken() {
        var map = new FormulaMap((q12, q11, q22) -> q12 * q12, (q12, q11, q22) -> 2 * q12);
        assertEquals(0.25, map.nngp(0.5, 1, 2));
        assertEquals(1, map.derivative(0.5, 1, 2));
        assertEquals(9, map.variance(3));
        assertEquals(6, map.varianceDerivative(3));
    }
}
