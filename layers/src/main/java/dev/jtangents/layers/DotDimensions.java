package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;

import java.util.List;
import java.util.stream.Stream;

/**
 * Which axes of two factors are contracted with one another, and which are shared; the k-th of one
 * list with the k-th of the other.
 */
record DotDimensions(
        List<Integer> leftContracted,
        List<Integer> rightContracted,
        List<Integer> leftBatched,
        List<Integer> rightBatched) {
    static final DotDimensions NONE = new DotDimensions(List.of(), List.of(), List.of(), List.of());

    DotDimensions {
        leftContracted = List.copyOf(leftContracted);
        rightContracted = List.copyOf(rightContracted);
        leftBatched = List.copyOf(leftBatched);
        rightBatched = List.copyOf(rightBatched);
        requireDistinct(leftContracted, leftBatched);
        requireDistinct(rightContracted, rightBatched);
        if (leftContracted.size() != rightContracted.size()
                || leftBatched.size() != rightBatched.size()) {
            throw new InputException(
                    "DotGeneral pairs axes of the left factor with axes of the right one;"
                            + " contracted are "
                            + leftContracted
                            + " and "
                            + rightContracted
                            + ", batched "
                            + leftBatched
                            + " and "
                            + rightBatched
                            + ": give as many of both.");
        }
    }

    private static void requireDistinct(List<Integer> contracted, List<Integer> batched) {
        List<Integer> all = Stream.concat(contracted.stream(), batched.stream()).toList();
        if (all.stream().distinct().count() != all.size()
                || all.stream().anyMatch(axis -> axis < 0)) {
            throw new InputException(
                    "DotGeneral contracts axes "
                            + contracted
                            + " and batches axes "
                            + batched
                            + " of one factor; axes count from 0, each can be named once.");
        }
    }

    /** As a model file writes it: the contracted axes of both factors, then the batched ones. */
    static DotDimensions of(List<List<List<Integer>>> tree) {
        if (tree.isEmpty()) {
            return NONE;
        }
        return new DotDimensions(
                tree.get(0).get(0), tree.get(0).get(1), tree.get(1).get(0), tree.get(1).get(1));
    }

    List<List<List<Integer>>> toTree() {
        return List.of(
                List.of(leftContracted, rightContracted), List.of(leftBatched, rightBatched));
    }

    DotDimensions contracting(List<Integer> left, List<Integer> right) {
        return new DotDimensions(left, right, leftBatched, rightBatched);
    }

    DotDimensions batched(List<Integer> left, List<Integer> right) {
        return new DotDimensions(leftContracted, rightContracted, left, right);
    }
}
