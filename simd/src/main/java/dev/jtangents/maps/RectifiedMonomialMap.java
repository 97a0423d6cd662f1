package dev.jtangents.maps;

/**
 * φ(x) = xⁿ for x >= 0, else 0 (Cho and Saul 2009, equations 3 and 4): E[φφ] = (q11 q22)^(n/2)
 * Jₙ(θ) / 2π and E[φ'φ'] = n² (q11 q22)^((n-1)/2) Jₙ₋₁(θ) / 2π.
 */
public final class RectifiedMonomialMap implements BivariateMap {
    private final int degree;
    private final Moment value;

    /** Of φ' / n; the factor n² makes it 0 where n is. */
    private final Moment slope;

    /**
     * The map of a power.
     *
     * @param degree the degree n, at least 0
     */
    public RectifiedMonomialMap(int degree) {
        this.degree = degree;
        this.value = new Moment(degree);
        this.slope = new Moment(Math.max(0, degree - 1));
    }

    /** The degree n. */
    public int degree() {
        return degree;
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        return value.of(q12, q11, q22);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return (double) degree * degree * slope.of(q12, q11, q22);
    }

    @Override
    public double variance(double q) {
        return value.of(q);
    }

    @Override
    public double varianceDerivative(double q) {
        return (double) degree * degree * slope.of(q);
    }

    @Override
    public String toString() {
        return "RectifiedMonomialMap[degree=" + degree + "]";
    }

    /**
     * The expectation for one n. Jₙ at cos θ = c is A(c) (π - θ) + B(c) sin θ with polynomials A
     * and B; from the definition of Jₙ by derivatives, A' = (1 - c²) dA/dc + (2k + 1) c A and B' =
     * A + 2k c B + (1 - c²) dB/dc lead from degree k to k + 1.
     */
    private static final class Moment {
        private final int n;
        private final double[] a;
        private final double[] b;

        Moment(int n) {
            this.n = n;
            double[] ofAngle = new double[n + 2];
            double[] ofSine = new double[n + 2];
            ofAngle[0] = 1;
            for (int k = 0; k < n; k++) {
                double[] nextOfAngle = raised(ofAngle, 2 * k + 1);
                ofSine = raised(ofSine, 2 * k);
                for (int i = 0; i < ofSine.length; i++) {
                    ofSine[i] += ofAngle[i];
                }
                ofAngle = nextOfAngle;
            }
            this.a = ofAngle;
            this.b = ofSine;
        }

        double of(double q12, double q11, double q22) {
            double c = Correlation.of(q12, q11, q22);
            double sine = Correlation.sine(q12, q11, q22);
            double angular =
                    evaluate(a, c) * (Math.PI - Math.atan2(sine, c)) + evaluate(b, c) * sine;
            double scale = Math.pow(Math.sqrt(q11) * Math.sqrt(q22), n);
            // Jₙ is positive. Where it vanishes, so does the expectation, however large its scale.
            return angular > 0 ? scale * angular / (2 * Math.PI) : 0;
        }

        /** E[u²ⁿ] / 2 = (2n - 1)!! qⁿ / 2; a variance of 0 counts as an angle of π/2. */
        double of(double q) {
            if (q == 0) {
                return of(0, 0, 0);
            }
            double result = 0.5;
            for (int k = 1; k <= n; k++) {
                result *= (2 * k - 1) * q;
            }
            return result;
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
}
