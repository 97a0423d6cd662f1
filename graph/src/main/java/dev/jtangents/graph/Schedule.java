package dev.jtangents.graph;

import java.util.BitSet;
import java.util.List;

/**
 * The order in which the planes of a program are computed for one pair of examples, or for many
 * pairs side by side: data that an executor runs, the plan adds up and a test can check.
 *
 * <p>Planes that depend on one another form a group, in most networks one plane on its way through
 * all layers of a stage. The values of a group live in a few slots, so that they stay in cache.
 * Only what barriers take and give, and what a later stage reads again, is kept in full.
 *
 * @param demand the program and the planes that are needed
 * @param stages what is run one after another, each up to the next barriers
 * @param kept whether the needed planes of a node are all kept
 * @param slots how many planes a group needs at once, at most
 * @param seenInWindows the inputs of which only {@link Action#COMPUTE_IN_WINDOW} sees anything:
 *     their NTK, which is 0, need be neither written nor read
 */
record Schedule(
        Demand demand, List<Stage> stages, boolean[] kept, int slots, BitSet seenInWindows) {
    /**
     * What is done between barriers.
     *
     * @param groups planes that depend on one another, in topological order
     * @param finished the barriers whose value is complete afterwards
     */
    record Stage(List<List<Step>> groups, List<Integer> finished) {}

    /** A plane of a node: in a slot, or where it is kept when the slot is -1. */
    record Source(int input, int node, int plane, int slot) {}

    /**
     * One step.
     *
     * @param action what is done
     * @param node the node whose plane is computed, or which takes or is given a plane
     * @param plane the plane
     * @param sources the planes that are read; of {@link Action#COMPUTE} any number for each input,
     *     of {@link Action#COMPUTE_IN_WINDOW} that of the window, and then that which is added
     * @param slot where a computed plane goes, which is that of a source when it is transformed in
     *     place
     */
    record Step(Action action, int node, int plane, List<Source> sources, int slot) {}

    /** What a step does. */
    enum Action {
        /** Computes a plane from planes of the inputs. */
        COMPUTE,
        /**
         * Computes a plane of a map or an affine step, or of the sum of the latter and another
         * plane, from the plane that a window sums.
         */
        COMPUTE_IN_WINDOW,
        /** Copies a plane to where the node is kept. */
        KEEP,
        /** Gives a plane of an input to a barrier. */
        ABSORB,
        /** Gives a plane to whoever takes the output. */
        OUTPUT
    }

    CovarianceProgram program() {
        return demand.program();
    }

    Planes planes(int node) {
        return demand.planes().get(node);
    }
}
