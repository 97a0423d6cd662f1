package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Covariances;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** The covariances of the inputs: means over channels of products, of what is not masked. */
final class InputCovariances {
    private final Layout layout;
    private final @Nullable Double maskConstant;
    private final double[][] features;
    private final boolean[] masked;

    private InputCovariances(Layout layout, @Nullable Double maskConstant) {
        this.layout = layout;
        this.maskConstant = maskConstant;
        this.features = new double[layout.elements()][layout.channels()];
        this.masked = new boolean[layout.elements()];
    }

    /** The batches are x1 and, if there is one, x2. */
    static Covariances of(List<Array> batches, InputAxes axes, @Nullable Double maskConstant) {
        Array x1 = batches.getFirst();
        int[] spatial = new int[x1.rank() - 2];
        int next = 0;
        for (int axis = 0; axis < x1.rank(); axis++) {
            if (axis != axes.batch() && axis != axes.channel()) {
                spatial[next++] = x1.extent(axis);
            }
        }
        int second = batches.size() == 1 ? 0 : batches.get(1).extent(axes.batch());
        var inputs =
                new InputCovariances(
                        new Layout(
                                x1.extent(axes.batch()),
                                second,
                                new Grid(spatial),
                                x1.extent(axes.channel()),
                                axes.batch(),
                                axes.channel()),
                        maskConstant);
        int before = 0;
        for (Array batch : batches) {
            inputs.read(batch, before);
            before += batch.extent(axes.batch());
        }
        return inputs.covariances();
    }

    private void read(Array batch, int before) {
        int examples = batch.extent(layout.batchAxis());
        Grid array = new Grid(batch.extents());
        for (int example = 0; example < examples; example++) {
            for (int position = 0; position < layout.grid().size(); position++) {
                int element = layout.element(before + example, position);
                masked[element] = true;
                for (int channel = 0; channel < layout.channels(); channel++) {
                    double value =
                            batch.data()[array.position(coordinates(example, position, channel))];
                    if (isMask(value)) {
                        continue;
                    }
                    masked[element] = false;
                    features[element][channel] = value;
                }
            }
        }
    }

    private int[] coordinates(int example, int position, int channel) {
        int[] spatial = layout.grid().coordinates(position);
        int[] coordinates = new int[layout.rank()];
        for (int axis = 0; axis < coordinates.length; axis++) {
            if (axis == layout.batchAxis()) {
                coordinates[axis] = example;
            } else if (axis == layout.channelAxis()) {
                coordinates[axis] = channel;
            } else {
                coordinates[axis] = spatial[layout.spatial(axis)];
            }
        }
        return coordinates;
    }

    private boolean isMask(double value) {
        return maskConstant != null
                && (Double.isNaN(maskConstant) ? Double.isNaN(value) : value == maskConstant);
    }

    private Covariances covariances() {
        return new Covariances(
                layout,
                Matrices.tabulate(layout.elements(), this::meanProduct),
                new double[layout.elements()][layout.elements()],
                masked);
    }

    private double meanProduct(int a, int b) {
        double sum = 0;
        for (int channel = 0; channel < layout.channels(); channel++) {
            sum += features[a][channel] * features[b][channel];
        }
        return sum / layout.channels();
    }
}
