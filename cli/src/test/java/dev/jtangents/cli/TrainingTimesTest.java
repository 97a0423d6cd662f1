package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.stream.IntStream;

final class TrainingTimesTest {
    @Test
    void readsNumbersRangesAndInfinity() {
        TrainingTimes times = TrainingTimes.parse("0, 0.1:1000:5,2e9,INF");
        double[] finite = {0, 0.1, 1, 10, 100, 1000, 2e9};
        assertArrayEquals(finite, times.finite(), 1e-12);
        assertTrue(times.endInfinite());
        assertEquals(8, times.count());
        assertEquals(
                List.of("0", "0.1", "1", "10", "100", "1000", "2E+9", "inf"),
                IntStream.range(0, 8).mapToObj(times::text).toList());
        assertFalse(TrainingTimes.parse("3").endInfinite());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1,",
                "soon",
                "-1",
                "nan",
                "1,1",
                "2,1",
                "inf,1",
                "inf,inf",
                "1:2",
                "0:10:3",
                "1:inf:3",
                "10:1:3",
                "1:10:1",
                "1:10:1001",
                "1:10:2.5",
                "1:10:3,5"
            })
    void refusesAnythingElse(String text) {
        InputException failure =
                assertThrows(InputException.class, () -> TrainingTimes.parse(text));
        assertTrue(failure.getMessage().startsWith("--t "), failure.getMessage());
    }
}
