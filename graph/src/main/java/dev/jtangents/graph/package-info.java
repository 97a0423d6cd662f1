/**
 * Covariance programs: what a network does to the covariances of its inputs, planned and executed
 * tile by tile. This package knows programs, not layers.
 */
@NullMarked
package dev.jtangents.graph;

import org.jspecify.annotations.NullMarked;
