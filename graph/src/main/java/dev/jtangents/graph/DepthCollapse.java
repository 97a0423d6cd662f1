package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.AngleFit;
import dev.jtangents.maps.AngularMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.DType;

import java.util.List;

/**
 * Replaces all layers of a fully connected network by one map, where its kernels are functions of
 * the angle between two inputs. With positively homogeneous nonlinearities and no biases they are
 * |x1| |x2| times such functions; with any layers they are when all examples have one norm.
 *
 * <p>The functions are polynomials, fitted to the layers and checked against them. A network that
 * they do not fit, or for which they do not pay, stays as it is.
 */
final class DepthCollapse {
    /** With fewer pairs the fit, some 100 pairs by the definitions of the maps, costs more. */
    private static final long FEWEST_PAIRS = 10_000;

    private static final int HIGHEST_DEGREE = 125;

    /** Both polynomials of such a degree take as long as a layer of a map with vectors. */
    private static final int DEGREE_OF_A_LAYER = 24;

    /** What comes before the polynomials takes as long as one and a half. */
    private static final int DEGREE_OF_THE_ANGLE = 36;

    private DepthCollapse() {}

    /** The program to run on a number of pairs of any examples. */
    static CovarianceProgram of(CovarianceProgram program, DType dtype, double pairs) {
        CovarianceProgram lowered = Lowering.lower(program);
        return pairs >= FEWEST_PAIRS && isCandidate(lowered) && isHomogeneous(lowered)
                ? collapsed(program, lowered, input(lowered).features(), dtype)
                : program;
    }

    /** The program to run on these examples. */
    static CovarianceProgram of(CovarianceProgram program, DType dtype, Sources sources) {
        CovarianceProgram lowered = Lowering.lower(program);
        double pairs =
                (double) sources.examples(program, Side.FIRST)
                        * sources.examples(program, Side.SECOND);
        if (pairs < FEWEST_PAIRS || !isCandidate(lowered)) {
            return program;
        }
        if (isHomogeneous(lowered)) {
            return collapsed(program, lowered, input(lowered).features(), dtype);
        }
        double norm = commonSquaredNorm(sources, input(lowered), dtype);
        return norm > 0 ? collapsed(program, lowered, norm, dtype) : program;
    }

    private static Input input(CovarianceProgram lowered) {
        return (Input) lowered.node(0).op();
    }

    private static boolean isCandidate(CovarianceProgram lowered) {
        return lowered.isFlat()
                && lowered.node(0).op() instanceof Input
                && lowered.nodes().stream().map(Node::op).allMatch(AngleRecursion::knows)
                && lowered.nodes().stream().filter(node -> node.op() instanceof Input).count() == 1;
    }

    private static boolean isHomogeneous(CovarianceProgram lowered) {
        return lowered.nodes().stream()
                .allMatch(
                        node ->
                                switch (node.op()) {
                                    case Affine(var step) -> isHomogeneous(step);
                                    case Nonlinearity(var step, var map) ->
                                            isHomogeneous(step) && map instanceof AbReluMap;
                                    default -> true;
                                });
    }

    private static boolean isHomogeneous(AffineStep step) {
        return step.shift() == 0 && step.ntkShift() == 0;
    }

    /**
     * The squared norm of all examples, or 0 when they differ by more than inner products are
     * rounded.
     */
    private static double commonSquaredNorm(Sources sources, Input input, DType dtype) {
        double spread = dtype == DType.F32 ? 1e-6 : 1e-14;
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        List<Side> sides = sources.symmetric() ? List.of(Side.FIRST) : List.of(Side.values());
        for (Side side : sides) {
            Batch batch = sources.batch(side, input.index());
            Loops loops = Loops.get(batch.values().dtype());
            for (long example = 0; example < batch.examples(); example++) {
                double norm =
                        loops.squaredNorm(
                                batch.values().segment(),
                                example * input.features(),
                                input.features());
                least = Math.min(least, norm);
                most = Math.max(most, norm);
                if (!(most <= least * (1 + spread))) {
                    return 0;
                }
            }
        }
        return (least + most) / 2;
    }

    /** The input and one map that is fitted at a squared norm, or the program as it is. */
    private static CovarianceProgram collapsed(
            CovarianceProgram program, CovarianceProgram lowered, double norm, DType dtype) {
        Input input = input(lowered);
        AngularMap map =
                AngleFit.of(
                        new AngleRecursion(lowered, norm),
                        norm / input.features(),
                        dtype == DType.F32 ? 3e-8 : 3e-13,
                        highestDegree(lowered, dtype));
        if (map == null) {
            return program;
        }
        var builder = new CovarianceProgram.Builder();
        var ntkOfOne = new AffineStep(1, 0, 0, 0, 1);
        return builder.program(builder.add(new Nonlinearity(ntkOfOne, map), builder.add(input)));
    }

    private static int highestDegree(CovarianceProgram lowered, DType dtype) {
        int layers = 0;
        for (Node node : lowered.nodes()) {
            if (node.op() instanceof Nonlinearity(var step, var map)) {
                layers++;
                if (Loops.get(dtype).map(map).isScalar()) {
                    return HIGHEST_DEGREE;
                }
            }
        }
        return Math.min(HIGHEST_DEGREE, DEGREE_OF_A_LAYER * layers - DEGREE_OF_THE_ANGLE);
    }
}
