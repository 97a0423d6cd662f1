package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Attention;
import dev.jtangents.graph.CovarianceOp.BilinearAttention;
import dev.jtangents.graph.CovarianceOp.Concatenation;
import dev.jtangents.graph.CovarianceOp.Dropout;
import dev.jtangents.graph.CovarianceOp.EqualPositions;
import dev.jtangents.graph.CovarianceOp.ExampleConcatenation;
import dev.jtangents.graph.CovarianceOp.ExampleMap;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Mixing;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Normalization;
import dev.jtangents.graph.CovarianceOp.Permutation;
import dev.jtangents.graph.CovarianceOp.PositionCovariance;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.Scaling;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.Window;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Covariance programs by their definition: of every node the kernel of all examples of both batches
 * at all pairs of positions, entry by entry in double.
 */
final class DenseTwin {
    private final CovarianceProgram program;
    private final List<Tensor> first;
    private final List<Tensor> second;
    private final List<DenseKernel> values = new ArrayList<>();

    /**
     * Evaluates a program.
     *
     * @param second the inputs of the second batch, none when it is the first again
     */
    DenseTwin(CovarianceProgram program, List<Tensor> first, List<Tensor> second) {
        this.program = program;
        this.first = first;
        this.second = second;
        for (CovarianceProgram.Node node : program.nodes()) {
            List<DenseKernel> inputs = node.inputs().stream().map(values::get).toList();
            values.add(value(node, inputs));
        }
    }

    DenseKernel output() {
        return value(program.nodes().size() - 1);
    }

    DenseKernel value(int node) {
        return values.get(node);
    }

    private DenseKernel value(CovarianceProgram.Node node, List<DenseKernel> inputs) {
        DenseKernel in = inputs.isEmpty() ? null : inputs.getFirst();
        if (in == null) {
            return input((Input) node.op());
        }
        return switch (node.op()) {
            case Affine(AffineStep step) ->
                    in.same(
                            (i, j, p, q) -> step.nngp(in.nngp(i, j, p, q)),
                            (i, j, p, q) -> step.ntk(in.nngp(i, j, p, q), in.ntk(i, j, p, q)));
            case Nonlinearity(AffineStep step, BivariateMap map) -> mapped(in, step, map);
            case Window(SpatialWindow window) -> DenseWindow.mean(window, in);
            case EqualPositions ignored ->
                    in.same(
                            (i, j, p, q) -> p == q ? in.nngp(i, j, p, q) : 0,
                            (i, j, p, q) -> p == q ? in.ntk(i, j, p, q) : 0);
            case Permutation(List<Integer> axes) -> permuted(in, node.extents(), axes);
            case WeightedSum(List<Double> weights) ->
                    in.same(
                            (i, j, p, q) -> {
                                double sum = 0;
                                for (int k = 0; k < weights.size(); k++) {
                                    sum += weights.get(k) * inputs.get(k).nngp(i, j, p, q);
                                }
                                return sum;
                            },
                            (i, j, p, q) -> {
                                double sum = 0;
                                for (int k = 0; k < weights.size(); k++) {
                                    sum += weights.get(k) * inputs.get(k).ntk(i, j, p, q);
                                }
                                return sum;
                            });
            case Product ignored -> product(inputs);
            case Concatenation(int axis) -> DenseJoins.positions(inputs, node.extents(), axis);
            case Scaling(PerExample factors) ->
                    in.scaled(
                            (example, p) ->
                                    in.constant(factors, example, factors.width() == 1 ? 0 : p));
            case Normalization op -> normalized(in, op);
            case Dropout(double rate) ->
                    in.same(
                            (i, j, p, q) -> in.nngp(i, j, p, q) / (i == j && p == q ? rate : 1),
                            (i, j, p, q) -> in.ntk(i, j, p, q) / (i == j && p == q ? rate : 1));
            case PositionCovariance op -> {
                int positions = in.positions();
                yield in.same(
                        (i, j, p, q) ->
                                op.scale() * in.nngp(i, j, p, q)
                                        + op.covariance()[p * positions + q],
                        (i, j, p, q) ->
                                op.scale() * in.ntk(i, j, p, q)
                                        + (op.inNtk() ? op.covariance()[p * positions + q] : 0));
            }
            case PositionMap(SparseMatrix matrix, Extents output) -> {
                double[][] dense = DenseJoins.dense(matrix);
                yield in.mixed(output, (example, out, p) -> dense[out][p]);
            }
            case PositionMean ignored -> mean(in);
            case Mixing(PerExample matrices, Extents output) ->
                    in.mixed(
                            output,
                            (example, out, p) ->
                                    in.constant(matrices, example, out * in.positions() + p));
            case Attention op -> DenseAttention.mixed(op, in, inputs.get(1));
            case BilinearAttention ignored -> DenseAttention.bilinear(in, inputs.get(1));
            case ExampleMap(SparseMatrix one, SparseMatrix other) ->
                    DenseJoins.mapped(in, one, other);
            case ExampleConcatenation ignored -> DenseJoins.examples(inputs);
            default -> throw new IllegalArgumentException("Not an operation here: " + node.op());
        };
    }

