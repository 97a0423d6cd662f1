package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Shape;

/**
 * A value of a finite program under construction.
 *
 * @param node the number of the node that makes it
 * @param shape its shape for one example, without a batch axis
 */
public record Value(int node, Shape shape) {}
