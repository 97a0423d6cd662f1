package dev.jtangents.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Every pair of a triangle has one number. */
final class TrianglePairsTest {
    @Test
    void pairsAreCounted() {
        long number = 0;
        for (long row = 0; row < 300; row++) {
            for (long column = 0; column <= row; column++, number++) {
                assertEquals(row, TrianglePairs.row(number));
                assertEquals(column, TrianglePairs.column(number));
            }
        }
        assertEquals(number, TrianglePairs.count(300));
    }
}
