package dev.jtangents.graph;

import dev.jtangents.maps.BivariateMap;
import dev.jtangents.simd.AffineStep;

import java.util.Locale;

/** One step of a covariance program. All but {@link SpatialMean} act on each entry alone. */
public sealed interface CovarianceOp {
    /**
     * Approximate floating-point operations per entry of the vector loop.
     *
     * @param withNtk whether the NTK is carried along
     */
    int flops(boolean withNtk);

    /** A random affine layer. */
    record Affine(AffineStep step) implements CovarianceOp {
        @Override
        public int flops(boolean withNtk) {
            return withNtk ? 6 : 2;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "affine: q <- %.6g q + %.6g, ntk <- %.6g ntk + %.6g q + %.6g",
                    step.scale(),
                    step.shift(),
                    step.ntkScale(),
                    step.ntkGain(),
                    step.ntkShift());
        }
    }

    /** An elementwise nonlinearity. */
    record Nonlinearity(BivariateMap map) implements CovarianceOp {
        @Override
        public int flops(boolean withNtk) {
            return withNtk ? 42 : 27;
        }

        @Override
        public String toString() {
            return "map: " + map;
        }
    }

    /** The mean over the pairs of equal positions, which leaves one position. */
    record SpatialMean() implements CovarianceOp {
        @Override
        public int flops(boolean withNtk) {
            return withNtk ? 4 : 2;
        }

        @Override
        public String toString() {
            return "mean over equal positions";
        }
    }
}
