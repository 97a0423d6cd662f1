package dev.jtangents.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;
import java.util.stream.Stream;

class ShapeTest {
    static Stream<long[]> tooLarge() {
        return Stream.of(
                new long[] {Long.MAX_VALUE, 2},
                new long[] {1L << 32, 1L << 31},
                new long[] {1L << 62, 2},
                new long[] {3_037_000_500L, 3_037_000_500L},
                new long[] {0, Long.MAX_VALUE, 3});
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    void refusesMoreElementsThanALongCounts(long[] extents) {
        var refusal = assertThrows(InputException.class, () -> Shape.of(extents));
        assertTrue(refusal.getMessage().contains("more elements"), refusal.getMessage());
        assertTrue(
                refusal.getMessage().contains(Long.toString(extents[extents.length - 1])),
                refusal.getMessage());
    }

    @Test
    void countsUpToTheLargestLong() {
        assertEquals(Long.MAX_VALUE, Shape.of(Long.MAX_VALUE).size());
        assertEquals(Long.MAX_VALUE, Shape.of(1, Long.MAX_VALUE, 1).size());
        assertEquals(0, Shape.of(Long.MAX_VALUE, 0).size());
    }

    @Test
    void refusesNegativeExtents() {
        var refusal = assertThrows(InputException.class, () -> Shape.of(3, -1));
        assertTrue(refusal.getMessage().contains("(3, -1)"), refusal.getMessage());
        assertThrows(InputException.class, () -> Shape.of(Long.MIN_VALUE));
        assertThrows(InputException.class, () -> Shape.of(3, 4).with(0, -1));
    }

    @Test
    void printsAsNumpyDoes() {
        assertEquals("()", Shape.of().toString());
        assertEquals("(3,)", Shape.of(3).toString());
        assertEquals("(3, 0, 4)", Shape.of(3, 0, 4).toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, -3, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesAxesThatAreNotThere(int axis) {
        Shape shape = Shape.of(3, 4);
        var refusal = assertThrows(InputException.class, () -> shape.axis(axis));
        assertTrue(refusal.getMessage().contains("Axis " + axis), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("(3, 4)"), refusal.getMessage());
        assertThrows(InputException.class, () -> shape.extent(axis));
        assertThrows(InputException.class, () -> shape.with(axis, 1));
        assertThrows(InputException.class, () -> shape.without(axis));
    }

    @Test
    void countsNegativeAxesFromTheEnd() {
        Shape shape = Shape.of(2, 3, 5);
        assertEquals(5, shape.extent(-1));
        assertEquals(2, shape.extent(-3));
        assertEquals(Shape.of(2, 7, 5), shape.with(-2, 7));
        assertEquals(Shape.of(3, 5), shape.without(-3));
        assertThrows(InputException.class, () -> Shape.of().axis(0));
    }

    @Test
    void isAValue() {
        long[] extents = {2, 3};
        Shape shape = Shape.of(extents);
        extents[0] = 9;
        shape.extents()[1] = 9;
        assertEquals(Shape.of(2, 3), shape);
        assertEquals(Shape.of(2, 3).hashCode(), shape.hashCode());
        assertNotEquals(Shape.of(3, 2), shape);
        assertNotEquals(Shape.of(6), shape);
    }

    @Test
    void stridesCountTheElementsBehindAnAxis() {
        var random = new SplittableRandom(1);
        for (int trial = 0; trial < 200; trial++) {
            long[] extents = random.longs(random.nextInt(5), 1, 6).toArray();
            Shape shape = Shape.of(extents);
            long[] expected = new long[extents.length];
            for (int axis = 0; axis < extents.length; axis++) {
                expected[axis] = 1;
                for (int later = axis + 1; later < extents.length; later++) {
                    expected[axis] *= extents[later];
                }
            }
            assertArrayEquals(expected, shape.rowMajorStrides());
            long product = 1;
            for (long extent : extents) {
                product *= extent;
            }
            assertEquals(product, shape.size());
        }
    }
}
