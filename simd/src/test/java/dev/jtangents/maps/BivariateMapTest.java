package dev.jtangents.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What every map has to hold whatever its formula is. */
class BivariateMapTest {
    private static final double[] EXTREME = {0, Double.MIN_VALUE, 1e-300, 1e-20, 1, 1e20, 1e150};
    private static final double[] CORRELATIONS = {-1, -0.5, 0, 0.5, 1 - 1e-15, 1};

    static List<BivariateMap> maps() {
        return List.of(
                new AbReluMap(0, 1),
                new AbReluMap(0.2, 1),
                new AbReluMap(-1, 1),
                new AbReluMap(2, 2),
                new AbReluMap(0, 0),
                new ErfMap(1, 1, 0),
                new ErfMap(0.7, -1.8, 0.4),
                new GeluMap(),
                new SinMap(1.2, 0.8, 0.6),
                new SinMap(1, 1, Math.PI / 2),
                new RbfMap(0.7),
                new SignMap(),
                new RectifiedMonomialMap(0),
                new RectifiedMonomialMap(1),
                new RectifiedMonomialMap(2),
                new RectifiedMonomialMap(5),
                new RectifiedMonomialMap(20),
                new ExpMap(1, 0.3),
                new ExpNormalizedMap(1, -1),
                new ExpNormalizedMap(0.7, 0.3),
                new GaussianMap(1, -1),
                new GaussianMap(-0.8, -0.2),
                new GaussianMap(1, 0.004),
                new GaborMap(),
                PolynomialMap.monomial(0),
                PolynomialMap.monomial(1),
                PolynomialMap.monomial(2),
                PolynomialMap.monomial(5),
                new PolynomialMap(0.1, 0.3, -0.2, 0.4, 0, -0.1),
                new PolynomialMap(),
                new PolynomialMap(0.3, -0.7, 0.2),
                new HermiteMap(0),
                new HermiteMap(1),
                new HermiteMap(2));
    }

    /** Quadrature too, which is symmetric and obeys Cauchy and Schwarz only in the limit. */
    static List<BivariateMap> mapsAndQuadrature() {
        List<BivariateMap> maps = new ArrayList<>(maps());
        maps.add(new NumericalMap(Math::tanh, x -> Math.pow(Math.cosh(x), -2), 25));
        maps.add(new NumericalMap(Math::sin, Math::cos, 1));
        maps.add(new NumericalMap(Math::sin, Math::cos, 100));
        return maps;
    }

    private static double covariance(double c, double q11, double q22) {
        return c * Math.sqrt(q11) * Math.sqrt(q22);
    }

