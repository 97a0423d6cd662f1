package dev.jtangents.layers.twin;

/** What becomes of a mask under a map. */
final class Masks {
    private Masks() {}

    /** Content wins: masked is what has sources, all of them masked. */
    static boolean[] allSources(double[][] map, boolean[] masked) {
        boolean[] result = new boolean[map.length];
        for (int a = 0; a < map.length; a++) {
            boolean any = false;
            boolean all = true;
            for (int source = 0; source < masked.length; source++) {
                if (map[a][source] != 0) {
                    any = true;
                    all &= masked[source];
                }
            }
            result[a] = any && all;
        }
        return result;
    }

    /** Masked is what has a masked source. */
    static boolean[] anySource(double[][] map, boolean[] masked) {
        boolean[] result = new boolean[map.length];
        for (int a = 0; a < map.length; a++) {
            for (int source = 0; source < masked.length; source++) {
                result[a] |= map[a][source] != 0 && masked[source];
            }
        }
        return result;
    }
}
