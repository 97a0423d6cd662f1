package dev.jtangents.graph;

import dev.jtangents.simd.AffineStep;

import java.util.ArrayList;
import java.util.List;

/**
 * What a network does to the inner products of two inputs, as steps in order; immutable.
 *
 * <p>Legal programs: at most one {@link CovarianceOp.SpatialMean}; everything else in any order.
 */
public record CovarianceProgram(List<CovarianceOp> ops) {
    /** The program that leaves inner products as they are. */
    public static final CovarianceProgram EMPTY = new CovarianceProgram(List.of());

    public CovarianceProgram {
        ops = List.copyOf(ops);
        long means = ops.stream().filter(CovarianceOp.SpatialMean.class::isInstance).count();
        if (means > 1) {
            throw new IllegalArgumentException(
                    "A program takes the mean over positions once; this one does "
                            + means
                            + " times.");
        }
    }

    /** This program followed by one more step. */
    public CovarianceProgram then(CovarianceOp op) {
        List<CovarianceOp> longer = new ArrayList<>(ops);
        longer.add(op);
        return new CovarianceProgram(longer);
    }

    /** Whether some step takes the mean over positions, so that only equal positions matter. */
    public boolean takesSpatialMean() {
        return ops.stream().anyMatch(CovarianceOp.SpatialMean.class::isInstance);
    }

    /** The same program, with neighbouring affine steps made one. */
    public CovarianceProgram fused() {
        List<CovarianceOp> fused = new ArrayList<>();
        for (CovarianceOp op : ops) {
            if (op instanceof CovarianceOp.Affine next
                    && !fused.isEmpty()
                    && fused.getLast() instanceof CovarianceOp.Affine last) {
                fused.set(fused.size() - 1, new CovarianceOp.Affine(last.step().then(next.step())));
            } else {
                fused.add(op);
            }
        }
        return new CovarianceProgram(fused);
    }

    /** The same program on inner products that still have to be multiplied by a factor. */
    public CovarianceProgram onScaledInput(double factor) {
        List<CovarianceOp> longer = new ArrayList<>();
        longer.add(new CovarianceOp.Affine(new AffineStep(factor, 0, 1, 0, 0)));
        longer.addAll(ops);
        return new CovarianceProgram(longer);
    }
}
