package dev.jtangents.layers.twin;

import java.util.stream.IntStream;

/** Layers that rescale elements: by their variance, or each with itself. */
final class Normalization {
    private Normalization() {}

    static Layer layerNorm(Arguments arguments) {
        double epsilon = arguments.number("eps", 1e-12);
        return input -> {
            Layout layout = input.layout();
            int[] axes = IntStream.of(arguments.integers("axis", -1)).map(layout::axis).toArray();
            double[] deviations = new double[layout.elements()];
            for (int a = 0; a < deviations.length; a++) {
                double sum = 0;
                int count = 0;
                for (int b = 0; b < deviations.length; b++) {
                    if (together(a, b, layout, axes) && !input.masked()[b]) {
                        sum += input.nngp()[b][b];
                        count++;
                    }
                }
                deviations[a] = Math.sqrt(epsilon + sum / Math.max(count, 1));
            }
            return input.with(
                    Matrices.tabulate(
                            deviations.length,
                            (a, b) -> input.nngp()[a][b] / (deviations[a] * deviations[b])),
                    Matrices.tabulate(
                            deviations.length,
                            (a, b) -> input.ntk()[a][b] / (deviations[a] * deviations[b])));
        };
    }

    /** Two elements have one variance if they differ in normalized axes only. */
    private static boolean together(int a, int b, Layout layout, int[] axes) {
        for (int axis = 0; axis < layout.rank(); axis++) {
            int other = axis;
            boolean normalized = IntStream.of(axes).anyMatch(each -> each == other);
            if (axis == layout.batchAxis()) {
                boolean inOneBatch =
                        (layout.example(a) < layout.first())
                                == (layout.example(b) < layout.first());
                if (normalized ? !inOneBatch : layout.example(a) != layout.example(b)) {
                    return false;
                }
            } else if (axis != layout.channelAxis() && !normalized) {
                int spatial = layout.spatial(axis);
                if (layout.grid().coordinates(layout.position(a))[spatial]
                        != layout.grid().coordinates(layout.position(b))[spatial]) {
                    return false;
                }
            }
        }
        return true;
    }

    /** What is kept is scaled up, so that only second moments of an element alone change. */
    static Layer dropout(Arguments arguments) {
        double keep =
                arguments.text("mode", "train").equals("test") ? 1 : arguments.number("rate", 1);
        return input ->
                input.with(
                        Matrices.tabulate(
                                input.nngp().length,
                                (a, b) -> input.nngp()[a][b] / (a == b ? keep : 1)),
                        Matrices.tabulate(
                                input.ntk().length,
                                (a, b) -> input.ntk()[a][b] / (a == b ? keep : 1)));
    }
}
