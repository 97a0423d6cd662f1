package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;

import org.jspecify.annotations.Nullable;

/**
 * What the vector loops of {@link AbReluMap} share. With p = arc E[x z], n = arc |x| |z|, θ =
 * acos(|p| / n), the smooth function a of {@link ArcSeries}, base = linear / arc + (1 where p >= 0)
 * and the sign s = -1 where p >= 0, else 1, both kernels are
 *
 * <pre>
 * t       = tan(θ / 2) / π, where (π t)² = (n - |p|) / (n + |p|)
 * slope   = base + s θ / π = base + s t 2 a((π t)²)
 * E[φ'φ'] = arc slope
 * E[φφ]   = p slope + n sin θ / π = p slope + t (n + |p|)
 * </pre>
 *
 * for any sign of p: one division, one root, one polynomial, and of the factors of examples only
 * their norms. For the NNGP alone, with c the correlation, v = 1 - |c|, u = sqrt(v) and g of {@link
 * ArcSeries},
 *
 * <pre>
 * E[φφ] = n (c base + u v g(v) / π)
 * </pre>
 *
 * which takes no division, but the inverses of norms as well. There is no arc function. Angles are
 * in half turns because π has no exact value: at an angle of 0 the covariance of ReLU is p to the
 * last digit. Near 0, p slope and t (n + |p|) have terms in t that cancel, as the series of a
 * begins with 1. Where no covariance is negative, as after any ReLU, base and sign are constants.
 *
 * <p>Beyond |c| = 1, which only rounding reaches, the angle is 0. The maximum of floats takes six
 * instructions where Java's rules for NaN and -0 hold, that of their bits as integers takes one:
 * what is negative is so as an integer, too. (A NaN may become a number there; p itself keeps it.)
 * Integers of 64 bits have no such instruction before AVX-512: in f64 the absolute value of n - |p|
 * replaces one error of the size of rounding by another.
 *
 * <p>Where a norm is 0, so are p and n, and (π t)² is made 1, as at a correlation of 0: 0 / 0 is
 * NaN, which as an integer without sign is larger than 1. A small number on both sides of the
 * division would do as well, but for the quotients below the normal numbers that it leaves at an
 * angle of 0: with these, processors take ten times as long.
 *
 * <p>The bodies of the loops call nothing but the Vector API: past 18,000 nodes HotSpot's C2
 * inlines no other method, and then only where it knows the class of the receiver, which is why a
 * vector that was made early stands before the dot. A vector that is not inlined is boxed on the
 * heap. Nor may a loop be too large for C1, which gives up on methods with some 20,000 virtual
 * registers; C2 may then never be asked. In f64, whose polynomials have twice the degree, the
 * coefficients are therefore in an array, whose loop C2 unrolls, and a window is summed in a pass
 * of its own. In f32, where two kernels and a window in one pass need nearly all registers, they
 * are constants, which take none.
 */
abstract class AbReluLoop implements PlaneMapLoop {
    /** The factor sqrt(arc q) of an example, whose products with others are n. */
    static final int NORM = 0;

    /** The factor 1 / sqrt(q) of an example, which the NNGP alone takes. */
    static final int INVERSE = 1;

    /** A shift this many times larger than the scale would lose digits if divided by it. */
    private static final double LARGE = 1e6;

    final double arc;
    final double line;

    /** Whether correlations below 0 have to be expected. */
    final boolean withSigns;

    /** Whether all runs have an NTK, so that there are no inverses. */
    private final boolean withNtk;

    private final DType dtype;
    private final OwnFactors none;

    /** The loops over planes, one per case, once they have been asked for. */
    private final @Nullable AbReluPlanes[] planes = new @Nullable AbReluPlanes[16];

    /**
     * Below, 1 / sqrt(q) or a product of two leaves the range of the dtype; such a q counts as 0.
     */
    private final double smallest;

    AbReluLoop(AbReluMap map, DType dtype, boolean nonNegative, boolean withNtk) {
        this.withNtk = withNtk;
        withSigns = !nonNegative;
        this.dtype = dtype;
        none = new OwnFactors(dtype, 0, 0);
        arc = map.arcFactor();
        line = map.linearFactor() / arc;
        smallest = dtype == DType.F32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    }

    /** Whether a map is not linear: then there is an arc to divide by. */
    static boolean isFor(AbReluMap map) {
        return map.arcFactor() > 0;
    }

    @Override
    public int factors() {
        return withNtk ? 1 : 2;
    }

    @Override
    public void prepare(double variance, double[] factors) {
        factors[NORM] = norm(variance);
        if (!withNtk) {
            factors[INVERSE] = inverse(variance);
        }
    }

    @Override
    public void prepare(double[] variances, double[][] factors, int count) {
        for (int example = 0; example < count; example++) {
            factors[NORM][example] = norm(variances[example]);
        }
        for (int example = 0; !withNtk && example < count; example++) {
            factors[INVERSE][example] = inverse(variances[example]);
        }
    }

    private double norm(double variance) {
        return Math.sqrt(arc * variance);
    }

    private double inverse(double variance) {
        return variance < smallest ? 0 : 1 / Math.sqrt(variance);
    }

    @Override
    public boolean takes(AffineStep step) {
        return step.scale() > 1 / LARGE && Math.abs(step.shift()) < LARGE * step.scale();
    }

    @Override
    public void applyToPlane(
            PlaneRun run, AffineStep step, OwnFactors own, FactorTable columns, long column) {
        own.check(run);
        long norms = address(columns, run, NORM, column);
        long inverses = inverses(columns, run, column);
        planes(run, false).map(run, step, arc, line, own, 0, 0, norms, inverses);
    }

    @Override
    public void applyToPlane(
            PlaneRun run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        long ownNorms = address(rows, run, NORM, row);
        long ownInverses = inverses(rows, run, row);
        long norms = address(columns, run, NORM, column);
        long inverses = inverses(columns, run, column);
        planes(run, true).map(run, step, arc, line, none, ownNorms, ownInverses, norms, inverses);
    }

    /** Refuses a run of the NNGP alone where there are no inverses. */
    final void requireInverses() {
        if (withNtk) {
            throw new IllegalArgumentException("These factors are for runs with an NTK");
        }
    }

    /** Where the inverses of norms are, if a run takes them. */
    private long inverses(FactorTable table, PlaneRun run, long entry) {
        if (run.ntk != null) {
            return 0;
        }
        requireInverses();
        return address(table, run, INVERSE, entry);
    }

    private long address(FactorTable table, PlaneRun run, int factor, long entry) {
        return Addresses.of(table.segment()) + table.origin(run, factor, entry) * dtype.bytes();
    }

    private AbReluPlanes planes(PlaneRun run, boolean laneByLane) {
        boolean withNtk = run.ntk != null;
        boolean seesNtk = withNtk && run.seesNtk;
        int index =
                (withNtk ? 1 : 0) + (seesNtk ? 2 : 0) + (run.sums ? 4 : 0) + (laneByLane ? 8 : 0);
        AbReluPlanes loops = planes[index];
        if (loops == null) {
            loops =
                    planes(
                            new AbReluPlanes.Case(
                                    withNtk, seesNtk, withSigns, run.sums, laneByLane));
            planes[index] = loops;
        }
        return loops;
    }

    /** The loops over planes of this dtype. */
    abstract AbReluPlanes planes(AbReluPlanes.Case which);
}
