package dev.jtangents.layers.twin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Index: a selection of elements by NumPy index text, like {@code ":, 1:3, ..., ::-1"}. */
final class Indexing {
    private Indexing() {}

    /** The indices that are left of an axis; a whole number removes the axis. */
    private record Selection(int[] kept, boolean removed) {
        static Selection of(String text, int extent) {
            if (!text.contains(":")) {
                return new Selection(
                        new int[] {Math.floorMod(Integer.parseInt(text), extent)}, true);
            }
            String[] parts = text.split(":", -1);
            int step = parts.length < 3 || parts[2].isBlank() ? 1 : number(parts[2]);
            int low = step > 0 ? 0 : -1;
            int high = step > 0 ? extent : extent - 1;
            int start = bound(parts[0], extent, step > 0 ? 0 : extent - 1, low, high);
            int stop = bound(parts[1], extent, step > 0 ? extent : -1, low, high);
            int count = Math.max(Math.ceilDiv(stop - start, step), 0);
            return new Selection(
                    IntStream.range(0, count).map(i -> start + i * step).toArray(), false);
        }

        private static int number(String text) {
            return Integer.parseInt(text.strip());
        }

        private static int bound(String text, int extent, int absent, int low, int high) {
            if (text.isBlank()) {
                return absent;
            }
            int given = number(text);
            return Math.clamp(given < 0 ? given + extent : given, low, high);
        }
    }

    static Layer index(Arguments arguments) {
        return input -> {
            Layout layout = input.layout();
            String[] texts = spread(arguments.text("idx", ""), layout.rank());
            String batch = texts[layout.batchAxis()];
            int[] first = Selection.of(batch, layout.first()).kept();
            int[] second = Selection.of(batch, layout.second()).kept();
            int[] examples =
                    IntStream.concat(
                                    IntStream.of(first),
                                    IntStream.of(second).map(i -> layout.first() + i))
                            .toArray();
            List<Selection> positions = new ArrayList<>();
            int batchAxis = layout.batchAxis();
            int channelAxis = layout.channelAxis();
            for (int axis = 0; axis < layout.rank(); axis++) {
                if (axis != layout.batchAxis() && axis != layout.channelAxis()) {
                    int extent = layout.grid().extents()[layout.spatial(axis)];
                    Selection selection = Selection.of(texts[axis], extent);
                    positions.add(selection);
                    batchAxis -= selection.removed() && axis < layout.batchAxis() ? 1 : 0;
                    channelAxis -= selection.removed() && axis < layout.channelAxis() ? 1 : 0;
                }
            }
            Layout to =
                    layout.withGrid(remaining(positions))
                            .withExamples(first.length, second.length)
                            .withAxes(batchAxis, channelAxis);
            return input.mapped(selection(layout, examples, positions), to);
        };
    }

    private static String[] spread(String text, int rank) {
        List<String> given = Arrays.stream(text.split(",")).map(String::strip).toList();
        List<String> spread = new ArrayList<>();
        boolean dots = given.contains("...");
        for (String part : dots ? given : append(given)) {
            if (!part.equals("...")) {
                spread.add(part);
                continue;
            }
            int missing = rank - given.size() + (dots ? 1 : 0);
            for (int i = 0; i < missing; i++) {
                spread.add(":");
            }
        }
        return spread.toArray(String[]::new);
    }

    private static List<String> append(List<String> given) {
        List<String> longer = new ArrayList<>(given);
        longer.add("...");
        return longer;
    }

    private static Grid remaining(List<Selection> positions) {
        return new Grid(
                positions.stream()
                        .filter(selection -> !selection.removed())
                        .mapToInt(selection -> selection.kept().length)
                        .toArray());
    }

    private static double[][] selection(Layout layout, int[] examples, List<Selection> positions) {
        Grid kept = new Grid(positions.stream().mapToInt(s -> s.kept().length).toArray());
        double[][] map = new double[examples.length * kept.size()][layout.elements()];
        for (int example = 0; example < examples.length; example++) {
            for (int position = 0; position < kept.size(); position++) {
                int[] source = kept.coordinates(position);
                for (int axis = 0; axis < source.length; axis++) {
                    source[axis] = positions.get(axis).kept()[source[axis]];
                }
                map[example * kept.size() + position][
                                layout.element(examples[example], layout.grid().position(source))] =
                        1;
            }
        }
        return map;
    }
}
