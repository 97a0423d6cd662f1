/*
 * What a cycle of this core can do: the clock, by additions that wait for one another, and how many cycles one vector
 * operation, or a pair of two, takes when many are independent. They are assembly, so that the compiler drops none.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lanes.h"
#include "timing.h"

enum { TIMES = 5000000, OPERATIONS = 8 };

#if VECTOR_BITS == 512
#define REGISTER "%%zmm"
#else
#define REGISTER "%%ymm"
#endif

#if ELEMENT_BITS == 32
#define TYPE "ps"
#else
#define TYPE "pd"
#endif

#define EIGHT(one) one(0) one(1) one(2) one(3) one(4) one(5) one(6) one(7)
/* Of a register: constants are added without waiting by some cores, when they rename registers. */
#define STEP(n) "add %1, %1\n\t"
#define FMA(n) "vfmadd231" TYPE " " REGISTER "15, " REGISTER "14, " REGISTER #n "\n\t"
#define ADD(n) "vadd" TYPE " " REGISTER "15, " REGISTER #n ", " REGISTER #n "\n\t"
#define MULTIPLY(n) "vmul" TYPE " " REGISTER "15, " REGISTER "14, " REGISTER #n "\n\t"
#define ADD_APART "vadd" TYPE " " REGISTER "15, " REGISTER "14, " REGISTER "13\n\t"
#define FMA_AND_ADD(n) FMA(n) ADD_APART
#define MULTIPLY_AND_ADD(n) MULTIPLY(n) ADD_APART
#define ROOT(n) "vsqrt" TYPE " " REGISTER "15, " REGISTER #n "\n\t"
#define DIVIDE(n) "vdiv" TYPE " " REGISTER "15, " REGISTER "14, " REGISTER #n "\n\t"
#define ROOT_AND_DIVIDE(n) ROOT(n) "vdiv" TYPE " " REGISTER "15, " REGISTER "14, " REGISTER "13\n\t"
#define LOAD(n) "vmovaps 64*" #n "(%1), " REGISTER #n "\n\t"
#define STORE(n) "vmovaps " REGISTER #n ", 64*" #n "(%1)\n\t"

#define TIME(name, operation)                                                                                    \
    do {                                                                                                         \
        double time = INFINITY;                                                                                  \
        for (int round = 0; round < rounds; round++) {                                                           \
            long turn = TIMES;                                                                                   \
            double start = cpu_seconds();                                                                        \
            __asm__ volatile("1:\n\t" EIGHT(operation) "dec %0\n\tjnz 1b"                                        \
                             : "+r"(turn)                                                                        \
                             : "r"(memory)                                                                       \
                             : "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm13", \
                               "xmm14", "xmm15");                                                                \
            time = least(time, cpu_seconds() - start);                                                           \
        }                                                                                                        \
        printf("unit   %d bits  %s  %-13s %8.2f cycles\n", VECTOR_BITS, ELEMENT_NAME, name,                      \
               time * clock / TIMES / OPERATIONS);                                                               \
    } while (0)

/* Cycles in a second. */
static double measure_clock(int rounds) {
    double time = INFINITY;
    for (int round = 0; round < rounds; round++) {
        long turn = TIMES, sum = 0;
        double start = cpu_seconds();
        __asm__ volatile("1:\n\t" EIGHT(STEP) "dec %0\n\tjnz 1b" : "+r"(turn), "+r"(sum));
        time = least(time, cpu_seconds() - start);
    }
    return OPERATIONS * (double) TIMES / time;
}

int main(int count, char **arguments) {
    int rounds = count > 1 ? atoi(arguments[1]) : 5;
    static element memory[OPERATIONS * 64 / sizeof(element)] __attribute__((aligned(64)));
    double clock = measure_clock(rounds);
    printf("clock  %.3f GHz\n", 1e-9 * clock);
    TIME("FMA", FMA);
    TIME("add", ADD);
    TIME("FMA, add", FMA_AND_ADD);
    TIME("multiply, add", MULTIPLY_AND_ADD);
    TIME("square root", ROOT);
    TIME("division", DIVIDE);
    TIME("root, division", ROOT_AND_DIVIDE);
    TIME("load", LOAD);
    TIME("store", STORE);
    return 0;
}
