package dev.jtangents.layers;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One value, or a list of trees: what networks with several inputs or outputs take and give, nested
 * as {@code parallel} nests them.
 */
sealed interface Tree<T> {
    /** One value. */
    record Leaf<T>(T value) implements Tree<T> {
        @Override
        public String toString() {
            return String.valueOf(value);
        }
    }

    /** Several trees. */
    record Branch<T>(List<Tree<T>> parts) implements Tree<T> {
        public Branch {
            parts = List.copyOf(parts);
        }

        @Override
        public String toString() {
            return parts.toString();
        }
    }

    static <T> Tree<T> of(T value) {
        return new Leaf<>(value);
    }

    static <T> Tree<T> of(List<Tree<T>> parts) {
        return new Branch<>(parts);
    }

    /** The values from left to right. */
    default Stream<T> leaves() {
        return switch (this) {
            case Leaf<T>(T value) -> Stream.of(value);
            case Branch<T>(List<Tree<T>> parts) -> parts.stream().flatMap(Tree::leaves);
        };
    }

    /** The same tree of other values, made from left to right. */
    default <R> Tree<R> map(Function<? super T, ? extends R> function) {
        return switch (this) {
            case Leaf<T>(T value) -> new Leaf<>(function.apply(value));
            case Branch<T>(List<Tree<T>> parts) ->
                    new Branch<>(parts.stream().map(part -> part.<R>map(function)).toList());
        };
    }
}
