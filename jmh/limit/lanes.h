/*
 * Vectors of float or double, 512 or 256 bits wide: -DELEMENT_BITS=32|64 and -DVECTOR_BITS=512|256 choose.
 */
#ifndef LANES_H
#define LANES_H

#include <immintrin.h>

#define JOINED(prefix, name, suffix) prefix##name##suffix
#define JOIN(prefix, name, suffix) JOINED(prefix, name, suffix)

#if ELEMENT_BITS == 32
#define ELEMENT_NAME "f32"
#define SUFFIX _ps
typedef float element;
#else
#define ELEMENT_NAME "f64"
#define SUFFIX _pd
typedef double element;
#endif

#if VECTOR_BITS == 512
#define PREFIX _mm512_
#else
#define PREFIX _mm256_
#endif

/* The intrinsic of that name for this width and element. */
#define VECTOR(name) JOIN(PREFIX, name, SUFFIX)

typedef __typeof__(VECTOR(setzero)()) vector;

enum { LANES = VECTOR_BITS / ELEMENT_BITS };

static inline vector load(const element *from) { return VECTOR(load)(from); }

static inline void store(element *to, vector value) { VECTOR(store)(to, value); }

static inline void stream(element *to, vector value) { VECTOR(stream)(to, value); }

static inline vector all(double value) { return VECTOR(set1)((element) value); }

static inline vector add(vector a, vector b) { return VECTOR(add)(a, b); }

static inline vector subtract(vector a, vector b) { return VECTOR(sub)(a, b); }

static inline vector multiply(vector a, vector b) { return VECTOR(mul)(a, b); }

/* a b + c, rounded once. */
static inline vector fused(vector a, vector b, vector c) { return VECTOR(fmadd)(a, b, c); }

static inline vector divide(vector a, vector b) { return VECTOR(div)(a, b); }

/* The second where one of them is NaN. */
static inline vector smaller(vector a, vector b) { return VECTOR(min)(a, b); }

static inline vector larger(vector a, vector b) { return VECTOR(max)(a, b); }

static inline vector root(vector a) { return VECTOR(sqrt)(a); }

static inline vector negative(vector a) { return VECTOR(xor)(a, all(-0.0)); }

static inline vector absolute(vector a) { return VECTOR(andnot)(all(-0.0), a); }

#if VECTOR_BITS == 512

typedef JOIN(__mmask, 16, ) mask;

static inline mask not_negative(vector a) { return JOIN(PREFIX, cmp, JOIN(SUFFIX, _mask, ))(a, all(0), _CMP_GE_OQ); }

static inline vector choose(mask where, vector yes, vector no) { return VECTOR(mask_blend)(where, no, yes); }

#else

typedef vector mask;

static inline mask not_negative(vector a) { return VECTOR(cmp)(a, all(0), _CMP_GE_OQ); }

static inline vector choose(mask where, vector yes, vector no) { return VECTOR(blendv)(no, yes, where); }

#endif

#endif
