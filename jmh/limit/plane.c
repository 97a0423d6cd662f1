/*
 * The whole pooled CNN but its inner products: 21 layers of a 3x3 window and ReLU over all displacement planes of
 * images of 32 x 32, 16 pairs of images side by side. Prints the time of one core per pair, least of several, and that of
 * one layer of the plane of equal positions per entry, whose memory is in the second-level cache.
 *
 * A window's sum slides: the sums of three rows are made once per cell. Rows outside the plane point to zeros, and
 * the last cell of a row, which sees two columns, stands after the loop.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relu.h"
#include "timing.h"

enum { SIDE = 32, CELLS = SIDE * SIDE, PAIRS = 16, LAYERS = 21, PLANE = CELLS * PAIRS, ROW = SIDE * PAIRS, REPEATS = 2000 };

typedef struct {
    element nngp[PLANE], ntk[PLANE];
} plane;

/* Factors of the first example of each pair, which is one, and of the second ones, per layer and position. */
typedef struct {
    element own_norms[CELLS], own_inverses[CELLS], norms[PLANE], inverses[PLANE];
} factors;

static plane planes[2] __attribute__((aligned(64)));
static factors tables[LAYERS] __attribute__((aligned(64)));
static const element zeros[ROW] __attribute__((aligned(64)));

/* A row of cells and the rows above and below. */
typedef struct {
    const element *above, *here, *below;
} rows;

static rows around(const element *values, int row, int height, int width) {
    const element *here = values + row * width * PAIRS;
    return (rows) {
        row == 0 ? zeros : here - width * PAIRS, here, row == height - 1 ? zeros : here + width * PAIRS};
}

static inline vector column(rows of, int at) {
    return add(add(load(of.above + at), load(of.here + at)), load(of.below + at));
}

/* One row of one layer, in those lanes of the cells that start at lane. */
static inline __attribute__((always_inline)) void map_row(
        bool with_ntk, folded_step step, const factors *table, int own, int other, rows nngp, rows ntk, int width,
        int lane, element *nngp_to, element *ntk_to) {
    vector none = all(0);
    vector q0 = none, q1 = column(nngp, lane);
    vector t0 = none, t1 = with_ntk ? column(ntk, lane) : none;
    const element *norms = table->norms + other * PAIRS;
    const element *inverses = table->inverses + other * PAIRS;
    for (int cell = 0; cell < width - 1; cell++) {
        int at = cell * PAIRS + lane;
        vector q2 = column(nngp, at + PAIRS);
        vector t2 = with_ntk ? column(ntk, at + PAIRS) : none;
        relu(
                with_ntk, step, multiply(load(norms + at), all(table->own_norms[own + cell])),
                multiply(load(inverses + at), all((element) step.scale * table->own_inverses[own + cell])),
                add(add(q0, q1), q2), add(add(t0, t1), t2), nngp_to + at, ntk_to + at);
        q0 = q1;
        q1 = q2;
        t0 = t1;
        t1 = t2;
    }
    int at = (width - 1) * PAIRS + lane;
    relu(
            with_ntk, step, multiply(load(norms + at), all(table->own_norms[own + width - 1])),
            multiply(load(inverses + at), all((element) step.scale * table->own_inverses[own + width - 1])),
            add(q0, q1), add(t0, t1), nngp_to + at, ntk_to + at);
}

static inline __attribute__((always_inline)) void map_plane(
        bool with_ntk, folded_step step, const factors *table, int down, int right, const plane *from, plane *to) {
    int height = SIDE - abs(down), width = SIDE - abs(right);
    int first = (down < 0 ? -down : 0) * SIDE + (right < 0 ? -right : 0);
    for (int row = 0; row < height; row++) {
        int own = first + row * SIDE, other = own + down * SIDE + right;
        rows nngp = around(from->nngp, row, height, width);
        rows ntk = around(from->ntk, row, height, width);
        for (int lane = 0; lane < PAIRS; lane += LANES) {
            map_row(
                    with_ntk, step, table, own, other, nngp, ntk, width, lane, to->nngp + row * width * PAIRS,
                    to->ntk + row * width * PAIRS);
        }
    }
}

static __attribute__((noinline)) void map_both(
        folded_step step, const factors *table, int down, int right, const plane *from, plane *to) {
    map_plane(true, step, table, down, right, from, to);
}

static __attribute__((noinline)) void map_nngp(
        folded_step step, const factors *table, int down, int right, const plane *from, plane *to) {
    map_plane(false, step, table, down, right, from, to);
}

