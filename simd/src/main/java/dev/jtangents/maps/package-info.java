/**
 * Bivariate maps: how a nonlinearity transforms covariances. Each file is the one definition of its
 * formula, in f64 for one entry; the vector loops of {@code dev.jtangents.simd} are tested against
 * it.
 */
@NullMarked
package dev.jtangents.maps;

import org.jspecify.annotations.NullMarked;
