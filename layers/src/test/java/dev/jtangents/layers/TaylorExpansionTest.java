package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.dropout;
import static dev.jtangents.layers.Stax.elementwise;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.monomial;
import static dev.jtangents.layers.Stax.polynomial;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.maps.SinMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.SplittableRandom;

/** Taylor expansions in the parameters, where the expanded function is known to be a polynomial. */
class TaylorExpansionTest {
    private static Tensor inputs() {
        return RandomNetworks.inputs(new SplittableRandom(4), DType.F64, 3, 4);
    }

    /** Outputs have degree 1 in the last weights, and that of the nonlinearity in those before. */
    private static Network polynomialNetwork(int power) {
        Network nonlinearity = power == 2 ? monomial(2) : polynomial(0.3, -0.5, 0.2, 0.7);
        return serial(dense(5).biasStd(0.4), nonlinearity, dense(2).biasStd(0.1));
    }

    private static double largestDifference(Network network, int degree) {
        try (Tensor x = inputs();
                Parameters origin = network.init(1, x.shape());
                Parameters parameters = network.init(2, x.shape());
                Tensor expected = network.apply(parameters, x);
                Tensor actual = network.taylorExpand(origin, degree).apply(parameters, x)) {
            assertEquals(expected.shape(), actual.shape());
            double[] wanted = expected.toArray();
            double[] found = actual.toArray();
            double largest = 0;
            for (int i = 0; i < wanted.length; i++) {
                largest = Math.max(largest, Math.abs(wanted[i] - found[i]));
            }
            return largest;
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 3", "3, 4"})
    void polynomialsAreTheirExpansions(int power, int degree) {
        Network network = polynomialNetwork(power);
        assertTrue(largestDifference(network, degree - 1) > 1e-2);
        assertEquals(0, largestDifference(network, degree), 1e-12);
        assertEquals(0, largestDifference(network, degree + 4), 1e-12);
    }

    @Test
    void aLinearNetworkIsItsLinearisation() {
        Network network = serial(dense(4).biasStd(0.3));
        try (Tensor x = inputs();
                Parameters origin = network.init(1, x.shape());
                Parameters parameters = network.init(2, x.shape());
                Tensor expected = network.apply(parameters, x);
                Tensor actual = network.linearize(origin).apply(parameters, x)) {
            double[] wanted = expected.toArray();
            double[] found = actual.toArray();
            for (int i = 0; i < wanted.length; i++) {
                assertEquals(wanted[i], found[i], 1e-14);
            }
        }
    }

    @Test
    void degreeZeroIsTheNetworkAtTheOrigin() {
        Network network = serial(dense(4), erf(), dense(1));
        try (Tensor x = inputs();
                Parameters origin = network.init(1, x.shape());
                Parameters parameters = network.init(2, x.shape());
                Tensor expected = network.apply(origin, x);
                Tensor actual = network.taylorExpand(origin, 0).apply(parameters, x)) {
            assertEquals(-1, expected.segment().mismatch(actual.segment()));
        }
    }

    @Test
    void optionsAreThoseOfTheNetwork() {
        Network network = serial(dense(30), dropout(0.5), dense(2));
        ApplyOptions options = ApplyOptions.defaults().seed(9);
        try (Tensor x = inputs();
                Parameters origin = network.init(1, x.shape());
                Tensor expected = network.apply(origin, x, options);
                Tensor actual = network.taylorExpand(origin, 2, options).apply(origin, x)) {
            assertEquals(-1, expected.segment().mismatch(actual.segment()));
        }
    }

    @Test
    void aNegativeDegreeIsRefused() {
        Network network = dense(1);
        try (Tensor x = inputs();
                Parameters origin = network.init(1, x.shape())) {
            assertRefused("degree", () -> network.taylorExpand(origin, -1));
        }
    }

    @Test
    void otherParametersAreRefused() {
        Network network = serial(dense(4), erf(), dense(1));
        try (Tensor x = inputs();
                Parameters origin = network.init(1, x.shape());
                Parameters others = serial(dense(5), erf(), dense(1)).init(1, x.shape())) {
            assertRefused("shapes", () -> network.linearize(origin).apply(others, x));
            assertRefused("shapes", () -> network.linearize(others).apply(others, x));
        }
    }

    @Test
    void functionsWithoutDerivativesAreNotExpanded() {
        Network network = serial(dense(4), elementwise(Math::sin, new SinMap(1, 1, 0)), dense(1));
        try (Tensor x = inputs();
                Parameters origin = network.init(1, x.shape());
                Parameters moved = network.init(2, x.shape())) {
            assertRefused("derivative", () -> network.linearize(origin).apply(moved, x));
            assertRefused("derivative", () -> network.taylorExpand(origin, 3).apply(moved, x));
        }
    }

    private static void assertRefused(String reason, Executable run) {
        var refusal = assertThrows(InputException.class, run);
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }
}
