package dev.jtangents.maps;

/**
 * φ(x) = xⁿ for x >= 0, else 0 (Cho and Saul 2009, equations 3 and 4): E[φφ] = (q11 q22)^(n/2)
 * Jₙ(θ) / 2π and E[φ'φ'] = n² (q11 q22)^((n-1)/2) Jₙ₋₁(θ) / 2π.
 *
 * @param degree the degree n, at least 0
 */
public record RectifiedMonomialMap(int degree) implements BivariateMap {
    @Override
    public double nngp(double q12, double q11, double q22) {
        return moment(degree, q12, q11, q22);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return degree == 0 ? 0 : (double) degree * degree * moment(degree - 1, q12, q11, q22);
    }

    @Override
    public double variance(double q) {
        return halfMoment(degree, q);
    }

    @Override
    public double varianceDerivative(double q) {
        return degree == 0 ? 0 : (double) degree * degree * halfMoment(degree - 1, q);
    }

    private static double moment(int n, double q12, double q11, double q22) {
        double c = Correlation.of(q12, q11, q22);
        double scale = Math.pow(Math.sqrt(q11) * Math.sqrt(q22), n);
        return scale * angular(n, c) / (2 * Math.PI);
    }

    /** E[u²ⁿ] / 2 = (2n - 1)!! qⁿ / 2; a variance of 0 counts as an angle of π/2. */
    private static double halfMoment(int n, double q) {
        if (q == 0) {
            return moment(n, 0, 0, 0);
        }
        double result = 0.5;
        for (int k = 1; k <= n; k++) {
            result *= (2 * k - 1) * q;
        }
        return result;
    }

    /**
     * Jₙ at cos θ = c, written as A(c) (π - θ) + B(c) sin θ with polynomials A and B; from the
     * definition of Jₙ by derivatives, A' = (1 - c²) dA/dc + (2k + 1) c A and B' = A + 2k c B + (1
     * - c²) dB/dc lead from degree k to k + 1.
     */
    private static double angular(int n, double c) {
        double[] a = new double[n + 2];
        double[] b = new double[n + 2];
        a[0] = 1;
        for (int k = 0; k < n; k++) {
            double[] nextA = raised(a, 2 * k + 1);
            double[] nextB = raised(b, 2 * k);
            for (int i = 0; i < a.length; i++) {
                nextB[i] += a[i];
            }
            a = nextA;
            b = nextB;
        }
        double sine = Correlation.sine(c);
        return evaluate(a, c) * (Math.PI - Math.atan2(sine, c)) + evaluate(b, c) * sine;
    }

    /** (1 - c²) dP/dc + factor c P, of a polynomial whose degree leaves room for one more. */
    private static double[] raised(double[] p, double factor) {
        double[] result = new double[p.length];
        for (int i = 0; i < p.length; i++) {
            if (i > 0) {
                result[i - 1] += i * p[i];
            }
            if (i + 1 < p.length) {
                result[i + 1] += (factor - i) * p[i];
            }
        }
        return result;
    }

    private static double evaluate(double[] p, double c) {
        double value = 0;
        for (int i = p.length - 1; i >= 0; i--) {
            value = value * c + p[i];
        }
        return value;
    }
}
