package dev.jtangents.layers.twin;

/**
 * What the elements of a joint batch are: {@code first} examples of x1, then {@code second} of x2,
 * each with all positions of a grid. The axes say where the layers find examples and channels.
 */
record Layout(int first, int second, Grid grid, int channels, int batchAxis, int channelAxis) {
    int examples() {
        return first + second;
    }

    int elements() {
        return examples() * grid.size();
    }

    int element(int example, int position) {
        return example * grid.size() + position;
    }

    int example(int element) {
        return element / grid.size();
    }

    int position(int element) {
        return element % grid.size();
    }

    int rank() {
        return grid.rank() + 2;
    }

    int axis(int axis) {
        return Math.floorMod(axis, rank());
    }

    /** Which axis of the grid an axis of the arrays is. */
    int spatial(int axis) {
        int canonical = axis(axis);
        return canonical - (batchAxis < canonical ? 1 : 0) - (channelAxis < canonical ? 1 : 0);
    }

    Layout withGrid(Grid other) {
        return new Layout(first, second, other, channels, batchAxis, channelAxis);
    }

    Layout withChannels(int count) {
        return new Layout(first, second, grid, count, batchAxis, channelAxis);
    }

    Layout withAxes(int batch, int channel) {
        return new Layout(first, second, grid, channels, batch, channel);
    }

    Layout withExamples(int ofFirst, int ofSecond) {
        return new Layout(ofFirst, ofSecond, grid, channels, batchAxis, channelAxis);
    }
}
