/*
 * One ReLU layer on a row of 256 entries in the first-level cache, as a fully connected network has it: one variance
 * of x1, 256 of x2. Prints the time of one core per entry, least of several.
 */
#include <stdio.h>
#include <stdlib.h>

#include "relu.h"
#include "timing.h"

enum { LENGTH = 256, PASSES = 400000 };

static element nngp[LENGTH] __attribute__((aligned(64)));
static element ntk[LENGTH] __attribute__((aligned(64)));
static element norms[LENGTH] __attribute__((aligned(64)));
static element inverses[LENGTH] __attribute__((aligned(64)));

static inline __attribute__((always_inline)) void map_row(bool with_ntk, folded_step step, double own) {
    vector own_norm = all(own), own_inverse = all(step.scale);
    for (int i = 0; i < LENGTH; i += LANES) {
        relu(
                with_ntk, step, multiply(own_norm, load(norms + i)), multiply(own_inverse, load(inverses + i)),
                load(nngp + i), with_ntk ? load(ntk + i) : all(0), nngp + i, ntk + i);
    }
}

static __attribute__((noinline)) void map_both(folded_step step, double own) { map_row(true, step, own); }

static __attribute__((noinline)) void map_nngp(folded_step step, double own) { map_row(false, step, own); }

int main(int count, char **arguments) {
    int rounds = count > 1 ? atoi(arguments[1]) : 5;
    fit_series();
    double own = sqrt(ARC);
    for (int i = 0; i < LENGTH; i++) {
        norms[i] = (element) own;
        inverses[i] = 1;
        nngp[i] = (element) (i / (double) LENGTH);
    }
    folded_step step = folded((affine_step) {1.5, 0.1, 1.5, 1.5, 0.1});
    for (int kernels = 2; kernels >= 1; kernels--) {
        double time = INFINITY;
        for (int round = 0; round < rounds; round++) {
            double start = cpu_seconds();
            for (int pass = 0; pass < PASSES; pass++) {
                (kernels == 2 ? map_both : map_nngp)(step, own);
            }
            time = least(time, cpu_seconds() - start);
        }
        printf(
                "row    %d bits  %s  %-13s %8.3f ns/entry        (%.6g)\n", VECTOR_BITS, ELEMENT_NAME,
                kernels == 2 ? "NNGP and NTK" : "NNGP alone", 1e9 * time / PASSES / LENGTH,
                (double) (kernels == 2 ? ntk : nngp)[0]);
    }
    return 0;
}
