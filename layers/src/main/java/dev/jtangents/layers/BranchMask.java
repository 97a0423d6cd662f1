package dev.jtangents.layers;

import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/**
 * What is masked of a branch's activations on one side of a kernel.
 *
 * @param branch whose activations these are
 * @param shape the activations' shape on this side
 * @param mask null when nothing is masked
 */
record BranchMask(Propagation branch, Shape shape, @Nullable Mask mask) {
    static BranchMask first(Propagation branch) {
        return new BranchMask(branch, branch.shape1(), branch.mask1());
    }

    static BranchMask second(Propagation branch) {
        return new BranchMask(branch, branch.shape2(), branch.mask2());
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
        Propagation like = branches.getFirst().branch();
        boolean channelsGrow = axis == like.channelAxis();
        int shared = branches.stream().mapToInt(BranchMask::maskChannels).max().orElseThrow();
        List<Mask> masks =
                branches.stream()
                        .map(b -> b.present().withChannels(channelsGrow ? b.channels() : shared))
                        .toList();
        int examples =
                axis == like.batchAxis()
                        ? masks.stream().mapToInt(Mask::examples).sum()
                        : masks.getFirst().examples();
        int channels = channelsGrow ? masks.stream().mapToInt(Mask::channels).sum() : shared;
        boolean[] masked = interleaved(masks, branches.getFirst().blocks(axis));
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
        if (axis == branch.batchAxis()) {
            return 1;
        }
        if (axis == branch.channelAxis()) {
            return examples() * branch.extents().positions();
        }
        int before = branch.spatialAxes().indexOf(axis);
        return branch.extents().sizes().subList(0, before).stream()
                .reduce(examples(), (a, b) -> a * b);
    }

    private Mask present() {
        return mask != null ? mask : Mask.none(examples(), branch.extents().positions());
    }

    private int maskChannels() {
        return present().channels();
    }

    private int examples() {
        return Math.toIntExact(shape.extent(branch.batchAxis()));
    }

    /** The channels of a position; of a flattened example all its entries. */
    private int channels() {
        return Math.toIntExact(shape.size() / examples() / branch.extents().positions());
    }
}
