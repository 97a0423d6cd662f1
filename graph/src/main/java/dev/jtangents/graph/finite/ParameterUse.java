package dev.jtangents.graph.finite;

import java.util.ArrayList;
import java.util.List;

/** How a program reads a parameter, as far as its Jacobian has a structure because of it. */
sealed interface ParameterUse {
    /** The node whose cotangents make the Jacobian. */
    int node();

    /** The elements of the parameter. */
    long size();

    /**
     * A matrix of weights that multiplies activations, nothing else: its Jacobian is the sum over
     * positions of what enters (the left input) times the cotangent of what leaves.
     *
     * @param node the product
     * @param left what enters
     */
    record Weights(int node, int left, MatrixProduct product) implements ParameterUse {
        @Override
        public long size() {
            return (long) product.groups() * product.inner() * product.width();
        }

        int entering() {
            return product.groups() * product.height() * product.inner();
        }

        int leaving() {
            return product.groups() * product.height() * product.width();
        }
    }

    /** Any other parameter: the cotangents of itself are its Jacobian. */
    record Whole(int node, long size) implements ParameterUse {}

    /** The parameters of a program, in order. */
    static List<ParameterUse> of(FiniteProgram program) {
        List<List<Integer>> users = users(program);
        List<ParameterUse> uses = new ArrayList<>();
        for (int parameter : program.parameterNodes()) {
            uses.add(use(program, users, parameter));
        }
        return uses;
    }

    private static List<List<Integer>> users(FiniteProgram program) {
        List<List<Integer>> users = new ArrayList<>();
        for (int node = 0; node < program.nodes().size(); node++) {
            users.add(new ArrayList<>());
            for (int input : program.nodes().get(node).inputs()) {
                users.get(input).add(node);
            }
        }
        program.outputs().forEach(output -> users.get(output.node()).add(-1));
        return users;
    }

    private static ParameterUse use(
            FiniteProgram program, List<List<Integer>> users, int parameter) {
        int matrix = parameter;
        while (users.get(matrix).size() == 1) {
            int user = users.get(matrix).getFirst();
            if (user < 0) {
                break;
            }
            FiniteProgram.Node node = program.nodes().get(user);
            if (node.operation() instanceof LinearMap map && map.isPermutation()) {
                matrix = user;
            } else if (node.operation() instanceof MatrixProduct product
                    && node.inputs().get(1) == matrix
                    && !program.nodes().get(node.inputs().get(0)).shared()) {
                return new Weights(user, node.inputs().get(0), product);
            } else {
                break;
            }
        }
        return new Whole(parameter, program.nodes().get(parameter).width());
    }
}
