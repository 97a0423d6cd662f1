package dev.jtangents.simd;

/**
 * What a random affine layer does to an entry q of the NNGP and Θ of the NTK:
 *
 * <pre>
 * q' = scale q + shift
 * Θ' = ntkScale Θ + ntkGain q + ntkShift
 * </pre>
 *
 * Two steps in a row are again one.
 */
public record AffineStep(
        double scale, double shift, double ntkScale, double ntkGain, double ntkShift) {
    /** q' = q, Θ' = Θ. */
    public static final AffineStep IDENTITY = new AffineStep(1, 0, 1, 0, 0);

    /** This step followed by another. */
    public AffineStep then(AffineStep next) {
        return new AffineStep(
                next.scale * scale,
                next.scale * shift + next.shift,
                next.ntkScale * ntkScale,
                next.ntkScale * ntkGain + next.ntkGain * scale,
                next.ntkScale * ntkShift + next.ntkGain * shift + next.ntkShift);
    }

    /** Whether it makes no difference if entries are summed before or after it. */
    public boolean isLinear() {
        return shift == 0 && ntkShift == 0;
    }

    /** q'. */
    public double nngp(double nngp) {
        return scale * nngp + shift;
    }

    /** Θ'. */
    public double ntk(double nngp, double ntk) {
        return ntkScale * ntk + ntkGain * nngp + ntkShift;
    }
}
