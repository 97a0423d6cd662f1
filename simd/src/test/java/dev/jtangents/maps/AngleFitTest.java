package dev.jtangents.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.maps.AngleFit.Kernels;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Objects;

/** Fitted maps agree with their networks wherever they exist. */
class AngleFitTest {
    private static final double VARIANCE = 2.5;

    /** Smooth in the angle: with odd powers at one end, at both, even, odd and constant. */
    static List<AngleFit.Network> networks() {
        return List.of(
                AngleFitTest::relu,
                angle -> new Kernels(3 + Math.cos(angle), 4 - angle),
                angle -> new Kernels(2 + Math.sin(angle), Math.cos(angle)),
                angle -> new Kernels(1 / (1.2 - Math.cos(angle)), 7),
                angle -> new Kernels(1e-200 * (2 - Math.cos(angle / 2)), 0));
    }

    private static Kernels relu(double angle) {
        double kappa1 = Math.sin(angle) + (Math.PI - angle) * Math.cos(angle);
        double ntk = (Math.PI - angle) * Math.cos(angle) + kappa1;
        return new Kernels(kappa1 / (2 * Math.PI), ntk / (2 * Math.PI));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void agreesWithTheNetwork(AngleFit.Network network) {
        Kernels zero = network.at(0);
        int before = 0;
        for (double tolerance : new double[] {1e-3, 1e-6, 3e-8, 1e-11, 3e-14}) {
            var map = Objects.requireNonNull(AngleFit.of(network, VARIANCE, tolerance, 125));
            for (int i = 0; i <= 1000; i++) {
                double angle = Math.PI * i / 1000;
                Kernels exact = network.at(angle);
                double scale = map.gain() * VARIANCE;
                double allowed = 2 * tolerance;
                assertEquals(
                        exact.nngp(), scale * map.nngp().at(angle), allowed * zero.nngp(), "nngp");
                assertEquals(exact.ntk(), scale * map.ntk().at(angle), allowed * zero.ntk(), "ntk");
                double q12 = VARIANCE * Math.cos(angle);
                assertEquals(
                        exact.nngp(),
                        map.nngp(q12, VARIANCE, VARIANCE),
                        (allowed + 1e-13 + 1e-8 / (1 + i)) * zero.nngp());
            }
            assertTrue(map.nngp().degree() >= before);
            before = map.nngp().degree();
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void examplesWithThemselvesAreExact(AngleFit.Network network) {
        Kernels zero = network.at(0);
        var map = Objects.requireNonNull(AngleFit.of(network, VARIANCE, 1e-3, 125));
        assertEquals(zero.nngp(), map.variance(VARIANCE), 1e-15 * zero.nngp());
        assertEquals(zero.ntk(), map.varianceDerivative(VARIANCE), 1e-15 * zero.ntk());
        assertEquals(4 * map.variance(VARIANCE), map.variance(4 * VARIANCE));
        assertEquals(0, map.nngp(0, 0, VARIANCE));
        assertEquals(0, map.derivative(0, VARIANCE, 0));
    }

    static List<AngleFit.Network> unfit() {
        return List.of(
                angle -> new Kernels(3 - Math.abs(angle - 1), 1),
                angle -> new Kernels(1, angle < 2 ? 1 : 0),
                angle -> new Kernels(1 + Math.exp(-100 * (angle - 1.3) * (angle - 1.3)), 1),
                angle -> new Kernels(Double.NaN, 1),
                angle -> new Kernels(1, angle > 3 ? Double.NaN : 1),
                angle -> new Kernels(Double.POSITIVE_INFINITY, 1),
                angle -> new Kernels(Math.sin(angle), 1),
                angle -> new Kernels(-1, 1));
    }

    @ParameterizedTest
    @MethodSource("unfit")
    void refusesWhatNoPolynomialFollows(AngleFit.Network network) {
        assertNull(AngleFit.of(network, VARIANCE, 3e-8, 29));
    }

    @ParameterizedTest
    @ValueSource(ints = {-32, 0, 8, 14})
    void refusesDegreesThatAreTooLow(int highest) {
        assertNull(AngleFit.of(AngleFitTest::relu, VARIANCE, 3e-8, highest));
    }

    @Test
    void degreesAreAsLowAsTheToleranceAllows() {
        var map = Objects.requireNonNull(AngleFit.of(AngleFitTest::relu, VARIANCE, 3e-8, 30));
        assertTrue(map.nngp().degree() <= 16, map.toString());
        assertTrue(map.ntk().degree() <= 16, map.toString());
    }
}
