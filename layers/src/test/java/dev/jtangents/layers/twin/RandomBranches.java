package dev.jtangents.layers.twin;

import java.util.ArrayList;
import java.util.List;

/** Random branches and what joins them. */
final class RandomBranches {
    private RandomBranches() {}

    static boolean sum(Draft draft) {
        List<Draft> branches = gaussian(draft, 2 + draft.random.nextInt(2));
        join(draft, branches, "\"FanInSum\"");
        return true;
    }

    static boolean product(Draft draft) {
        if (!draft.mayGrow) {
            return false;
        }
        draft.mayGrow = false;
        List<Draft> branches = gaussian(draft, 2);
        if (draft.random.nextBoolean()) {
            branches.getFirst().add(RandomActivation.of(draft.random, false).text());
        }
        join(draft, branches, "\"FanInProd\"");
        draft.gaussian = false;
        return true;
    }

    static boolean concatenation(Draft draft) {
        int axis = draft.random.nextInt(draft.rank() + 2);
        if (axis == 0 && (draft.graph != null || draft.chance(0.7))) {
            return false;
        }
        boolean ofChannels = axis == draft.channelAxis();
        if (ofChannels && draft.masked) {
            // The reference refuses masks of single channels.
            return false;
        }
        boolean ofPositions = axis != 0 && !ofChannels;
        if (ofPositions && draft.positions() * 2 > Draft.MOST_POSITIONS) {
            return false;
        }
        List<Draft> branches = gaussian(draft, 2);
        if (ofChannels) {
            branches.getFirst().add(RandomActivation.of(draft.random, false).text());
            RandomWeights.dense(branches.getLast(), 3);
        }
        int[] joined = branches.getFirst().extents.clone();
        join(draft, branches, LayerText.of("FanInConcat", "axis", axis));
        if (ofChannels) {
            draft.channels = branches.getFirst().channels + 3;
            draft.gaussian = false;
        } else if (ofPositions) {
            joined[draft.channelsFirst ? axis - 2 : axis - 1] *= 2;
            draft.extents = joined;
        } else {
            draft.concatenatedExamples = true;
        }
        return true;
    }

    /** Branches that end with weights and in one shape; the last one may be the identity. */
    private static List<Draft> gaussian(Draft draft, int count) {
        int width = draft.random.nextInt(1, 4);
        int stride = draft.chance(0.2) ? 2 : 1;
        boolean shortcut = stride == 1 && draft.gaussian && draft.chance(0.3);
        List<Draft> branches = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            Draft branch = draft.branch();
            if (shortcut && k == count - 1) {
                branch.add("\"Identity\"");
            } else {
                fill(branch, stride, shortcut ? draft.channels : width);
            }
            branches.add(branch);
        }
        return branches;
    }

    private static void fill(Draft branch, int stride, int width) {
        if (!branch.gaussian && branch.random.nextBoolean()) {
            RandomWeights.dense(branch, 2);
        }
        if (branch.gaussian && branch.chance(0.7)) {
            branch.add(RandomActivation.of(branch.random, false).text());
        }
        boolean anything = stride == 1 || branch.rank() == 0;
        switch (anything ? branch.random.nextInt(3) : 0) {
            case 0 -> RandomWeights.straight(branch, stride, width);
            case 1 -> RandomWeights.dense(branch, width);
            default -> {
                if (!RandomWeights.attention(branch, width)) {
                    RandomWeights.dense(branch, width);
                }
            }
        }
    }

    private static void join(Draft draft, List<Draft> branches, String fanIn) {
        draft.add(LayerText.of("FanOut", "num", branches.size()));
        draft.add(LayerText.parallel(branches.stream().map(Draft::text).toList()));
        draft.add(fanIn);
        Draft first = branches.getFirst();
        draft.extents = first.extents;
        draft.channels = first.channels;
        draft.gaussian = true;
        draft.weighted = true;
    }
}