    @ParameterizedTest
    @MethodSource("mapsAndQuadrature")
    void theVarianceIsTheCovarianceWithItself(BivariateMap map) {
        var random = new SplittableRandom(3);
        for (int trial = 0; trial < 500; trial++) {
            double q = Math.exp(random.nextDouble(-12, 5));
            double size = map.variance(q);
            assertEquals(map.nngp(q, q, q), size, 2e-8 * size, "q " + q);
            double slope = map.varianceDerivative(q);
            assertEquals(map.derivative(q, q, q), slope, 2e-8 * slope, "q " + q);
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void theOrderOfTheTwoDoesNotMatter(BivariateMap map) {
        var random = new SplittableRandom(4);
        for (int trial = 0; trial < 500; trial++) {
            double q11 = Math.exp(random.nextDouble(-8, 4));
            double q22 = Math.exp(random.nextDouble(-8, 4));
            double q12 = covariance(random.nextDouble(-0.98, 0.98), q11, q22);
            double size = Math.sqrt(map.variance(q11)) * Math.sqrt(map.variance(q22));
            assertEquals(map.nngp(q12, q11, q22), map.nngp(q12, q22, q11), 1e-13 * size);
            double slopes =
                    Math.sqrt(map.varianceDerivative(q11)) * Math.sqrt(map.varianceDerivative(q22));
            assertEquals(
                    map.derivative(q12, q11, q22), map.derivative(q12, q22, q11), 1e-12 * slopes);
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void cauchyAndSchwarzHold(BivariateMap map) {
        var random = new SplittableRandom(5);
        for (int trial = 0; trial < 2000; trial++) {
            double q11 = Math.exp(random.nextDouble(-8, 4));
            double q22 = trial % 2 == 0 ? q11 : Math.exp(random.nextDouble(-8, 4));
            double c = trial % 5 == 0 ? random.nextInt(-1, 2) : random.nextDouble(-1, 1);
            double q12 = covariance(c, q11, q22);
            double nngp = map.nngp(q12, q11, q22);
            double bound = map.variance(q11) * map.variance(q22);
            assertTrue(nngp * nngp <= bound * (1 + 1e-12), q12 + " " + q11 + " " + q22);
            double slope = map.derivative(q12, q11, q22);
            double slopes = map.varianceDerivative(q11) * map.varianceDerivative(q22);
            assertTrue(slope * slope <= slopes * (1 + 1e-12), q12 + " " + q11 + " " + q22);
        }
    }

    /** Infinite where the true value is too large, but a number. */
    @ParameterizedTest
    @MethodSource("mapsAndQuadrature")
    void finiteInputsNeverGiveNaN(BivariateMap map) {
        double[] variances = {
            0, Double.MIN_VALUE, 1e-300, 1e-154, 1e-9, 1, 1e3, 1e154, 1e300, Double.MAX_VALUE
        };
        double[] correlations = {-1 - 1e-9, -1 - 1e-15, -1, -0.5, 0, 0.3, 1, 1 + 1e-15, 1 + 1e-9};
        for (double q11 : variances) {
            for (double q22 : variances) {
                for (double c : correlations) {
                    double most = Double.MAX_VALUE;
                    double q12 = Math.clamp(covariance(c, q11, q22), -most, most);
                    String at = q12 + ", " + q11 + ", " + q22;
                    assertFalse(Double.isNaN(map.nngp(q12, q11, q22)), at);
                    assertFalse(Double.isNaN(map.derivative(q12, q11, q22)), at);
                }
            }
            assertTrue(map.variance(q11) >= 0, "q " + q11);
            assertTrue(map.varianceDerivative(q11) >= 0, "q " + q11);
        }
    }

    @Test
    void overflowIsInfinite() {
        assertEquals(Double.POSITIVE_INFINITY, new ExpMap(1, 1).variance(400));
        assertEquals(Double.POSITIVE_INFINITY, new ExpMap(1, 1).nngp(350, 400, 400));
        assertEquals(1, new ExpMap(1, 1).nngp(-400, 400, 400));
        assertEquals(0, new ExpMap(0, 1).variance(1e4));
        var cubic = new PolynomialMap(1, 0, 0, 1);
        assertEquals(Double.POSITIVE_INFINITY, cubic.nngp(1e150, 1e150, 1e150));
        assertEquals(Double.NEGATIVE_INFINITY, cubic.nngp(-1e150, 1e150, 1e150));
        assertEquals(1, cubic.nngp(0, 1e150, 1e150));
        assertEquals(Double.POSITIVE_INFINITY, new RectifiedMonomialMap(3).variance(1e150));
    }

    /** An exponent that rounding makes positive would be 1e4 here. */
    @Test
    void wavesOfLargeInputsStayBounded() {
        for (double q : new double[] {1e20, 1e100, 1e300}) {
            for (double factor : new double[] {1, 1 + 1e-15, 1 + 1e-9}) {
                assertEquals(1, new RbfMap(1).nngp(factor * q, q, q));
                assertEquals(0.5, new SinMap(1, 1, 0).nngp(factor * q, q, q));
                assertEquals(-0.5, new SinMap(1, 1, 0).nngp(-factor * q, q, q));
                assertEquals(1, new ExpMap(1, 1).nngp(-factor * q, q, q));
            }
        }
    }

    /** Examples that are in both sets have the entries that they have with themselves. */
    @ParameterizedTest
    @MethodSource("maps")
    void equalInputsHaveNoAngle(BivariateMap map) {
        var random = new SplittableRandom(12);
        for (int trial = 0; trial < 300; trial++) {
            double q = Math.exp(random.nextDouble(-30, 4));
            assertEquals(map.variance(q), map.nngp(q, q, q), 1e-14 * map.variance(q));
            double slope = map.varianceDerivative(q);
            assertEquals(slope, map.derivative(q, q, q), 1e-14 * slope);
        }
    }

    /**
     * An exponential is beyond f64 once 2 b² q is above 709, and a power of q²; no other map is.
     */
    @ParameterizedTest
    @MethodSource("mapsAndQuadrature")
    void extremeVariancesGiveFiniteNumbers(BivariateMap map) {
        for (double q11 : EXTREME) {
            for (double q22 : EXTREME) {
                if (overflows(map, Math.max(q11, q22))) {
                    continue;
                }
                for (double c : CORRELATIONS) {
                    double q12 = covariance(c, q11, q22);
                    String at = q12 + ", " + q11 + ", " + q22;
                    assertTrue(Double.isFinite(map.nngp(q12, q11, q22)), at);
                    assertTrue(Double.isFinite(map.derivative(q12, q11, q22)), at);
                }
            }
            if (!overflows(map, q11)) {
                assertTrue(map.variance(q11) >= 0 && Double.isFinite(map.variance(q11)));
                assertTrue(map.varianceDerivative(q11) >= 0);
                assertTrue(Double.isFinite(map.varianceDerivative(q11)));
            }
        }
    }

    private static boolean overflows(BivariateMap map, double q) {
        return switch (map) {
            case ExpMap _ -> q > 1e3;
            case RectifiedMonomialMap power -> power.degree() * Math.log(q) > 600;
            case PolynomialMap _ -> q > 1e50;
            case GaussianMap(_, double b) -> 4 * b * q >= 1;
            case HermiteMap _ -> q > 1e100;
            default -> false;
        };
    }

    /** As θ counts as π/2 where a variance is 0, so do the maps of the angle. */
    @ParameterizedTest
    @MethodSource("mapsAndQuadrature")
    void aVarianceOfZeroIsAConstantActivation(BivariateMap map) {
        if (map instanceof SignMap
                || map instanceof RectifiedMonomialMap power && power.degree() < 2) {
            return;
        }
        double constant = Math.sqrt(map.variance(0));
        for (double q : new double[] {0, 1e-8, 1, 30}) {
            double against = map.nngp(0, 0, q);
            assertTrue(Math.abs(against) <= constant * Math.sqrt(map.variance(q)) * (1 + 1e-14));
        }
        assertEquals(map.variance(0), map.nngp(0, 0, 0), 1e-15);
        assertEquals(map.varianceDerivative(0), map.derivative(0, 0, 0), 1e-15);
    }

    /** E[φ'(u)²] of Gelu is 1/2 + O(1 / sqrt(q)) for large q: every term is that of its limit. */
    @Test
    void geluKeepsItsDigitsWhereVariancesAreLarge() {
        for (double q : new double[] {1e8, 1e10, 1e12, 1e14, 1e15, 1e16, 1e18}) {
            double root = Math.sqrt(1 + 2 * q);
            double rest = 1 / (1 + 2 * q) + 2 / (1 + q);
            double exact =
                    q / (2 * Math.PI * root) * rest + 0.25 + Math.atan2(q, root) / (2 * Math.PI);
            assertEquals(exact, new GeluMap().varianceDerivative(q), 1e-13, "q " + q);
        }
    }

    /** Sin and Gabor are the identity for small inputs, which no constant may drown. */
    @Test
    void tinyInputsKeepTheirDigits() {
        for (BivariateMap map : List.of(new SinMap(1, 1, 0), new GaborMap())) {
            for (double q : new double[] {1e-14, 1e-20, 1e-200}) {
                for (double c : new double[] {-1, -0.3, 1e-5, 1}) {
                    assertEquals(c * q, map.nngp(c * q, q, q), 1e-13 * Math.abs(c * q));
                    assertEquals(1, map.derivative(c * q, q, q), 1e-13);
                }
                assertEquals(q, map.variance(q), 1e-13 * q);
            }
        }
    }

    @Test
    void aGaussianThatGrowsHasNoVarianceBeyondItsLimit() {
        var map = new GaussianMap(1, 0.25);
        assertEquals(Math.sqrt(2), map.variance(0.5), 1e-15);
        assertEquals(Double.POSITIVE_INFINITY, map.variance(1));
        assertEquals(Double.POSITIVE_INFINITY, map.variance(30));
        assertEquals(Double.POSITIVE_INFINITY, map.varianceDerivative(30));
    }

    /** Scaling by t² scales the covariance of a function of degree n by t to the 2n. */
    @Test
    void rectifiersScaleWithTheirInput() {
        var random = new SplittableRandom(6);
        for (int trial = 0; trial < 300; trial++) {
            double q11 = Math.exp(random.nextDouble(-3, 3));
            double q22 = Math.exp(random.nextDouble(-3, 3));
            double q12 = covariance(random.nextDouble(-0.9, 0.9), q11, q22);
            double t = Math.exp(random.nextDouble(-300, 300));
            var map = new AbReluMap(0.1, 1);
            double nngp = map.nngp(q12, q11, q22);
            assertEquals(nngp, map.nngp(t * q12, t * q11, t * q22) / t, 1e-12 * Math.abs(nngp));
            assertEquals(
                    map.derivative(q12, q11, q22),
                    map.derivative(t * q12, t * q11, t * q22),
                    1e-12);
        }
    }
}
