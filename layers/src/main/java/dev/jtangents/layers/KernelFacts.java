package dev.jtangents.layers;

/**
 * What is known of a kernel beside its figures.
 *
 * @param activations whose covariances it has
 * @param same whether both batches are the same
 * @param second whether a second batch was given
 * @param diagonalBatch whether cov1 and cov2 pair each example with itself only
 * @param diagonalSpatial whether equal positions only are paired
 */
record KernelFacts(
        Propagation.Activations activations,
        boolean same,
        boolean second,
        boolean diagonalBatch,
        boolean diagonalSpatial) {}