    private DenseKernel input(Input op) {
        Tensor x1 = first.get(op.index());
        int rows = (int) x1.shape().extent(0);
        Tensor x2 = second.isEmpty() ? x1 : second.get(op.index());
        int columns = second.isEmpty() ? 0 : (int) x2.shape().extent(0);
        return DenseKernel.of(
                rows,
                columns,
                op.positions(),
                (i, j, p, q) -> {
                    double sum = 0;
                    for (int c = 0; c < op.features(); c++) {
                        double left = i < rows ? x1.get(i, p, c) : x2.get(i - rows, p, c);
                        double right = j < rows ? x1.get(j, q, c) : x2.get(j - rows, q, c);
                        sum += left * right;
                    }
                    return sum / op.features();
                },
                (i, j, p, q) -> 0);
    }

    private static DenseKernel mapped(DenseKernel in, AffineStep step, BivariateMap map) {
        return in.same(
                (i, j, p, q) -> {
                    double q11 = step.nngp(in.nngp(i, i, p, p));
                    double q22 = step.nngp(in.nngp(j, j, q, q));
                    double q12 = step.nngp(in.nngp(i, j, p, q));
                    return i == j && p == q ? map.variance(q11) : map.nngp(q12, q11, q22);
                },
                (i, j, p, q) -> {
                    double q11 = step.nngp(in.nngp(i, i, p, p));
                    double q22 = step.nngp(in.nngp(j, j, q, q));
                    double q12 = step.nngp(in.nngp(i, j, p, q));
                    double derivative =
                            i == j && p == q
                                    ? map.varianceDerivative(q11)
                                    : map.derivative(q12, q11, q22);
                    return derivative * step.ntk(in.nngp(i, j, p, q), in.ntk(i, j, p, q));
                });
    }

    private static DenseKernel permuted(DenseKernel in, Extents output, List<Integer> axes) {
        int[] from = new int[output.positions()];
        for (int p = 0; p < from.length; p++) {
            int[] out = output.coordinates(p);
            int[] coordinates = new int[out.length];
            for (int axis = 0; axis < out.length; axis++) {
                coordinates[axes.get(axis)] = out[axis];
            }
            from[p] = in.extents().position(coordinates);
        }
        return in.with(
                output,
                (i, j, p, q) -> in.nngp(i, j, from[p], from[q]),
                (i, j, p, q) -> in.ntk(i, j, from[p], from[q]));
    }

    private static DenseKernel product(List<DenseKernel> factors) {
        return factors.getFirst()
                .same(
                        (i, j, p, q) -> {
                            double product = 1;
                            for (DenseKernel factor : factors) {
                                product *= factor.nngp(i, j, p, q);
                            }
                            return product;
                        },
                        (i, j, p, q) -> {
                            double sum = 0;
                            for (int k = 0; k < factors.size(); k++) {
                                double product = factors.get(k).ntk(i, j, p, q);
                                for (int l = 0; l < factors.size(); l++) {
                                    product *= k == l ? 1 : factors.get(l).nngp(i, j, p, q);
                                }
                                sum += product;
                            }
                            return sum;
                        });
    }

    private static DenseKernel mean(DenseKernel in) {
        return in.with(
                Extents.NONE,
                (i, j, p, q) -> {
                    double sum = 0;
                    for (int at = 0; at < in.positions(); at++) {
                        sum += in.nngp(i, j, at, at);
                    }
                    return sum / in.positions();
                },
                (i, j, p, q) -> {
                    double sum = 0;
                    for (int at = 0; at < in.positions(); at++) {
                        sum += in.ntk(i, j, at, at);
                    }
                    return sum / in.positions();
                });
    }

    /** A position's variance is averaged with those that differ from it in the axes only. */
    private static DenseKernel normalized(DenseKernel in, Normalization op) {
        Extents extents = in.extents();
        return in.scaled(
                (example, p) -> {
                    double sum = 0;
                    double count = 0;
                    for (int other = 0; other < in.examples(); other++) {
                        boolean together =
                                op.overExamples()
                                        ? in.isFirst(other) == in.isFirst(example)
                                        : other == example;
                        for (int q = 0; together && q < in.positions(); q++) {
                            if (differsOnlyIn(op.axes(), extents, p, q)) {
                                PerExample flags = op.present();
                                double present = flags == null ? 1 : in.constant(flags, other, q);
                                sum += present * in.nngp(other, other, q, q);
                                count += present;
                            }
                        }
                    }
                    return 1 / Math.sqrt(sum / Math.max(count, 1) + op.epsilon());
                });
    }

    private static boolean differsOnlyIn(List<Integer> axes, Extents extents, int p, int q) {
        int[] left = extents.coordinates(p);
        int[] right = extents.coordinates(q);
        for (int axis = 0; axis < left.length; axis++) {
            if (left[axis] != right[axis] && !axes.contains(axis)) {
                return false;
            }
        }
        return true;
    }
}
