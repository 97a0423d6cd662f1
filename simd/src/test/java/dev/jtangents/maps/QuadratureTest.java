package dev.jtangents.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.hipparchus.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/**
 * Every closed form against the integral that it is, from φ and φ' written anew. Variances beyond
 * the reach of quadrature are the business of {@link ExactValuesTest}.
 */
class QuadratureTest {
    private static final double[] VARIANCES = {1e-12, 1e-6, 0.01, 0.3, 2.7, 12};

    /** What quadrature of a power takes as well, as it is done at variances of 1. */
    private static final double[] ALL_VARIANCES = {1e-12, 1e-6, 0.01, 0.3, 1, 2.7, 100, 1e6, 1e12};

    private static final double[] CORRELATIONS = {
        -1, -1 + 1e-12, -1 + 1e-6, -0.9, -0.5, -0.1, 0, 0.1, 0.5, 0.9, 1 - 1e-6, 1 - 1e-12, 1
    };

    /** A map whose function is smooth; {@code reach} is per standard deviation of u. */
    record Smooth(
            BivariateMap map,
            DoubleUnaryOperator f,
            DoubleUnaryOperator slope,
            double frequency,
            double reach) {}

    /** A map whose function is a power of x on either side of 0. */
    record Kinked(BivariateMap map, DoubleUnaryOperator f, DoubleUnaryOperator slope, int degree) {}

    private static final double[] ERF = new double[256 * 7];

    static {
        for (int i = 0; i < ERF.length; i++) {
            ERF[i] = Erf.erf(i / 256.0);
        }
    }

    /** The error function by a Taylor step from a table, as integrals ask for it often. */
    private static double erf(double x) {
        double size = Math.abs(x);
        int node = (int) Math.round(size * 256);
        if (node >= ERF.length) {
            return Math.signum(x);
        }
        double p = node / 256.0;
        double h = size - p;
        double g = 2 / Math.sqrt(Math.PI) * Math.exp(-p * p);
        double series =
                1
                        + h / 2 * (-2 * p)
                        + h * h / 6 * (4 * p * p - 2)
                        + h * h * h / 24 * (-8 * p * p * p + 12 * p)
                        + h * h * h * h / 120 * (16 * p * p * p * p - 48 * p * p + 12);
        return Math.copySign(ERF[node] + g * h * series, x);
    }

    private static Smooth erf(double a, double b, double c) {
        return new Smooth(
                new ErfMap(a, b, c),
                x -> a * erf(b * x) + c,
                x -> a * b * 2 / Math.sqrt(Math.PI) * Math.exp(-b * b * x * x),
                Math.max(1, Math.abs(b)),
                0);
    }

    private static Smooth sin(double a, double b, double c) {
        return new Smooth(
                new SinMap(a, b, c),
                x -> a * Math.sin(b * x + c),
                x -> a * b * Math.cos(b * x + c),
                Math.abs(b),
                0);
    }

    private static Smooth exp(double a, double b) {
        return new Smooth(
                new ExpMap(a, b),
                x -> a * Math.exp(b * x),
                x -> a * b * Math.exp(b * x),
                Math.abs(b),
                2 * Math.abs(b));
    }

    private static Smooth rbf(double gamma) {
        double b = Math.sqrt(2 * gamma);
        return new Smooth(
                new RbfMap(gamma),
                x -> Math.sqrt(2) * Math.sin(b * x + Math.PI / 4),
                x -> Math.sqrt(2) * b * Math.cos(b * x + Math.PI / 4),
                b,
                0);
    }

