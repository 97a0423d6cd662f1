package dev.jtangents.layers.twin;

/** Dense matrices by definition. */
final class Matrices {
    private Matrices() {}

    /** M K Mᵀ, the covariance of M x when K is that of x. */
    static double[][] congruence(double[][] map, double[][] k) {
        double[][] half = new double[map.length][k.length];
        for (int a = 0; a < map.length; a++) {
            for (int i = 0; i < k.length; i++) {
                if (map[a][i] != 0) {
                    for (int j = 0; j < k.length; j++) {
                        half[a][j] += map[a][i] * k[i][j];
                    }
                }
            }
        }
        double[][] result = new double[map.length][map.length];
        for (int b = 0; b < map.length; b++) {
            for (int j = 0; j < k.length; j++) {
                if (map[b][j] != 0) {
                    for (int a = 0; a < map.length; a++) {
                        result[a][b] += half[a][j] * map[b][j];
                    }
                }
            }
        }
        return result;
    }

    /** A map of positions as a map of elements. */
    static double[][] everyExample(double[][] positions, int columns, int examples) {
        int rows = positions.length;
        double[][] map = new double[examples * rows][examples * columns];
        for (int example = 0; example < examples; example++) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(
                        positions[row], 0, map[example * rows + row], example * columns, columns);
            }
        }
        return map;
    }

    static double[][] identity(int size) {
        double[][] map = new double[size][size];
        for (int a = 0; a < size; a++) {
            map[a][a] = 1;
        }
        return map;
    }

    static void add(double[][] sum, double scale, double[][] term) {
        for (int a = 0; a < sum.length; a++) {
            for (int b = 0; b < sum[a].length; b++) {
                sum[a][b] += scale * term[a][b];
            }
        }
    }

    /** What a function makes of every pair of elements. */
    static double[][] tabulate(int size, Entry entry) {
        double[][] result = new double[size][size];
        for (int a = 0; a < size; a++) {
            for (int b = 0; b < size; b++) {
                result[a][b] = entry.at(a, b);
            }
        }
        return result;
    }

    interface Entry {
        double at(int a, int b);
    }
}
