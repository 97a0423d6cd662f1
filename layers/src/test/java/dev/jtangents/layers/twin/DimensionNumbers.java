package dev.jtangents.layers.twin;

import java.util.List;

/** Which axis of a convolution's input, filter and output is which, one letter an axis. */
record DimensionNumbers(String input, String filter, String output) {
    static DimensionNumbers of(Arguments arguments, int spatialRank) {
        if (arguments.value("dimension_numbers") instanceof List<?> names) {
            return new DimensionNumbers(
                    String.valueOf(names.get(0)),
                    String.valueOf(names.get(1)),
                    String.valueOf(names.get(2)));
        }
        String spatial = "abcdefgh".substring(0, spatialRank);
        return new DimensionNumbers("N" + spatial + "C", spatial + "IO", "N" + spatial + "C");
    }

    private static String spatial(String names) {
        return names.replaceAll("[NCIO]", "");
    }

    private static int[] order(String names, String of) {
        return spatial(names).chars().map(spatial(of)::indexOf).toArray();
    }

    /** For each axis of the input the filter's axis. */
    int[] inputToFilter() {
        return order(input, filter);
    }

    /** For each axis of the output the input's axis. */
    int[] outputToInput() {
        return order(output, input);
    }
}
