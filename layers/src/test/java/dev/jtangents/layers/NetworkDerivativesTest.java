package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;

/** A network and its linearisation as functions with derivatives. */
class NetworkDerivativesTest {
    private static final double SHIFT = 1e-4;

    private final Network network =
            serial(dense(16).weightStd(1.4).biasStd(0.3), erf(), dense(3).biasStd(0.2));
    private final SplittableRandom random = new SplittableRandom(3);
    private final Tensor x = Tensor.of(random.doubles(5 * 4, -1, 1).toArray(), 5, 4);
    private final Tensor cotangent = Tensor.of(random.doubles(5 * 3, -1, 1).toArray(), 5, 3);
    private final Parameters parameters = network.init(1, x.shape());
    private final Parameters direction = network.init(2, x.shape());

    @AfterEach
    void close() {
        x.close();
        cotangent.close();
        parameters.close();
        direction.close();
    }

    /** p + factor d. */
    private Parameters moved(double factor) {
        List<Tensor> directions = direction.arrays().toList();
        List<Tensor> arrays = parameters.arrays().map(array -> array.copy(DType.F64)).toList();
        for (int i = 0; i < arrays.size(); i++) {
            Tensor array = arrays.get(i).reshape(arrays.get(i).size());
            Tensor along = directions.get(i).reshape(array.size());
            for (long k = 0; k < array.size(); k++) {
                array.set(array.get(k) + factor * along.get(k), k);
            }
        }
        return parameters.with(arrays);
    }

    private static double inner(Tensor a, Tensor b) {
        double[] first = a.toArray();
        double[] second = b.toArray();
        double sum = 0;
        for (int i = 0; i < first.length; i++) {
            sum += first[i] * second[i];
        }
        return sum;
    }

    private static double inner(Parameters a, Parameters b) {
        List<Tensor> second = b.arrays().toList();
        double sum = 0;
        int next = 0;
        for (Tensor array : a.arrays().toList()) {
            sum += inner(array, second.get(next++));
        }
        return sum;
    }

    private void assertDerivatives(DifferentiableFunction function) {
        try (Parameters ahead = moved(SHIFT);
                Parameters behind = moved(-SHIFT);
                Tensor high = function.apply(ahead, x);
                Tensor low = function.apply(behind, x);
                Tensor tangent = function.pushForward(parameters, direction, x);
                Parameters gradient = function.pullBack(parameters, x, cotangent)) {
            double[] expected = new double[15];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = (high.toArray()[i] - low.toArray()[i]) / (2 * SHIFT);
            }
            assertArrayEquals(expected, tangent.toArray(), 1e-6);
            assertEquals(inner(cotangent, tangent), inner(gradient, direction), 1e-12);
            assertEquals(LayerShape.of(parameters), LayerShape.of(gradient));
        }
    }

    /** How parameters nest, and their shapes. */
    private record LayerShape(String text) {
        static LayerShape of(Parameters parameters) {
            return new LayerShape(
                    switch (parameters) {
                        case Parameters.Group group ->
                                group.parts().stream().map(LayerShape::of).toList().toString();
                        case Parameters.Array array -> array.tensor().shape().toString();
                        case Parameters.Absent _ -> "absent";
                    });
        }
    }

    @Test
    void aNetworkHasThem() {
        assertDerivatives(network);
    }

    @Test
    void aLinearisationHasThemAndTheyAreThoseAtItsOrigin() {
        try (Parameters origin = network.init(4, x.shape())) {
            DifferentiableFunction linear = network.linearize(origin);
            assertDerivatives(linear);
            try (Tensor expected = network.pushForward(origin, direction, x);
                    Tensor tangent = linear.pushForward(parameters, direction, x)) {
                assertArrayEquals(expected.toArray(), tangent.toArray());
            }
        }
    }

    @Test
    void theyAreOfTheTypeOfTheFunction() {
        try (Parameters narrow = network.init(5, x.shape(), DType.F32);
                Tensor given = x.copy(DType.F32);
                Parameters gradient = network.pullBack(narrow, given, cotangent);
                Tensor tangent = network.pushForward(narrow, direction, given)) {
            assertEquals(DType.F32, tangent.dtype());
            gradient.arrays().forEach(array -> assertEquals(DType.F32, array.dtype()));
        }
    }

    @Test
    void otherShapesAreRefused() {
        Network other = dense(2);
        try (Parameters foreign = other.init(6, x.shape());
                Tensor wrong = cotangent.copy(DType.F64)) {
            Tensor transposed = wrong.transpose(1, 0);
            assertThrows(InputException.class, () -> network.pullBack(parameters, x, transposed));
            assertThrows(InputException.class, () -> network.pushForward(parameters, foreign, x));
            assertThrows(InputException.class, () -> network.pullBack(foreign, x, cotangent));
            assertThrows(InputException.class, () -> parameters.with(List.of(wrong)));
        }
    }
}
