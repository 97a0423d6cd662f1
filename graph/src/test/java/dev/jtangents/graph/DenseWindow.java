package dev.jtangents.graph;

/** Windows by their definition: a mean over the places of the window of M K Mᵀ. */
final class DenseWindow {
    private DenseWindow() {}

    static DenseKernel mean(SpatialWindow window, DenseKernel in) {
        Extents places = new Extents(window.size());
        DenseKernel sum = null;
        for (int place = 0; place < places.positions(); place++) {
            int[] d = places.coordinates(place);
            double[][] seen = seen(window, d, in.extents());
            DenseKernel term = in.mixed(window.output(), (example, out, p) -> seen[out][p]);
            sum = sum == null ? term : added(sum, term);
        }
        if (sum == null) {
            throw new IllegalArgumentException("A window without places");
        }
        DenseKernel total = sum;
        double count = places.positions();
        return total.same(
                (i, j, p, q) -> total.nngp(i, j, p, q) / count,
                (i, j, p, q) -> total.ntk(i, j, p, q) / count);
    }

    private static DenseKernel added(DenseKernel a, DenseKernel b) {
        return a.same(
                (i, j, p, q) -> a.nngp(i, j, p, q) + b.nngp(i, j, p, q),
                (i, j, p, q) -> a.ntk(i, j, p, q) + b.ntk(i, j, p, q));
    }

    /**
     * Which positions of the input are at one place of the window of each position of the output.
     */
    private static double[][] seen(SpatialWindow window, int[] d, Extents input) {
        Extents output = window.output();
        double[][] seen = new double[output.positions()][input.positions()];
        for (int out = 0; out < output.positions(); out++) {
            for (int in = 0; in < input.positions(); in++) {
                int[] to = output.coordinates(out);
                int[] from = input.coordinates(in);
                boolean all = true;
                for (int axis = 0; axis < d.length; axis++) {
                    all &= sees(window, axis, d[axis], to[axis], from[axis], input.size(axis));
                }
                seen[out][in] = all ? 1 : 0;
            }
        }
        return seen;
    }

    private static boolean sees(
            SpatialWindow window, int axis, int d, int out, int in, int inputSize) {
        int start = d - window.padding().get(axis);
        int stride = window.stride().get(axis);
        int away = window.transposed() ? in * stride + start - out : out * stride + start - in;
        int period = window.transposed() ? window.output().size(axis) : inputSize;
        return away == 0 || (window.circular() && away % period == 0);
    }
}
