/*
 * One ReLU layer on a vector of entries: an affine step q' = scale q + shift, T' = ntk_scale T + ntk_gain q +
 * ntk_shift, and then the map, by the formulas of the library's AbReluLoop. Both kernels, with p = ARC q',
 * n = ARC |x1| |x2| and the angle of |p| / n:
 *
 *     t = tan(angle / 2) / pi,    (pi t)^2 = (n - |p|) / (n + |p|),    slope = base + sign 2 t a((pi t)^2),
 *     E[f' f'] = ARC slope,    E[f f] = p slope + t (n + |p|),
 *
 * and the NNGP alone, with c the correlation, v = 1 - |c|, u = sqrt(v) and sin(angle) - angle cos(angle) = u v g(v):
 *
 *     E[f f] = n (base c + u v g(v) / pi),
 *
 * where base is 1 and sign -1 at c >= 0, and base is 0 and sign 1 elsewhere. a and g are polynomials through the
 * Chebyshev nodes of [0, 1]. The degrees are those of the library's loops.
 */
#ifndef RELU_H
#define RELU_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "lanes.h"

/* The factor of angles in half turns. */
#define ARC 0.5

#if ELEMENT_BITS == 32
enum { A_DEGREE = 7, G_DEGREE = 5 };
#else
enum { A_DEGREE = 17, G_DEGREE = 15 };
#endif

/* Those of 2 a. */
static element a_terms[A_DEGREE + 1];

/* Those of g / pi. */
static element g_terms[G_DEGREE + 1];

/* acos(1 - v), without the rounding of 1 - v. */
static double angle(double v) { return 2 * asin(sqrt(v / 2)); }

/* atan(sqrt(s)) / sqrt(s), twice. */
static double a_of(double s) { return 2 * atan(sqrt(s)) / sqrt(s); }

/* sin t - t cos t as its series, the sum of (-1)^(k+1) 2k t^(2k+1) / (2k+1)!, which does not cancel near 0. */
static double g_of(double v) {
    double t = angle(v), power = t, sum = 0;
    for (int k = 1; k <= 18; k++) {
        power *= -t * t / (2 * k * (2 * k + 1));
        sum -= 2 * k * power;
    }
    return sum / (M_PI * v * sqrt(v));
}

/* Interpolates at the Chebyshev nodes of [0, 1] by Newton's divided differences; terms from degree 0 up. */
static void fit(double function(double), int degree, element *terms) {
    long double node[20], difference[20], power[20] = {0};
    for (int i = 0; i <= degree; i++) {
        node[i] = (1 + cosl((i + 0.5L) / (degree + 1) * acosl(-1))) / 2;
        difference[i] = function((double) node[i]);
    }
    for (int order = 1; order <= degree; order++) {
        for (int i = degree; i >= order; i--) {
            difference[i] = (difference[i] - difference[i - 1]) / (node[i] - node[i - order]);
        }
    }
    for (int i = degree; i >= 0; i--) {
        for (int k = degree; k > 0; k--) {
            power[k] = power[k - 1] - node[i] * power[k];
        }
        power[0] = difference[i] - node[i] * power[0];
    }
    for (int k = 0; k <= degree; k++) {
        terms[k] = (element) power[k];
    }
}

static void fit_series(void) {
    fit(a_of, A_DEGREE, a_terms);
    fit(g_of, G_DEGREE, g_terms);
}

static inline __attribute__((always_inline)) vector polynomial(vector x, const element *terms, int degree) {
    vector sum = all(terms[degree]);
#pragma GCC unroll 16
    for (int k = degree - 1; k >= 0; k--) {
        sum = fused(sum, x, all(terms[k]));
    }
    return sum;
}

typedef struct {
    double scale, shift, ntk_scale, ntk_gain, ntk_shift;
} affine_step;

/*
 * The step as the library folds it: with ARC where both kernels are, and as scale and shift / scale for the NNGP
 * alone, where the scale is in inverses.
 */
typedef struct {
    double scale, shift_by_scale, arc_scale, arc_shift, ntk_scale, ntk_gain, ntk_shift;
} folded_step;

static folded_step folded(affine_step step) {
    return (folded_step) {
        step.scale, step.shift / step.scale, ARC * step.scale, ARC * step.shift, ARC * step.ntk_scale,
        ARC * step.ntk_gain, ARC * step.ntk_shift};
}

/*
 * Writes the layer's results. norms is ARC |x1| |x2|, inverses is scale / (|x1| |x2|), which the NNGP alone takes;
 * tangent and ntk are not touched without NTK.
 */
static inline __attribute__((always_inline)) void relu(
        bool with_ntk, folded_step step, vector norms, vector inverses, vector q, vector tangent, element *nngp,
        element *ntk) {
    if (with_ntk) {
        vector p = fused(q, all(step.arc_scale), all(step.arc_shift));
        vector size = absolute(p), sum = add(norms, size);
        vector square = smaller(divide(larger(subtract(norms, size), all(0)), sum), all(1));
        vector t = multiply(root(square), all(1 / M_PI));
        mask acute = not_negative(p);
        vector arc = choose(acute, negative(t), t);
        vector slope = fused(arc, polynomial(square, a_terms, A_DEGREE), choose(acute, all(1), all(0)));
        vector before = fused(tangent, all(step.ntk_scale), fused(q, all(step.ntk_gain), all(step.ntk_shift)));
        store(ntk, multiply(before, slope));
        store(nngp, fused(t, sum, multiply(p, slope)));
    } else {
        vector c = multiply(add(q, all(step.shift_by_scale)), inverses);
        vector base = choose(not_negative(c), all(1), all(0));
        vector v = absolute(subtract(all(1), absolute(c)));
        vector curve = fused(multiply(root(v), v), polynomial(v, g_terms, G_DEGREE), multiply(c, base));
        store(nngp, multiply(norms, curve));
    }
}

#endif
