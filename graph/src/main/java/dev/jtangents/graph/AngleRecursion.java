package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.maps.AngleFit;
import dev.jtangents.maps.AngleFit.Kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * A program of one position on two examples of one variance, node by node, as a function of the
 * angle between them.
 */
final class AngleRecursion implements AngleFit.Network {
    /**
     * Covariances this close to their bound are at it. An angle that only rounding has opened would
     * show in the NTK as the square root of that rounding.
     */
    private static final double ROUNDING = 8 * Math.ulp(1.0);

    private final CovarianceProgram program;
    private final double variance;

    /** The kernels of an example with itself after each node. */
    private final List<Kernels> own = new ArrayList<>();

    /** The recursion of a lowered program from an inner product of an input with itself. */
    AngleRecursion(CovarianceProgram program, double variance) {
        this.program = program;
        this.variance = variance;
        for (Node node : program.nodes()) {
            own.add(own(node));
        }
    }

    /** Whether all operations are known here. */
    static boolean knows(CovarianceOp op) {
        return op instanceof Input
                || op instanceof Affine
                || op instanceof WeightedSum
                || op instanceof Nonlinearity;
    }

    private Kernels own(Node node) {
        if (node.op() instanceof Nonlinearity(var step, var map)) {
            Kernels before = own.get(node.inputs().getFirst());
            double q = step.nngp(before.nngp());
            double ntk = step.ntk(before.nngp(), before.ntk());
            return new Kernels(map.variance(q), ntk * map.varianceDerivative(q));
        }
        return linear(node, own, variance);
    }

    @Override
    public Kernels at(double angle) {
        if (angle == 0) {
            return own.getLast();
        }
        List<Kernels> pair = new ArrayList<>();
        for (Node node : program.nodes()) {
            if (node.op() instanceof Nonlinearity(var step, var map)) {
                Kernels before = pair.get(node.inputs().getFirst());
                double bound = step.nngp(own.get(node.inputs().getFirst()).nngp());
                double q = step.nngp(before.nngp());
                if (Math.abs(q) > bound * (1 - ROUNDING)) {
                    q = Math.copySign(bound, q);
                }
                double ntk = step.ntk(before.nngp(), before.ntk());
                pair.add(
                        new Kernels(
                                map.nngp(q, bound, bound), ntk * map.derivative(q, bound, bound)));
            } else {
                pair.add(linear(node, pair, variance * Math.cos(angle)));
            }
        }
        return pair.getLast();
    }

    private static Kernels linear(Node node, List<Kernels> before, double input) {
        return switch (node.op()) {
            case Input ignored -> new Kernels(input, 0);
            case Affine(var step) -> {
                Kernels in = before.get(node.inputs().getFirst());
                yield new Kernels(step.nngp(in.nngp()), step.ntk(in.nngp(), in.ntk()));
            }
            case WeightedSum(var weights) -> {
                double nngp = 0;
                double ntk = 0;
                for (int i = 0; i < weights.size(); i++) {
                    Kernels in = before.get(node.inputs().get(i));
                    nngp += weights.get(i) * in.nngp();
                    ntk += weights.get(i) * in.ntk();
                }
                yield new Kernels(nngp, ntk);
            }
            default -> throw new IllegalStateException("No function of the angle: " + node.op());
        };
    }
}
