package dev.jtangents.graph;

/**
 * The pairs of examples that are computed side by side, one in each lane: those of one example with
 * neighbouring ones, or a round.
 *
 * <p>In a round neighbouring examples are paired among themselves, each with the one that is so
 * many places before it, around: after rounds 0 to {@code width / 2} all have met. Nothing is
 * computed for the other triangle then, as it is where a row of the triangle begins within a
 * vector.
 *
 * @param row the example; in a round that which is paired with the first column
 * @param column the first of the neighbouring examples
 * @param width how many these are
 * @param isRound whether they are paired among themselves
 */
record Strip(long row, long column, int width, boolean isRound) {
    /** The first example of a lane's pair; the second is {@code column + lane}. */
    long row(int lane) {
        return isRound ? column + (row - column + lane) % width : row;
    }

    /** In which lane an example is paired with itself, or -1; of a round it may be all or none. */
    int own() {
        boolean there = !isRound && row >= column && row < column + width;
        return there ? (int) (row - column) : -1;
    }

    /**
     * The lanes that hold pairs of their own: in the last round of an even number each comes twice.
     */
    int pairs() {
        return isRound && 2 * (row - column) == width ? width / 2 : width;
    }
}
