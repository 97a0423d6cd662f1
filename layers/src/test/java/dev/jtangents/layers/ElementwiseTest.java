package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Nonlinearities of the caller's, of no function, of polynomials and by quadrature. */
class ElementwiseTest {
    private static Tensor inputs() {
        return RandomNetworks.inputs(new SplittableRandom(31), DType.F64, 6, 4);
    }

    private static Network around(Network activation) {
        return Stax.serial(Stax.dense(5).weightStd(0.8).biasStd(0.1), activation, Stax.dense(3));
    }

    /** The kernels of the same function, made in two ways. */
    private static void assertSameKernel(Network a, Network b, double tolerance) {
        try (Tensor x = inputs();
                Kernel first = around(a).kernel(x);
                Kernel second = around(b).kernel(x)) {
            assertArrayEquals(first.nngp().toArray(), second.nngp().toArray(), tolerance);
            assertArrayEquals(first.ntk().toArray(), second.ntk().toArray(), tolerance);
        }
    }

    @Test
    void aNonlinearityOfTheCallersIsALayerAsAnyOther() {
        Network own = Stax.elementwise(Math::sin, new SinMap(1, 1, 0));
        Network known = Stax.sin(1, 1, 0);
        assertSameKernel(known, own, 0);
        try (Tensor x = inputs();
                Parameters parameters = around(own).init(1, x.shape());
                Tensor f = around(own).apply(parameters, x);
                Tensor g = around(known).apply(parameters, x)) {
            assertArrayEquals(g.toArray(), f.toArray());
        }
    }

    @Test
    void kernelsWithoutAFunctionAreNotApplied() {
        for (Network activation :
                List.of(Stax.expNormalized(1, -1), Stax.elementwise(new SinMap(1, 1, 0)))) {
            Network network = around(activation);
            try (Tensor x = inputs();
                    Parameters parameters = network.init(1, x.shape())) {
                assertEquals(4 * 5 + 5 + 5 * 3, network.parameterCount(x.shape()));
                var refusal =
                        assertThrows(
                                InputException.class, () -> network.apply(parameters, x).close());
                assertTrue(refusal.getMessage().contains("kernel alone"), refusal.getMessage());
            }
        }
    }

    @Test
    void polynomialsAndTheirNamesAgree() {
        assertSameKernel(Stax.monomial(0), Stax.polynomial(1), 0);
        assertSameKernel(Stax.monomial(3), Stax.polynomial(0, 0, 0, 1), 0);
        assertSameKernel(Stax.polynomial(), Stax.polynomial(0, 0), 0);
        assertSameKernel(
                Stax.monomial(2), Stax.elementwiseNumerical(NumericalFunction.SQUARE, 3), 1e-13);
        assertSameKernel(
                Stax.exp(1, 1), Stax.elementwiseNumerical(NumericalFunction.EXP, 40), 1e-12);
        assertSameKernel(
                Stax.cos(1, 1, 0), Stax.elementwiseNumerical(NumericalFunction.COS, 40), 1e-13);
        assertSameKernel(
                Stax.elementwiseNumerical(Math::sin, Math::cos, 40),
                Stax.elementwiseNumerical(NumericalFunction.SIN, 40),
                0);
    }

    @Test
    void quadratureIsFiniteForZeroEqualAndHugeInputs() {
        for (NumericalFunction function : NumericalFunction.values()) {
            Network activation = Stax.elementwiseNumerical(function, 25);
            boolean grows = function == NumericalFunction.EXP;
            double huge = grows ? 1 : 1e20;
            try (Tensor x =
                            Tensor.of(
                                    new double[] {0, 0, 0.1, 0.2, 0.1, 0.2, huge, 0, -huge, 0},
                                    5,
                                    2);
                    Kernel kernel = Stax.serial(Stax.dense(3), activation).kernel(x)) {
                for (double value : kernel.nngp().toArray()) {
                    assertTrue(Double.isFinite(value), function + ": " + value);
                }
                for (double value : kernel.ntk().toArray()) {
                    assertTrue(Double.isFinite(value), function + ": " + value);
                }
                double zero = function.value(0);
                assertEquals(zero * zero, kernel.nngp().get(0, 0), 1e-15);
                double same = kernel.nngp().get(1, 1);
                assertEquals(same, kernel.nngp().get(1, 2), 1e-8 * same);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void quadratureAppliesTheFunctionItself(NumericalFunction function) {
        Network activation = Stax.elementwiseNumerical(function, 3);
        try (Tensor x = inputs();
                Parameters none = activation.init(1, x.shape());
                Tensor f = activation.apply(none, x)) {
            double[] expected = Arrays.stream(x.toArray()).map(function::value).toArray();
            assertArrayEquals(expected, f.toArray());
        }
    }

    /** A kink converges slowly, but to the same. */
    @Test
    void theKernelOfAKinkIsNear() {
        assertSameKernel(Stax.relu(), Stax.elementwiseNumerical(NumericalFunction.RELU, 100), 0.03);
    }

    @ParameterizedTest
    @EnumSource
    void derivativesAreThoseOfTheFunctions(NumericalFunction function) {
        double h = 1e-5;
        for (double x = -3.03; x < 3; x += 0.1) {
            double difference = (function.value(x + h) - function.value(x - h)) / (2 * h);
            double size = Math.max(1, Math.abs(function.value(x)));
            assertEquals(difference, function.derivative(x), 1e-8 * size, "x " + x);
        }
        if (function != NumericalFunction.EXP) {
            for (double x : new double[] {-1e4, 1e4}) {
                assertTrue(Double.isFinite(function.value(x)), "x " + x);
                assertTrue(Double.isFinite(function.derivative(x)), "x " + x);
            }
        }
    }

    @Test
    void argumentsOutOfRangeAreRefused() {
        List<Executable> wrong =
                List.of(
                        () -> Stax.monomial(-1),
                        () -> Stax.monomial(6),
                        () -> Stax.hermite(-1),
                        () -> Stax.rectifiedMonomial(151),
                        () -> Stax.polynomial(1, Double.NaN),
                        () -> Stax.polynomial(new double[152]),
                        () -> Stax.elementwiseNumerical(NumericalFunction.TANH, 0),
                        () -> Stax.elementwiseNumerical(Math::sin, Math::cos, 101),
                        () -> Stax.expNormalized(-1, 0),
                        () -> Stax.gaussian(1, Double.POSITIVE_INFINITY),
                        () -> Stax.cos(1, Double.NaN, 0));
        wrong.forEach(call -> assertThrows(InputException.class, call));
    }

    @Test
    void aGaussianWithoutAKernelIsRefused() {
        Network network = around(Stax.gaussian(1, 3));
        try (Tensor x = inputs()) {
            var refusal = assertThrows(InputException.class, () -> network.kernel(x).close());
            assertTrue(refusal.getMessage().contains("example"), refusal.getMessage());
        }
    }
}
