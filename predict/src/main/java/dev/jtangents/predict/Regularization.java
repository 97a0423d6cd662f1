package dev.jtangents.predict;

import dev.jtangents.predict.solver.DiagonalShift;

import java.util.stream.DoubleStream;

/**
 * What is added to the diagonal of a train-train kernel.
 *
 * @param diagReg as the user gave it
 * @param absoluteScale whether it is added as it is, or times the mean of the diagonal
 * @param maxJitter up to which multiple of the mean of the diagonal more may be added where the
 *     kernel cannot be factored otherwise
 */
record Regularization(double diagReg, boolean absoluteScale, double maxJitter)
        implements DiagonalShift {
    static final Regularization NONE = new Regularization(0, false, 0);

    /** The smallest multiple of the mean of the diagonal that leaves solutions correct digits. */
    private static final double LEAST_JITTER = 1e-10;

    @Override
    public double of(double diagonalMean) {
        return absoluteScale ? diagReg : diagReg * diagonalMean;
    }

    /** 0, then tenfold steps up to the largest. */
    @Override
    public DoubleStream jitters(double diagonalMean) {
        DoubleStream none = DoubleStream.of(0);
        if (!(maxJitter > 0 && diagonalMean > 0)) {
            return none;
        }
        DoubleStream steps =
                DoubleStream.iterate(LEAST_JITTER, jitter -> jitter < maxJitter, j -> 10 * j);
        DoubleStream multiples = DoubleStream.concat(steps, DoubleStream.of(maxJitter));
        return DoubleStream.concat(none, multiples.map(jitter -> jitter * diagonalMean));
    }

    @Override
    public String toString() {
        return "diag_reg = "
                + diagReg
                + (absoluteScale ? " (absolute scale)" : " (times the mean of the diagonal)")
                + (maxJitter > 0 ? " and jitter up to " + maxJitter : "");
    }
}