    private static Smooth gelu() {
        return new Smooth(
                new GeluMap(),
                x -> x * (1 + erf(x / Math.sqrt(2))) / 2,
                x ->
                        (1 + erf(x / Math.sqrt(2))) / 2
                                + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI),
                1,
                0);
    }

    private static Smooth gaussian(double a, double b) {
        return new Smooth(
                new GaussianMap(a, b),
                x -> a * Math.exp(b * x * x),
                x -> 2 * a * b * x * Math.exp(b * x * x),
                Math.max(1, 1.3 * Math.sqrt(Math.abs(b))),
                b > 0 ? 0.6 : 0);
    }

    private static Smooth gabor() {
        return new Smooth(
                new GaborMap(),
                x -> Math.exp(-x * x) * Math.sin(x),
                x -> Math.exp(-x * x) * (Math.cos(x) - 2 * x * Math.sin(x)),
                1.6,
                0);
    }

    private static Smooth cubic(double c0, double c1, double c2, double c3) {
        return new Smooth(
                new PolynomialMap(c0, c1, c2, c3),
                x -> c0 + x * (c1 + x * (c2 + x * c3)),
                x -> c1 + x * (2 * c2 + 3 * x * c3),
                0,
                0);
    }

    private static Kinked monomial(int n) {
        return new Kinked(
                PolynomialMap.monomial(n),
                x -> Math.pow(x, n),
                x -> n == 0 ? 0 : n * Math.pow(x, n - 1),
                n);
    }

    private static Kinked abRelu(double a, double b) {
        return new Kinked(
                new AbReluMap(a, b),
                x -> a * Math.min(x, 0) + b * Math.max(x, 0),
                x -> x < 0 ? a : b,
                1);
    }

    private static Kinked rectified(int n) {
        return new Kinked(
                new RectifiedMonomialMap(n),
                x -> x > 0 ? Math.pow(x, n) : 0,
                x -> n > 0 && x > 0 ? n * Math.pow(x, n - 1) : 0,
                n);
    }

    static Stream<Arguments> smooth() {
        return Stream.of(
                        erf(1, 1, 0),
                        erf(0.7, -1.8, 0.4),
                        erf(0.5, 1 / 2.4020563531719796, 0.5),
                        erf(2, 0, 3),
                        sin(1, 1, 0),
                        sin(-1.3, 0.8, 0.6),
                        sin(1, 1.7, Math.PI / 2),
                        rbf(1),
                        rbf(0.02),
                        rbf(0),
                        exp(1.1, 0.4),
                        exp(0.8, -0.6),
                        gelu(),
                        sin(0.9, 1.4, Math.PI / 2 - 0.2),
                        gaussian(1, -1),
                        gaussian(0.8, -0.4),
                        gaussian(1.3, 0.002),
                        gabor(),
                        cubic(0.3, -0.7, 0.2, 0.1),
                        cubic(0, 2, -1, 0))
                .map(each -> Arguments.of(each.map(), each));
    }

    static Stream<Arguments> kinked() {
        return Stream.of(
                        abRelu(0, 1),
                        abRelu(0.3, 1),
                        abRelu(-1, 1),
                        abRelu(-0.7, -1.4),
                        abRelu(1, 1),
                        rectified(0),
                        rectified(1),
                        rectified(2),
                        rectified(3),
                        rectified(5),
                        rectified(8),
                        monomial(0),
                        monomial(1),
                        monomial(2),
                        monomial(3),
                        monomial(4),
                        monomial(5),
                        new Kinked(new SignMap(), Math::signum, x -> 0, 0))
                .map(each -> Arguments.of(each.map(), each));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("smooth")
    void smoothFunctionsHaveTheirExpectations(BivariateMap map, Smooth smooth) {
        for (double q11 : VARIANCES) {
            for (double q22 : VARIANCES) {
                for (double c : CORRELATIONS) {
                    double reach = smooth.reach() * Math.sqrt(Math.max(q11, q22));
                    double q12 = c * Math.sqrt(q11) * Math.sqrt(q22);
                    String at = "q11 " + q11 + ", q22 " + q22 + ", c " + c;
                    double nngp =
                            Quadrature.smooth(smooth.f(), smooth.frequency(), reach, q12, q11, q22);
                    double size = Math.sqrt(map.variance(q11)) * Math.sqrt(map.variance(q22));
                    assertEquals(nngp, map.nngp(q12, q11, q22), 1e-11 * size, at);
                    double derivative =
                            Quadrature.smooth(
                                    smooth.slope(), smooth.frequency(), reach, q12, q11, q22);
                    double slopes =
                            Math.sqrt(map.varianceDerivative(q11))
                                    * Math.sqrt(map.varianceDerivative(q22));
                    assertEquals(derivative, map.derivative(q12, q11, q22), 1e-10 * slopes, at);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinked")
    void kinkedFunctionsHaveTheirExpectations(BivariateMap map, Kinked kinked) {
        for (double q11 : ALL_VARIANCES) {
            for (double q22 : ALL_VARIANCES) {
                for (double c : CORRELATIONS) {
                    double q12 = c * Math.sqrt(q11) * Math.sqrt(q22);
                    String at = "q11 " + q11 + ", q22 " + q22 + ", c " + c;
                    double size = Math.sqrt(map.variance(q11)) * Math.sqrt(map.variance(q22));
                    double nngp =
                            Quadrature.homogeneous(kinked.f(), kinked.degree(), q12, q11, q22);
                    assertEquals(nngp, map.nngp(q12, q11, q22), 1e-13 * size, at);
                    double derivative =
                            Quadrature.homogeneous(
                                    kinked.slope(),
                                    Math.max(0, kinked.degree() - 1),
                                    q12,
                                    q11,
                                    q22);
                    double slopes =
                            Math.sqrt(map.varianceDerivative(q11))
                                    * Math.sqrt(map.varianceDerivative(q22));
                    assertEquals(derivative, map.derivative(q12, q11, q22), 1e-13 * slopes, at);
                }
            }
        }
    }

    /** The Hermite kernel is that of its polynomial where both variances are 1. */
    @Test
    void hermitePolynomialsHaveTheirExpectationsAtVarianceOne() {
        double[][] coefficients = {
            {1}, {0, 1}, {-1, 0, 1}, {0, -3, 0, 1}, {3, 0, -6, 0, 1}, {0, 15, 0, -10, 0, 1}
        };
        double factorial = 1;
        for (int n = 0; n < coefficients.length; n++) {
            factorial *= Math.max(1, n);
            double scale = 1 / Math.sqrt(factorial);
            double[] scaled = Arrays.stream(coefficients[n]).map(each -> each * scale).toArray();
            var polynomial = new PolynomialMap(scaled);
            var hermite = new HermiteMap(n);
            for (double c : CORRELATIONS) {
                assertEquals(polynomial.nngp(c, 1, 1), hermite.nngp(c, 1, 1), 1e-13);
                assertEquals(polynomial.derivative(c, 1, 1), hermite.derivative(c, 1, 1), 1e-12);
            }
        }
    }

    /** Quadrature is exact for polynomials, and as good as that for smooth functions. */
    @Test
    void nodesAgreeWithClosedForms() {
        double[] degree5 = {0.3, -0.2, 0.1, 0.4, -0.05, 0.02};
        assertNumerical(
                new PolynomialMap(degree5),
                new NumericalMap(x -> value(degree5, x), x -> slope(degree5, x), 6),
                50);
        assertNumerical(
                new SinMap(1, 1, 0.3),
                new NumericalMap(x -> Math.sin(x + 0.3), x -> Math.cos(x + 0.3), 60),
                4);
        assertNumerical(new ExpMap(1, 1), new NumericalMap(Math::exp, Math::exp, 70), 4);
        Smooth gelu = gelu();
        assertNumerical(gelu.map(), new NumericalMap(gelu.f(), gelu.slope(), 100), 0.3);
    }

    private static double value(double[] coefficients, double x) {
        double sum = 0;
        for (int k = coefficients.length - 1; k >= 0; k--) {
            sum = sum * x + coefficients[k];
        }
        return sum;
    }

    private static double slope(double[] coefficients, double x) {
        double sum = 0;
        for (int k = coefficients.length - 1; k >= 1; k--) {
            sum = sum * x + k * coefficients[k];
        }
        return sum;
    }

    private static void assertNumerical(BivariateMap exact, NumericalMap map, double largest) {
        for (double q11 : new double[] {0, 1e-3 * largest, 0.3 * largest, largest}) {
            for (double q22 : new double[] {0, 1e-2 * largest, largest}) {
                for (double c : CORRELATIONS) {
                    double q12 = c * Math.sqrt(q11) * Math.sqrt(q22);
                    String at = exact + ": q11 " + q11 + ", q22 " + q22 + ", c " + c;
                    double size = Math.sqrt(exact.variance(q11)) * Math.sqrt(exact.variance(q22));
                    assertEquals(
                            exact.nngp(q12, q11, q22),
                            map.nngp(q12, q11, q22),
                            1e-12 * size + 1e-15,
                            at);
                    double slopes =
                            Math.sqrt(exact.varianceDerivative(q11))
                                    * Math.sqrt(exact.varianceDerivative(q22));
                    assertEquals(
                            exact.derivative(q12, q11, q22),
                            map.derivative(q12, q11, q22),
                            1e-12 * slopes + 1e-15,
                            at);
                }
            }
            assertEquals(exact.variance(q11), map.variance(q11), 1e-12 * exact.variance(q11));
        }
    }
}
