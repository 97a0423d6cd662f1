/* The processor time of the calling thread: what others do on the machine counts less than in wall time. */
#ifndef TIMING_H
#define TIMING_H

#include <time.h>

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static double least(double a, double b) { return a < b ? a : b; }

#endif
