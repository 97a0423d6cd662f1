package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Covariances;

import java.util.List;
import java.util.function.ToIntFunction;

/** Independent branches become one array. */
final class FanIn {
    private FanIn() {}

    static Covariances sum(List<Covariances> parts) {
        Covariances first = parts.getFirst();
        int size = first.nngp().length;
        double[][] nngp = new double[size][size];
        double[][] ntk = new double[size][size];
        for (Covariances part : parts) {
            Matrices.add(nngp, 1, part.nngp());
            Matrices.add(ntk, 1, part.ntk());
        }
        return new Covariances(first.layout(), nngp, ntk, allMasked(parts));
    }

    static Covariances product(List<Covariances> parts) {
        Covariances first = parts.getFirst();
        int size = first.nngp().length;
        return new Covariances(
                first.layout(),
                Matrices.tabulate(size, (a, b) -> productWithout(parts, parts.size(), a, b)),
                Matrices.tabulate(size, (a, b) -> derivative(parts, a, b)),
                allMasked(parts));
    }

    private static double derivative(List<Covariances> parts, int a, int b) {
        double sum = 0;
        for (int k = 0; k < parts.size(); k++) {
            sum += parts.get(k).ntk()[a][b] * productWithout(parts, k, a, b);
        }
        return sum;
    }

    private static double productWithout(List<Covariances> parts, int left, int a, int b) {
        double product = 1;
        for (int k = 0; k < parts.size(); k++) {
            product *= k == left ? 1 : parts.get(k).nngp()[a][b];
        }
        return product;
    }

    static Covariances concatenation(List<Covariances> parts, int axis) {
        Layout layout = parts.getFirst().layout();
        int canonical = layout.axis(axis);
        if (canonical == layout.channelAxis()) {
            return channels(parts);
        }
        return canonical == layout.batchAxis()
                ? examples(parts)
                : positions(parts, layout.spatial(axis));
    }

    /** Inner products over more channels: a mean, each branch with the weight of its width. */
    private static Covariances channels(List<Covariances> parts) {
        Covariances first = parts.getFirst();
        int size = first.nngp().length;
        int width = total(parts, Layout::channels);
        double[][] nngp = new double[size][size];
        double[][] ntk = new double[size][size];
        for (Covariances part : parts) {
            double weight = (double) part.layout().channels() / width;
            Matrices.add(nngp, weight, part.nngp());
            Matrices.add(ntk, weight, part.ntk());
        }
        return new Covariances(first.layout().withChannels(width), nngp, ntk, allMasked(parts));
    }

    private static Covariances examples(List<Covariances> parts) {
        Layout joined =
                parts.getFirst()
                        .layout()
                        .withExamples(total(parts, Layout::first), total(parts, Layout::second));
        int[] branch = new int[joined.elements()];
        int[] source = new int[joined.elements()];
        int element = 0;
        for (boolean ofFirst : new boolean[] {true, false}) {
            for (int k = 0; k < parts.size(); k++) {
                Layout layout = parts.get(k).layout();
                for (int own = 0; own < layout.elements(); own++) {
                    if ((layout.example(own) < layout.first()) == ofFirst) {
                        branch[element] = k;
                        source[element] = own;
                        element++;
                    }
                }
            }
        }
        return blocks(parts, joined, branch, source);
    }

    private static Covariances positions(List<Covariances> parts, int axis) {
        Layout first = parts.getFirst().layout();
        int[] extents = first.grid().extents().clone();
        extents[axis] = total(parts, layout -> layout.grid().extents()[axis]);
        Layout joined = first.withGrid(new Grid(extents));
        int[] branch = new int[joined.elements()];
        int[] source = new int[joined.elements()];
        for (int element = 0; element < branch.length; element++) {
            int[] coordinates = joined.grid().coordinates(joined.position(element));
            Layout own = first;
            while (coordinates[axis] >= own.grid().extents()[axis]) {
                coordinates[axis] -= own.grid().extents()[axis];
                branch[element]++;
                own = parts.get(branch[element]).layout();
            }
            source[element] =
                    own.element(joined.example(element), own.grid().position(coordinates));
        }
        return blocks(parts, joined, branch, source);
    }

    /** Elements of different branches do not covary. */
    private static Covariances blocks(
            List<Covariances> parts, Layout joined, int[] branch, int[] source) {
        boolean[] masked = new boolean[branch.length];
        for (int element = 0; element < masked.length; element++) {
            masked[element] = parts.get(branch[element]).masked()[source[element]];
        }
        return new Covariances(
                joined,
                Matrices.tabulate(
                        branch.length,
                        (a, b) ->
                                branch[a] == branch[b]
                                        ? parts.get(branch[a]).nngp()[source[a]][source[b]]
                                        : 0),
                Matrices.tabulate(
                        branch.length,
                        (a, b) ->
                                branch[a] == branch[b]
                                        ? parts.get(branch[a]).ntk()[source[a]][source[b]]
                                        : 0),
                masked);
    }

    private static int total(List<Covariances> parts, ToIntFunction<Layout> extent) {
        return parts.stream().map(Covariances::layout).mapToInt(extent).sum();
    }

    private static boolean[] allMasked(List<Covariances> parts) {
        boolean[] masked = parts.getFirst().masked().clone();
        for (Covariances part : parts) {
            for (int element = 0; element < masked.length; element++) {
                masked[element] &= part.masked()[element];
            }
        }
        return masked;
    }
}
