/*
 * What writing two results of 64 MB costs at least, once their pages are there: ordinary stores, which read each line
 * before they write it, and streaming ones, which do not. Prints the time of one core per entry of both, least of
 * several.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "lanes.h"
#include "timing.h"

enum { BYTES = 64 << 20, ENTRIES = BYTES / sizeof(element) };

static element *result(void) {
    element *memory = aligned_alloc(2 << 20, BYTES);
    madvise(memory, BYTES, MADV_HUGEPAGE);
    for (int i = 0; i < ENTRIES; i++) {
        memory[i] = 1;
    }
    return memory;
}

static void write_stored(element *nngp, element *ntk, vector value) {
    for (int i = 0; i < ENTRIES; i += LANES) {
        store(nngp + i, value);
        store(ntk + i, value);
    }
}

static void write_streaming(element *nngp, element *ntk, vector value) {
    for (int i = 0; i < ENTRIES; i += LANES) {
        stream(nngp + i, value);
        stream(ntk + i, value);
    }
    _mm_sfence();
}

int main(int count, char **arguments) {
    int rounds = count > 1 ? atoi(arguments[1]) : 5;
    element *nngp = result(), *ntk = result();
    for (int streaming = 0; streaming <= 1; streaming++) {
        double time = INFINITY;
        for (int round = 0; round < rounds; round++) {
            double start = cpu_seconds();
            (streaming ? write_streaming : write_stored)(nngp, ntk, all(round));
            time = least(time, cpu_seconds() - start);
        }
        printf(
                "write  %d bits  %s  %-13s %8.3f ns/entry        (%g)\n", VECTOR_BITS, ELEMENT_NAME,
                streaming ? "streaming" : "stores", 1e9 * time / ENTRIES, (double) nngp[ENTRIES / 2] + ntk[0]);
    }
    free(nngp);
    free(ntk);
    return 0;
}
