package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link AbReluMap} in f64: c from the norms, κ0 and κ1 from polynomials in v = 1 - |c| and u =
 * sqrt(v), so that there is no arc function, no division and one square root per entry.
 */
final class DoubleAbReluLoop extends AbReluLoop {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private static final double[] H_FIT = ChebyshevFit.coefficients(ArcSeries::h, 16, 1);
    private static final double H0 = H_FIT[0];
    private static final double H1 = H_FIT[1];
    private static final double H2 = H_FIT[2];
    private static final double H3 = H_FIT[3];
    private static final double H4 = H_FIT[4];
    private static final double H5 = H_FIT[5];
    private static final double H6 = H_FIT[6];
    private static final double H7 = H_FIT[7];
    private static final double H8 = H_FIT[8];
    private static final double H9 = H_FIT[9];
    private static final double H10 = H_FIT[10];
    private static final double H11 = H_FIT[11];
    private static final double H12 = H_FIT[12];
    private static final double H13 = H_FIT[13];
    private static final double H14 = H_FIT[14];
    private static final double H15 = H_FIT[15];
    private static final double H16 = H_FIT[16];

    private static final double[] G_FIT = ChebyshevFit.coefficients(ArcSeries::g, 15, 1);
    private static final double G0 = G_FIT[0];
    private static final double G1 = G_FIT[1];
    private static final double G2 = G_FIT[2];
    private static final double G3 = G_FIT[3];
    private static final double G4 = G_FIT[4];
    private static final double G5 = G_FIT[5];
    private static final double G6 = G_FIT[6];
    private static final double G7 = G_FIT[7];
    private static final double G8 = G_FIT[8];
    private static final double G9 = G_FIT[9];
    private static final double G10 = G_FIT[10];
    private static final double G11 = G_FIT[11];
    private static final double G12 = G_FIT[12];
    private static final double G13 = G_FIT[13];
    private static final double G14 = G_FIT[14];
    private static final double G15 = G_FIT[15];

    private final double arc = map.arcFactor();
    private final double linear = map.linearFactor();
    private final double arcAtOne = (map.arcFactor() * Math.PI);

    DoubleAbReluLoop(AbReluMap map) {
        super(map, DType.F64);
    }

    @Override
    public void apply(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        run.check(Double.BYTES);
        long first = columns.index(0, column, run.length);
        long second = columns.index(1, column, run.length);
        double rowFirst = rows.get(0, row);
        double rowSecond = rows.get(1, row);
        MemorySegment factors = columns.segment();
        int whole = SPECIES.loopBound(run.length);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            long at = (run.offset + i) * Double.BYTES;
            DoubleVector f1 =
                    DoubleVector.fromMemorySegment(
                                    SPECIES, factors, (first + i) * Double.BYTES, ORDER)
                            .mul(rowFirst);
            DoubleVector f2 =
                    DoubleVector.fromMemorySegment(
                                    SPECIES, factors, (second + i) * Double.BYTES, ORDER)
                            .mul(rowSecond);
            DoubleVector input = DoubleVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER);
            DoubleVector c = nngp(step, input).mul(f2).max(-1).min(1);
            DoubleVector v = c.abs().neg().add(1);
            DoubleVector u = v.sqrt();
            if (run.ntk != null) {
                DoubleVector theta =
                        ntk(
                                step,
                                input,
                                DoubleVector.fromMemorySegment(SPECIES, run.ntk, at, ORDER));
                theta.mul(derivative(c, v, u)).intoMemorySegment(run.ntk, at, ORDER);
            }
            f1.mul(nngp(c, v, u)).intoMemorySegment(run.nngp, at, ORDER);
        }
        if (whole < run.length) {
            VectorMask<Double> lanes = SPECIES.indexInRange(whole, run.length);
            long at = (run.offset + whole) * Double.BYTES;
            DoubleVector f1 =
                    DoubleVector.fromMemorySegment(
                                    SPECIES, factors, (first + whole) * Double.BYTES, ORDER, lanes)
                            .mul(rowFirst);
            DoubleVector f2 =
                    DoubleVector.fromMemorySegment(
                                    SPECIES, factors, (second + whole) * Double.BYTES, ORDER, lanes)
                            .mul(rowSecond);
            DoubleVector input =
                    DoubleVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER, lanes);
            DoubleVector c = nngp(step, input).mul(f2).max(-1).min(1);
            DoubleVector v = c.abs().neg().add(1);
            DoubleVector u = v.sqrt();
            if (run.ntk != null) {
                DoubleVector theta =
                        ntk(
                                step,
                                input,
                                DoubleVector.fromMemorySegment(SPECIES, run.ntk, at, ORDER, lanes));
                theta.mul(derivative(c, v, u)).intoMemorySegment(run.ntk, at, ORDER, lanes);
            }
            f1.mul(nngp(c, v, u)).intoMemorySegment(run.nngp, at, ORDER, lanes);
        }
    }

    private static DoubleVector ntk(AffineStep step, DoubleVector q, DoubleVector theta) {
        DoubleVector gained =
                q.fma(
                        DoubleVector.broadcast(SPECIES, step.ntkGain()),
                        DoubleVector.broadcast(SPECIES, step.ntkShift()));
        return theta.fma(DoubleVector.broadcast(SPECIES, step.ntkScale()), gained);
    }

    private static DoubleVector nngp(AffineStep step, DoubleVector q) {
        return q.fma(
                DoubleVector.broadcast(SPECIES, step.scale()),
                DoubleVector.broadcast(SPECIES, step.shift()));
    }

    /** arc κ0 + linear, where κ0 = π - θ: below c = 0 the angle of -c. */
    private DoubleVector derivative(DoubleVector c, DoubleVector v, DoubleVector u) {
        DoubleVector angle = u.mul(h(v));
        VectorMask<Double> positive = c.compare(VectorOperators.GE, 0);
        DoubleVector kappa0 = angle.blend(angle.neg().add(Math.PI), positive);
        return kappa0.fma(
                DoubleVector.broadcast(SPECIES, arc), DoubleVector.broadcast(SPECIES, linear));
    }

    /** arc κ1 + linear c, where κ1 = u³ g(v) + π max(c, 0). */
    private DoubleVector nngp(DoubleVector c, DoubleVector v, DoubleVector u) {
        DoubleVector straight =
                c.max(0).fma(DoubleVector.broadcast(SPECIES, arcAtOne), c.mul(linear));
        return u.mul(v).mul(g(v)).fma(DoubleVector.broadcast(SPECIES, arc), straight);
    }

    private static DoubleVector h(DoubleVector v) {
        DoubleVector sum =
                v.fma(DoubleVector.broadcast(SPECIES, H16), DoubleVector.broadcast(SPECIES, H15));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H14));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H13));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H12));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H11));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H10));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H9));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H8));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H7));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H6));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H5));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H4));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H3));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H2));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H1));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, H0));
        return sum;
    }

    private static DoubleVector g(DoubleVector v) {
        DoubleVector sum =
                v.fma(DoubleVector.broadcast(SPECIES, G15), DoubleVector.broadcast(SPECIES, G14));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G13));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G12));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G11));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G10));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G9));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G8));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G7));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G6));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G5));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G4));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G3));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G2));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G1));
        sum = sum.fma(v, DoubleVector.broadcast(SPECIES, G0));
        return sum;
    }
}
