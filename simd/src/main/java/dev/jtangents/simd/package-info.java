/** Loops over contiguous runs, each with a vector and a scalar twin, and the seam that chooses. */
@NullMarked
package dev.jtangents.simd;

import org.jspecify.annotations.NullMarked;
