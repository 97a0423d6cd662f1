package dev.jtangents.layers;

import dev.jtangents.graph.Sources;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import java.util.stream.Stream;

/**
 * What a kernel is computed from: arrays of examples, or a kernel. Closing it frees what it copied,
 * not what it was given.
 */
interface KernelSource extends AutoCloseable {
    /** The type of the computation. */
    DType dtype();

    /** Whether both batches are the same. */
    boolean areSame();

    /** Whether a second batch was given, be it the same. */
    boolean hasSecond();

    /** The batches for the pairs of one with the other. */
    Sources pairs();

    /** The batches for what each has alone. */
    Sources batches();

    /** All arrays that were given. */
    Stream<Tensor> tensors();

    @Override
    void close();
}
