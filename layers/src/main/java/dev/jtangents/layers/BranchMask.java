package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/**
 * What is masked of a branch's activations, on one side of a kernel or in a finite network.
 *
 * @param shape the activations' shape
 * @param batchAxis the axis of examples in that shape, from 0
 * @param channelAxis the axis of channels in that shape, from 0
 * @param extents the positions
 * @param mask null when nothing is masked
 */
record BranchMask(
        Shape shape, int batchAxis, int channelAxis, Extents extents, @Nullable Mask mask) {
    static BranchMask first(Propagation branch) {
        return of(branch, branch.shape1(), branch.mask1());
    }

    static BranchMask second(Propagation branch) {
        return of(branch, branch.shape2(), branch.mask2());
    }

    private static BranchMask of(Propagation branch, Shape shape, @Nullable Mask mask) {
        return new BranchMask(
                shape, branch.batchAxis(), branch.channelAxis(), branch.extents(), mask);
    }

    static BranchMask of(Signal branch, int channelAxis) {
        Shape shape = branch.shape();
        int batchAxis = branch.batchAxis();
        Extents extents = new InputAxes(batchAxis, channelAxis).spatialIn(shape);
        FiniteMask mask = branch.mask();
        return new BranchMask(
                shape, batchAxis, channelAxis, extents, mask == null ? null : mask.mask());
    }

    /** What is masked in every branch that has a mask, or null when none has. */
    static @Nullable Mask inAll(List<BranchMask> branches) {
        return branches.stream()
                .map(BranchMask::mask)
                .filter(Objects::nonNull)
                .reduce(Mask::and)
                .orElse(null);
    }

    /**
     * The masks of the branches one after another along an axis of their activations, or null when
     * none has one.
     */
    static @Nullable Mask concatenated(List<BranchMask> branches, int axis) {
        if (branches.stream().allMatch(branch -> branch.mask() == null)) {
            return null;
        }
        BranchMask first = branches.getFirst();
        boolean channelsGrow = axis == first.channelAxis;
        int shared = branches.stream().mapToInt(BranchMask::maskChannels).max().orElseThrow();
        List<Mask> masks =
                branches.stream()
                        .map(b -> b.present().withChannels(channelsGrow ? b.channels() : shared))
                        .toList();
        int examples =
                axis == first.batchAxis
                        ? masks.stream().mapToInt(Mask::examples).sum()
                        : masks.getFirst().examples();
        int channels = channelsGrow ? masks.stream().mapToInt(Mask::channels).sum() : shared;
        boolean[] masked = interleaved(masks, first.blocks(axis));
        return new Mask(examples, masked.length / examples / channels, channels, masked);
    }

    /** The first block of each mask, then the second of each, and so on. */
    private static boolean[] interleaved(List<Mask> masks, int blocks) {
        int length = masks.stream().mapToInt(mask -> mask.masked().length).sum();
        boolean[] made = new boolean[length];
        int at = 0;
        for (int block = 0; block < blocks; block++) {
            for (Mask mask : masks) {
                int size = mask.masked().length / blocks;
                System.arraycopy(mask.masked(), block * size, made, at, size);
                at += size;
            }
        }
        return made;
    }

    /** How many blocks a mask has that run through the whole of an axis and all axes after it. */
    private int blocks(int axis) {
        if (axis == batchAxis) {
            return 1;
        }
        if (axis == channelAxis) {
            return examples() * extents.positions();
        }
        int before = axis - (batchAxis < axis ? 1 : 0) - (channelAxis < axis ? 1 : 0);
        return extents.sizes().subList(0, before).stream().reduce(examples(), (a, b) -> a * b);
    }

    private Mask present() {
        return mask != null ? mask : Mask.none(examples(), extents.positions());
    }

    private int maskChannels() {
        return present().channels();
    }

    private int examples() {
        return Math.toIntExact(shape.extent(batchAxis));
    }

    /** The channels of a position; of a flattened example all its entries. */
    private int channels() {
        return Math.toIntExact(shape.size() / examples() / extents.positions());
    }
}
