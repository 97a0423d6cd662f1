/**
 * A second, slow implementation of every kernel, to compare the real one with: dense matrices over
 * all pairs of elements of the joint batch, plain loops, no code shared with what it checks.
 */
@NullMarked
package dev.jtangents.layers.twin;

import org.jspecify.annotations.NullMarked;
