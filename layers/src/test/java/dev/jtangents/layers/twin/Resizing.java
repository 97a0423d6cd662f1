package dev.jtangents.layers.twin;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** ImageResize: every new position is a weighted mean of old ones, axis by axis. */
final class Resizing {
    private Resizing() {}

    static Layer resize(Arguments arguments) {
        int[] shape = arguments.integers("shape");
        String method = arguments.text("method", "");
        boolean antialias = arguments.truth("antialias", true);
        return input -> {
            Layout layout = input.layout();
            int[] extents = layout.grid().extents().clone();
            for (int axis = 0; axis < shape.length; axis++) {
                if (shape[axis] != -1) {
                    extents[layout.spatial(axis)] = shape[axis];
                }
            }
            Grid to = new Grid(extents);
            return input.mappedPositions(weights(layout.grid(), to, method, antialias), to);
        };
    }

    private static double[][] weights(Grid from, Grid to, String method, boolean antialias) {
        List<double[][]> axes = new ArrayList<>();
        for (int axis = 0; axis < from.rank(); axis++) {
            int extent = from.extents()[axis];
            int target = to.extents()[axis];
            axes.add(
                    extent == target
                            ? Matrices.identity(extent)
                            : weights(extent, target, method, antialias));
        }
        double[][] weights = new double[to.size()][from.size()];
        for (int target = 0; target < to.size(); target++) {
            for (int source = 0; source < from.size(); source++) {
                weights[target][source] = 1;
                for (int axis = 0; axis < from.rank(); axis++) {
                    weights[target][source] *=
                            axes.get(axis)[to.coordinates(target)[axis]][
                                    from.coordinates(source)[axis]];
                }
            }
        }
        return weights;
    }

    private static double[][] weights(int from, int to, String method, boolean antialias) {
        double[][] weights = new double[to][from];
        double stretch = antialias ? Math.max((double) from / to, 1) : 1;
        for (int target = 0; target < to; target++) {
            if (method.equals("nearest")) {
                weights[target][(2 * target + 1) * from / (2 * to)] = 1;
                continue;
            }
            DoubleUnaryOperator bump = bump(method);
            double centre = (target + 0.5) * from / to - 0.5;
            double sum = 0;
            for (int source = 0; source < from; source++) {
                weights[target][source] = bump.applyAsDouble(Math.abs(centre - source) / stretch);
                sum += weights[target][source];
            }
            for (int source = 0; source < from; source++) {
                weights[target][source] /= sum;
            }
        }
        return weights;
    }

    private static DoubleUnaryOperator bump(String method) {
        return switch (method) {
            case "linear", "bilinear", "trilinear", "triangle" -> x -> Math.max(0, 1 - x);
            case "cubic", "bicubic", "tricubic" -> Resizing::keys;
            case "lanczos3" -> x -> lanczos(x, 3);
            case "lanczos5" -> x -> lanczos(x, 5);
            default -> throw new IllegalArgumentException(method);
        };
    }

    /** The cubic of R. G. Keys (1981). */
    private static double keys(double x) {
        if (x >= 2) {
            return 0;
        }
        return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : ((1.5 * x - 2.5) * x) * x + 1;
    }

    private static double lanczos(double x, int radius) {
        if (x > radius) {
            return 0;
        }
        // The reference takes the sinc for 1 near 0.
        return x > 1e-3
                ? radius
                        * Math.sin(Math.PI * x)
                        * Math.sin(Math.PI * x / radius)
                        / (Math.PI * Math.PI * x * x)
                : 1;
    }
}
