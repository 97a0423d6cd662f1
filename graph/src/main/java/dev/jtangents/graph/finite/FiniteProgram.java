package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Shape;

import java.util.ArrayList;
import java.util.List;

/** Operations in the order in which they run; each names the earlier ones that it takes. */
public final class FiniteProgram {
    /**
     * An operation, the nodes it takes, and the shape of its result. The last node is the output.
     */
    record Node(FiniteOp op, List<Integer> inputs, Shape shape) {}

    private final List<Node> nodes;

    private FiniteProgram(List<Node> nodes) {
        this.nodes = nodes;
    }

    List<Node> nodes() {
        return nodes;
    }

    /** The shapes of the parameters, in order. */
    public List<Shape> parameterShapes() {
        return nodes.stream()
                .filter(node -> node.op() instanceof FiniteOp.Parameter)
                .map(Node::shape)
                .toList();
    }

    /** Grows a program, value by value; a value is known by its number. */
    public static final class Builder {
        private final List<Node> nodes = new ArrayList<>();
        private int parameters;

        /** A program whose value 0 is the input, of this shape. */
        public Builder(Shape input) {
            nodes.add(new Node(new FiniteOp.Input(), List.of(), input));
        }

        /** The shape of a value. */
        public Shape shape(int value) {
            return nodes.get(value).shape();
        }

        /** The next parameter. */
        public int parameter(Shape shape) {
            return append(new FiniteOp.Parameter(parameters++), shape);
        }

        /** {@code factor x W} along an axis. */
        public int contract(int x, int weights, int axis, double factor) {
            Shape shape = shape(x).with(axis, shape(weights).extent(1));
            return append(new FiniteOp.Contract(shape(x).axis(axis), factor), shape, x, weights);
        }

        /** {@code x + factor b}, with b repeated where its extent is 1. */
        public int addScaled(int x, int b, double factor) {
            return append(new FiniteOp.AddScaled(factor), shape(x), x, b);
        }

        /** A function of each element. */
        public int map(int x, ScalarFunction function) {
            return append(new FiniteOp.Map(function), shape(x), x);
        }

        /** The axes in another order. */
        public int permute(int x, List<Integer> axes) {
            long[] extents = axes.stream().mapToLong(axis -> shape(x).extent(axis)).toArray();
            return append(new FiniteOp.Permute(List.copyOf(axes)), Shape.of(extents), x);
        }

        /** The same elements in another shape. */
        public int reshape(int x, List<Long> extents) {
            long[] target = extents.stream().mapToLong(Long::longValue).toArray();
            return append(new FiniteOp.Reshape(List.copyOf(extents)), Shape.of(target), x);
        }

        private int append(FiniteOp op, Shape shape, Integer... inputs) {
            nodes.add(new Node(op, List.of(inputs), shape));
            return nodes.size() - 1;
        }

        /** The program whose output is the value that was made last. */
        public FiniteProgram build() {
            return new FiniteProgram(List.copyOf(nodes));
        }
    }
}
