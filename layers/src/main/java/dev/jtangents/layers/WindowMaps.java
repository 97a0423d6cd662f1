package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.SpatialWindow;
import dev.jtangents.tensor.InputException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The linear maps between positions and the places of the windows that see them, which leave
 * nothing of a convolution but a product of matrices.
 */
final class WindowMaps {
    /** Hears of a position of the output that sees a position of the input at a place. */
    private interface Seen {
        void at(int output, int place, int input);
    }

    private final SpatialWindow window;
    private final Extents input;

    private WindowMaps(SpatialWindow window, Extents input) {
        this.window = window;
        this.input = input;
    }

    /** What windows see: from positions of the input to (positions of the output, places). */
    static SparseMatrix windows(SpatialWindow window, Extents input) {
        int places = window.positions();
        int[] sources = new int[product(window.output().positions(), places)];
        Arrays.fill(sources, SpatialWindow.OUTSIDE);
        new WindowMaps(window, input)
                .visit((output, place, position) -> sources[output * places + place] = position);
        return PositionMaps.sums(
                sources.length,
                input.positions(),
                row ->
                        sources[row] == SpatialWindow.OUTSIDE
                                ? new int[0]
                                : new int[] {sources[row]});
    }

    /**
     * What transposed windows collect: from (positions of the input, places) to positions of the
     * output. Places are counted against the window, as neural-tangents lays its filters.
     */
    static SparseMatrix collected(SpatialWindow window, Extents input) {
        int places = window.positions();
        List<List<Integer>> collected = new ArrayList<>();
        for (int output = 0; output < window.output().positions(); output++) {
            collected.add(new ArrayList<>());
        }
        new WindowMaps(window, input)
                .visit(
                        (output, place, position) ->
                                collected.get(output).add(position * places + places - 1 - place));
        return PositionMaps.sums(
                collected.size(),
                product(input.positions(), places),
                row -> collected.get(row).stream().mapToInt(Integer::intValue).toArray());
    }

    private static int product(int positions, int places) {
        if ((long) positions * places > Integer.MAX_VALUE) {
            throw new InputException(
                    "A window of "
                            + places
                            + " places at "
                            + positions
                            + " positions is more than a finite network can compute: take a smaller"
                            + " window or larger strides.");
        }
        return positions * places;
    }

    private void visit(Seen seen) {
        visit(0, 0, 0, 0, seen);
    }

    private void visit(int axis, int output, int place, int position, Seen seen) {
        if (axis == input.rank()) {
            seen.at(output, place, position);
            return;
        }
        int outputs = window.output().size(axis);
        int places = window.size().get(axis);
        for (int o = 0; o < outputs; o++) {
            for (int d = 0; d < places; d++) {
                int in = window.seen(axis, o, d, input.size(axis));
                if (in != SpatialWindow.OUTSIDE) {
                    visit(
                            axis + 1,
                            output * outputs + o,
                            place * places + d,
                            position * input.size(axis) + in,
                            seen);
                }
            }
        }
    }
}
