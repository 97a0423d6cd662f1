package dev.jtangents.graph;

/**
 * The size of the inputs of a kernel.
 *
 * @param rows examples of the first batch
 * @param columns examples of the second batch
 * @param positions positions of an example, the product of its spatial extents
 * @param features numbers per position
 * @param symmetric whether both batches are the same
 */
public record KernelSize(
        long rows, long columns, long positions, long features, boolean symmetric) {}
