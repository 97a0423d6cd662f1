/*
 * One ReLU layer on a vector of entries: an affine step q' = scale q + shift, T' = ntk_scale T + ntk_gain q +
 * ntk_shift, and then the map, with c the correlation, v = 1 - |c| and u = sqrt(v),
 *
 *     acos(|c|) = u h(v),    sin(angle) - angle cos(angle) = u v g(v),
 *     slope = base + sign u h(v),    E[f' f'] = slope / 2 pi,
 *     E[f f] = |x1| |x2| (c slope + sqrt(v (2 - v))) / 2 pi = |x1| |x2| (base c + u v g(v)) / 2 pi,
 *
 * where base is pi and sign -1 at c >= 0, and base is 0 and sign 1 elsewhere. h and g are polynomials through the
 * Chebyshev nodes of [0, 1]. The degrees are those of the library's loops.
 */
#ifndef RELU_H
#define RELU_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "lanes.h"

#if ELEMENT_BITS == 32
enum { H_DEGREE = 6, G_DEGREE = 5 };
#else
enum { H_DEGREE = 16, G_DEGREE = 15 };
#endif

static element h_terms[H_DEGREE + 1];
static element g_terms[G_DEGREE + 1];

/* acos(1 - v), without the rounding of 1 - v. */
static double angle(double v) { return 2 * asin(sqrt(v / 2)); }

static double h(double v) { return angle(v) / sqrt(v); }

/* sin t - t cos t as its series, the sum of (-1)^(k+1) 2k t^(2k+1) / (2k+1)!, which does not cancel near 0. */
static double g(double v) {
    double t = angle(v), power = t, sum = 0;
    for (int k = 1; k <= 18; k++) {
        power *= -t * t / (2 * k * (2 * k + 1));
        sum -= 2 * k * power;
    }
    return sum / (v * sqrt(v));
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
    fit(h, H_DEGREE, h_terms);
    fit(g, G_DEGREE, g_terms);
}

static inline __attribute__((always_inline)) vector polynomial(vector x, const element *terms, int degree) {
    vector sum = all(terms[degree]);
#pragma GCC unroll 16
    for (int k = degree - 1; k >= 0; k--) {
        sum = fused(sum, x, all(terms[k]));
    }
    return sum;
}

/* The step with 1 / 2 pi in the NTK's, as the library folds it, and shift / scale, since the scale is in inverses. */
typedef struct {
    double scale, shift, ntk_scale, ntk_gain, ntk_shift;
} affine_step;

static affine_step folded(affine_step step) {
    const double arc = 1 / (2 * M_PI);
    return (affine_step) {
        step.scale, step.shift / step.scale, arc * step.ntk_scale, arc * step.ntk_gain, arc * step.ntk_shift};
}

/*
 * Writes the layer's results. norms is |x1| |x2| / 2 pi, inverses is scale / (|x1| |x2|); tangent and ntk are not
 * touched without NTK.
 */
static inline __attribute__((always_inline)) void relu(
        bool with_ntk, affine_step step, vector norms, vector inverses, vector q, vector tangent, element *nngp,
        element *ntk) {
    vector c = multiply(add(q, all(step.shift)), inverses);
    mask acute = not_negative(c);
    vector base = choose(acute, all(M_PI), all(0));
    vector v = absolute(subtract(all(1), absolute(c)));
    vector u = root(v);
    if (with_ntk) {
        vector before = fused(tangent, all(step.ntk_scale), fused(q, all(step.ntk_gain), all(step.ntk_shift)));
        vector arc = choose(acute, negative(u), u);
        vector slope = fused(arc, polynomial(v, h_terms, H_DEGREE), base);
        store(ntk, multiply(before, slope));
        vector sine = root(multiply(v, subtract(all(2), v)));
        store(nngp, multiply(norms, fused(c, slope, sine)));
    } else {
        vector curve = fused(multiply(u, v), polynomial(v, g_terms, G_DEGREE), multiply(c, base));
        store(nngp, multiply(norms, curve));
    }
}

#endif
