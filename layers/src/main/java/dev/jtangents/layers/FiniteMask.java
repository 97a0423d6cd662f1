package dev.jtangents.layers;

import dev.jtangents.graph.finite.Value;

import org.jspecify.annotations.Nullable;

/**
 * What is masked of the activations of a finite network; they are 0 there.
 *
 * @param mask by positions and channels
 * @param channelAxis the axis of the activations that the mask takes for channels, from 0
 * @param present the mask in the program: 0 for what is masked, else 1. It has the axes of the
 *     activations' value, the channels of the mask; null when nothing is masked
 */
record FiniteMask(Mask mask, int channelAxis, @Nullable Value present) {}
