package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

import java.util.Locale;
import java.util.SplittableRandom;

/** Arrays to test with, and how tests compare arrays. */
final class Examples {
    private Examples() {}

    static Tensor random(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        int size = (int) Shape.of(shape).size();
        return Tensor.of(random.doubles(size, -1, 1).toArray(), shape);
    }

    /** A positive definite matrix of this order. */
    static Tensor definite(long seed, int order) {
        Tensor definite = gram(random(seed, order, 2L * order));
        for (int i = 0; i < order; i++) {
            definite.set(definite.get(i, i) + 0.1, i, i);
        }
        return definite;
    }

    /** The products of all rows, divided by their length. */
    static Tensor gram(Tensor rows) {
        long n = rows.shape().extent(0);
        Tensor gram = Tensor.allocate(DType.F64, Shape.of(n, n));
        for (long i = 0; i < n; i++) {
            for (long j = 0; j < n; j++) {
                double sum = 0;
                for (long k = 0; k < rows.shape().extent(1); k++) {
                    sum += rows.get(i, k) * rows.get(j, k);
                }
                gram.set(sum / rows.shape().extent(1), i, j);
            }
        }
        return gram;
    }

    static Tensor diagonal(double... values) {
        Tensor diagonal = Tensor.allocate(DType.F64, Shape.of(values.length, values.length));
        for (int i = 0; i < values.length; i++) {
            diagonal.set(values[i], i, i);
        }
        return diagonal;
    }

    /** The same numbers as a view whose memory runs in the opposite order of axes. */
    static Tensor strided(Tensor matrix) {
        return matrix.transpose(1, 0).copy(matrix.dtype()).transpose(1, 0);
    }

    /** The largest difference, relative to the largest number expected (or to 1 if all are 0). */
    static double deviation(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        assertEquals(DType.F64, actual.dtype());
        double[] e = expected.toArray();
        double[] a = actual.toArray();
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < e.length; i++) {
            assertTrue(Double.isFinite(a[i]), "not finite at " + i);
            largest = Math.max(largest, Math.abs(e[i]));
            difference = Math.max(difference, Math.abs(e[i] - a[i]));
        }
        return difference / (largest == 0 ? 1 : largest);
    }

    static void assertClose(Tensor expected, Tensor actual, double tolerance) {
        double deviation = deviation(expected, actual);
        assertTrue(
                deviation <= tolerance,
                () -> "deviates by " + deviation + ", allowed are " + tolerance);
    }

    /** Asserts that input is refused with a message of one line that has all these words. */
    static void assertRefused(Executable action, String... words) {
        String message = Assertions.assertThrows(InputException.class, action).getMessage();
        assertTrue(message.endsWith(".") && !message.contains("\n"), message);
        String lower = message.toLowerCase(Locale.ROOT);
        for (String word : words) {
            assertTrue(
                    lower.contains(word.toLowerCase(Locale.ROOT)),
                    () -> "\"" + word + "\" is not in: " + message);
        }
    }
}
