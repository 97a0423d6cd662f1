package dev.jtangents.concurrent;

/** The blocks of a lower triangle as numbered tasks: (0, 0), (1, 0), (1, 1), (2, 0) and so on. */
public final class TrianglePairs {
    private TrianglePairs() {}

    /** How many blocks there are for a side of this many blocks. */
    public static long count(long side) {
        return side * (side + 1) / 2;
    }

    /** The row of the block of a number, counted in blocks. */
    public static long row(long number) {
        long row = (long) ((Math.sqrt(8.0 * number + 1) - 1) / 2);
        while (count(row) > number) {
            row--;
        }
        while (count(row + 1) <= number) {
            row++;
        }
        return row;
    }

    /** The column of the block of a number, counted in blocks. */
    public static long column(long number) {
        return number - count(row(number));
    }
}
