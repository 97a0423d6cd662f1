package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** What NumPy takes between square brackets, for instance {@code ":, 1:-1, ::2"}. */
record IndexText(List<Part> parts) {
    /** What is taken along an axis. */
    sealed interface Part {
        /** One index, whose axis vanishes. */
        record Single(int index) implements Part {}

        /** Indices from one on, up to but without another, at a distance; null is the end. */
        record Range(@Nullable Integer from, @Nullable Integer to, int step) implements Part {}

        /** As many whole axes as there is room for. */
        record Rest() implements Part {}
    }

    /** A whole axis. */
    static final Part ALL = new Part.Range(null, null, 1);

    /**
     * Reads an index.
     *
     * @throws InputException when it is none, or one by arrays or new axes
     */
    static IndexText parse(String text) {
        List<Part> parts = new ArrayList<>();
        for (String part : text.strip().split(",", -1)) {
            parts.add(part(part.strip(), text));
        }
        if (parts.stream().filter(part -> part instanceof Part.Rest).count() > 1) {
            throw wrong(text, "it has more than one ellipsis");
        }
        return new IndexText(parts);
    }

    private static Part part(String part, String text) {
        if (part.equals("...")) {
            return new Part.Rest();
        }
        String[] ends = part.split(":", -1);
        if (ends.length == 1) {
            return new Part.Single(integer(part, text));
        }
        if (ends.length > 3) {
            throw wrong(text, "\"" + part + "\" has more than two colons");
        }
        Integer step = ends.length == 3 ? end(ends[2], text) : null;
        if (step != null && step == 0) {
            throw wrong(text, "\"" + part + "\" has steps of 0");
        }
        return new Part.Range(end(ends[0], text), end(ends[1], text), step == null ? 1 : step);
    }

    private static @Nullable Integer end(String end, String text) {
        return end.isBlank() ? null : (Integer) integer(end.strip(), text);
    }

    private static int integer(String number, String text) {
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException failure) {
            throw wrong(text, "\"" + number + "\" is not a whole number");
        }
    }

    private static InputException wrong(String text, String reason) {
        return new InputException(
                "The index \""
                        + text
                        + "\" cannot be used: "
                        + reason
                        + "; expected whole numbers, slices (1:-1, ::2) and \"...\", separated by"
                        + " commas, one for each axis from the first.");
    }

    /** One part for each axis of a shape. */
    List<Part> partsFor(Shape shape) {
        List<Part> all = new ArrayList<>(parts);
        int rest = all.indexOf(new Part.Rest());
        if (rest >= 0) {
            all.remove(rest);
        }
        int missing = shape.rank() - all.size();
        if (missing < 0) {
            throw new InputException(
                    "The index has "
                            + all.size()
                            + " parts, but activations of shape "
                            + shape
                            + " have "
                            + shape.rank()
                            + " axes.");
        }
        all.addAll(rest >= 0 ? rest : all.size(), Collections.nCopies(missing, ALL));
        return all;
    }

    /** Whether a part takes an axis as it is. */
    static boolean isAll(Part part, long size) {
        return part instanceof Part.Range range
                && range.step() == 1
                && selected(range, size, 0).length == size;
    }

    /**
     * The indices that a part takes of an axis.
     *
     * @param axis its number, for messages
     * @throws InputException when there are none
     */
    static int[] selected(Part part, long size, int axis) {
        int[] selected =
                switch (part) {
                    case Part.Single(int index) ->
                            new int[] {index < 0 ? index + (int) size : index};
                    case Part.Range range -> range(range, (int) size);
                    case Part.Rest rest -> throw new IllegalStateException("an ellipsis");
                };
        if (selected.length == 0 || selected[0] < 0 || selected[0] >= size) {
            throw new InputException(
                    "The index takes nothing of axis " + axis + ", which has size " + size + ".");
        }
        return selected;
    }

    private static int[] range(Part.Range range, int size) {
        int step = range.step();
        int least = step > 0 ? 0 : -1;
        int most = step > 0 ? size : size - 1;
        int from = bound(range.from(), step > 0 ? least : most, least, most, size);
        int to = bound(range.to(), step > 0 ? most : least, least, most, size);
        return IntStream.iterate(from, i -> step > 0 ? i < to : i > to, i -> i + step).toArray();
    }

    private static int bound(@Nullable Integer end, int byDefault, int least, int most, int size) {
        if (end == null) {
            return byDefault;
        }
        return Math.clamp(end < 0 ? (long) end + size : end, least, most);
    }
}
