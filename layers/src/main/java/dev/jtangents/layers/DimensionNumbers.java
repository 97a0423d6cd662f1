package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the axes of a convolution are, a letter for each: N examples, C channels, I and O the
 * filter's input and output channels, and any other letter a spatial axis.
 *
 * @param input of the input, for instance NHWC
 * @param filter of the filter, for instance HWIO; sizes and strides are in its order
 * @param output of the output, for instance NHWC
 */
record DimensionNumbers(String input, String filter, String output) {
    private static final String OTHER_LETTERS = "ABEFGJKLMPQRSTUVXYZ";

    /** The channels last, and spatial axes in one order everywhere. */
    static DimensionNumbers channelsLast(int rank) {
        String spatial =
                switch (rank) {
                    case 1 -> "W";
                    case 2 -> "HW";
                    case 3 -> "DHW";
                    default -> letters(rank);
                };
        return new DimensionNumbers("N" + spatial + "C", spatial + "IO", "N" + spatial + "C");
    }

    static DimensionNumbers of(List<String> axes) {
        if (axes.size() != 3) {
            throw new InputException(
                    "dimension_numbers is "
                            + axes
                            + "; three texts are needed, for the axes of the input, the filter and"
                            + " the output.");
        }
        return new DimensionNumbers(axes.get(0), axes.get(1), axes.get(2));
    }

    private static String letters(int rank) {
        if (rank > OTHER_LETTERS.length()) {
            throw new InputException(
                    "A filter has "
                            + rank
                            + " axes; at most "
                            + OTHER_LETTERS.length()
                            + " are possible.");
        }
        return OTHER_LETTERS.substring(0, rank);
    }

    /**
     * Refuses letters that do not name the axes of a convolution of this many spatial axes.
     *
     * @return these
     */
    DimensionNumbers checked(String layer, int rank) {
        Set<Integer> spatial = letters(spatialOf(filter, "IO"));
        boolean fits =
                isComplete(input, "NC", rank)
                        && isComplete(filter, "IO", rank)
                        && isComplete(output, "NC", rank)
                        && letters(spatialOf(input, "NC")).equals(spatial)
                        && letters(spatialOf(output, "NC")).equals(spatial);
        if (!fits) {
            throw new InputException(
                    layer
                            + " has dimension_numbers "
                            + asList()
                            + " for a filter of "
                            + rank
                            + " axes: each needs a letter for each axis, N and C and the spatial"
                            + " ones for input and output, I and O and the same spatial ones for"
                            + " the filter, as in "
                            + channelsLast(rank).asList()
                            + ".");
        }
        return this;
    }

    private static boolean isComplete(String axes, String others, int rank) {
        return axes.length() == rank + 2
                && letters(axes).size() == axes.length()
                && letters(axes).containsAll(letters(others));
    }

    private static Set<Integer> letters(String axes) {
        return axes.chars().boxed().collect(Collectors.toSet());
    }

    private static String spatialOf(String axes, String others) {
        return axes.chars()
                .filter(letter -> others.indexOf(letter) < 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    List<String> asList() {
        return List.of(input, filter, output);
    }

    /** The number of all axes of the input. */
    int axes() {
        return input.length();
    }

    /**
     * The batch and channels of an input; axes beyond the second count from the end, so that an
     * input with too few axes is refused for that reason.
     */
    InputAxes inputAxes() {
        return new InputAxes(fromTheEnd(input.indexOf('N')), fromTheEnd(input.indexOf('C')));
    }

    private int fromTheEnd(int axis) {
        return axis < 2 ? axis : axis - axes();
    }

    int outputBatchAxis() {
        return output.indexOf('N');
    }

    int outputChannelAxis() {
        return output.indexOf('C');
    }

    /** For each spatial axis of the input, the axis of the filter. */
    List<Integer> filterAxes() {
        return indices(spatialOf(input, "NC"), spatialOf(filter, "IO"));
    }

    /** For each spatial axis of the output, which spatial axis of the input it is. */
    List<Integer> outputPermutation() {
        return indices(spatialOf(output, "NC"), spatialOf(input, "NC"));
    }

    /** The letters of the spatial axes, in the order of the input's. */
    List<String> spatialLetters() {
        return each(spatialOf(input, "NC"));
    }

    List<String> filterLetters() {
        return each(filter);
    }

    /** The letters of the output without that of the batch. */
    List<String> exampleLetters() {
        return each(output.replace("N", ""));
    }

    private static List<String> each(String letters) {
        return letters.chars().mapToObj(Character::toString).toList();
    }

    private static List<Integer> indices(String letters, String among) {
        return letters.chars().mapToObj(among::indexOf).toList();
    }

    /**
     * The shape of an output.
     *
     * @param spatial the sizes of the spatial axes, in the order of the input's
     */
    Shape outputShape(long examples, Extents spatial, long channels) {
        return shape(output, 'N', examples, 'C', channels, spatial);
    }

    /**
     * The shape of a filter.
     *
     * @param spatial the sizes of the spatial axes, in the order of the input's
     */
    Shape filterShape(Extents spatial, long in, long out) {
        return shape(filter, 'I', in, 'O', out, spatial);
    }

    private Shape shape(
            String axes, char one, long first, char other, long second, Extents spatial) {
        String order = spatialOf(input, "NC");
        return Shape.of(
                axes.chars()
                        .mapToLong(
                                letter ->
                                        letter == one
                                                ? first
                                                : letter == other
                                                        ? second
                                                        : spatial.size(order.indexOf(letter)))
                        .toArray());
    }
}
