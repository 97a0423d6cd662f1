package dev.jtangents.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Tiny and huge variances, which quadrature does not reach, against the closed forms in 700 digits
 * ({@code make_values.py}); {@link QuadratureTest} shows that these are the integrals.
 */
class ExactValuesTest {
    private static final Map<String, BivariateMap> MAPS =
            Map.ofEntries(
                    Map.entry("AbRelu", new AbReluMap(0.2, 1)),
                    Map.entry("Sign", new SignMap()),
                    Map.entry("RectifiedMonomial", new RectifiedMonomialMap(2)),
                    Map.entry("Erf", new ErfMap(0.7, -1.8, 0.4)),
                    Map.entry("Gelu", new GeluMap()),
                    Map.entry("Sin", new SinMap(1, 1, 0)),
                    Map.entry("Cos", new SinMap(1, 1, Math.PI / 2)),
                    Map.entry("Wave", new SinMap(1.2, 0.8, 0.6)),
                    Map.entry("Rbf", new RbfMap(0.7)),
                    Map.entry("Exp", new ExpMap(1, 0.3)),
                    Map.entry("ExpNormalized", new ExpNormalizedMap(0.7, 0.3)),
                    Map.entry("Gaussian", new GaussianMap(-0.8, -0.2)),
                    Map.entry("Gabor", new GaborMap()),
                    Map.entry("Monomial", PolynomialMap.monomial(3)));

    static Set<String> names() {
        return MAPS.keySet();
    }

    /** What a unit in the last place of q12 changes is allowed twice. */
    @ParameterizedTest
    @MethodSource("names")
    void everyDigitThatTheInputHoldsIsRight(String name) throws Exception {
        BivariateMap map = Objects.requireNonNull(MAPS.get(name));
        Path file = Path.of(ExactValuesTest.class.getResource("/maps/exact-values.csv").toURI());
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(name + ",")) {
                String[] fields = line.split(",", -1);
                double[] row = Arrays.stream(fields).skip(1).mapToDouble(Double::valueOf).toArray();
                check(map, row, line);
            }
        }
    }

    private static void check(BivariateMap map, double[] row, String line) {
        double q12 = row[0];
        double q11 = row[1];
        double q22 = row[2];
        double size = Math.sqrt(map.variance(q11)) * Math.sqrt(map.variance(q22));
        assertEquals(row[3], map.nngp(q12, q11, q22), 1e-14 * size + 2 * row[5], line);
        double slopes =
                Math.sqrt(map.varianceDerivative(q11)) * Math.sqrt(map.varianceDerivative(q22));
        assertEquals(row[4], map.derivative(q12, q11, q22), 1e-14 * slopes + 2 * row[6], line);
    }
}
