package dev.jtangents.maps;

/**
 * What an elementwise nonlinearity φ does to one entry of a covariance: for (u, v) Gaussian with
 * mean 0, variances q11 and q22 and covariance q12, {@code |q12| <= sqrt(q11 q22)}, the
 * expectations of φ(u)φ(v) and of φ'(u)φ'(v).
 *
 * <p>The new NNGP is the former; the new NTK is the old one times the latter (Jacot et al. 2018,
 * arXiv:1806.07572, theorem 1; Lee et al. 2019, arXiv:1902.06720, appendix).
 */
public interface BivariateMap {
    /** E[φ(u)φ(v)]. */
    double nngp(double q12, double q11, double q22);

    /** E[φ'(u)φ'(v)]. */
    double derivative(double q12, double q11, double q22);

    /** E[φ(u)²] for u of variance q: {@link #nngp} at q12 = q11 = q22, without its rounding. */
    double variance(double q);

    /** E[φ'(u)²] for u of variance q. */
    double varianceDerivative(double q);
}
