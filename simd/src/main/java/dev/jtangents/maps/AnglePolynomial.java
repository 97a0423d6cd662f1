package dev.jtangents.maps;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * A function of an angle θ in [0, π], as a polynomial in x = sin(θ/2) - cos(θ/2). Of a correlation
 * c that is sqrt((1 - c) / 2) - sqrt((1 + c) / 2), without an arc function, and at both ends it is
 * smooth in θ, which the functions of ReLU-like networks are, too.
 *
 * <p>With w = 2x² - 1 and y = 2w² - 1 the value is A(y) + w B(y) + x (C(y) + w D(y)): four short
 * polynomials that do not wait for one another, and whose coefficients stay small where those of
 * the powers of x would cancel. All of x, w and y are in [-1, 1].
 */
public final class AnglePolynomial {
    private static final int PARTS = 4;

    private final int degree;
    private final double[] coefficients;

    /** The sum of series[k] Tₖ(x). */
    AnglePolynomial(double[] series) {
        degree = series.length - 1;
        double[] even = evenPart(series);
        double[] odd = oddPart(series);
        double[][] split = {evenPart(even), oddPart(even), evenPart(odd), oddPart(odd)};
        coefficients = new double[PARTS * Math.max(2, degree / PARTS + 1)];
        for (int part = 0; part < PARTS; part++) {
            double[] powers = powers(split[part]);
            for (int power = 0; power < powers.length; power++) {
                coefficients[coefficients.length - PARTS * (power + 1) + part] = powers[power];
            }
        }
    }

    /** The even terms as a series in w: T₂ⱼ(x) = Tⱼ(w). */
    private static double[] evenPart(double[] series) {
        double[] even = new double[(series.length + 1) / 2];
        for (int k = 0; k < series.length; k += 2) {
            even[k / 2] = series[k];
        }
        return even;
    }

    /** The odd terms divided by x as a series in w, from T₂ⱼ₊₁ + T₂ⱼ₋₁ = 2 x Tⱼ(w). */
    private static double[] oddPart(double[] series) {
        double[] odd = new double[Math.max(1, series.length / 2)];
        double rest = 0;
        for (int j = odd.length - 1; j >= 0; j--) {
            rest = (2 * j + 1 < series.length ? series[2 * j + 1] : 0) - rest;
            odd[j] = j == 0 ? rest : 2 * rest;
        }
        return odd;
    }

    /** The sum of series[k] Tₖ(y) in powers of y, by the recurrence of the Tₖ. */
    private static double[] powers(double[] series) {
        double[] sum = new double[series.length];
        double[] before = new double[series.length];
        double[] current = new double[series.length];
        current[0] = 1;
        for (int k = 0; k < series.length; k++) {
            double[] next = new double[series.length];
            for (int i = 0; i <= k; i++) {
                sum[i] += series[k] * current[i];
                double raised = i == 0 ? 0 : current[i - 1];
                next[i] = (k == 0 ? raised : 2 * raised) - before[i];
            }
            if (k + 1 < next.length) {
                next[k + 1] = (k == 0 ? 1 : 2) * current[k];
            }
            before = current;
            current = next;
        }
        return sum;
    }

    /** The degree in x. */
    public int degree() {
        return degree;
    }

    /**
     * The coefficients of A, B, C and D side by side, those of the highest power of y first, as
     * Horner's scheme takes them.
     */
    public double[] coefficients() {
        return coefficients.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AnglePolynomial that
                && degree == that.degree
                && Arrays.equals(coefficients, that.coefficients);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(coefficients);
    }

    /** The value at an angle. */
    public double at(double angle) {
        double x = Math.sin(angle / 2) - Math.cos(angle / 2);
        double w = 2 * x * x - 1;
        double y = 2 * w * w - 1;
        double[] sums = new double[PARTS];
        for (int i = 0; i < coefficients.length; i++) {
            sums[i % PARTS] = Math.fma(sums[i % PARTS], y, coefficients[i]);
        }
        return Math.fma(x, Math.fma(w, sums[3], sums[2]), Math.fma(w, sums[1], sums[0]));
    }
}
