package dev.jtangents.maps;

import java.util.Arrays;

/**
 * φ(x) = Σ cₖ xᵏ. The coefficients of φ(sqrt(q) z) in the normalised Hermite polynomials of a
 * standard normal z are q^(l/2) sₗ(q), and by Mehler's formula
 *
 * <pre>
 * sₗ(q)   = Σᵢ c₂ᵢ₊ₗ (2i + l)! / (2ⁱ i! sqrt(l!)) qⁱ
 * E[φφ]   = Σₗ sₗ(q11) sₗ(q22) q12ˡ
 * E[φ'φ'] = Σₗ l sₗ(q11) sₗ(q22) q12ˡ⁻¹
 * </pre>
 *
 * This divides by no variance, so that variances of 0 are a case as any other. Where a term
 * overflows, all are taken relative to the powers of the highest degree n, (max(1, q11) max(1,
 * q22))^(n/2), so that the result has its sign, if not its size.
 */
public final class PolynomialMap implements BivariateMap {
    private final double[] coefficients;

    /** For each l the coefficients of sₗ, from that of 1 on. */
    private final double[][] terms;

    /**
     * The map of a polynomial.
     *
     * @param coefficients c₀, c₁ and so on; none are the zero function
     */
    public PolynomialMap(double... coefficients) {
        this.coefficients = coefficients.clone();
        terms = new double[coefficients.length][];
        double rootOfFactorial = 1;
        for (int l = 0; l < terms.length; l++) {
            rootOfFactorial *= l == 0 ? 1 : Math.sqrt(l);
            terms[l] = new double[(terms.length - l + 1) / 2];
            double factor = rootOfFactorial;
            for (int i = 0; i < terms[l].length; i++) {
                int k = 2 * i + l;
                terms[l][i] = coefficients[k] * factor;
                factor *= (k + 1.0) * (k + 2.0) / (2 * (i + 1));
            }
        }
    }

    /** The map of φ(x) = xⁿ. */
    public static PolynomialMap monomial(int degree) {
        double[] coefficients = new double[degree + 1];
        coefficients[degree] = 1;
        return new PolynomialMap(coefficients);
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        double sum = 0;
        for (int l = terms.length - 1; l >= 0; l--) {
            sum = sum * q12 + value(terms[l], q11) * value(terms[l], q22);
        }
        return Double.isFinite(sum) ? sum : overflowing(0, q12, q11, q22);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double sum = 0;
        for (int l = terms.length - 1; l >= 1; l--) {
            sum = sum * q12 + l * (value(terms[l], q11) * value(terms[l], q22));
        }
        return Double.isFinite(sum) ? sum : overflowing(1, q12, q11, q22);
    }

    /** E[φφ] for order 0 and E[φ'φ'] for order 1, from terms that do not overflow. */
    private double overflowing(int order, double q12, double q11, double q22) {
        double c = Correlation.of(q12, q11, q22);
        double sum = 0;
        for (int l = terms.length - 1; l >= order; l--) {
            double product = relative(l, order, q11) * relative(l, order, q22);
            sum = sum * c + (order == 0 ? product : l * product);
        }
        double norms = Math.sqrt(Math.max(1, q11)) * Math.sqrt(Math.max(1, q22));
        return sum == 0 ? 0 : sum * Math.pow(norms, terms.length - 1 - order);
    }

    /** q^((l - order)/2) sₗ(q) / max(1, q)^((n - order)/2). */
    private double relative(int l, int order, double q) {
        double sum = 0;
        for (int i = 0; i < terms[l].length; i++) {
            int power = 2 * i + l - order;
            int rest = q > 1 ? power - (terms.length - 1 - order) : power;
            sum += terms[l][i] * Math.pow(Math.sqrt(q), rest);
        }
        return sum;
    }

    private static double value(double[] polynomial, double q) {
        double sum = 0;
        for (int i = polynomial.length - 1; i >= 0; i--) {
            sum = sum * q + polynomial[i];
        }
        return sum;
    }

    @Override
    public double variance(double q) {
        return nngp(q, q, q);
    }

    @Override
    public double varianceDerivative(double q) {
        return derivative(q, q, q);
    }

    @Override
    public String toString() {
        return "PolynomialMap" + Arrays.toString(coefficients);
    }
}
