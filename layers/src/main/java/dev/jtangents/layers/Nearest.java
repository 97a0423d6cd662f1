package dev.jtangents.layers;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;

/** Finds the name that somebody meant. */
final class Nearest {
    private Nearest() {}

    /** The end of a sentence about an unknown name: the nearest known one, and all of them. */
    static String suggestion(String unknown, Collection<String> known) {
        if (known.isEmpty()) {
            return "; it takes none.";
        }
        String nearest =
                known.stream()
                        .min(Comparator.comparingInt(name -> distance(fold(unknown), fold(name))))
                        .orElseThrow();
        boolean close = distance(fold(unknown), fold(nearest)) <= Math.max(2, unknown.length() / 3);
        return (close ? "; did you mean \"" + nearest + "\"?" : ".")
                + " Known: "
                + known.stream().sorted().collect(Collectors.joining(", "))
                + ".";
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "");
    }

    /** The number of insertions, deletions and replacements between two texts (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
