package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Covariances;
import dev.jtangents.layers.twin.Window.Padding;

/** Sums and means over positions. */
final class Pools {
    private Pools() {}

    static Layer average(Arguments arguments) {
        Window window = Window.of(arguments.integers("window_shape"), arguments);
        boolean edges =
                arguments.truth("normalize_edges", false) && window.padding() == Padding.SAME;
        return input -> {
            double[][] map = sums(window, input.layout().grid());
            for (double[] row : map) {
                double count = 0;
                for (double weight : row) {
                    count += weight;
                }
                for (int source = 0; source < row.length; source++) {
                    row[source] /= edges ? count : window.size();
                }
            }
            return pooled(input, window, map);
        };
    }

    static Layer sum(Arguments arguments) {
        Window window = Window.of(arguments.integers("window_shape"), arguments);
        return input -> pooled(input, window, sums(window, input.layout().grid()));
    }

    private static double[][] sums(Window window, Grid grid) {
        double[][] map = new double[window.output(grid).size()][grid.size()];
        window.taps(grid).forEach(tap -> Matrices.add(map, 1, tap));
        return map;
    }

    private static Covariances pooled(Covariances input, Window window, double[][] map) {
        Layout layout = input.layout();
        Grid grid = layout.grid();
        Covariances pooled = input.mappedPositions(map, window.output(grid));
        boolean[] masked =
                Masks.allSources(
                        Matrices.everyExample(window.centres(grid), grid.size(), layout.examples()),
                        input.masked());
        return new Covariances(pooled.layout(), pooled.nngp(), pooled.ntk(), masked);
    }

    /** A mean is over the elements that are not masked. */
    static Layer global(boolean mean) {
        return input -> {
            Layout layout = input.layout();
            double[][] map = new double[layout.examples()][layout.elements()];
            for (int element = 0; element < layout.elements(); element++) {
                map[layout.example(element)][element] = 1;
            }
            for (double[] row : mean ? map : new double[0][]) {
                int count = 0;
                for (int element = 0; element < row.length; element++) {
                    count += row[element] != 0 && !input.masked()[element] ? 1 : 0;
                }
                for (int element = 0; element < row.length; element++) {
                    row[element] /= Math.max(count, 1);
                }
            }
            return input.mapped(map, withoutPositions(layout));
        };
    }

    private static Layout withoutPositions(Layout layout) {
        boolean batchFirst = layout.batchAxis() < layout.channelAxis();
        return layout.withGrid(new Grid()).withAxes(batchFirst ? 0 : 1, batchFirst ? 1 : 0);
    }

    /** Every position has weights of its own in the layer that follows: the mean of equal ones. */
    static Layer flatten(Arguments arguments) {
        return input -> {
            Layout layout = input.layout();
            int positions = layout.grid().size();
            double[][] nngp = new double[layout.examples()][layout.examples()];
            double[][] ntk = new double[layout.examples()][layout.examples()];
            boolean[] masked = new boolean[layout.examples()];
            for (int i = 0; i < layout.examples(); i++) {
                masked[i] = true;
                for (int p = 0; p < positions; p++) {
                    int a = layout.element(i, p);
                    masked[i] &= input.masked()[a];
                    for (int j = 0; j < layout.examples(); j++) {
                        int b = layout.element(j, p);
                        nngp[i][j] += input.nngp()[a][b] / positions;
                        ntk[i][j] += input.ntk()[a][b] / positions;
                    }
                }
            }
            int batchAxis = Math.floorMod(arguments.integer("batch_axis_out", 0), 2);
            Layout flat =
                    layout.withGrid(new Grid())
                            .withChannels(layout.channels() * positions)
                            .withAxes(batchAxis, 1 - batchAxis);
            return new Covariances(flat, nngp, ntk, masked);
        };
    }
}
