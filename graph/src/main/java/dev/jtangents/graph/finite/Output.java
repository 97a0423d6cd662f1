package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Shape;

/**
 * What a program makes.
 *
 * @param node the number of the node that makes it
 * @param shape its shape for one example
 */
record Output(int node, Shape shape) {}