/* All planes through all layers, from constant covariances; a sum of results, so that none is left out. */
static double propagate(bool with_ntk, folded_step step) {
    double sum = 0;
    for (int down = 1 - SIDE; down < SIDE; down++) {
        for (int right = 1 - SIDE; right < SIDE; right++) {
            int used = (SIDE - abs(down)) * (SIDE - abs(right)) * PAIRS;
            for (int i = 0; i < used; i++) {
                planes[0].nngp[i] = (element) 0.01;
                planes[0].ntk[i] = 0;
            }
            for (int layer = 0; layer < LAYERS; layer++) {
                const plane *from = &planes[layer % 2];
                plane *to = &planes[1 - layer % 2];
                (with_ntk ? map_both : map_nngp)(step, &tables[layer], down, right, from, to);
            }
            const plane *last = &planes[LAYERS % 2];
            sum += with_ntk ? last->ntk[0] : last->nngp[0];
        }
    }
    return sum;
}

/* One layer over and over, from the first plane to the second. */
static double repeat(bool with_ntk, folded_step step) {
    for (int time = 0; time < REPEATS; time++) {
        (with_ntk ? map_both : map_nngp)(step, &tables[0], 0, 0, &planes[0], &planes[1]);
    }
    return with_ntk ? planes[1].ntk[0] : planes[1].nngp[0];
}

/* The processor time of a measurement, least of several; a result of it goes to sum. */
static double measure(int rounds, double work(bool, folded_step), bool with_ntk, folded_step step, double *sum) {
    double time = INFINITY;
    for (int round = 0; round < rounds; round++) {
        double start = cpu_seconds();
        *sum = work(with_ntk, step);
        time = least(time, cpu_seconds() - start);
    }
    return time;
}

/* The ReLU of a Gaussian pair whose correlation is c, by the definition, to check the vectors by. */
static void check(affine_step step, double q, double tangent) {
    element given[2][LANES] __attribute__((aligned(64))), got[2][LANES] __attribute__((aligned(64)));
    for (int lane = 0; lane < LANES; lane++) {
        given[0][lane] = (element) q;
        given[1][lane] = (element) tangent;
    }
    relu(true, folded(step), all(ARC), all(step.scale), load(given[0]), load(given[1]), got[0], got[1]);
    double c = step.scale * q + step.shift, theta = acos(c);
    double nngp = (sin(theta) + (M_PI - theta) * c) / (2 * M_PI);
    double ntk = (step.ntk_scale * tangent + step.ntk_gain * q + step.ntk_shift) * (M_PI - theta) / (2 * M_PI);
    double allowed = ELEMENT_BITS == 32 ? 1e-6 : 1e-14;
    if (fabs(got[0][0] - nngp) > allowed || fabs(got[1][0] - ntk) > allowed) {
        fprintf(stderr, "at c = %g: %.17g and %.17g, expected %.17g and %.17g\n", c, got[0][0], got[1][0], nngp, ntk);
        exit(1);
    }
}

int main(int count, char **arguments) {
    int rounds = count > 1 ? atoi(arguments[1]) : 5;
    fit_series();
    for (double q = -0.6; q < 0.6; q += 0.1) {
        check((affine_step) {1.5, 0.05, 1.5, 1.5, 0.1}, q, 0.3);
    }
    for (int layer = 0; layer < LAYERS; layer++) {
        for (int cell = 0; cell < CELLS; cell++) {
            tables[layer].own_norms[cell] = (element) sqrt(ARC);
            tables[layer].own_inverses[cell] = 1;
        }
        for (int i = 0; i < PLANE; i++) {
            tables[layer].norms[i] = (element) sqrt(ARC);
            tables[layer].inverses[i] = 1;
        }
    }
    folded_step step = folded((affine_step) {1 / 9., 0, 1 / 9., 1 / 9., 0});
    for (int kernels = 2; kernels >= 1; kernels--) {
        const char *name = kernels == 2 ? "NNGP and NTK" : "NNGP alone";
        double sum = 0;
        double time = measure(rounds, propagate, kernels == 2, step, &sum);
        printf(
                "planes %d bits  %s  %-13s %8.3f core-ms/entry   (%.6g)\n", VECTOR_BITS, ELEMENT_NAME, name,
                1e3 * time / PAIRS, sum);
        time = measure(rounds, repeat, kernels == 2, step, &sum);
        printf(
                "plane  %d bits  %s  %-13s %8.3f ns/entry        (%.6g)\n", VECTOR_BITS, ELEMENT_NAME, name,
                1e9 * time / REPEATS / PLANE, sum);
    }
    return 0;
}
